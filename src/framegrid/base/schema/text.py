"""What text means: the rules by which columns of text become values of other types.

A column becomes one type or stays text as a whole, so that neither its length nor the place of an
odd value matters, and only by spellings that lose nothing: ``007`` is text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base.schema.json_text import to_json
from framegrid.base.schema.key_types import KeyType, arrow_type
from framegrid.base.schema.literals import read_dict, read_list
from framegrid.base.schema.numerals import USUAL_INTEGER, Mask, doubles, integers, is_usual, mask_of

NULL_WORDS = ("nan", "NaN", "NA", "N/A", "null", "None")
"""Words for a missing value, where the other texts of a column are of another type."""

_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6}0*)?)?"
_DATETIMES: dict[KeyType, str] = {
    "datetime": f"{_DAY}(?:{_TIME})?$",
    "datetime_utc": f"{_DAY}{_TIME}(?:Z|[+-][0-9]{{2}}(?::?[0-9]{{2}})?)$",
}
_FINER = r"(\.[0-9]{6})0+"  # zeros that Arrow would refuse
_YEARS = (-62135596800_000_000, 253402300800_000_000)  # us from 1970 to the years 1 and 10000
_HEAD = 256  # most columns of words show in their first values that they are nothing else


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a file spells numbers and booleans.

    Attributes:
        decimal: what stands before the fraction of a number.
        thousands: what stands between its thousands; empty for nothing.
        true: further words for true.
        false: further words for false.
    """

    decimal: str = "."
    thousands: str = ""
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()

    def numbers(self, texts: pa.Array) -> pa.Array:
        """Texts with the numbers in them as Python spells them, and no others."""
        if self.thousands:
            mark, point = re.escape(self.thousands), re.escape(self.decimal)
            grouped = rf"^[+-]?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{point}|[eE]|$)"
            whole = pc.replace_substring(texts, self.thousands, "")
            texts = pc.if_else(pc.match_substring_regex(texts, grouped), whole, texts)
        if self.decimal == ".":
            return texts
        return pc.replace_substring(pc.replace_substring(texts, ".", "?"), self.decimal, ".")


PLAIN = Spelling()
"""As programs write them."""


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """Texts read as values of a type.

    Attributes:
        array: (M,) the values, missing where the text says so or does not fit.
        misfits: (M,) where the text is no value of the type.
    """

    array: pa.Array
    misfits: Mask


def infer(texts: pa.Array, spelling: Spelling = PLAIN) -> tuple[KeyType, pa.Array]:
    """The type of a new key whose values are these texts, and the values in it.

    It is integer, float, boolean or datetime if every text is one in the usual spelling, or one of
    ``NULL_WORDS``; otherwise string, with every text as it is.

    Args:
        texts: (M,) strings, null where there is none.
        spelling: how numbers and booleans are spelled.
    """
    head, said = _said(texts[:_HEAD]), None
    for kind, read in _READERS.items():
        if read(head, spelling) is None:
            continue
        said = _said(texts) if said is None else said
        values = read(said, spelling)
        if values is not None and values.null_count < len(values) and not _are_huge(said, kind):
            return kind, values
    return "string", texts.cast(arrow_type("string"))


def _are_huge(texts: pa.Array, kind: KeyType) -> bool:
    """Whether floats are integers that do not fit in 64 bits: these are text."""
    return kind == "float" and _all(pc.match_substring_regex(texts, USUAL_INTEGER))


def parse(
    texts: pa.Array, kind: KeyType, spelling: Spelling = PLAIN, *, fractions: bool = True
) -> Parsed:
    """Read texts as values of a key that has a type: all that fit, also in unusual spellings.

    Args:
        texts: (M,) strings, null where there is none.
        kind: the type.
        spelling: how numbers and booleans are spelled.
        fractions: whether fractions for a key of integers make floats of all values.
    """
    if kind == "string":
        return Parsed(texts, np.zeros(len(texts), np.bool_))
    said = _said(texts)
    strict = kind == "integer" and not fractions
    values = integers(spelling.numbers(said)) if strict else _PARSERS[kind](said, spelling)
    return Parsed(values, mask_of(said.is_valid()) & mask_of(values.is_null()))


def _said(texts: pa.Array) -> pa.Array:
    """Texts without the spaces around them, null where they say that a value is missing."""
    texts = pc.utf8_trim_whitespace(texts.cast(pa.large_string()))
    missing = pc.is_in(texts, value_set=pa.array([*NULL_WORDS, ""], texts.type))
    return pc.if_else(missing, pa.scalar(None, texts.type), texts)


# A whole column in the usual spelling, or None


def _usual_integers(texts: pa.Array, spelling: Spelling) -> pa.Array | None:
    numbers = spelling.numbers(texts)
    if not _all(pc.match_substring_regex(numbers, USUAL_INTEGER)):
        return None
    values = integers(numbers)
    return values if values.null_count == texts.null_count else None


def _usual_floats(texts: pa.Array, spelling: Spelling) -> pa.Array | None:
    numbers = spelling.numbers(texts)
    if not _all(is_usual(numbers)):
        return None
    values = doubles(numbers)
    return values if values.null_count == texts.null_count else None


def _usual_booleans(texts: pa.Array, spelling: Spelling) -> pa.Array | None:
    values = _words(texts, (*_TRUE, *spelling.true), (*_FALSE, *spelling.false))
    return values if values.null_count == texts.null_count else None


def _usual_datetimes(kind: KeyType) -> "Reader":
    def read(texts: pa.Array, _: Spelling) -> pa.Array | None:
        values = _datetimes(texts, kind)
        return values if values is not None and values.null_count == texts.null_count else None

    return read


def _datetimes(texts: pa.Array, kind: KeyType) -> pa.Array | None:
    """ISO dates as a whole; None when one is no date or beyond the years 1 to 9999."""
    if not _all(pc.match_substring_regex(texts, _DATETIMES[kind])):
        return None
    try:
        values = pc.replace_substring_regex(texts, _FINER, r"\1").cast(arrow_type(kind))
    except pa.ArrowInvalid:
        return None
    us = values.cast(pa.int64())
    in_range = pc.and_(pc.greater_equal(us, _YEARS[0]), pc.less(us, _YEARS[1]))
    return values if _all(in_range) else None


Reader = Callable[[pa.Array, Spelling], pa.Array | None]

_READERS: dict[KeyType, Reader] = {
    "integer": _usual_integers,
    "float": _usual_floats,
    "boolean": _usual_booleans,
    "datetime": _usual_datetimes("datetime"),
    "datetime_utc": _usual_datetimes("datetime_utc"),
}


# Whatever fits, null for the rest


def _any_integers(texts: pa.Array, spelling: Spelling) -> pa.Array:
    numbers = spelling.numbers(texts)
    whole, floats = integers(numbers), doubles(numbers)
    fractions = pc.or_(pc.not_equal(floats, pc.trunc(floats)), pc.is_inf(floats))
    if not _any(fractions):
        return whole
    return pc.if_else(pc.or_(whole.is_valid(), fractions), floats, pa.scalar(None, pa.float64()))


def _any_floats(texts: pa.Array, spelling: Spelling) -> pa.Array:
    return doubles(spelling.numbers(texts))


def _any_booleans(texts: pa.Array, spelling: Spelling) -> pa.Array:
    words = _words(texts, spelling.true, spelling.false)
    return pc.coalesce(words, _words(pc.utf8_lower(texts), ("true",), ("false",)))


def _words(texts: pa.Array, true: tuple[str, ...], false: tuple[str, ...]) -> pa.Array:
    is_true = pc.is_in(texts, value_set=pa.array(true, texts.type))
    known = pc.or_(is_true, pc.is_in(texts, value_set=pa.array(false, texts.type)))
    return pc.if_else(known, is_true, pa.scalar(None, pa.bool_()))


def _any_datetimes(kind: KeyType) -> Callable[[pa.Array, Spelling], pa.Array]:
    def read_one(text: str) -> datetime:
        value = datetime.fromisoformat(text)
        if (value.utcoffset() is None) != (kind == "datetime"):
            raise ValueError
        return value

    one_by_one = _one_by_one(kind, read_one)

    def read(texts: pa.Array, spelling: Spelling) -> pa.Array:
        values = _datetimes(texts, kind)
        return one_by_one(texts, spelling) if values is None else values

    return read


def _one_by_one(
    kind: KeyType, read: Callable[[str], Any]
) -> Callable[[pa.Array, Spelling], pa.Array]:
    dtype = pa.large_string() if kind == "list" else arrow_type(kind)

    def read_or_not(text: str | None) -> Any:
        try:
            return None if text is None else pa.scalar(read(text), dtype).as_py()
        except (ValueError, OverflowError, pa.ArrowInvalid):
            return None

    def read_all(texts: pa.Array, _: Spelling) -> pa.Array:
        return pa.array(list(map(read_or_not, texts.to_pylist())), dtype)

    return read_all


_PARSERS: dict[KeyType, Callable[[pa.Array, Spelling], pa.Array]] = {
    "integer": _any_integers,
    "float": _any_floats,
    "boolean": _any_booleans,
    "datetime": _any_datetimes("datetime"),
    "datetime_utc": _any_datetimes("datetime_utc"),
    "list": _one_by_one("list", lambda text: to_json(read_list(text))),
    "dict": _one_by_one("dict", lambda text: to_json(read_dict(text))),
}


def _all(mask: pa.Array) -> bool:
    return bool(pc.all(mask, min_count=0).as_py())


def _any(mask: pa.Array) -> bool:
    return bool(pc.any(mask, min_count=0).as_py())
