"""Conditions: from what a user may assign to the one form that browser, mask and query read."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from framegrid import schema as types
from framegrid.errors import FilterError
from framegrid.filters.keys import FilterKey, resolve, to_float
from framegrid.schema import KeyType

Condition = dict[str, Any]
"""``{"min", "max", "missing"}``, ``{"in"}`` or ``{"contains"}``, of plain JSON values."""

Filters = dict[str, Condition]
"""Condition by key."""

_Side = Literal["min", "max"]

_RANGE = frozenset({"min", "max", "missing"})
_NUMBERS = "a range: (10, 25), (None, 25) or {'min': 10, 'max': 25, 'missing': True}"
_DATES = "a range: ('2024-05-01', None) or {'min': '2024-05-01', 'max': None, 'missing': True}"
_FORMS: dict[KeyType, str] = {
    "integer": _NUMBERS,
    "float": _NUMBERS,
    "datetime": _DATES,
    "datetime_utc": _DATES,
    "string": "a list of values, None for missing: ['sunny', None]; or {'contains': 'sun'}",
    "boolean": "True, False, or a list of values, None for missing: [True, None]",
    "list": "an element: {'contains': 'dog'}",
    "dict": "no condition itself: filter by a number inside it, as in {'gps.lat': (10, 25)}",
}


def normalise(filters: Mapping[str, Any], schema: Mapping[str, KeyType]) -> Filters:
    """Give filters in the one form that everything else reads.

    Args:
        filters: condition by key, in full or short: a tuple ``(min, max)``, a list of values,
            ``True`` or ``False``, None for no filter. numpy and pandas values are taken too.
        schema: type by metadata key.

    Returns:
        Condition by key, all fields present, plain JSON values: bounds are ``int`` on integer
        keys and ``float`` on float keys, datetimes ISO 8601 to the microsecond. Conditions that
        every sample meets are left out. Normalising again changes nothing.

    Raises:
        UnknownKeyError: if there is no such key.
        FilterError: if a condition cannot apply to its key.
    """
    if not isinstance(filters, Mapping):
        raise FilterError(
            f"filters are a dict of conditions such as {{'width': (640, None)}}, "
            f"not {types.shown(filters)}"
        )
    targets = {key: resolve(key, schema) for key in filters}
    conditions = {key: _normalise(target, filters[key]) for key, target in targets.items()}
    return {key: condition for key, condition in conditions.items() if condition is not None}


def _normalise(target: FilterKey, condition: Any) -> Condition | None:
    if condition is None:
        return None
    fields = _in_full(condition)
    match target.type:
        case "string" | "boolean" if fields.keys() == {"in"}:
            return {"in": _wanted(target, fields["in"])}
        case "string" if fields.keys() == {"contains"}:
            return {"contains": _plain(target, fields["contains"], "string")}
        case "list" if fields.keys() == {"contains"}:
            return {"contains": _element(target, fields["contains"])}
        case "integer" | "float" if fields and fields.keys() <= _RANGE:
            return _range(target, fields, _number)
        case "datetime" | "datetime_utc" if fields and fields.keys() <= _RANGE:
            return _range(target, fields, _instant)
    raise _refusal(target, condition)


def _in_full(condition: Any) -> Condition:
    """Spell out a short form; what is none of them has no fields."""
    match condition:
        case Mapping():
            return dict(condition)
        case (low, high) if isinstance(condition, tuple):
            return {"min": low, "max": high}
        case bool() | np.bool_():
            return {"in": [condition]}
        case _:
            return {"in": condition} if _is_list(condition) else {}


def _is_list(values: Any) -> bool:
    return pd.api.types.is_list_like(values) and not isinstance(values, tuple | Mapping)


def _refusal(target: FilterKey, value: Any, reason: str = "") -> FilterError:
    name = types.public_name(target.type)
    article = "an" if name == "integer" else "a"
    return FilterError(
        f"{target.name!r} cannot be filtered by {types.shown(value)}{reason and f': {reason}'}; "
        f"{article} {name} key takes {_FORMS[target.type]}"
    )


def _plain(target: FilterKey, value: Any, *allowed: KeyType) -> Any:
    """Give a value as the dataset would store it, if it is of an allowed type."""
    if types.is_missing(value):
        raise _refusal(target, value)
    try:
        type_, plain = types.normalise(target.name, value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _refusal(target, value, str(error)) from None
    if type_ not in allowed:
        raise _refusal(target, value)
    return plain


def _wanted(target: FilterKey, values: Any) -> list[Any]:
    """Check the values of an "in": each once, None for missing."""
    if not _is_list(values):
        raise _refusal(target, values)
    return list(
        dict.fromkeys(
            None if types.is_missing(value) else _plain(target, value, target.type)
            for value in values
        )
    )


def _element(target: FilterKey, value: Any) -> Any:
    """Check what a list is to contain; JSON has no infinity."""
    plain = _plain(target, value, "string", "boolean", "integer", "float")
    if isinstance(plain, float) and not math.isfinite(plain):
        raise _refusal(target, value)
    return plain


def _range(
    target: FilterKey, fields: Condition, to_bound: Callable[[FilterKey, Any, _Side], Any]
) -> Condition | None:
    low, high, missing = (fields.get(name) for name in ("min", "max", "missing"))
    if not isinstance(missing, bool | np.bool_ | None):
        raise _refusal(target, fields, '"missing" is True or False')
    least, most = to_bound(target, low, "min"), to_bound(target, high, "max")
    if least is None and most is None and missing:
        return None
    if least is not None and most is not None and least > most:
        raise _refusal(target, fields, f"nothing lies between {low!r} and {high!r}")
    return {"min": least, "max": most, "missing": bool(missing)}


def _number(target: FilterKey, bound: Any, side: _Side) -> float | None:
    """Give a bound as a finite number of the key's type that lets the same values pass."""
    if bound is None:
        return None
    # Integers of any size are fine as bounds, though the dataset stores 64 bits.
    number = bound if type(bound) is int else _plain(target, bound, "integer", "float")
    inward = math.inf if side == "min" else -math.inf
    if target.type == "float":
        number = _next_float(number, inward)
    if number == -inward:
        return None
    if number == inward:
        raise _refusal(target, bound, f"an infinite {side} leaves no finite value")
    if target.type == "integer":
        return math.ceil(number) if side == "min" else math.floor(number)
    return number


def _next_float(number: float, inward: float) -> float:
    """Give the float that equals a number, else the next one inward."""
    nearest = to_float(number)
    is_outside = nearest < number if inward > 0 else nearest > number
    return math.nextafter(nearest, inward) if is_outside else nearest


def _instant(target: FilterKey, bound: Any, _: _Side) -> str | None:
    """Give a datetime as ISO 8601 to the microsecond, which sorts as text."""
    if bound is None:
        return None
    if isinstance(bound, str):
        try:
            bound = datetime.fromisoformat(bound)
        except ValueError as error:
            raise _refusal(target, bound, str(error)) from None
    instant: datetime = _plain(target, bound, "datetime", "datetime_utc")
    if target.type == "datetime_utc":
        # An aware bound is in UTC by now, and a naive one is meant so.
        instant = instant.replace(tzinfo=UTC)
    elif instant.tzinfo is not None:
        raise _refusal(target, bound, "the bound has a time zone, the key has none")
    return instant.isoformat(timespec="microseconds")
