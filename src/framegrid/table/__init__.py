"""The table in memory, and the changes it goes through; no input or output."""

from framegrid.table.changes import (
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
from framegrid.table.table import Table

__all__ = [
    "AddSamples",
    "Block",
    "Change",
    "DropKey",
    "RemoveSamples",
    "RenameKey",
    "ReplaceKey",
    "SetBlocks",
    "SetValues",
    "Table",
]
