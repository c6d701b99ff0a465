"""The last change of each value of a sample, as far as undo reaches."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from framegrid.base import BUILTIN_TYPES, Schema, objects_of
from framegrid.dataset.connection.connection import Connection
from framegrid.storage import (
    AddSamples,
    Block,
    Change,
    Done,
    DropKey,
    RenameKey,
    SetBlocks,
    SetValues,
    Store,
    Table,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LastChange(NamedTuple):
    """What a value was before, None for nothing, when it was changed, and by what kind of edit."""

    old: Any
    when: datetime
    what: str


def last_changes_of(connection: Connection, sample_id: int) -> dict[str, LastChange]:
    """By key the last change made here; values that somebody else changed since have none."""
    return connection.read(lambda _: _last_changes(connection.store, sample_id))


def _last_changes(store: Store, sample_id: int) -> dict[str, LastChange]:
    table = store.table
    row = table.row(sample_id)
    names = {key: key for key in table.shown}  # what keys were called, and are now
    found: dict[str, LastChange] = {}
    for done in store.log.newest():
        if isinstance(done.change, AddSamples) and sample_id in done.change.samples["sample_id"]:
            break
        names = _before(done.change, names)
        for name, old, left in _touched(done, table, sample_id):
            if (key := names.get(name)) is None:
                continue
            if left != (now := table.get(row, key)):
                del names[name]  # it is not what this edit left
            elif old != now:
                when = _EPOCH + timedelta(microseconds=done.line[0] or 0)
                found[key] = LastChange(old, when, done.line[1])
                del names[name]
    return found


def _before(change: Change, names: dict[str, str]) -> dict[str, str]:
    """The names of keys before a change, those that it did away with left out."""
    match change:
        case RenameKey(old, new):
            return {old if name == new else name: key for name, key in names.items()}
        case DropKey(dropped):  # one that has that name now was made later
            return {name: key for name, key in names.items() if name != dropped}
    return names


def _touched(done: Done, table: Table, sample_id: int) -> Iterator[tuple[str, Any, Any]]:
    """The keys whose value an edit set for a sample, with the value before and after."""
    if isinstance(done.change, SetValues) and done.change.sample_id != sample_id:
        return
    before = [change for change in done.restoring() if isinstance(change, SetBlocks)]
    old = _values([block for change in before for block in change.blocks], sample_id, done.old)
    if old:
        left = _values(done.left(table), sample_id, done.new)
        yield from ((key, value, left[key]) for key, value in old.items() if key in left)


def _values(blocks: list[Block], sample_id: int, types: Schema) -> dict[str, Any]:
    """The values of a sample in blocks, the last of each key."""
    kinds = BUILTIN_TYPES | types
    found = {}
    for block in blocks:
        rows = np.flatnonzero(block.ids == sample_id)
        if len(rows):
            for key, values in block.columns.items():
                value = values.slice(rows[-1], 1)
                found[key] = objects_of(value, kinds[key])[0] if key in kinds else None
    return found
