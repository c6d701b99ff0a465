"""The table in memory, and where it lives: the only wing that opens a dataset's own files."""

from framegrid.storage.files.dataset_files import Location
from framegrid.storage.foreign.parts import Parts
from framegrid.storage.foreign.row_filters import Filters
from framegrid.storage.parquet.budget import Budget
from framegrid.storage.parquet.picture_cells import Cell, write_cells
from framegrid.storage.records.own_images import cell_locators
from framegrid.storage.store.conflict import Conflict
from framegrid.storage.store.dataset_slices import is_dataset, slice_of_dataset
from framegrid.storage.store.moved_images import Part
from framegrid.storage.store.opening_stores import (
    Durability,
    create_store,
    follow_store,
    open_store,
    read_table,
    store_in_memory,
)
from framegrid.storage.store.store import Store
from framegrid.storage.table.as_pandas import own_copy, to_frame, to_series
from framegrid.storage.table.changes import (
    AddSamples,
    Block,
    Change,
    DropKey,
    RemoveSamples,
    RenameKey,
    ReplaceKey,
    SetBlocks,
    SetValues,
)
from framegrid.storage.table.frozen_columns import FrozenColumns
from framegrid.storage.table.ids import UNKNOWN, Ids, find_all
from framegrid.storage.table.table import Table
from framegrid.storage.undo.done import Done

__all__ = [
    "UNKNOWN",
    "AddSamples",
    "Block",
    "Budget",
    "Cell",
    "Change",
    "Conflict",
    "Done",
    "DropKey",
    "Durability",
    "Filters",
    "FrozenColumns",
    "Ids",
    "Location",
    "Part",
    "Parts",
    "RemoveSamples",
    "RenameKey",
    "ReplaceKey",
    "SetBlocks",
    "SetValues",
    "Store",
    "Table",
    "cell_locators",
    "create_store",
    "find_all",
    "follow_store",
    "is_dataset",
    "open_store",
    "own_copy",
    "read_table",
    "slice_of_dataset",
    "store_in_memory",
    "to_frame",
    "to_series",
    "write_cells",
]
