"""Conditions: from what a user may assign to the one form that browser, mask and query read."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from framegrid.base import FilterError, KeyType, brief
from framegrid.base import schema as types
from framegrid.filters.keys import FilterKey, is_folder, resolve, to_float
from framegrid.filters.queries import queries

Condition = dict[str, Any]
"""``{"min", "max", "missing"}``, ``{"in"}``, ``{"contains"}``, ``{"under"}`` or ``{"query"}``:
plain JSON."""

Filters = dict[str, Condition]
"""Condition by key."""

QUERY = ""
"""Stands in the place of a key for an expression that no condition on one key can say."""

INFINITIES = frozenset({"inf", "-inf"})
"""Bounds that only infinite values meet; JSON has no number for them."""

# Text for integers that no double holds, which is what browsers have for numbers.
_LONG_INTEGER = re.compile(r"-?\d{16,}")

_Side = Literal["min", "max"]

_RANGE = frozenset({"min", "max", "missing"})
_NUMBERS = "a range: (10, 25), (None, 25) or {'min': 10, 'max': 25, 'missing': True}"
_DATES = "a range: ('2024-05-01', None) or {'min': '2024-05-01', 'max': None, 'missing': True}"
_FORMS: dict[KeyType, str] = {
    "integer": _NUMBERS,
    "float": _NUMBERS,
    "datetime": _DATES,
    "datetime_utc": _DATES,
    "string": "a list of values, None for missing: ['sunny', None]; or one value, 'sunny'; "
    "or {'contains': 'sun'}",
    "boolean": "True, False, or a list of values, None for missing: [True, None]",
    "list": "an element: 'dog'; or a list of them, None for missing: ['dog', 'cat']; "
    "or {'contains': 'dog'}",
    "dict": "(None, None) for samples that have it, [None] for those that lack it; "
    "or filter by a number inside it, as in {'gps.lat': (10, 25)}",
}


def normalise(filters: Mapping[str, Any], schema: Mapping[str, KeyType]) -> Filters:
    """Filters in the one form that everything else reads.

    Args:
        filters: condition by key, in full or short: a tuple ``(min, max)``, a list of values, a
            text (of lists an element), ``True`` or ``False``, None for no filter. numpy and pandas
            values are taken too.
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
    conditions = {key: condition(key, given, schema) for key, given in filters.items()}
    return {key: given for key, given in conditions.items() if given is not None}


def condition(key: str, given: Any, schema: Mapping[str, KeyType]) -> Condition | None:
    """One condition in the form that everything else reads, None if every sample meets it.

    Raises:
        UnknownKeyError, FilterError: as for ``normalise``.
    """
    if key == QUERY:
        return _query(given, schema)
    target = resolve(key, schema)
    if is_folder(key, schema) and isinstance(given, Mapping) and given.keys() == {"under"}:
        folder = _plain(target, given["under"], "string").replace("\\", "/").strip("/")
        return {"under": folder} if folder else None
    return None if given is None else _normalise(target, given)


def _query(given: Any, schema: Mapping[str, KeyType]) -> Condition | None:
    match given:
        case None:
            return None
        case {"query": str(text)} if len(given) == 1:
            return {"query": queries.checked(text, schema)}
    raise FilterError(
        f"under the empty key stands an expression: {{'': {{'query': 'blur < sharpness'}}}}, "
        f"not {types.shown(given)}"
    )


def _normalise(target: FilterKey, condition: Any) -> Condition | None:
    is_value = target.type in {"string", "list"} and isinstance(condition, str)
    fields = _in_full([condition] if is_value else condition)
    if _is_open(fields):
        return _range(target, fields, _instant)
    match target.type:
        case "integer" | "float" | "datetime" | "datetime_utc" | "dict" if fields.keys() == {"in"}:
            return _only_missing(target, fields["in"])
        case "string" | "boolean" | "list" if fields.keys() == {"in"}:
            return _one_of(target, fields["in"])
        case "string" if fields.keys() == {"contains"}:
            return {"contains": _plain(target, fields["contains"], "string")}
        case "list" if fields.keys() == {"contains"}:
            return {"contains": _element(target, fields["contains"])}
        case "integer" | "float" | "datetime" | "datetime_utc" if _is_range(fields):
            is_number = target.type in {"integer", "float"}
            return _range(target, fields, _number if is_number else _instant)
    raise _refusal(target, condition)


def _is_open(fields: Condition) -> bool:
    """Whether a range has no bounds, and so is about having a value at all."""
    return _is_range(fields) and fields.get("min") is None and fields.get("max") is None


def _is_range(fields: Condition) -> bool:
    return bool(fields) and fields.keys() <= _RANGE


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
        f"{brief(target.name)} cannot be filtered by "
        f"{types.shown(value)}{reason and f': {reason}'}; "
        f"{article} {name} key takes {_FORMS[target.type]}"
    )


def _plain(target: FilterKey, value: Any, *allowed: KeyType) -> Any:
    """A value as the dataset would store it, if it is of an allowed type."""
    if types.is_missing(value):
        raise _refusal(target, value)
    try:
        type_, plain = types.normalise(target.name, value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _refusal(target, value, str(error)) from None
    if type_ not in allowed:
        raise _refusal(target, value)
    return plain


def _only_missing(target: FilterKey, values: Any) -> Condition:
    if _is_list(values) and len(values) and all(map(types.is_missing, values)):
        return {"in": [None]}
    raise _refusal(target, values)


def _wanted(target: FilterKey, values: Any, check: Callable[[FilterKey, Any], Any]) -> list[Any]:
    """Check the values of an "in": each once, None for missing."""
    if not _is_list(values):
        raise _refusal(target, values)
    plain = [None if types.is_missing(value) else check(target, value) for value in values]
    # True is not 1 here.
    return list({(type(value) is bool, value): value for value in plain}.values())


def _one_of(target: FilterKey, values: Any) -> Condition:
    if target.type != "list":
        return {"in": _wanted(target, values, lambda key, value: _plain(key, value, key.type))}
    wanted = _wanted(target, values, _element)
    if len(wanted) == 1 and wanted[0] is not None:
        return {"contains": wanted[0]}
    return {"in": wanted}


def _element(target: FilterKey, value: Any) -> Any:
    """Check what a list is to contain; JSON has no infinity, and browsers only doubles."""
    plain = _plain(target, value, "string", "boolean", "integer", "float")
    if isinstance(plain, float) and not math.isfinite(plain):
        raise _refusal(target, value)
    if type(plain) is int and not types.is_double(plain):
        raise _refusal(target, value, "no double is exactly that")
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
    if None not in (least, most) and _order(least) > _order(most):
        raise _refusal(target, fields, f"nothing lies between {brief(low)} and {brief(high)}")
    return {"min": least, "max": most, "missing": bool(missing)}


def _order(bound: Any) -> Any:
    return float(bound) if bound in INFINITIES else bound


def _number(target: FilterKey, bound: Any, side: _Side) -> float | str | None:
    """A bound as a number of the key's type that lets the same values pass."""
    if bound is None:
        return None
    if isinstance(bound, str) and bound in INFINITIES:
        bound = float(bound)
    if isinstance(bound, str) and target.type == "integer" and _LONG_INTEGER.fullmatch(bound):
        bound = int(bound)
    # Integers of any size are fine as bounds, though the dataset stores 64 bits.
    number = bound if type(bound) is int else _plain(target, bound, "integer", "float")
    inward = math.inf if side == "min" else -math.inf
    if target.type == "float":
        number = _next_float(number, inward)
    if number == -inward:
        return None
    if number == inward:
        return _infinite(target, bound, side)
    if target.type == "integer":
        return math.ceil(number) if side == "min" else math.floor(number)
    return number


def _infinite(target: FilterKey, bound: Any, side: _Side) -> str:
    if target.type == "integer":
        raise _refusal(target, bound, f"an infinite {side} leaves no value")
    return "inf" if side == "min" else "-inf"


def _next_float(number: float, inward: float) -> float:
    """The float that equals a number, else the next one inward."""
    nearest = to_float(number)
    is_outside = nearest < number if inward > 0 else nearest > number
    return math.nextafter(nearest, inward) if is_outside else nearest


def _instant(target: FilterKey, bound: Any, _: _Side) -> str | None:
    """A datetime as ISO 8601 to the microsecond, which sorts as text."""
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
