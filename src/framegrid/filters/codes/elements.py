"""Lists for the browser: each list as the combination of its most frequent elements."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from framegrid.base import is_double
from framegrid.filters.codes.codes import Array

COMBINATIONS_LIMIT = 10_000
_FEWER = (1000, 200, 50, 25, 12)
"""So many elements are told apart; 12 have no more than 4,096 combinations."""

NUMBERS_LIMIT = 100_000
"""Of lists with more different numbers than this, as embeddings are, no element is told apart."""

_SCALARS = frozenset({str, bool, int, float})
_NUMBERS = frozenset({int, float})
_INFINITE = (math.inf, -math.inf)

_Combination = frozenset[Any]


@dataclass(frozen=True, slots=True, eq=False)
class ElementsColumn:
    """A column of lists for a list of elements.

    Attributes:
        key: the column's key.
        values: elements, strings, booleans and numbers, the most frequent first.
        combinations: per code which of the values its lists hold, as indices.
        codes: (N,) uint8 or uint16, index into `combinations`; ``len(combinations)`` is missing.
        missing: how many values are missing.
        distinct: how many different elements there are; more than `values` where these would
            have too many combinations.
    """

    key: str
    values: list[Any]
    combinations: list[list[int]]
    codes: Array
    missing: int
    distinct: int


def encode_elements(key: str, series: pd.Series) -> ElementsColumn:
    """Encode a column of lists by the combinations of their most frequent elements."""
    absent = series.isna().to_numpy()
    if distinct := _measured(series):
        return ElementsColumn(
            key, [], [[]], absent.astype(np.uint8), int(np.count_nonzero(absent)), distinct
        )
    places: dict[_Combination, int] = {}
    rows = np.fromiter(
        (places.setdefault(_combination(items), len(places)) for items in series[~absent]), np.intp
    )
    ranked = _ranked(places, np.bincount(rows, minlength=len(places)).tolist())
    values = next(ranked[:limit] for limit in _FEWER if _are_few(places, ranked[:limit]))
    known = frozenset(values)
    reduced = [combination & known for combination in places]
    combinations = list(dict.fromkeys(reduced))
    code_of = {combination: code for code, combination in enumerate(combinations)}
    recoded = np.array([code_of[combination] for combination in reduced], np.intp)
    codes = np.full(len(series), len(combinations), np.min_scalar_type(len(combinations)))
    codes[~absent] = recoded[rows]
    index = {value: place for place, value in enumerate(values)}
    return ElementsColumn(
        key,
        [value[0] if isinstance(value, tuple) else value for value in values],
        [sorted(index[element] for element in combination) for combination in combinations],
        codes,
        int(np.count_nonzero(absent)),
        len(ranked),
    )


def _measured(series: pd.Series) -> int:
    """Count different numbers up to more than the limit; 0 if they are fewer, or others among them.

    Such numbers are measured: nobody chooses among them, and to count them all takes gigabytes.
    """
    seen: set[Any] = set()
    for items in series:
        if isinstance(items, list):
            if not _NUMBERS.issuperset(map(type, items)):
                return 0
            if len(seen) <= NUMBERS_LIMIT:
                seen.update(items)
    return len(seen) if len(seen) > NUMBERS_LIMIT else 0


def _combination(items: Iterable[Any]) -> _Combination:
    """What of a list can be told apart: a boolean is wrapped, for True is no 1 here."""
    return frozenset(
        (item,) if type(item) is bool else item for item in items if _is_told_apart(item)
    )


def _is_told_apart(item: Any) -> bool:
    """Whether JSON has an item, and a browser keeps it, whose numbers are doubles."""
    if type(item) is int:
        return is_double(item)
    return type(item) in _SCALARS and item not in _INFINITE


def _ranked(combinations: Iterable[_Combination], counts: Iterable[int]) -> list[Any]:
    """All elements, the most frequent first."""
    totals: Counter[Any] = Counter()
    for combination, count in zip(combinations, counts, strict=True):
        for element in combination:
            totals[element] += count
    return sorted(totals, key=lambda element: (-totals[element], str(element)))


def _are_few(combinations: Iterable[_Combination], values: list[Any]) -> bool:
    """Whether lists that are told apart by some elements only have few combinations."""
    known, seen = frozenset(values), set()
    for combination in combinations:
        seen.add(combination & known)
        if len(seen) > COMBINATIONS_LIMIT:
            return False
    return True
