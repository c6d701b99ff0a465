"""How samples come into a dataset: from image files, and from a DataFrame with their paths."""
