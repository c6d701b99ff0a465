"""One condition per key, and the rows that meet all of them."""
