"""The types a metadata key can have, the names keys can have, and the Arrow and pandas types."""

import unicodedata
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.extensions import ExtensionDtype

from framegrid.base.quoting import brief
from framegrid.base.schema.json_text import from_json
from framegrid.base.schema.lists import LIST, as_lists, in_one_piece, list_objects

KeyType = Literal[
    "string", "integer", "float", "boolean", "list", "dict", "datetime", "datetime_utc"
]
"""A key's type; ``datetime_utc`` holds aware datetimes and is ``datetime`` to the user."""

Schema = dict[str, KeyType]
"""Types by metadata key, in the order in which the keys first appeared."""

BUILTIN_TYPES: Schema = {
    "sample_id": "integer",
    "file_name": "string",
    "file_path_abs": "string",
    "width": "integer",
    "height": "integer",
}
"""Types of the columns that every dataset has."""

BUILTIN_COLUMNS = tuple(BUILTIN_TYPES)
"""Names of the columns that every dataset has, in the order of the table."""

FOLDER = "folder"
"""The column derived from the paths, unless a dataset has a metadata key of that name."""

_HIDDEN = "framegrid:"
_MAKER = f"{_HIDDEN}computed_by:"
_FUNCTION = f"{_HIDDEN}function:"

# Large strings: their offsets do not overflow at 2 GB, and pandas takes them without a copy.
_ARROW_TYPES: dict[KeyType, pa.DataType] = {
    "string": pa.large_string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "list": LIST,
    "dict": pa.large_string(),
    "datetime": pa.timestamp("us"),
    "datetime_utc": pa.timestamp("us", tz="UTC"),
}

PANDAS_3 = int(pd.__version__.split(".", maxsplit=1)[0]) >= 3
"""Whether pandas copies on write and has a `str` dtype of its own."""

_PANDAS_DTYPES: dict[KeyType, ExtensionDtype | np.dtype] = {
    "string": pd.StringDtype("pyarrow", na_value=np.nan) if PANDAS_3 else pd.StringDtype("pyarrow"),
    "integer": pd.Int64Dtype(),
    "float": pd.Float64Dtype(),
    "boolean": pd.BooleanDtype(),
    "list": np.dtype(object),
    "dict": np.dtype(object),
    "datetime": np.dtype("datetime64[us]"),
    "datetime_utc": pd.DatetimeTZDtype("us", "UTC"),
}


def notes_key(key: str) -> str:
    """The hidden key that notes which files the values of a key were computed from."""
    return f"{_HIDDEN}computed_from:{key}"


def maker_key(key: str) -> str:
    """The hidden key that notes by which code the values of a key were computed."""
    return f"{_MAKER}{key}"


def is_maker_key(key: str) -> bool:
    """Whether ``maker_key`` made it."""
    return key.startswith(_MAKER)


def companions(key: str) -> tuple[str, ...]:
    """The hidden keys that go with a key when it is renamed, dropped or brought back."""
    return notes_key(key), maker_key(key)


def function_key(name: str) -> str:
    """The hidden key, without values, that remembers the name of a function."""
    return f"{_FUNCTION}{name}"


def function_of(key: str) -> str | None:
    """The name that ``function_key`` made a key of; None for any other key."""
    return key.removeprefix(_FUNCTION) if key.startswith(_FUNCTION) else None


def is_hidden(key: str) -> bool:
    """Whether a key is for framegrid itself: it is kept like others, and not shown."""
    return key.startswith(_HIDDEN)


def public_name(key_type: KeyType) -> str:
    """The name by which the user knows a type: both datetimes are ``datetime``."""
    return "datetime" if key_type == "datetime_utc" else key_type


def arrow_type(key_type: KeyType) -> pa.DataType:
    """The Arrow type of a column in memory: dicts are JSON text, lists as ``LIST`` says."""
    return _ARROW_TYPES[key_type]


def pandas_dtype(key_type: KeyType) -> ExtensionDtype | np.dtype:
    """The dtype of a column in a DataFrame: ``str``, ``Int64``, ... or object."""
    return _PANDAS_DTYPES[key_type]


def as_array(values: pa.Array | pa.ChunkedArray, key_type: KeyType) -> pa.Array:
    """Arrow values as one contiguous array of the type's Arrow type.

    Raises:
        pyarrow.ArrowInvalid: if a value would change.
    """
    wanted = arrow_type(key_type)
    if values.type != wanted:  # a cast to what they are is no cast, and takes its time
        values = _as_lists(values) if key_type == "list" else values.cast(wanted)
    return in_one_piece(values)


def _as_lists(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if isinstance(values, pa.Array):
        return as_lists(values)
    return pa.chunked_array(map(as_lists, values.chunks), LIST)


def held_array(values: Sequence[Any], key_type: KeyType) -> pa.Array:
    """Values as a column holds those set one by one, lists as JSON text, as its array."""
    if key_type == "list":
        return as_lists(pa.array(values, pa.large_string()))
    return pa.array(values, arrow_type(key_type))


def objects_of(values: pa.Array, key_type: KeyType) -> list[Any]:
    """The values of a column as Python has them."""
    if key_type == "list":
        return list(list_objects(values))
    items: list[Any] = values.to_pylist()
    if key_type == "dict":
        return [None if item is None else from_json(item) for item in items]
    return items


def check_key(key: str, schema: Schema) -> None:
    """Check that a key can be in a dataset with this schema, as a new key or one it has.

    Raises:
        TypeError: if the key is no string.
        ValueError: if it is empty, a built-in column, differs from another key only in case, or
            holds control characters or invalid UTF-8.
    """
    if type(key) is str and key in schema:
        return
    if not isinstance(key, str):
        raise TypeError(
            f"metadata key {brief(key)} is a {type(key).__name__}; keys must be strings"
        )
    if reason := _bad_name(key):
        raise ValueError(f"metadata key {brief(key)} {reason}")
    folded = key.casefold()
    for other in (*BUILTIN_COLUMNS, *schema):
        if other.casefold() == folded and other != key:
            raise ValueError(
                f"metadata key {brief(key)} differs from {brief(other)} only in case; "
                f"use {brief(other)}, or another name"
            )


def _bad_name(key: str) -> str:
    """Say what is wrong with a key on its own, if anything."""
    if not key:
        return "is empty; keys must have at least one character"
    if key in BUILTIN_COLUMNS:
        return f"is a built-in column; choose a name other than {', '.join(BUILTIN_COLUMNS)}"
    categories = {unicodedata.category(character) for character in key}
    if "Cc" in categories:
        return "has control characters; remove them"
    if "Cs" in categories:
        return "is not valid UTF-8; remove the lone surrogates"
    return ""
