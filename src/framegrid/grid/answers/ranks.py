"""Values as small integers that sort as they do."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from framegrid.filters import codes

# What a value takes beside its codes, roughly.
_VALUE_BYTES = 100
_HALF_BYTES = 2
# So many tell whether numbers are mostly different.
_SOME = 10_000
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """A column by the ranks of its values.

    Attributes:
        labels: (S,) the different values, ascending; of datetimes microseconds since 1970.
        codes: (N,) uint8, uint16 or uint32, index into `labels`; ``len(labels)`` is missing.
    """

    labels: Any
    codes: np.ndarray

    def __sizeof__(self) -> int:
        """Count what is held."""
        return self.codes.nbytes + _VALUE_BYTES * len(self.labels)

    def descending(self) -> np.ndarray:
        """The codes of the other direction, missing last: (N,)."""
        count = len(self.labels)
        return narrow(np.append(np.arange(count)[::-1], count), count).take(self.codes)


def is_number(series: pd.Series) -> bool:
    """Whether a column holds numbers or datetimes."""
    return not pd.api.types.is_bool_dtype(series.dtype) and (
        pd.api.types.is_numeric_dtype(series.dtype)
        or pd.api.types.is_datetime64_any_dtype(series.dtype)
    )


def ranked(series: pd.Series) -> Ranks:
    """Rank strings, booleans, numbers or datetimes; strings by their code points."""
    if is_number(series):
        _, numbers, missing = codes.numbers(series)
        return ranked_numbers(numbers, missing)
    found, uniques = pd.factorize(series)
    return _in_order(found, uniques)


def ranked_numbers(numbers: np.ndarray, missing: np.ndarray) -> Ranks:
    """Rank int64 or float64 numbers, all (N,)."""
    present = numbers[~missing] if missing.any() else numbers
    if len(present) and numbers.dtype.kind == "i":
        least, greatest = int(present.min()), int(present.max())
        if greatest - least < 2 * len(numbers):
            return _counted(numbers, missing, least, greatest)
    if numbers.dtype.kind == "f":
        present = present + 0.0  # negative zero becomes zero
    if len(pd.unique(present[:_SOME])) > min(_SOME, len(present)) // 2:
        labels, codes_ = _sorted(present)
    else:
        found, uniques = pd.factorize(present)
        few = _in_order(found, uniques)
        labels, codes_ = few.labels, few.codes
    if len(present) == len(numbers):
        return Ranks(labels, narrow(codes_, len(labels)))
    of_row = np.full(len(numbers), len(labels), np.min_scalar_type(len(labels)))
    of_row[~missing] = codes_
    return Ranks(labels, of_row)


def order_of_numbers(
    numbers: np.ndarray, missing: np.ndarray, *, ascending: bool
) -> np.ndarray | None:
    """Rows by number, missing last, ties in their order: (N,) uint32.

    None where ranks give that sooner: of numbers that are not mostly different.
    """
    rows = np.arange(len(numbers), dtype=np.uint32)
    lacking = rows[missing]
    if len(lacking):
        rows, numbers = rows[~missing], numbers[~missing]
    if len(pd.unique(numbers[:_SOME])) <= min(_SOME, len(numbers)) // 2:
        return None
    # One word of the upper half of a number and the place sorts much faster than the number.
    upper, lower = _halves(numbers if numbers.dtype.kind == "i" else numbers + 0.0)
    if not ascending:
        upper, lower = ~upper, ~lower
    words = (upper.astype(np.uint64) << _HALF) | np.arange(len(numbers), dtype=np.uint64)
    words.sort()
    places = words.astype(np.uint32)
    upper = (words >> _HALF).astype(np.uint32)
    _sort_runs(places, upper, lower)
    return np.concatenate([rows[places] if len(lacking) else places, lacking])


def _halves(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Upper and lower 32 bits of words that sort as int64 or float64 numbers do."""
    bits = numbers.view(np.int64)
    if numbers.dtype.kind == "f":
        bits = bits ^ ((bits >> 63) & np.iinfo(np.int64).max)
    words = bits.view(np.uint64) ^ np.uint64(2**63)
    return (words >> _HALF).astype(np.uint32), words.astype(np.uint32)


def _sort_runs(places: np.ndarray, upper: np.ndarray, lower: np.ndarray) -> None:
    """Bring places with equal upper halves into the order of their lower ones, ties as they are."""
    is_same = upper[1:] == upper[:-1]
    if not is_same.any():
        return
    members = np.flatnonzero(np.append(is_same, False) | np.append(False, is_same))
    run = np.cumsum(np.append(True, np.diff(upper[members]) != 0)).astype(np.uint64)
    keys = (run << _HALF) | lower[places[members]]
    places[members] = places[members[np.argsort(keys, kind="stable")]]


def _sorted(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different numbers, ascending, and which each is: quicker than a hash where most differ."""
    order = np.argsort(numbers)
    ascending = numbers[order]
    is_new = np.append(True, ascending[1:] != ascending[:-1])[: len(numbers)]
    ranks = np.empty(len(numbers), np.uint32)
    ranks[order] = np.cumsum(is_new) - 1
    return ascending[is_new], ranks


def _counted(numbers: np.ndarray, missing: np.ndarray, least: int, greatest: int) -> Ranks:
    """Rank integers that lie close together without looking anything up."""
    places = np.where(missing, greatest - least + 1, numbers - least)
    occurs = np.bincount(places, minlength=greatest - least + 2) > 0
    occurs[-1] = False
    labels = np.flatnonzero(occurs) + least
    ranks: np.ndarray = np.cumsum(occurs) - occurs
    ranks[-1] = len(labels)
    return Ranks(labels, narrow(ranks, len(labels)).take(places))


def _in_order(found: np.ndarray, uniques: Any) -> Ranks:
    """Rank values that are numbered as they were found; -1 is missing."""
    order = uniques.argsort()
    of_found = np.full(len(uniques) + 1, len(uniques))
    of_found[order] = np.arange(len(uniques))
    return Ranks(uniques[order], narrow(of_found, len(uniques))[found])


def narrow(of_code: np.ndarray, greatest: int) -> np.ndarray:
    """The same in the smallest unsigned type that holds `greatest`."""
    return of_code.astype(np.min_scalar_type(greatest))


def stable_order(ranks: np.ndarray) -> np.ndarray:
    """Positions in the order of `ranks`, (N,) unsigned, ties as they are: (N,) intp."""
    if ranks.itemsize <= _HALF_BYTES:
        return np.argsort(ranks, kind="stable")  # a radix sort
    low = np.argsort(ranks.astype(np.uint16), kind="stable")
    high = (ranks >> np.uint32(16)).astype(np.uint16)
    return low[np.argsort(high[low], kind="stable")]
