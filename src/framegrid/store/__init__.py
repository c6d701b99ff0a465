"""Where a dataset lives: on disk, as a Parquet snapshot with a journal, or in memory."""

from framegrid.store.conditions import Filters
from framegrid.store.disk import Store
from framegrid.store.files import Place
from framegrid.store.journaled import Durability
from framegrid.store.memory import MemoryStore
from framegrid.store.objects import kind_of
from framegrid.store.parts import Parts
from framegrid.store.slices import is_dataset, slice_of_dataset

__all__ = [
    "Durability",
    "Filters",
    "MemoryStore",
    "Parts",
    "Place",
    "Store",
    "is_dataset",
    "kind_of",
    "slice_of_dataset",
]
