"""Edits made on one snapshot, fitted to another that somebody else wrote meanwhile.

Samples that both added are one sample when they have the same path; others get new ids where both
gave the same. The last to save wins a value that both set. What makes no sense any more, such as a
value of a sample that the others removed, is a conflict.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.errors import ConflictError
from framegrid.schema import BUILTIN_TYPES, KeyType, Schema, check_exact, check_key
from framegrid.table import (
    AddSamples,
    Block,
    Change,
    DropKey,
    OrderKeys,
    RemoveSamples,
    RenameKey,
    SetBlocks,
    SetValues,
    Table,
)

BASE = 100
"""The kind of a record that says on which snapshot the following edits were made."""

Writers = dict[str, int]
"""By journal, in hex, the number of its last edit that a snapshot has."""

_ID, _PATH = "sample_id", "file_path_abs"
_MIXED = {"integer", "float"}


class Base(NamedTuple):
    """What the edits behind this record were made on.

    Attributes:
        others: edits of other journals in the snapshot.
        schema: types of the keys then.
        moved: id by the id that it has in the records before.
    """

    others: Writers
    schema: Schema
    moved: dict[int, int]

    def pack(self) -> bytes:
        """Give the payload of the record."""
        return json.dumps([self.others, self.schema, list(self.moved.items())]).encode()

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read the payload of the record."""
        others, schema, moved = json.loads(payload)
        return cls(others, schema, dict(moved))


class Rebase:
    """Fits edits, in their order, to a table that grows with them.

    Args:
        others: edits of other journals in the snapshot that the table is from.
    """

    def __init__(self, others: Writers) -> None:
        self._added: dict[int, int] = {}  # ids of added samples, by those in the records to come
        self._others = others
        self._is_needed = True
        self._schema: Schema | None = None

    def start(self, base: Base) -> None:
        """Take the following edits to be made on this."""
        self._added = {base.moved.get(then, then): now for then, now in self._added.items()}
        self._schema = dict(base.schema)
        self._is_needed = bool(self.moved) or base.others != self._others

    @property
    def moved(self) -> dict[int, int]:
        """Ids that differ, by those that they have in the records."""
        return {then: now for then, now in self._added.items() if then != now}

    def fitted(self, table: Table, change: Change) -> tuple[Change, ...]:
        """Give what an edit is on a table that others changed.

        Raises:
            ConflictError: it makes no sense any more.
        """
        if not self._is_needed:
            return (change,)
        mine = table.schema if self._schema is None else self._schema
        fitted = tuple(_Fitting(table, mine, self._added).changes(change))
        self._schema = _schema_after(mine, change)
        return fitted


class _Fitting:
    """Fits one edit to a table."""

    def __init__(self, table: Table, schema: Schema, ids: dict[int, int]) -> None:
        self._table = table
        self._schema = schema
        self._ids = ids
        self._types: Schema = {}

    def changes(self, change: Change) -> Iterable[Change]:
        """Give what the edit is on the table; added samples are noted."""
        match change:
            case SetValues(sample_id, values, types):
                (there,) = self._there([sample_id]).tolist()
                kept = {k: self._value(k, v, types) for k, v in values.items()}
                yield SetValues(there, kept, self._types)
            case SetBlocks(blocks, types):
                fitted = [
                    Block(self._there(b.ids), self._columns(b.columns, types)) for b in blocks
                ]
                yield SetBlocks(tuple(fitted), self._types)
            case AddSamples(samples, types):
                yield from self._added(samples, types)
            case RemoveSamples(ids):
                now = self._now(ids)
                yield RemoveSamples(now[np.isin(now, self._table.ids)])
            case RenameKey(old, new):
                if old in self._table.schema or new not in self._table.schema:
                    self._type(old, {})
                    self._check_new(new)
                    yield change
            case DropKey(key):
                if key in self._table.schema:
                    yield change
            case OrderKeys():
                yield change
            case _:
                raise _conflict(f"{type(change).__name__} is about what the dataset was before")

    def _now(self, ids: Iterable[int]) -> np.ndarray:
        return np.array([self._ids.get(int(each), int(each)) for each in ids], np.int64)

    def _there(self, ids: Iterable[int]) -> np.ndarray:
        now = self._now(ids)
        gone = now[~np.isin(now, self._table.ids)].tolist()
        if gone:
            raise _conflict(f"{len(gone)} samples edited here, such as {gone[0]}, were removed")
        return now

    def _check_new(self, key: str) -> None:
        try:
            check_key(key, self._table.schema | self._types)
        except ValueError as error:
            raise _conflict(str(error)) from error

    def _type(self, key: str, types: Schema) -> KeyType:
        """Give the type that values of a key need, and note it if the table has another."""
        mine, theirs = types.get(key) or self._schema.get(key), self._table.schema.get(key)
        if theirs is None and key in self._schema:
            raise _conflict(f"the key {key!r} was renamed or dropped")
        if mine is None or (theirs is not None and mine != theirs and {mine, theirs} != _MIXED):
            raise _conflict(f"the key {key!r} is {theirs} there and {mine} here")
        if theirs is None:
            self._check_new(key)
        if theirs is None or (mine == "float" and theirs == "integer"):
            self._types[key] = mine
        if mine == "float" and theirs == "integer":
            self._exactly(key, self._table.column(key))
        return self._types.get(key) or theirs or mine

    def _exactly(self, key: str, integers: pa.Array) -> pa.Array:
        try:
            check_exact(key, integers, lambda row: f"row {row}")
        except TypeError as error:
            raise _conflict(str(error)) from error
        return integers.cast(pa.float64())

    def _value(self, key: str, value: Any, types: Schema) -> Any:
        if value is None and key not in self._table.schema:
            return None
        if self._type(key, types) == "float" and isinstance(value, int):
            return self._exactly(key, pa.array([value]))[0].as_py()
        return value

    def _columns(self, columns: Mapping[str, pa.Array], types: Schema) -> dict[str, pa.Array]:
        return {key: self._column(key, values, types) for key, values in columns.items()}

    def _column(self, key: str, values: pa.Array, types: Schema) -> pa.Array:
        if key in BUILTIN_TYPES:
            return values
        is_float = self._type(key, types) == "float"
        return self._exactly(key, values) if is_float and values.type == pa.int64() else values

    def _added(self, samples: pa.Table, types: Schema) -> Iterable[Change]:
        """Add the samples that the others did not add, and give the rest's values to theirs."""
        samples = samples.combine_chunks()
        columns = {name: samples[name].combine_chunks() for name in samples.column_names}
        fitted = pa.table({_ID: columns.pop(_ID), **self._columns(columns, types)})
        place = pc.index_in(fitted[_PATH], self._table.column(_PATH))
        is_new = place.is_null()
        new, known = fitted.filter(is_new), fitted.filter(pc.invert(is_new))
        theirs = self._table.ids[place.drop_null().to_numpy()]
        self._ids |= dict(zip(known[_ID].to_pylist(), theirs.tolist(), strict=True))
        numbered = self._numbered(new)
        self._ids |= dict(zip(new[_ID].to_pylist(), numbered[_ID].to_pylist(), strict=True))
        yield AddSamples(numbered, self._types)
        for key in known.column_names:
            values = known[key].combine_chunks()
            has = values.is_valid()
            if key not in BUILTIN_TYPES and key != _ID and pc.any(has).as_py():
                block = Block(theirs[has.to_numpy(zero_copy_only=False)], {key: values.drop_null()})
                yield SetBlocks((block,), {})

    def _numbered(self, samples: pa.Table) -> pa.Table:
        """Give samples other ids if theirs are taken."""
        first = self._table.next_id
        if not len(samples) or samples[_ID][0].as_py() >= first:
            return samples
        free = pa.array(range(first, first + len(samples)), pa.int64())
        return samples.set_column(samples.column_names.index(_ID), _ID, free)


def _schema_after(schema: Schema, change: Change) -> Schema:
    """Give the types of keys after an edit on the snapshot it was made on."""
    match change:
        case SetValues(_, _, types) | SetBlocks(_, types) | AddSamples(_, types):
            return schema | types
        case RenameKey(old, new):
            return {new if key == old else key: kind for key, kind in schema.items()}
        case DropKey(dropped):
            return {key: kind for key, kind in schema.items() if key != dropped}
    return schema


def _conflict(why: str) -> ConflictError:
    return ConflictError(f"edits made here do not fit what another wrote meanwhile: {why}")
