"""What to do about a value of another type than its key: only what works, whatever the values."""

from framegrid.base.quoting import brief
from framegrid.base.schema.key_types import KeyType, public_name

_DATETIMES = frozenset({"datetime", "datetime_utc"})
_NUMBERS = frozenset({"integer", "float"})
_NESTED = frozenset({"list", "dict"})


def advice(key: str, current: KeyType, new: KeyType) -> str:
    """What to do when a value of type `new` comes for a key of type `current`."""
    if {current, new} == _DATETIMES:
        return _of_zones(new)
    if current == "string":
        return _of_text(key, new)
    if current in _NESTED:
        return _of_nested(current, new)
    if current in _NUMBERS and new == "boolean":
        return "pass a number, as in int(value)"
    if _is_castable(current, new):
        return f"convert the key first, as in {_call(key, new)}"
    text = "json.dumps(value)" if new in _NESTED else "str(value)"
    return f"keep both as text: {_call(key, 'string')}, then pass {text}"


def _of_zones(new: KeyType) -> str:
    if new == "datetime_utc":
        return "drop the time zone, as in pandas.Timestamp(value).tz_localize(None)"
    return "give it a time zone, as in pandas.Timestamp(value).tz_localize('UTC')"


def _of_text(key: str, new: KeyType) -> str:
    text = "json.dumps(value)" if new in _NESTED else "str(value)"
    cast = _call(key, new)
    return f"pass text, as in {text}, or, if all of its texts are {public_name(new)}, {cast} first"


def _of_nested(current: KeyType, new: KeyType) -> str:
    value = "value.isoformat()" if new in _DATETIMES else "value"
    return f"pass a list, as in [{value}]" if current == "list" else f"pass {{'value': {value}}}"


def _is_castable(current: KeyType, new: KeyType) -> bool:
    """Whether every value of a type has a meaning in another."""
    if new == "string":
        return True
    numbers = current == "boolean" and new in _NUMBERS
    return numbers or (new == "list" and current not in _DATETIMES)


def _call(key: str, kind: KeyType) -> str:
    return f"cast_metadata({brief(key)}, {public_name(kind)!r})"
