"""The type of a new key whose values come together, told by all of them and not by the first."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from framegrid.base.quoting import brief
from framegrid.base.schema.doubles import MAX_EXACT
from framegrid.base.schema.key_types import KeyType
from framegrid.base.schema.values import as_text, is_missing, normalise

Typed = tuple[KeyType | None, Any]
"""A type, None where there is no value, and the value in it."""

Found = Typed | Exception
"""A value, or why it cannot be stored."""

_REFUSED = (TypeError, ValueError, OverflowError)
_NUMBERS = frozenset({"integer", "float"})
_NESTED = frozenset({"list", "dict"})
_MISSING: Typed = (None, None)
_ONE_NUMBER: Callable[[KeyType], KeyType] = lambda kind: "float" if kind in _NUMBERS else kind  # noqa: E731


def typed(key: str, value: Any) -> Found:
    """A value with its type, or why it cannot be stored."""
    if is_missing(value):
        return _MISSING
    try:
        return normalise(key, value)
    except _REFUSED as error:
        return error


def settled(items: Sequence[Any], found: list[Found]) -> tuple[KeyType | None, list[Found], str]:
    """The type of a new key by all of its values: text for all of them if their types are mixed.

    Beside lists and dicts, the commonest type counts.

    Args:
        items: (M,) the values as they were given, whose digits their text keeps.
        found: (M,) the same as they were normalised.

    Returns:
        The type, the values again, and what is to be said if they became text.
    """
    counts = Counter(value[0] for value in found if isinstance(value, tuple) and value[0])
    if len(counts) < 2:
        return next(iter(counts), None), found, ""
    if _NESTED & counts.keys():
        return _commonest(counts), found, ""
    if counts.keys() == _NUMBERS and all(map(_is_exact, found)):
        return "float", found, ""
    texts = [_as_text(*pair) for pair in zip(items, found, strict=True)]
    return "string", texts, _said(counts, found)


def _commonest(counts: Counter[KeyType]) -> KeyType:
    """The type of most values; integers beside floats are floats."""
    alike: Counter[KeyType] = Counter()
    for kind in sorted(counts):
        alike[_ONE_NUMBER(kind)] += counts[kind]
    kind = alike.most_common(1)[0][0]
    return kind if kind in counts else "integer"


def _is_exact(value: Found) -> bool:
    return not isinstance(value, tuple) or value[0] != "integer" or abs(value[1]) <= MAX_EXACT


def _as_text(item: Any, value: Found) -> Found:
    if isinstance(value, Exception) or value[0] is None:
        return value
    keeps_digits = isinstance(item, Decimal | np.floating)
    return "string", as_text(item if keeps_digits else value[1])


def _said(counts: Counter[KeyType], found: list[Found]) -> str:
    """Say what the values were, with the first of the fewest."""
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in counts.most_common())
    rare = counts.most_common()[-1][0]
    first = next(value[1] for value in found if isinstance(value, tuple) and value[0] == rare)
    return f"values of several types ({kinds}, such as {brief(first, 80)}): all are text"
