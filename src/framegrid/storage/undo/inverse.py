"""The change that takes edits back, if nobody changed since what they did."""

from collections.abc import Iterable

import numpy as np

from framegrid.base import merge_array
from framegrid.storage.table.changes import Change, DropKey, OrderKeys, SetBlocks, Undo
from framegrid.storage.table.table import Table
from framegrid.storage.undo.done import Done
from framegrid.storage.undo.footprint import touched
from framegrid.storage.undo.untouched import check_untouched

_WIDENED = ("integer", "float", "float")  # what an edit found, what it left, and what is there now


def undo(table: Table, edits: Iterable[Done]) -> Undo:
    """Make the change that takes back edits.

    Args:
        table: the table as it is now; it stays so.
        edits: the last one first.

    Raises:
        ConflictError: if what one of them did was changed since.
    """
    stage = table.copy()
    parts: list[Change] = []
    keys: dict[str, None] = {}
    ids = [np.empty(0, np.int64)]
    for done in edits:
        check_untouched(stage, done)
        for changes in (_values, _types):
            for change in changes(stage, done):
                stage.apply(change)
                parts.append(change)
        keys |= dict.fromkeys(done.line[2])
        ids.append(touched(stage, done.change))
    return Undo(tuple(parts), len(ids) - 1, tuple(keys), len(np.unique(np.concatenate(ids))))


def _values(table: Table, done: Done) -> list[Change]:
    changes = done.restoring()
    return [_order(table, done, c) if isinstance(c, OrderKeys) else c for c in changes]


def _order(table: Table, done: Done, order: OrderKeys) -> OrderKeys:
    """Put keys that come back behind those that they were behind; the others stay as they are."""
    back = [key for key in order.keys if key not in table.schema or key in done.line[2]]
    keys = [key for key in table.schema if key not in back]
    for key in back:
        before = order.keys[: order.keys.index(key)]
        keys.insert(max((keys.index(k) + 1 for k in before if k in keys), default=0), key)
    return OrderKeys(tuple(keys))


def _types(table: Table, done: Done) -> list[Change]:
    """Take back new keys and types, once the values are back, unless other values need them."""
    changes: list[Change] = []
    for key in filter(table.schema.__contains__, done.new):
        if key not in done.old and table.column(key).null_count == len(table):
            changes.append(DropKey(key))
        if (done.old.get(key), done.new[key], table.schema[key]) == _WIDENED:
            kind, _ = merge_array(key, "integer", "float", table.column(key), str)
            if kind == "integer":
                changes.append(SetBlocks((), {key: kind}))
    return changes
