"""What a change touches, in short."""

from typing import Any

import numpy as np
import numpy.typing as npt

from framegrid.base import BUILTIN_COLUMNS, is_hidden
from framegrid.storage.table.changes import (
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
from framegrid.storage.table.ids import Ids
from framegrid.storage.table.table import Table

Line = tuple[int | None, str, tuple[str, ...], int]
"""When a change was made, in us since 1970 (None if that is not known), what kind of change it was,
the keys that it named, and the number of samples that it touched."""

_NONE = np.empty(0, np.int64)

SIZE_COLUMNS = frozenset({"width", "height"})
"""Columns that say nothing but what the files say."""

_READ_SIZES = "read sizes"

_NAMES: dict[type[Any], str] = {
    SetBlocks: "update",
    AddSamples: "add samples",
    RemoveSamples: "remove samples",
    RenameKey: "rename key",
    DropKey: "drop key",
    ReplaceKey: "cast key",
    OrderKeys: "order keys",
}


def line_of(when: int | None, table: Table, change: Change) -> Line | None:
    """What a change touches.

    Args:
        when: the time of the change.
        table: the table before the change.
        change: the change.

    Returns:
        What to tell, without hidden keys; None if there is nothing else.
    """
    if type(change) is SetValues:
        return when, "set", tuple(change.values), 1
    if isinstance(change, Undo):
        return when, "undo", change.keys, change.rows
    keys = _keys(change)
    shown = tuple(key for key in keys if not is_hidden(key))
    if keys and not shown and not isinstance(change, AddSamples):
        return None
    what = _READ_SIZES if set(shown) == SIZE_COLUMNS else _NAMES[type(change)]
    return when, what, shown, len(touched(table, change))


def _keys(change: Change) -> tuple[str, ...]:
    match change:
        case SetBlocks(blocks):
            return tuple(dict.fromkeys(key for block in blocks for key in block.columns))
        case AddSamples(samples):
            return tuple(key for key in samples.column_names if key not in BUILTIN_COLUMNS)
        case RenameKey(old, new):
            return old, new
        case DropKey(key) | ReplaceKey(key):
            return (key,)
        case _:
            return ()


def touched(table: Table, change: Change) -> Ids:
    """The ids of the samples that a change touches, each once.

    For a change of a whole key these are the samples that have it.
    """
    match change:
        case SetValues(sample_id):
            return np.array([sample_id])
        case SetBlocks((Block(ids),)) | RemoveSamples(ids):
            return ids
        case SetBlocks(blocks):
            return np.unique(np.concatenate([_NONE, *(block.ids for block in blocks)]))
        case AddSamples(samples):
            return np.asarray(samples["sample_id"])
        case RenameKey(key) | DropKey(key) | ReplaceKey(key):
            has_it: npt.NDArray[np.bool_] = np.asarray(table.column(key).is_valid())
            return table.ids[has_it]
        case _:
            return _NONE
