"""Texts as numbers, without losing anything: null is what a number of 64 bits cannot hold."""

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base.schema.doubles import MAX_EXACT, is_double

USUAL_INTEGER = r"^(?:0|-?[1-9][0-9]*)$"
"""An integer as programs write it: without leading zeros."""

# An exponent has a sign, or there is a point: `10e1` is a code.
_USUAL_NUMBER = (
    r"^-?(?:(?:0|[1-9][0-9]*)(?:[eE][+-][0-9]+)?"
    r"|(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)$"
)
_INTEGER = r"^[+-]?[0-9]+$"
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_INFINITE = r"(?i)^[+-]?inf(?:inity)?$"
_IS_INFINITE = re.compile(_INFINITE).match
_IS_NUMBER = re.compile(_NUMBER).match
_SAFE_LENGTH = 18  # of an integer: it fits in 64 bits

Mask = npt.NDArray[np.bool_]


def is_usual(texts: pa.Array) -> pa.Array:
    """Which texts are numbers as programs write them, infinities included: (M,)."""
    usual = _matches(texts, _USUAL_NUMBER)
    if pc.all(usual, min_count=0).as_py():
        return usual
    return pc.or_(usual, _matches(texts, _INFINITE))


def integers(texts: pa.Array) -> pa.Array:
    """Read integers of 64 bits, also those spelled as in ``3.0``, null for all others: (M,).

    Args:
        texts: (M,) strings.
    """
    short = pc.and_(_matches(texts, _INTEGER), _is_short(texts))
    values = _where(short, texts).cast(pa.int64())
    return _filled(values, texts, pc.and_not(_matches(texts, _NUMBER), short), _whole)


def doubles(texts: pa.Array) -> pa.Array:
    """Read floats, null for others and where an integer, or the size, would change: (M,).

    Args:
        texts: (M,) strings.
    """
    numbers = _matches(texts, _NUMBER)
    values = _where(numbers, texts).cast(pa.float64())
    size = pc.abs(values)
    odd = pc.fill_null(pc.or_(pc.greater_equal(size, MAX_EXACT), pc.equal(size, 0)), False)
    clean = pc.if_else(odd, pa.scalar(None, pa.float64()), values)
    words = pc.and_not(texts.is_valid(), numbers)
    return _filled(clean, texts, pc.or_(odd, words), _double)


def mask_of(booleans: pa.Array) -> Mask:
    """Arrow booleans as an array of numpy; null is False."""
    return np.asarray(pc.fill_null(booleans, False))


def _matches(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(texts, pattern)


def _is_short(texts: pa.Array) -> pa.Array:
    return pc.less_equal(pc.binary_length(texts), _SAFE_LENGTH)


def _where(mask: pa.Array, texts: pa.Array) -> pa.Array:
    """The texts where `mask` is true, without a plus, which Arrow does not know everywhere."""
    chosen = pc.if_else(mask, texts, pa.scalar(None, texts.type))
    return pc.replace_substring_regex(chosen, r"^\+", "")


def _filled(
    values: pa.Array, texts: pa.Array, left: pa.Array, read: Callable[[str], Any]
) -> pa.Array:
    """Read the few values that are left one by one."""
    rows = np.flatnonzero(mask_of(left))
    if not len(rows):
        return values
    found = [read(text) for text in texts.take(pa.array(rows)).to_pylist()]
    places = np.zeros(len(values), np.bool_)
    places[rows] = True
    return pc.replace_with_mask(values, pa.array(places), pa.array(found, values.type))


def _whole(text: str) -> int | None:
    number = Decimal(text)
    if abs(number) < 2**64 and number == number.to_integral_value():
        whole = int(number)
        return whole if -(2**63) <= whole < 2**63 else None
    return None


def _double(text: str) -> float | None:
    """Read an infinity, or a number so large or small that it may change."""
    if _IS_INFINITE(text):
        return float(text)
    if not _IS_NUMBER(text) or not math.isfinite(value := float(text)):
        return None
    if text.lstrip("+-").isdecimal():
        return value if is_double(int(text)) else None
    is_zero = not text.lower().partition("e")[0].strip("+-0.")
    return value if value or is_zero else None
