"""What lists and dicts may hold: anything that JSON can, at any depth within reason."""

from collections.abc import Callable
from types import NoneType
from typing import Any

import pandas as pd

from framegrid.base.schema.conversions import Path, shown, spelled, to_builtin

_MAX_DEPTH = 100  # every JSON reader has a limit; Python's own depends on who calls
_MAX_BITS = 14_000  # Python refuses to read or write longer integers as text


def plain_list(path: Path, items: list[Any]) -> list[Any]:
    """A list with everything inside as JSON can hold it.

    Raises:
        TypeError, ValueError, OverflowError: if something cannot be held; the message says where.
    """
    _check_depth(path)
    return [_plain((*path, index), item) for index, item in enumerate(items)]


def plain_dict(path: Path, mapping: dict[Any, Any]) -> dict[str, Any]:
    """A dict with everything inside as JSON can hold it.

    Raises:
        TypeError, ValueError, OverflowError: if something cannot be held; the message says where.
    """
    _check_depth(path)
    for key in mapping:
        if not isinstance(key, str):
            raise TypeError(
                f"metadata {spelled(path)}: the dict key {shown(key)} is of type "
                f"{type(key).__name__}; dict keys must be strings"
            )
    return {
        valid_text(path, str.__str__(key)): _plain((*path, key), item)
        for key, item in mapping.items()
    }


def _plain(path: Path, value: Any) -> Any:
    """A value inside a list or dict as JSON can hold it."""
    if value is pd.NA:
        return None
    if type(value) not in _PLAIN:
        value = to_builtin(path, value)
    check = _PLAIN.get(type(value))
    if check is None:
        raise TypeError(
            f"metadata {spelled(path)}: {shown(value)} cannot be stored inside a list or dict; "
            "store a datetime as a key of its own, or as text with .isoformat()"
        )
    return check(path, value)


def _as_it_is(_: Path, value: Any) -> Any:
    return value


def _number(path: Path, value: float) -> float:
    if value != value:  # noqa: PLR0124 - only NaN differs from itself
        raise ValueError(
            f"metadata {spelled(path)} is NaN, which lists and dicts cannot hold; use None"
        )
    return value


def _big_integer(path: Path, value: int) -> int:
    if value.bit_length() > _MAX_BITS:
        raise OverflowError(
            f"metadata {spelled(path)}: an integer of {value.bit_length()} bits cannot be stored; "
            "store it as a string"
        )
    return value


def valid_text(path: Path, value: str) -> str:
    """A string, once it is known to be valid UTF-8.

    Raises:
        ValueError: if it has lone surrogates, as undecodable file names do.
    """
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"metadata {spelled(path)}: {shown(value)} is not valid UTF-8 at character "
            f"{error.start}; remove the lone surrogates"
        ) from None
    return value


def _check_depth(path: Path) -> None:
    if len(path) > _MAX_DEPTH:
        raise ValueError(
            f"metadata {path[0]}: lists and dicts nested deeper than {_MAX_DEPTH} levels cannot "
            "be stored; flatten the value"
        )


_PLAIN: dict[type, Callable[[Path, Any], Any]] = {
    float: _number,
    int: _big_integer,
    str: valid_text,
    bool: _as_it_is,
    NoneType: _as_it_is,
    list: plain_list,
    dict: plain_dict,
}
