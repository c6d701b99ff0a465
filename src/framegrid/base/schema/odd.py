"""Columns of kinds that metadata does not have, as the nearest that it has, and what that cost.

For what may leave something out and say so: ``show``, ``from_dataframe``, ``load`` and the imports.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_datetime64_any_dtype

from framegrid.base.schema.conversions import shown
from framegrid.base.schema.key_types import KeyType
from framegrid.base.schema.settling import Found, settled, typed
from framegrid.base.schema.values import is_missing

_CUT = "nanoseconds are cut off: times are in microseconds"
_FEW = 0.01
"""The share of integers beyond 64 bits up to which they count as slips, not as codes."""

_NO_METADATA: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((bytes, bytearray, memoryview), "bytes"),
    ((set, frozenset), "sets; store sorted lists"),
    (pd.Interval, "intervals; store their ends"),
    ((timedelta, np.timedelta64), "durations; store their seconds"),
    (time, "times without a day; store text"),
    (pd.Period, "periods; store datetimes, as with .dt.to_timestamp()"),
    ((complex, np.complexfloating), "complex numbers; store two columns"),
)


class Mended(NamedTuple):
    """A column as metadata can have it.

    Attributes:
        values: as many as before; None for those that were left out.
        notes: what was changed or left out, a sentence each.
    """

    values: list[Any]
    notes: list[str]


def mended(key: str, values: Sequence[Any] | pd.Series | pa.Array | pa.ChunkedArray) -> Mended:
    """A column that ``infer_arrow`` refuses, with all of it that can be metadata.

    UUIDs become text; NaN inside lists and dicts becomes null; nanoseconds are cut; integers beyond
    64 bits make a column of codes text, and are left out where they are few; columns of texts
    beside numbers become text, all of them; any other value that is none is left out.

    Args:
        key: the metadata key, for the reasons.
        values: (M,) of anything.

    Raises:
        TypeError: no value of the column can be metadata.
    """
    plain, said = converted(values)
    kind, found, mixed = settled(plain, [typed(key, item) for item in plain])
    said += [mixed] if mixed else []
    left_out = {row: why for row, value in enumerate(found) if (why := _unfit(value, kind))}
    kept = [
        None if isinstance(v, Exception) or row in left_out else v[1] for row, v in enumerate(found)
    ]
    if left_out and all(item is None for item in kept):
        raise TypeError(next(iter(left_out.values())))
    if left_out:
        position, reason = next(iter(left_out.items()))
        count = f"{len(left_out):,} of {len(plain):,} values are left out"
        said.append(f"{count}, the first in row {position}: {reason}")
    return Mended(kept, said)


def _unfit(value: Found, kind: KeyType | None) -> str:
    """Say why a value is left out of a column of a type; "" where it is not."""
    if isinstance(value, Exception):
        return str(value)
    if value[0] in (None, kind) or (value[0] == "integer" and kind == "float"):
        return ""
    return f"it is of type {value[0]}, most are of type {kind}"


def converted(values: Any, *, codes: bool = True) -> tuple[list[Any], list[str]]:
    """The values of a column, written as metadata has them where they are written otherwise.

    Args:
        values: (M,) of anything.
        codes: whether integers beyond 64 bits may make the column text.

    Raises:
        TypeError: no value of the column can be metadata.
    """
    if isinstance(values, pd.Series) and is_datetime64_any_dtype(values.dtype):
        return [None if t is pd.NaT else t for t in values.dt.floor("us")], [_CUT]
    items = [None if is_missing(item) else item for item in _items(values)]
    _check_kind(items)
    notes: Counter[str] = Counter()
    plain = [_plain(item, notes) for item in items]
    if codes:
        plain = _codes_as_text(plain, notes)
    return plain, list(notes)


def _items(values: Any) -> list[Any]:
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return list(values.to_pylist())
    return list(values)


def _check_kind(items: list[Any]) -> None:
    """Refuse a column that has nothing but values of a kind that is no metadata.

    Raises:
        TypeError: it is such a column.
    """
    there = [item for item in items if item is not None]
    reasons = {_no_metadata(item) for item in there}
    if there and None not in reasons:
        raise TypeError(f"metadata cannot be {', '.join(sorted(filter(None, reasons)))}")


def _no_metadata(item: Any) -> str | None:
    return next((reason for kinds, reason in _NO_METADATA if isinstance(item, kinds)), None)


def _plain(item: Any, notes: Counter[str]) -> Any:
    """A value without what is only written differently here."""
    if isinstance(item, UUID):
        return str(item)
    if isinstance(item, np.datetime64):
        item = pd.Timestamp(item)
    if isinstance(item, pd.Timestamp) and item.nanosecond:
        notes[_CUT] += 1
        return item.floor("us")
    if isinstance(item, (list, tuple, dict, Mapping, np.ndarray)):
        return _without_nan(item, notes)
    return item


def _without_nan(item: Any, notes: Counter[str]) -> Any:
    """A value inside a list or dict, null where it is NaN."""
    if isinstance(item, Mapping):
        return {key: _without_nan(inner, notes) for key, inner in item.items()}
    if isinstance(item, np.ndarray) and item.ndim:
        item = item.tolist()
    if isinstance(item, (list, tuple)):
        return [_without_nan(inner, notes) for inner in item]
    if isinstance(item, UUID):
        return str(item)
    if item is not None and is_missing(item):
        notes["NaN inside lists or dicts is null"] += 1
        return None
    return item


def _codes_as_text(items: list[Any], notes: Counter[str]) -> list[Any]:
    """Integers, all as text if more than a few of them are beyond 64 bits; others as they are."""
    there = [item for item in items if item is not None]
    large = sum(isinstance(item, int) and not -(2**63) <= item < 2**63 for item in there)
    whole = all(isinstance(item, (int, np.integer)) for item in there)
    if not whole or large <= _FEW * len(there):
        return items
    notes["integers beyond 64 bits: all are text"] += 1
    return [None if item is None else str(item) for item in items]


def left_out_message(what: str, notes: Sequence[tuple[str, str]]) -> str:
    """The warning that says which columns were changed or left out, and why."""
    return f"not all of {what} is here:" + "".join(
        f"\n  {shown(column) if not isinstance(column, str) else column}: {note[:300]}"
        for column, note in notes
    )
