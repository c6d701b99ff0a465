"""From a pandas Series to what the browser filters by."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from framegrid.base import MAX_EXACT, KeyType
from framegrid.filters.codes.codes import Array, ordinal_codes
from framegrid.filters.codes.steps import (
    MAX_INTEGERS,
    datetime_edges,
    float_edges,
    integer_edges,
    log_edges,
    symlog_edges,
)

VALUES_LIMIT = 1000
"""Strings with more distinct values than this are text to search in, not values to choose."""
FEW_VALUES = 50
"""So few are values to choose, even when each sample has one of its own."""
VALUE_LENGTH = 500
"""So are those with a value that is longer, in characters."""

MIN_SKEW = 50
"""Values whose greatest is so many times the small ones may have a logarithmic scale."""
MIN_SPREAD = 1000
"""Positive values whose greatest is so many times the least have it from the beginning."""
MOST_DECADES = 1e12
"""A scale that reaches zero or beyond is logarithmic down to this part of the greatest value."""
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
        knee: below this magnitude a logarithmic scale is linear; 0 where all values are positive,
            None where they are not skewed, so that a logarithmic scale makes no sense.
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
    knee: float | None
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
    """A column of free text, in which the kernel searches, or of dicts.

    Attributes:
        key: the column's key.
        codes: (N,) uint8, 1 is missing.
        missing: how many values are missing.
    """

    key: str
    codes: Array
    missing: int


def kind(key_type: KeyType, series: Callable[[], pd.Series]) -> Kind:
    """By what a column is filtered.

    Returns:
        ``"range"`` for numbers and datetimes, ``"values"`` for booleans and for strings with few
        distinct values, all of them short, ``"text"`` for other strings, ``"elements"`` for lists,
        ``"other"`` for dicts.
    """
    match key_type:
        case "boolean":
            return "values"
        case "string":
            return "values" if _has_few_values(series()) else "text"
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
    """Whether a column's values are few, and short enough to be shown and sent as they are."""
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
    """Encode a column of free text or dicts by what can be told apart without reading it."""
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
    number, values, missing = numbers(series)
    finite = values[~missing & np.isfinite(values)]
    knee = None if number == "datetime" else _knee(finite)
    own = _edges(number, finite, knee)
    added = sorted(_amid(number, own, extra).difference(own))
    edges = sorted([*own, *added])
    infinite = len(values) - len(finite) - int(np.count_nonzero(missing))
    if infinite and not edges:
        edges = [0.0]  # tells minus from plus infinity
    codes = _codes(values, np.array(edges, values.dtype), logarithmic=knee is not None)
    codes[missing] = 2 * len(edges) + 1
    negative = int(np.count_nonzero(codes == 0)) if infinite else 0
    return RangeColumn(
        key,
        number,
        edges,
        added,
        _is_spread(finite, knee),
        knee,
        codes,
        missing=int(np.count_nonzero(missing)),
        negative_infinite=negative,
        positive_infinite=infinite - negative,
    )


def numbers(series: pd.Series) -> tuple[Number, Array, Array]:
    """A column's kind, its values as (N,) float64 or int64, and (N,) bool: what is missing."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        times = series.to_numpy("datetime64[us]")
        return "datetime", times.view(np.int64), np.isnat(times)
    if pd.api.types.is_integer_dtype(series.dtype):
        missing = series.isna().to_numpy()
        return "integer", series.to_numpy(np.int64, na_value=0), missing
    values = series.to_numpy(np.float64, na_value=np.nan)
    return "float", values, np.isnan(values)


def _knee(finite: Array) -> float | None:
    """Where a logarithmic scale of skewed values becomes linear: around zero, if they get there."""
    if not len(finite):
        return None
    low, high = finite.min().item(), finite.max().item()
    some = np.abs(finite[:: len(finite) // SOME_VALUES + 1].astype(np.float64))
    some = some[some > 0]
    greatest = float(max(-low, high))
    if not len(some) or np.median(some) > greatest / (10 if low < 0 else 5):
        return None
    least = float(low) if low > 0 else float(np.quantile(some, 0.05))
    if greatest / MIN_SKEW < least:
        return None
    if low > 0:
        return 0.0
    least = max(least, greatest / MOST_DECADES)
    return 10.0 ** math.floor(math.log10(least)) or None


def _is_spread(finite: Array, knee: float | None) -> bool:
    """Whether positive values span orders of magnitude, most of them far below the greatest."""
    if knee != 0 or finite.max() / MIN_SPREAD < finite.min():
        return False
    return bool(np.median(finite[:: len(finite) // SOME_VALUES + 1]) < finite.max() / 10)


def _codes(values: Array, edges: Array, *, logarithmic: bool) -> Array:
    if logarithmic and edges.dtype == np.float64:
        # The bits of floats sort as integers do, and spread as their logarithms.
        return ordinal_codes(_sortable_bits(values), _sortable_bits(edges))
    return ordinal_codes(values, edges)


def _sortable_bits(values: Array) -> Array:
    bits = (values + 0.0).view(np.int64)  # negative zero becomes zero
    flipped: Array = bits ^ ((bits >> 63) & np.int64(0x7FFF_FFFF_FFFF_FFFF))
    return flipped


def _edges(number: Number, finite: Array, knee: float | None) -> list[float]:
    if not len(finite):
        return []
    low, high = finite.min().item(), finite.max().item()
    edges = _EDGES[number](low, high) if knee is None else _log_edges(number, low, high, knee)
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


def _log_edges(number: Number, low: Any, high: Any, knee: float) -> list[Any]:
    if number == "integer" and high - low <= MAX_INTEGERS:
        return integer_edges(low, high)
    edges = symlog_edges(low, high, knee) if knee else log_edges(low, high)
    if number == "float":
        return edges
    return sorted({low, high, *(int(edge) for edge in edges if low < edge < high)})
