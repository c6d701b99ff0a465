"""The table in memory, and the changes it goes through; no input or output."""

from framegrid.table.changes import (
    AddSamples,
    Block,
    Change,
    DropKey,
    OrderKeys,
    RemoveSamples,
    RenameKey,
    ReplaceKey,
    SetBlocks,
    SetValues,
    Undo,
)
from framegrid.table.done import replaced
from framegrid.table.footprint import Line, line_of
from framegrid.table.ids import UNKNOWN, Ids, find_all
from framegrid.table.table import Table
from framegrid.table.undo_log import Entry, UndoLog, size_of
from framegrid.table.view import to_frame

__all__ = [
    "UNKNOWN",
    "AddSamples",
    "Block",
    "Change",
    "DropKey",
    "Entry",
    "Ids",
    "Line",
    "OrderKeys",
    "RemoveSamples",
    "RenameKey",
    "ReplaceKey",
    "SetBlocks",
    "SetValues",
    "Table",
    "Undo",
    "UndoLog",
    "find_all",
    "line_of",
    "replaced",
    "size_of",
    "to_frame",
]
