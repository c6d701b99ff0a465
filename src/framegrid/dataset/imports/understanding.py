"""Columns of text as the values that they mean, for the keys that a dataset has, and new ones."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import NULL_WORDS, KeyType, Parsed, Spelling, as_array, from_json, infer, parse
from framegrid.storage import to_series

# Fractions of other than three digits: these are no thousands.
_FRACTION = r"(?:,(?:[0-9]{1,2}|[0-9]{4,})$)|(?:^-?0,)"
_WITH_COMMA = r"^-?(?:[0-9][0-9.]*,[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?)$"
_NUMBER = r"^-?[0-9]+(?:[.,][0-9.,]*)?$"

Understood = tuple["pd.Series[Any]", str]
"""The values of a column, and how its numbers are spelled, if that is to be said."""

_HEAD = 256  # most columns of words show in their first values that they are nothing else

READ = "decimal comma"

_POINTS_FIRST = r"^-?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+$"
_COMMAS_FIRST = r"^-?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+$"
_GERMAN, _ENGLISH = "decimal=',', thousands='.'", "thousands=','"
_EITHER = "decimal=',' or thousands=','"
UNREAD = (_GERMAN, _ENGLISH, _EITHER)
"""Options that numbers with commas may take, by what is found in a column."""


def understood(
    texts: pa.Array, kind: KeyType | None, spelling: Spelling, *, comma: bool
) -> Understood:
    """The values that a column of text means.

    Args:
        texts: (M,) strings, null where a cell is blank.
        kind: the type of its key, None for a new one.
        spelling: how numbers and booleans are spelled.
        comma: numbers may have a decimal comma, as nothing else speaks against it.

    Returns:
        The values, text where it does not fit; and ``READ`` if numbers with a decimal comma were
        read, one of ``UNREAD`` if they look like it and were not.
    """
    values, fits = _read(texts, kind, spelling)
    if fits or not _may_be_numbers(texts[:_HEAD]) or not _may_be_numbers(texts):
        return values, ""
    if not _any(pc.match_substring_regex(_said(texts), _WITH_COMMA)):
        return values, ""
    said = _said(texts)
    german = _any(pc.match_substring_regex(said, _POINTS_FIRST))
    if comma and _any(pc.match_substring_regex(said, _FRACTION)):
        with_comma, fits = _read(texts, kind, replace(spelling, decimal=","))
        if fits:
            return with_comma, READ
    english = _any(pc.match_substring_regex(said, _COMMAS_FIRST))
    return values, _GERMAN if german else _ENGLISH if english else _EITHER


def _may_be_numbers(texts: pa.Array) -> bool:
    """Whether all of the texts may be numbers, with whatever points and commas."""
    return _all(pc.match_substring_regex(_said(texts), _NUMBER))


def _read(
    texts: pa.Array, kind: KeyType | None, spelling: Spelling
) -> "tuple[pd.Series[Any], bool]":
    """The values, and whether all of them are of a type other than text, or are to be text."""
    index = pd.RangeIndex(len(texts))
    if kind is None:
        new, array = infer(texts, spelling)
        return to_series(array, new, index), new != "string"
    parsed = parse(texts, kind, spelling)
    if not parsed.misfits.any():
        # Fractions make floats of a key of integers.
        found = "float" if pa.types.is_floating(parsed.array.type) else kind
        return to_series(as_array(parsed.array, found), found, index), True
    return pd.Series(_mixed(texts, parsed, kind), dtype=object), False


def _mixed(texts: pa.Array, parsed: Parsed, kind: KeyType) -> list[Any]:
    """Values where the text is one, and the text where it is not."""
    values = parsed.array.to_pylist()
    if kind in ("list", "dict"):
        values = [value and from_json(value) for value in values]
    wrong = parsed.misfits.tolist()
    return [
        text if misfit else value
        for text, value, misfit in zip(texts.to_pylist(), values, wrong, strict=True)
    ]


def _said(texts: pa.Array) -> pa.Array:
    """Texts without the spaces around them, and without the words for a missing value."""
    texts = pc.utf8_trim_whitespace(texts).drop_null()
    return texts.filter(pc.invert(pc.is_in(texts, value_set=pa.array(NULL_WORDS, texts.type))))


def _all(mask: pa.Array) -> bool:
    return bool(pc.all(mask, min_count=0).as_py())


def _any(mask: pa.Array) -> bool:
    return bool(pc.any(mask, min_count=0).as_py())
