"""What a dataset holds, key by key, and what changed in it."""
