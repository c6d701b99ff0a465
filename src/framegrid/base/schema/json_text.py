"""Lists and dicts as JSON text: compact, and valid for every reader."""

import json
from collections.abc import Callable
from typing import Any

_encode: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
).encode

from_json: Callable[[str], Any] = json.loads
"""The value that ``to_json`` wrote; numbers beyond float64 are infinities."""


def to_json(value: Any) -> str:
    """A normalised list or dict as JSON text.

    JSON has no infinity, but every reader takes a number beyond float64 for one: it is written
    as ``1e999``.
    """
    try:
        return _encode(value)
    except ValueError:  # an infinity, as NaN does not pass the door
        return _encode_infinite(value)


def _encode_infinite(value: Any) -> str:
    if value == float("inf"):
        return "1e999"
    if value == float("-inf"):
        return "-1e999"
    if isinstance(value, list):
        return f"[{','.join(map(to_json, value))}]"
    return f"{{{','.join(f'{_encode(key)}:{to_json(item)}' for key, item in value.items())}}}"
