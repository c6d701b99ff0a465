"""From a pandas Series to what the browser filters by."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from framegrid.columns.codes import Array, ordinal_codes
from framegrid.columns.steps import (
    MAX_INTEGERS,
    datetime_edges,
    float_edges,
    integer_edges,
    log_edges,
)
from framegrid.schema import MAX_EXACT, KeyType

VALUES_LIMIT = 1000
"""Strings with more distinct values than this are text to search in, not values to choose."""
FEW_VALUES = 50
"""So few are values to choose, even when each sample has one of its own."""
VALUE_LENGTH = 500
"""So are those with a value that is longer, in characters."""

MIN_SPREAD = 1000
"""Positive values whose greatest is so many times the least may have a logarithmic scale."""
SOME_VALUES = 10_000
"""So many values tell where the middle is."""

Kind = Literal["range", "values", "text", "elements", "other"]
Number = Literal["float", "integer", "datetime"]

_EDGES: dict[Number, Callable[[Any, Any], list[Any]]] = {
    "float": float_edges,
    "integer": integer_edges,
    "datetime": datetime_edges,
}


@dataclass(frozen=True, slots=True, eq=False)
class RangeColumn:
    """A column of numbers for a range slider.

    Attributes:
        key: the column's key.
        number: what the numbers are.
        edges: ascending steps of the slider, the exact minimum first and the exact maximum last;
            one if all values are equal, none if there is no value. Floats, or integers; for
            datetimes microseconds since 1970 (UTC).
        extra: those of the edges that are there because they were asked for.
        log: whether the values spread over orders of magnitude, so that a logarithmic scale
            shows them better.
        codes: (N,) uint8 or uint16, ordinal codes.
        missing: how many values are missing.
        negative_infinite: how many are minus infinity.
        positive_infinite: how many are plus infinity.
    """

    key: str
    number: Number
    edges: list[float]
    extra: list[float]
    log: bool
    codes: Array
    missing: int
    negative_infinite: int
    positive_infinite: int


@dataclass(frozen=True, slots=True, eq=False)
class ValuesColumn:
    """A column of categories for a list of values.

    Attributes:
        key: the column's key.
        values: distinct strings or booleans, the most frequent first, equally frequent ones sorted.
        codes: (N,) uint8 or uint16, index into `values`; ``len(values)`` is missing.
        missing: how many values are missing.
    """

    key: str
    values: list[str] | list[bool]
    codes: Array
    missing: int


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """A column of free text, in which the kernel searches.

    Attributes:
        key: the column's key.
        codes: (N,) uint8, 1 is missing.
        missing: how many values are missing.
    """

    key: str
    codes: Array
    missing: int


def kind(key_type: KeyType, series: pd.Series) -> Kind:
    """Tell by what a column is filtered.

    Returns:
        ``"range"`` for numbers and datetimes, ``"values"`` for booleans and for strings with few
        distinct values, all of them short, ``"text"`` for other strings, ``"elements"`` for lists,
        ``"other"`` for dicts.
    """
    match key_type:
        case "boolean":
            return "values"
        case "string":
            return "values" if _has_few_values(series) else "text"
        case "list":
            return "elements"
        case "dict":
            return "other"
        case _:
            return "range"


def _has_few_values(series: pd.Series) -> bool:
    # Free text mostly shows in its first rows, and to count the values of all takes long.
    return all(_are_few(part) for part in (series.head(10 * VALUES_LIMIT), series))


def _are_few(series: pd.Series) -> bool:
    """Tell whether a column's values are few, and short enough to be shown and sent as they are."""
    values = series.dropna().unique()
    most = max(FEW_VALUES, min(VALUES_LIMIT, series.count() / 2))
    return len(values) <= most and all(len(value) <= VALUE_LENGTH for value in values)


def encode_values(key: str, series: pd.Series) -> ValuesColumn:
    """Encode a column of strings or booleans as categories."""
    codes, uniques = pd.factorize(series)
    values = uniques.tolist()
    missing, *counts = np.bincount(codes + 1, minlength=len(values) + 1).tolist()
    order = sorted(range(len(values)), key=lambda index: (-counts[index], values[index]))
    # Missing has the code -1, which is also the index of the last item.
    recoded = np.full(len(values) + 1, len(values), np.min_scalar_type(len(values)))
    recoded[order] = np.arange(len(values))
    return ValuesColumn(key, [values[index] for index in order], recoded[codes], missing)


def encode_text(key: str, series: pd.Series) -> TextColumn:
    """Encode a column of free text by what can be told apart without reading it."""
    missing = series.isna().to_numpy()
    return TextColumn(key, missing.astype(np.uint8), int(np.count_nonzero(missing)))


def encode_range(key: str, series: pd.Series, extra: Sequence[float] = ()) -> RangeColumn:
    """Encode a column of numbers or datetimes by the steps of its slider.

    Args:
        key: the column's key.
        series: (N,) of an integer, float or datetime dtype; missing values in any form.
        extra: further edges, in the unit of the edges; those outside the values are left out, as
            no value lies there.
    """
    number, values, missing = _numbers(series)
    finite = values[~missing & np.isfinite(values)]
    log = number != "datetime" and _is_spread(finite)
    own = _edges(number, finite, log)
    added = sorted(_amid(number, own, extra).difference(own))
    edges = sorted([*own, *added])
    infinite = len(values) - len(finite) - int(np.count_nonzero(missing))
    if infinite and not edges:
        edges = [0.0]  # tells minus from plus infinity
    codes = _codes(values, np.array(edges, values.dtype), log)
    codes[missing] = 2 * len(edges) + 1
    negative = int(np.count_nonzero(codes == 0)) if infinite else 0
    return RangeColumn(
        key,
        number,
        edges,
        added,
        log,
        codes,
        missing=int(np.count_nonzero(missing)),
        negative_infinite=negative,
        positive_infinite=infinite - negative,
    )


def _numbers(series: pd.Series) -> tuple[Number, Array, Array]:
    """Give a column's kind, its values as (N,) float64 or int64, and (N,) bool: what is missing."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        times = series.to_numpy("datetime64[us]")
        return "datetime", times.view(np.int64), np.isnat(times)
    if pd.api.types.is_integer_dtype(series.dtype):
        missing = series.isna().to_numpy()
        return "integer", series.to_numpy(np.int64, na_value=0), missing
    values = series.to_numpy(np.float64, na_value=np.nan)
    return "float", values, np.isnan(values)


def _is_spread(finite: Array) -> bool:
    """Whether positive values span orders of magnitude, most of them far below the greatest."""
    if not len(finite) or finite.min() <= 0 or finite.max() / MIN_SPREAD < finite.min():
        return False
    some = finite[:: len(finite) // SOME_VALUES + 1]
    return bool(np.median(some) < finite.max() / 10)


def _codes(values: Array, edges: Array, log: bool) -> Array:
    if log and edges.dtype == np.float64:
        # The bits of positive floats sort as integers do, and spread as their logarithms.
        return ordinal_codes(values.view(np.int64), edges.view(np.int64))
    return ordinal_codes(values, edges)


def _edges(number: Number, finite: Array, log: bool) -> list[float]:
    if not len(finite):
        return []
    low, high = finite.min().item(), finite.max().item()
    edges = _log_edges(number, low, high) if log else _EDGES[number](low, high)
    if number != "float" and max(-low, high) > MAX_EXACT:
        edges = [edge for edge in edges if edge in (low, high) or _stays_itself(edge, low, high)]
    return edges


def _amid(number: Number, edges: list[float], extra: Sequence[float]) -> set[float]:
    """Those of further edges that lie between the ends, as the column can have them."""
    amid = [edge for edge in extra if edges and edges[0] < edge < edges[-1]]
    if number != "float":
        # Between two neighbouring integers there is nothing to tell apart.
        amid = [rounded for edge in amid for rounded in (math.floor(edge), math.ceil(edge))]
    return set(amid)


def _stays_itself(edge: float, low: float, high: float) -> bool:
    """Whether a large inner edge is the same in a browser, as a double."""
    return int(float(edge)) == edge and float(low) < float(edge) < float(high)


def _log_edges(number: Number, low: Any, high: Any) -> list[Any]:
    if number == "float":
        return log_edges(low, high)
    if high - low <= MAX_INTEGERS:
        return integer_edges(low, high)
    return sorted({low, high, *(int(edge) for edge in log_edges(low, high) if low < edge < high)})
