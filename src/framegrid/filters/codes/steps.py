"""The steps of a range slider: from the exact minimum over round values to the exact maximum."""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeVar

import numpy as np

MAX_STEPS = 120
"""A slider has at most so many whole steps; those at its two ends may be shorter."""
MAX_INTEGERS = 10_000
"""Integers that span no more than this are steps one by one."""

MAX_DECADES = 11
"""Over no more orders of magnitude than these, logarithmic steps have two digits."""

_Number = TypeVar("_Number", bound=float)

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_MONTH = 146_097 * _DAY // 4_800  # on average
_MONDAY = 4 * _DAY  # the first one after the epoch
_YEAR_0 = -1970 * 12
_DURATIONS = (
    *(digit * 10**exponent for exponent in range(6) for digit in (1, 2, 5)),
    *(seconds * _SECOND for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * 60 * _SECOND for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * 3_600 * _SECOND for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 7, 14)),
)
_MONTHS = (1, 3, 6, *(12 * digit * 10**exponent for exponent in range(5) for digit in (1, 2, 5)))


def float_edges(low: float, high: float) -> list[float]:
    """Cut a range of floats at short decimal numbers.

    Args:
        low: the least value, finite.
        high: the greatest value, finite.

    Returns:
        Ascending floats from `low` to `high`, one if they are equal. The inner ones are multiples
        of 1, 2, 2.5 or 5 times a power of ten, each the float nearest to its decimal.
    """
    low, high = low + 0.0, high + 0.0  # negative zero would show as -0
    multiples, parts = _multiples(low, high)
    return _ascending(low, (multiple / parts for multiple in multiples), high)


def log_edges(low: float, high: float) -> list[float]:
    """Cut a range of positive numbers at every number with two significant digits.

    Over so many orders of magnitude that these would be too many, one digit has to do.
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    digits = range(10, 100) if last - first <= MAX_DECADES else range(10, 100, 10)
    inner = (float(f"{digit}e{power - 1}") for power in range(first, last + 1) for digit in digits)
    return _ascending(low, inner, high)


def symlog_edges(low: float, high: float, knee: float) -> list[float]:
    """Cut a range that reaches zero or beyond as ``log_edges`` does, on either side of zero.

    Args:
        low: the least value, at most 0.
        high: the greatest value.
        knee: a power of ten, below which steps are as far apart as next to it.
    """
    magnitudes = [knee * tenth / 10 for tenth in range(1, 10)]
    if knee < max(-low, high):
        magnitudes += log_edges(knee, max(-low, high))
    return _ascending(
        low + 0.0, [-edge for edge in reversed(magnitudes)] + [0.0, *magnitudes], high + 0.0
    )


def integer_edges(low: int, high: int) -> list[int]:
    """Cut a range of integers at every one of them, or at round ones when there are many."""
    if high - low <= MAX_INTEGERS:
        return list(range(low, high + 1))
    multiples, parts = _multiples(low, high)
    return _ascending(low, (multiple // parts for multiple in multiples), high)


def datetime_edges(low: int, high: int) -> list[int]:
    """Cut a range of microseconds since 1970 at round times of day, Mondays, months or years."""
    for duration in _DURATIONS:
        if high - low <= MAX_STEPS * duration:
            first, last = (low - _MONDAY) // duration, (high - _MONDAY) // duration
            inner = (_MONDAY + step * duration for step in range(first, last + 1))
            return _ascending(low, inner, high)
    return _ascending(low, _month_starts(low, high), high)


def _ascending(low: _Number, inner: Iterable[_Number], high: _Number) -> list[_Number]:
    return sorted({low, high, *(edge for edge in inner if low < edge < high)})


def _multiples(low: float, high: float) -> tuple[range, int]:
    """The multiples of the smallest round step that cuts a range into few enough.

    Returns:
        Integers, and by what they are to be divided: that is exact, and faster than fractions.
    """
    start, stop = Fraction(low), Fraction(high)
    span = stop - start
    if not span:
        return range(0), 1
    magnitude = math.floor(math.log10(span.numerator) - math.log10(span.denominator))
    unit = Fraction(10) ** (magnitude - 3)
    step = next(
        digits * unit for digits in (10, 20, 25, 50, 100) if span <= MAX_STEPS * digits * unit
    )
    part = step.numerator
    first, last = math.ceil(start / step), math.floor(stop / step)
    return range(first * part, last * part + 1, part), step.denominator


def _month_starts(low: int, high: int) -> list[int]:
    """The starts of every so many months, counted from a January divisible by them."""
    months = next(months for months in _MONTHS if high - low <= MAX_STEPS * months * _MONTH)
    ends = np.array([low, high], "M8[us]").astype("M8[M]").astype(np.int64) - _YEAR_0
    first, last = ends // months
    starts = np.arange(first, last + 1) * months + _YEAR_0
    edges: list[int] = starts.astype("M8[M]").astype("M8[us]").astype(np.int64).tolist()
    return edges
