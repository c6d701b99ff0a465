"""From values as people give them to typed changes of the table; nothing is changed here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from framegrid.base import (
    KeyType,
    Schema,
    check_exact,
    check_key,
    infer_arrow,
    is_missing,
    merge,
    merge_array,
    normalise,
)
from framegrid.dataset.matching.matching import match_all
from framegrid.storage import Block, Ids, RemoveSamples, SetBlocks, SetValues, Table

Columns = Mapping[str, Sequence[Any] | pd.Series]
"""Values by key, as they were given, one per sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Values of many samples, as they were given; a missing value removes.

    Attributes:
        ids: (M,) sample ids, each once.
        columns: M values by key.
    """

    ids: Ids
    columns: Columns


def set_values(table: Table, sample_id: int, given: Mapping[str, Any]) -> SetValues | None:
    """Set values of one sample; None when that changes nothing.

    Raises:
        UnknownSampleError: the dataset does not hold the sample.
        MetadataTypeError: a key holds values of another type.
        TypeError, ValueError, OverflowError: a key or a value cannot be stored.
    """
    table.row(sample_id)
    typed = TypedValues(table)
    values = {}
    for key, value in given.items():
        fitted = typed.value(sample_id, key, value)
        if fitted is not None or key in table.schema:
            values[key] = fitted
    return SetValues(sample_id, values, typed.types) if values else None


def set_blocks(table: Table, patches: Iterable[Patch]) -> SetBlocks | None:
    """Set values of many samples; None when that changes nothing.

    Args:
        table: the table as it is now.
        patches: no two of them share a key.
    """
    typed = TypedValues(table)
    blocks = [Block(patch.ids, typed.columns(patch.ids, patch.columns)) for patch in patches]
    return as_change(blocks, typed.types)


def remove_samples(table: Table, ids: Sequence[int]) -> RemoveSamples | None:
    """The change that removes samples; None for no ids."""
    return RemoveSamples(match_all(table, "sample_id", ids)) if ids else None


def as_change(blocks: Iterable[Block], types: Schema) -> SetBlocks | None:
    """Make one change of those blocks that hold something; None when none does."""
    filled = tuple(block for block in blocks if block.columns and len(block.ids))
    return SetBlocks(filled, types) if filled else None


class TypedValues:
    """Fits values into the types of a table.

    Attributes:
        types: types of the keys that the values create, or turn from integer into float.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self.types: Schema = {}

    def value(self, sample_id: int, key: str, value: Any) -> Any:
        """Fit one value of a sample; None when it is missing."""
        current = self.current(key)
        if is_missing(value):
            return None
        new, value = normalise(key, value)
        if new == current:
            return value
        kind = merge(key, current, new, value, sample_id)
        self._note(key, current, kind)
        if new == kind:
            return value
        return float(value) if kind == "float" else int(value)

    def columns(self, ids: Ids, columns: Columns) -> dict[str, pa.Array]:
        """Fit a column of values per key, without the unknown keys that have no value at all."""
        fitted = {key: self.column(ids, key, values) for key, values in columns.items()}
        return {key: array for key, array in fitted.items() if array is not None}

    def column(self, ids: Ids, key: str, values: Sequence[Any] | pd.Series) -> pa.Array | None:
        """Fit the values of one key; None when the key is unknown and there is no value at all."""

        def describe(position: int) -> str:
            return f"sample {ids[position]}"

        current = self.current(key)
        new, array = infer_arrow(key, values, describe)
        kind, array = merge_array(key, current, new, array, describe)
        if kind is None:
            return None
        self._note(key, current, kind)
        return array

    def current(self, key: str) -> KeyType | None:
        """The type of a key so far; None for a new one, whose name is checked."""
        if key not in self._table.schema:
            if self._table.derives(key) and len(self._table):
                raise ValueError(
                    f"metadata key {key!r} is built in, the folder that an image is in: choose "
                    "another name"
                )
            check_key(key, self._table.schema | self.types)
        return self._table.schema.get(key)

    def _note(self, key: str, current: KeyType | None, kind: KeyType) -> None:
        """Note the type that a key gets, if it is another one, after checking its integers."""
        if kind == current:
            return
        if current is not None:
            ids = self._table.ids
            check_exact(key, self._table.column(key), lambda row: f"sample {ids[row]}")
        self.types[key] = kind
