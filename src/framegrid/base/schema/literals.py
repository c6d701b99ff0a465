"""Lists and dicts from text: as JSON has them, or as Python prints them."""

import ast
from collections.abc import Callable
from typing import Any, TypeVar

from framegrid.base.schema.json_text import from_json
from framegrid.base.schema.nested import plain_dict, plain_list

Kept = TypeVar("Kept")

_PATH = ("value",)
_FAILS = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError, OverflowError)


def read_list(text: str) -> list[Any]:
    """The list that a text spells, as in ``["a", 1]`` or ``('a', None)``.

    Raises:
        ValueError: it spells none, or one that cannot be stored.
    """
    value = _read(text)
    if not isinstance(value, (list, tuple)):
        raise ValueError("no list")  # noqa: TRY004 - it is the text that is wrong
    return _kept(plain_list, list(value))


def read_dict(text: str) -> dict[str, Any]:
    """The dict that a text spells, as in ``{"a": 1}`` or ``{'a': None}``.

    Raises:
        ValueError: it spells none, or one that cannot be stored.
    """
    value = _read(text)
    if not isinstance(value, dict):
        raise ValueError("no dict")  # noqa: TRY004 - it is the text that is wrong
    return _kept(plain_dict, value)


def _read(text: str) -> Any:
    try:
        return from_json(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text.strip())
    except _FAILS:
        raise ValueError("neither JSON nor a literal of Python") from None


def _kept(check: Callable[[Any, Any], Kept], value: Any) -> Kept:
    try:
        return check(_PATH, value)
    except _FAILS as error:
        raise ValueError(str(error)) from None
