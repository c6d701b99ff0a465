"""The change that takes edits back, if nobody changed since what they did."""

from collections.abc import Iterable

import numpy as np

from framegrid.schema import merge_array
from framegrid.table.changes import Change, DropKey, SetBlocks, Undo
from framegrid.table.done import Done
from framegrid.table.footprint import touched
from framegrid.table.table import Table
from framegrid.table.untouched import check_untouched


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


def _values(_: Table, done: Done) -> list[Change]:
    return done.restoring()


def _types(table: Table, done: Done) -> list[Change]:
    """Take back new keys and types, once the values are back, unless other values need them."""
    changes: list[Change] = []
    for key in filter(table.schema.__contains__, done.new):
        if key not in done.old and table.column(key).null_count == len(table):
            changes.append(DropKey(key))
        if (done.old.get(key), table.schema[key]) == ("integer", "float"):
            kind, _ = merge_array(key, "integer", "float", table.column(key), str)
            if kind == "integer":
                changes.append(SetBlocks((), {key: kind}))
    return changes
