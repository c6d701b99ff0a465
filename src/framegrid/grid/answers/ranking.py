"""Samples by the value of a key, and where a cut goes through them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from framegrid.filters import codes

_INT64 = np.iinfo(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Samples that have a value, by it; what is equal to a cut is above it.

    Attributes:
        number: what the values are.
        values: (N,) float64, or int64 of integers and of microseconds since 1970; ascending,
            infinities at their ends.
        ids: (N,) int64 the sample ids, ascending where values are equal.
        missing: how many samples more have no value.
    """

    number: codes.Number
    values: np.ndarray
    ids: np.ndarray
    missing: int

    def count_below(self, at: float) -> int:
        """How many values are less."""
        if self.number != "float":
            if not _INT64.min <= at <= _INT64.max:
                return 0 if at < 0 else len(self.values)
            at = math.ceil(at)
        return int(np.searchsorted(self.values, at, "left"))

    def moved(self, at: float, by: int) -> float:
        """The cut that has so many samples more below it, fewer where `by` is negative.

        It stands at a value, or just beyond the greatest. Samples of one value go together, so
        that it may move by less or, as at least one is to change sides, by more.
        """
        here, end = self.count_below(at), len(self.values)
        if by == 0 or here == (end if by > 0 else 0):
            return at
        place = max(0, here + by)
        if by > 0:
            place = max(place, int(np.searchsorted(self.values, self.values[here], "right")))
        if place < end:
            return _plain(self.values[place])
        greatest = _plain(self.values[-1])
        return math.nextafter(greatest, math.inf) if self.number == "float" else greatest + 1

    def below(self, count: int, first: int, last: int) -> np.ndarray:
        """Of the `count` samples below a cut the ids from `first` to `last`, the nearest first."""
        places = count - 1 - np.arange(first, min(last, count))
        values = self.values[places]
        starts = np.searchsorted(self.values, values, "left")
        ends = np.searchsorted(self.values, values, "right")
        ids: np.ndarray = self.ids[starts + ends - 1 - places]  # ids ascend among equal values
        return ids

    def above(self, count: int, first: int, last: int) -> np.ndarray:
        """Of the samples above a cut, with `count` below, the ids from `first` to `last`."""
        ids: np.ndarray = self.ids[count + first : count + max(first, last)]
        return ids


def _plain(value: Any) -> float:
    """A value as Python has it, integers exactly."""
    return value.item()  # type: ignore[no-any-return]
