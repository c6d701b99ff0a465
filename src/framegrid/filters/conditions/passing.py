"""The rows that pass filters."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from framegrid.base import KeyType
from framegrid.filters.conditions.conditions import INFINITIES, QUERY, Condition
from framegrid.filters.keys import resolve, values
from framegrid.filters.queries import queries

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


def mask(
    filters: Mapping[str, Condition], frame: pd.DataFrame, schema: Mapping[str, KeyType]
) -> Mask:
    """The rows that pass all filters.

    Args:
        filters: as ``normalise`` gives them.
        frame: (N, K) the dataset's table.
        schema: type by metadata key.

    Returns:
        (N,) bool.

    Raises:
        UnknownKeyError: if there is no such key.
    """
    passing = np.ones(len(frame), dtype=bool)
    for key, condition in filters.items():
        if key == QUERY:
            passing &= queries.mask(condition["query"], frame, schema)
            continue
        passing &= _meets(values(frame, key, schema), condition, resolve(key, schema).type)
    return passing


def _meets(series: pd.Series, condition: Condition, key_type: KeyType) -> Mask:
    match condition:
        case {"in": wanted} if key_type == "list":
            return _has_any(series, wanted)
        case {"in": wanted}:
            return _is_in(series, wanted)
        case {"contains": part} if key_type == "list":
            return _has_element(series, part)
        case {"contains": part}:
            folded = series.str.casefold()
            return _bools(folded.str.contains(part.casefold(), regex=False, na=False))
        case {"under": folder}:
            return _bools((series == folder) | series.str.startswith(f"{folder}/"))
        case _:
            return _is_within(series, condition)


def _bools(series: pd.Series) -> Mask:
    return series.to_numpy(dtype=bool, na_value=False)


def _is_in(series: pd.Series, wanted: list[Any]) -> Mask:
    found = _bools(series.isin([value for value in wanted if value is not None]))
    return found | series.isna().to_numpy() if None in wanted else found


def _has_any(series: pd.Series, wanted: list[Any]) -> Mask:
    passing = series.isna().to_numpy() if None in wanted else np.zeros(len(series), bool)
    for element in wanted:
        if element is not None:
            passing = passing | _has_element(series, element)
    return passing


def _has_element(series: pd.Series, element: Any) -> Mask:
    """The lists that hold an element; True is not 1 here."""
    is_bool = isinstance(element, bool)

    def holds(items: list[Any] | None) -> bool:
        if not isinstance(items, list) or element not in items:
            return False
        return any(item == element and isinstance(item, bool) is is_bool for item in items)

    return np.fromiter(map(holds, series), bool, len(series))


def _is_within(series: pd.Series, condition: Condition) -> Mask:
    missing = series.isna().to_numpy()
    passing = ~missing
    if condition["min"] is not None:
        passing &= _bools(series >= _bound(condition["min"]))
    if condition["max"] is not None:
        passing &= _bools(series <= _bound(condition["max"]))
    return passing | missing if condition["missing"] else passing


def _bound(bound: float | str) -> Any:
    if bound in INFINITIES:
        return float(bound)
    return pd.Timestamp(bound) if isinstance(bound, str) else bound
