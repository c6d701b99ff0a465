"""Where a dataset lives: on disk, as a Parquet snapshot with a journal, or in memory."""

from framegrid.store.disk import Durability, Store
from framegrid.store.memory import MemoryStore

__all__ = ["Durability", "MemoryStore", "Store"]
