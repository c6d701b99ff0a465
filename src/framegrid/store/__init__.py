"""Where a dataset lives: on disk, as a Parquet snapshot with a journal, or in memory."""

from framegrid.store.conditions import Filters
from framegrid.store.disk import Durability, Store
from framegrid.store.memory import MemoryStore
from framegrid.store.parts import Parts
from framegrid.store.slices import is_dataset, slice_of_dataset

__all__ = [
    "Durability",
    "Filters",
    "MemoryStore",
    "Parts",
    "Store",
    "is_dataset",
    "slice_of_dataset",
]
