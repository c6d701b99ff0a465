"""One column of the table: an immutable Arrow array, and the values set one by one since."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from framegrid.base import KeyType, as_array, from_json, held_array, list_at, list_text_at, to_json
from framegrid.storage.table.frozen_columns import FrozenColumn
from framegrid.storage.table.ids import Rows

_UNEDITED = object()

# Up to so many rows, gluing slices of the old array is faster than gathering all its values.
_FEW = 256


def _as_it_is(value: Any) -> Any:
    return value


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)  # which class Arrow has for UTC depends on the installation


_TO_STORED: dict[KeyType, Callable[[Any], Any]] = {
    "integer": int,
    "float": float,
    "list": to_json,
    "dict": to_json,
}
_FROM_STORED: dict[KeyType, Callable[[Any], Any]] = {
    "list": from_json,
    "dict": from_json,
    "datetime_utc": _in_utc,
}


def to_stored(value: Any | None, key_type: KeyType) -> Any | None:
    """A value as a column of a type holds it."""
    return None if value is None else _TO_STORED.get(key_type, _as_it_is)(value)


class Column:
    """One column of the table.

    Args:
        key_type: its type.
        values: (N,) its values, in any Arrow type that casts without loss.
        edits: values set since, as they are stored, by row.
    """

    __slots__ = ("_base", "_edits", "_from_stored", "_frozen", "_to_stored", "type")

    def __init__(
        self,
        key_type: KeyType,
        values: pa.Array | pa.ChunkedArray,
        edits: dict[int, Any] | None = None,
    ) -> None:
        self.type = key_type
        self._base = as_array(values, key_type)
        self._edits = edits or {}
        self._frozen: FrozenColumn | None = None
        self._to_stored = _TO_STORED.get(key_type, _as_it_is)
        self._from_stored = _FROM_STORED.get(key_type, _as_it_is)

    def get(self, row: int) -> Any | None:
        """The value of a row as Python has it; lists and dicts are the caller's own."""
        stored = self._edits.get(row, _UNEDITED)
        if stored is _UNEDITED:
            if self.type == "list":
                return list_at(self._base, row)
            stored = self._base[row].as_py()
        return None if stored is None else self._from_stored(stored)

    def set(self, row: int, value: Any | None) -> Any | None:
        """Set the value of a row, or remove it with None; give the one before, as it was held."""
        self._frozen = None
        before = self._edits.get(row, _UNEDITED)
        if before is _UNEDITED:
            before = self._held(row)
        self._edits[row] = None if value is None else self._to_stored(value)
        if len(self._edits) > max(4096, len(self._base) // 16):
            self.array()
        return before

    def _held(self, row: int) -> Any | None:
        return list_text_at(self._base, row) if self.type == "list" else self._base[row].as_py()

    def replace(self, rows: Rows, values: pa.Array) -> None:
        """Set the values of many rows, or remove them by null.

        Args:
            rows: (M,) rows; the last value of a row counts.
            values: (M,) values, in any Arrow type that casts without loss.
        """
        base = _replaced(self.array(), rows, as_array(values, self.type))
        self._frozen = None
        self._base = base

    def array(self) -> pa.Array:
        """All values as an array that never changes."""
        edits = self._edits  # two threads may do this at the same time
        if edits:
            rows = np.fromiter(edits, np.intp, len(edits))
            values = held_array(list(edits.values()), self.type)
            self._base = _replaced(self._base, rows, values)
            self._edits = {}
        return self._base

    def frozen(self, index: pd.Index) -> FrozenColumn:
        """All values as they are now.

        Args:
            index: (N,) the sample ids; while they and the values are the same, so is the result.
        """
        if self._frozen is None or self._frozen.index is not index:
            self._frozen = FrozenColumn(self.array(), self.type, index)
        return self._frozen

    def copy(self) -> Self:
        """This column as it is now, without a copy of its array."""
        return type(self)(self.type, self._base, dict(self._edits))

    def cast(self, key_type: KeyType) -> Self:
        """This column in another type, which must hold all its values exactly."""
        return type(self)(key_type, self.array())

    def take(self, rows: Rows) -> Self:
        """A column of these rows of this one."""
        return type(self)(self.type, self.array().take(pa.array(rows)))

    def extend(self, values: pa.Array | pa.ChunkedArray) -> Self:
        """This column with more values behind, in any type that casts without loss."""
        added = as_array(values, self.type)
        held = self.array()
        return type(self)(self.type, pa.concat_arrays([held, added]) if len(held) else added)


def _replaced(base: pa.Array, rows: Rows, values: pa.Array) -> pa.Array:
    """A copy of an array with the values at these rows replaced, the last one of a row."""
    if len(rows) <= _FEW:
        return _glued(base, rows, values)
    if np.array_equal(rows, np.arange(len(base))):
        return values
    places = np.arange(len(base))
    places[rows] = np.arange(len(base), len(base) + len(rows))
    return pa.concat_arrays([base, values]).take(pa.array(places))


def _glued(base: pa.Array, rows: Rows, values: pa.Array) -> pa.Array:
    latest = {row: position for position, row in enumerate(rows.tolist())}
    parts: list[pa.Array] = []
    end = 0
    for row, position in sorted(latest.items()):
        parts += base[end:row], values[position : position + 1]
        end = row + 1
    return pa.concat_arrays([*parts, base[end:]])
