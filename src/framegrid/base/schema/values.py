"""The door for single values: what Python, numpy and pandas have becomes one of our types."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from framegrid.base.schema.conversions import Path, is_boxed, shown, spelled, to_builtin, unboxed
from framegrid.base.schema.json_text import to_json
from framegrid.base.schema.key_types import KeyType
from framegrid.base.schema.nested import plain_dict, plain_list, valid_text

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the epoch of datetimes without a time zone
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER_MISSING = frozenset({str, int, bool, list, dict, tuple})


def is_missing(value: Any) -> bool:
    """Whether a value means "no value": None, NaN of any kind, NaT or ``pd.NA``."""
    if type(value) in _NEVER_MISSING:
        return False
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, (float, np.floating, Real)):
        return bool(value != value)  # noqa: PLR0124 - only NaN differs from itself
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(value))
    if isinstance(value, Decimal):
        return value.is_nan()
    return is_boxed(value) and is_missing(unboxed(value))


def normalise(key: str, value: Any) -> tuple[KeyType, Any]:
    """The type of a value that is not missing, and the value in that type.

    Args:
        key: the metadata key, for error messages.
        value: a builtin, a scalar or array of numpy, pandas or a tensor library, a path, a
            ``Decimal`` or other real number, a sequence or mapping of such.

    Returns:
        The type, and an exact ``str``, ``int``, ``float``, ``bool``, ``list``, ``dict`` or
        ``datetime`` that shares nothing mutable with the argument; aware datetimes in UTC.

    Raises:
        TypeError: if there is no type for the value.
        ValueError: if a string is not valid UTF-8, a datetime has nanoseconds, or a list or dict
            holds NaN or is nested too deeply.
        OverflowError: if an integer does not fit in 64 bits.
    """
    path = (key,)
    if type(value) not in _DOORS:
        value = to_builtin(path, value)
    return _DOORS[type(value)](path, value)


def as_text(value: Any) -> str:
    """A normalised value as text: lists and dicts as JSON, datetimes as in ISO 8601."""
    if isinstance(value, (list, dict)):
        return to_json(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _integer(path: Path, value: int) -> tuple[KeyType, int]:
    if -(2**63) <= value < 2**63:
        return "integer", value
    raise OverflowError(
        f"metadata {spelled(path)}: the integer {shown(value)} does not fit in 64 bits; "
        "store it as a string"
    )


def _datetime(path: Path, value: datetime) -> tuple[KeyType, datetime]:
    if isinstance(value, pd.Timestamp) and value.nanosecond:
        raise ValueError(
            f"metadata {spelled(path)}: {value} has nanoseconds, datetimes are stored in "
            'microseconds; round it with .round("us")'
        )
    epoch = _EPOCH if value.utcoffset() is None else _EPOCH_UTC
    try:
        if isinstance(value, pd.Timestamp):
            value = value.to_pydatetime()
        return "datetime" if epoch is _EPOCH else "datetime_utc", epoch + (value - epoch)
    except (OverflowError, ValueError):
        raise ValueError(
            f"metadata {spelled(path)}: {shown(value)} is outside the years 1 to 9999"
        ) from None


_DOORS: dict[type, Callable[[Path, Any], tuple[KeyType, Any]]] = {
    float: lambda _, value: ("float", value),
    int: _integer,
    str: lambda path, value: ("string", valid_text(path, value)),
    bool: lambda _, value: ("boolean", value),
    list: lambda path, value: ("list", plain_list(path, value)),
    dict: lambda path, value: ("dict", plain_dict(path, value)),
    datetime: _datetime,
    pd.Timestamp: _datetime,
}
