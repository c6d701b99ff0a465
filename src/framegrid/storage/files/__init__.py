"""The files of a dataset, and how one takes the place of another."""
