"""Columns of Parquet files that come from anybody, counted before they take memory."""

from framegrid.base.parquet.counting import Memory, counted_batches
from framegrid.base.parquet.pages import bytes_of, pages

__all__ = ["Memory", "bytes_of", "counted_batches", "pages"]
