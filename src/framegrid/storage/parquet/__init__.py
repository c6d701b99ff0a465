"""The snapshot: a dataset as the bytes of one Parquet file, and back."""
