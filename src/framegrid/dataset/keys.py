"""Changes of whole metadata keys: rename, drop, and cast to another type."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import pyarrow as pa

from framegrid.dataset.reports import few
from framegrid.errors import UnknownKeyError
from framegrid.schema import (
    KeyType,
    arrow_type,
    check_key,
    from_json,
    infer_arrow,
    public_name,
    to_json,
)
from framegrid.table import DropKey, RenameKey, ReplaceKey, Table


def rename_key(table: Table, old: str, new: str) -> RenameKey | None:
    """Give the key `old` the name `new`; None when it has that name.

    Raises:
        UnknownKeyError: there is no key `old`.
        TypeError, ValueError: `new` cannot be a key, or is one already.
    """
    _check_exists(table, old)
    if new == old:
        return None
    if new in table.schema:
        raise ValueError(f"cannot rename {old!r}: there is a metadata key {new!r} already")
    check_key(new, {key: kind for key, kind in table.schema.items() if key != old})
    return RenameKey(old, new)


def drop_key(table: Table, key: str) -> DropKey:
    """Remove a key with all its values.

    Raises:
        UnknownKeyError: there is no such key.
    """
    _check_exists(table, key)
    return DropKey(key)


def cast_key(table: Table, key: str, target: str) -> ReplaceKey | None:
    """Turn all values of a key into the type named `target`; None when they have it.

    Raises:
        UnknownKeyError: there is no such key.
        ValueError: there is no such type, or a value means nothing in it.
    """
    _check_exists(table, key)
    if target not in _CONVERTERS:
        raise ValueError(f"no type is named {target!r}: choose one of {', '.join(_CONVERTERS)}")
    if public_name(table.schema[key]) == target:
        return None
    values = [_converted(table, row, key, target) for row in range(len(table))]
    kind, array = infer_arrow(key, values, lambda row: f"sample {table.ids[row]}")
    if kind is None:  # not one value to tell it
        kind = cast(KeyType, target)
        array = pa.nulls(len(values), arrow_type(kind))
    return ReplaceKey(key, kind, array)


def _check_exists(table: Table, key: str) -> None:
    if key not in table.schema:
        raise UnknownKeyError(
            f"no metadata key {key!r}: the dataset has {few(table.shown) or 'none'}"
        )


def _converted(table: Table, row: int, key: str, target: str) -> Any:
    value = table.get(row, key)
    if value is None:
        return None
    try:
        return _CONVERTERS[target](value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"cannot cast {key!r} to {target}: sample {table.ids[row]} has {value!r}"
        ) from None


def _to_string(value: Any) -> str:
    match value:
        case list() | dict():
            return to_json(value)
        case datetime():
            return value.isoformat()
        case _:
            return str(value)


def _to_integer(value: Any) -> int:
    number = int(value)
    if not isinstance(value, str) and number != value:
        raise ValueError
    return number


def _to_float(value: Any) -> float:
    number = float(value)
    if not isinstance(value, str) and number != value:
        raise ValueError
    return number


def _to_boolean(value: Any) -> bool:
    if value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
        return value.strip().lower() == "true"
    raise ValueError


def _to_datetime(value: Any) -> datetime:
    return datetime.fromisoformat(value)


def _to_list(value: Any) -> list[Any]:
    """Read JSON text of a list; anything else becomes the only element."""
    if isinstance(value, str):
        try:
            elements = from_json(value)
        except ValueError:
            return [value]
        return elements if isinstance(elements, list) else [value]
    return [value]


def _to_dict(value: Any) -> dict[str, Any]:
    mapping = from_json(value)
    if not isinstance(mapping, dict):
        raise TypeError
    return mapping


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "string": _to_string,
    "integer": _to_integer,
    "float": _to_float,
    "boolean": _to_boolean,
    "datetime": _to_datetime,
    "list": _to_list,
    "dict": _to_dict,
}
