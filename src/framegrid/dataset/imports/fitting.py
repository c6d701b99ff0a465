"""Fitting the values of an import, leaving out those that conflict with the type of their key."""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_object_dtype, is_string_dtype

from framegrid.base import (
    Found,
    KeyType,
    MetadataTypeError,
    Typed,
    check_exact,
    converted,
    from_json,
    merge,
    parse,
    said_of_rounding,
    settled,
    shown,
    typed,
)
from framegrid.dataset.edits.edits import Patch, TypedValues
from framegrid.storage import Block, Ids, Table

Values = Sequence[Any] | pd.Series
"""Values of a key: a sequence, a Series, or an array of Arrow."""

_REFUSED = (TypeError, ValueError, OverflowError)
_NESTED = frozenset({"list", "dict"})


class Conflict(NamedTuple):
    """A value that cannot be in its key.

    Attributes:
        sample_id: the sample it was for.
        key: the metadata key.
        value: the value as it was given.
        reason: why it cannot.
    """

    sample_id: int
    key: str
    value: Any
    reason: str


class Fitting:
    """Fits values into the types of a table, and keeps apart those that do not fit.

    Args:
        table: the table as it is now.
        removes: a missing value removes; otherwise it says nothing about its sample.

    Attributes:
        typed: knows the types.
        conflicts: the values that were left out so far.
        notes: the columns that were left out as a whole, or converted, a sentence each.
    """

    def __init__(self, table: Table, *, removes: bool = False) -> None:
        self.typed = TypedValues(table)
        self.conflicts: list[Conflict] = []
        self.notes: list[str] = []
        self._table = table
        self._removes = removes

    def blocks(self, patch: Patch) -> Iterator[Block]:
        """The values that fit: a key that is not for all samples has a block of its own."""
        whole = {}
        for key, values in patch.columns.items():
            try:
                self.typed.current(key)  # its name is checked
                ids, array = self._column(patch.ids, key, values)
            except _REFUSED as error:
                self.notes.append(f"column {shown(key)} is left out: {error}")
                continue
            if array is None:
                continue
            if len(ids) == len(patch.ids):
                whole[key] = array
            else:
                yield Block(ids, {key: array})
        yield Block(patch.ids, whole)

    def _column(self, ids: Ids, key: str, values: Values) -> tuple[Ids, pa.Array | None]:
        """The values of a key that fit, and the samples that they are for."""
        values = self.read(key, values)
        try:
            array = self.typed.column(ids, key, values)
        except _REFUSED:
            plain, notes = converted(values, codes=key not in self._table.schema)
            self.notes += [f"column {shown(key)}: {note}" for note in notes]
            ids, values = self._kept(ids, key, plain)
            array = self.typed.column(ids, key, values)
        if array is not None and (said := said_of_rounding(values, array)):
            self.notes.append(f"column {shown(key)}: {said}")
        says_nothing = not self._removes and key in self._table.schema
        if array is None or not array.null_count or not says_nothing:
            return ids, array
        return ids[np.asarray(array.is_valid())], array.drop_null()

    def read(self, key: str, values: Values) -> Values:
        """Read text as values of the type that the key has; what does not fit stays text."""
        kind = self._table.schema.get(key)
        if kind in (None, "string") or not _may_hold_text(values):
            return values
        given = _listed(values)
        texts = [value if _is_text(value) else None for value in given]
        parsed = parse(pa.array(texts, pa.large_string()), kind)
        read = [_loaded(value, kind) for value in parsed.array.to_pylist()]
        stays = [text is None for text in texts] | parsed.misfits
        return [old if stay else new for old, new, stay in zip(given, read, stays, strict=True)]

    def _kept(self, ids: Ids, key: str, values: Values) -> tuple[Ids, list[Any]]:
        """Take out the values that do not fit; those of a new key settle its type together."""
        given = _listed(values)
        found = [typed(key, value) for value in given]
        kind = self.typed.current(key)
        if kind is None:
            kind, found, mixed = settled(given, found)
            self.notes += [f"column {shown(key)}: {mixed}"] if mixed else []
        error = self._error_of_fractions(key, kind, found)
        fitted = [
            value if isinstance(value, Exception) else _fitted(key, kind, value, sample_id, error)
            for value, sample_id in zip(found, ids.tolist(), strict=True)
        ]
        fits = np.array([not isinstance(value, Exception) for value in fitted], np.bool_)
        self.conflicts += [
            Conflict(ids.item(row), key, given[row], str(fitted[row]))
            for row in np.flatnonzero(~fits).tolist()
        ]
        return ids[fits], list(compress(fitted, fits))

    def _error_of_fractions(
        self, key: str, kind: KeyType | None, found: Sequence[Found]
    ) -> MetadataTypeError | None:
        """Say why fractions cannot be in a key of integers, as all of them would become floats."""
        if kind != "integer" or key not in self._table.schema:
            return None
        table = self._table
        integers = [value[1] for value in found if isinstance(value, tuple) and value[0] == kind]
        try:
            check_exact(key, table.column(key), lambda row: f"sample {table.ids[row]}")
            check_exact(key, pa.array(integers, pa.int64()), lambda _: "the import")
        except MetadataTypeError as error:
            return error
        return None


def _listed(values: Values) -> list[Any]:
    return values.to_pylist() if isinstance(values, pa.Array) else list(values)


def _is_text(value: Any) -> bool:
    """Whether a value is text that Arrow can hold."""
    try:
        return isinstance(value, str) and bool(value.isascii() or value.encode())
    except UnicodeEncodeError:
        return False


def _may_hold_text(values: Values) -> bool:
    if isinstance(values, pd.Series):
        return bool(is_string_dtype(values.dtype) or is_object_dtype(values.dtype))
    if isinstance(values, pa.Array):
        return bool(pa.types.is_string(values.type) or pa.types.is_large_string(values.type))
    return any(isinstance(value, str) for value in values)


def _loaded(value: Any, kind: KeyType | None) -> Any:
    return from_json(value) if kind in _NESTED and value is not None else value


def _fitted(
    key: str, kind: KeyType | None, value: Typed, sample_id: int, error: Exception | None
) -> Any:
    """A value in the type of its key, or the exception that says why it cannot be in it."""
    new, plain = value
    if new is None:
        return None
    try:
        merged = merge(key, kind, new, plain, sample_id)
    except MetadataTypeError as conflict:
        return conflict
    if merged != kind:
        return error or plain
    return {"integer": int, "float": float}.get(merged or "", lambda value: value)(plain)


def picked(values: Values, chosen: npt.NDArray[np.bool_]) -> Values:
    """The values at the rows where `chosen` is true."""
    if isinstance(values, pa.Array):
        return cast(Values, values.filter(pa.array(chosen)))
    return values[chosen] if isinstance(values, pd.Series) else list(compress(values, chosen))
