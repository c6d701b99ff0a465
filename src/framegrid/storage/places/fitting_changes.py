"""An edit made on one snapshot, fitted to another that somebody else wrote meanwhile.

Samples that both added are one sample when they have the same path; others get new ids where both
gave the same. The last to save wins a value that both set. What makes no sense any more, such as a
value of a sample that the others removed, is a conflict.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import (
    BUILTIN_TYPES,
    ConflictError,
    KeyType,
    Schema,
    brief,
    check_exact,
    check_key,
)
from framegrid.storage.table.changes import (
    AddSamples,
    Block,
    Change,
    DropKey,
    OrderKeys,
    RemoveSamples,
    RenameKey,
    SetBlocks,
    SetValues,
)
from framegrid.storage.table.table import Table

_ID, _PATH = "sample_id", "file_path_abs"
_MIXED = {"integer", "float"}


class Fitting:
    """Fits one edit to a table.

    Args:
        table: the table.
        schema: types of the keys where it was made.
        ids: of added samples, by those that they have where it was made; grows with them.
    """

    def __init__(self, table: Table, schema: Schema, ids: dict[int, int]) -> None:
        self._table = table
        self._schema = schema
        self._ids = ids
        self._types: Schema = {}

    def changes(self, change: Change) -> Iterable[Change]:
        """What the edit is on the table; added samples are noted."""
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
        """The type that values of a key need, noted if the table has another."""
        mine, theirs = types.get(key) or self._schema.get(key), self._table.schema.get(key)
        if theirs is None and key in self._schema:
            raise _conflict(f"the key {brief(key)} was renamed or dropped")
        if mine is None or (theirs is not None and mine != theirs and {mine, theirs} != _MIXED):
            raise _conflict(f"the key {brief(key)} is {theirs} there and {mine} here")
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
        """Samples with other ids if theirs are taken."""
        first = self._table.next_id
        if not len(samples) or samples[_ID][0].as_py() >= first:
            return samples
        free = pa.array(range(first, first + len(samples)), pa.int64())
        return samples.set_column(samples.column_names.index(_ID), _ID, free)


def schema_after(schema: Schema, change: Change) -> Schema:
    """The types of keys after an edit on the snapshot it was made on."""
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
