"""An edit that was made, and what has to be kept of it to take it back."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from framegrid.base import BUILTIN_TYPES, Schema, companions, function_of, held_array
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
)
from framegrid.storage.table.column import to_stored
from framegrid.storage.table.table import Table
from framegrid.storage.undo.footprint import Line


class Done(NamedTuple):
    """An edit that was made.

    Attributes:
        line: what it touched, and when.
        change: what it was.
        before: what it replaced: of ``SetValues`` what ``Table.apply`` gave, else ``replaced``.
        old: the schema before it.
        new: the schema after it.
    """

    line: Line
    change: Change
    before: Any
    old: Schema
    new: Schema

    def restoring(self) -> list[Change]:
        """The changes that bring back what it replaced, but for types that it changed."""
        if isinstance(self.change, SetValues):
            return [SetBlocks((_one_sample(self.change, self.before, self.new),), {})]
        return list(self.before)

    def left(self, table: Table) -> list[Block]:
        """The values that it left, null where it left none.

        Args:
            table: the table as it is now.
        """
        match self.change:
            case SetValues(_, values):
                types = BUILTIN_TYPES | self.new
                stored = {key: to_stored(values[key], types[key]) for key in self.before}
                return [_one_sample(self.change, stored, self.new)]
            case SetBlocks(blocks):
                return list(blocks)
            case AddSamples(samples):
                given = dict(zip(samples.column_names, samples.columns, strict=True))
                nulls = dict.fromkeys(table.schema, pa.nulls(len(samples)))
                ids = np.asarray(given.pop("sample_id"))
                return [Block(ids, nulls | given)]
            case ReplaceKey(key, _, values):
                ids = self.before[1].blocks[0].ids
                others = np.setdiff1d(table.ids, ids)
                return [Block(ids, {key: values}), Block(others, {key: pa.nulls(len(others))})]
        return []


def _one_sample(change: SetValues, stored: dict[str, Any], types: Schema) -> Block:
    """Make a block of stored values of one sample."""
    kinds = BUILTIN_TYPES | types
    columns = {key: held_array([value], kinds[key]) for key, value in stored.items()}
    return Block(np.array([change.sample_id]), columns)


def replaced(table: Table, change: Change) -> list[Change]:
    """The changes that bring back what a change is about to replace.

    They have whole columns by reference, and parts of columns as copies.

    Args:
        table: the table before the change.
        change: the change, but not ``SetValues``: when that is applied, the table tells.
    """
    return list(_restoring(table, change))


def _restoring(table: Table, change: Change) -> Iterator[Change]:
    match change:
        case SetBlocks(blocks):
            yield SetBlocks(tuple(_held(table, block) for block in blocks), {})
        case AddSamples(samples):
            yield RemoveSamples(np.asarray(samples["sample_id"]))
        case RemoveSamples(ids):
            yield AddSamples(table.samples(ids), {})
        case RenameKey(old, new):
            yield RenameKey(new, old)
        case DropKey(key):
            yield from _whole_key(table, key)
        case ReplaceKey(key):
            yield DropKey(key)
            yield from _whole_key(table, key)


def _held(table: Table, block: Block) -> Block:
    """What a table holds where a block goes; nothing under keys that are new."""
    known = BUILTIN_TYPES | table.schema
    rows = table.rows(block.ids)
    is_all = np.array_equal(rows, np.arange(len(table)))
    columns = {}
    for key in block.columns:
        column = table.column(key) if key in known else pa.nulls(len(table))
        columns[key] = column if is_all else column.take(pa.array(rows))
    return Block(block.ids, columns)


def _whole_key(table: Table, key: str) -> Iterator[Change]:
    names = filter(function_of, table.schema)  # which may go with the last key that needs them
    types = {k: table.schema[k] for k in (key, *companions(key), *names) if k in table.schema}
    yield SetBlocks((Block(table.ids, {k: table.column(k) for k in types}),), types)
    yield OrderKeys(tuple(table.schema))
