"""Parquet of other programs, read in part."""
