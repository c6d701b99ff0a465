"""The door for whole columns: any Python, numpy, pandas or Arrow column to a typed Arrow array."""

from collections.abc import Sequence
from types import NoneType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from framegrid.base.schema.arrow_columns import Column, from_arrow
from framegrid.base.schema.conflicts import Describe, check_exact, mixed
from framegrid.base.schema.json_text import to_json
from framegrid.base.schema.key_types import KeyType, arrow_type
from framegrid.base.schema.list_cells import list_array, number_form, whole_numbers
from framegrid.base.schema.lists import in_one_piece, numbers_of
from framegrid.base.schema.values import is_missing, normalise

# Scalars that Arrow takes from a list exactly as `normalise` would.
_SCALARS: dict[type, KeyType] = {
    str: "string",
    bool: "boolean",
    np.bool_: "boolean",
    float: "float",
    np.float64: "float",
    np.float32: "float",
    int: "integer",
    np.int64: "integer",
    np.int32: "integer",
    np.uint8: "integer",
}

# Columns of pandas that convert to Arrow without a change of meaning (periods become integers).
_ARROW_DTYPES = (pd.StringDtype, pd.ArrowDtype, pd.DatetimeTZDtype, pd.BooleanDtype)
_ARROW_ARRAYS = (pd.arrays.IntegerArray, pd.arrays.FloatingArray)
_ARROW_UNITS = frozenset({"D", "s", "ms", "us", "ns"})
_REFUSED = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError)
_NUMBERS: frozenset[KeyType] = frozenset({"integer", "float"})

# What to store instead of columns whose dtype has no type here, by how the dtype's name begins.
_INSTEAD = {
    "timedelta": "seconds, as in .dt.total_seconds()",
    "duration": "seconds, as in .dt.total_seconds()",
    "period": "datetimes, as in .dt.to_timestamp()",
    "complex": "two columns, as in numpy.real(values) and numpy.imag(values)",
    "interval": "text, as in .astype(str), or the ends, as in values.array.left",
}


def infer_arrow(
    key: str,
    values: Sequence[Any] | npt.NDArray[Any] | pd.Series | pa.Array | pa.ChunkedArray,
    describe: Describe = "row {}".format,
) -> Column:
    """The type of a column of values, and the values in that type, null where missing.

    Integers beside floats become floats.

    Args:
        key: the metadata key, for error messages.
        values: (M,) values in any dtype of any backend, or a sequence of anything that
            ``normalise`` takes, missing values included.
        describe: names the sample at a position, for error messages.

    Returns:
        The type, or None if every value is missing and the dtype says nothing; and an array of
        length M that shares no memory with ``values`` that could change.

    Raises:
        TypeError: if there is no type for a value (``MetadataTypeError``: if types conflict).
        ValueError: if a value is invalid, see ``normalise``.
        OverflowError: if an integer does not fit in 64 bits.
    """
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        _check_dtype(key, values.type)
        return _from_arrow(key, values, describe)
    if isinstance(values, (pd.Series, np.ndarray)):
        _check_dtype(key, values.dtype)
    if isinstance(values, pd.Series):
        return _from_series(key, values, describe)
    if isinstance(values, np.ndarray):
        return _from_numpy(key, values, describe)
    return _from_list(key, list(values), describe)


def _check_dtype(key: str, dtype: Any) -> None:
    """Refuse a column as a whole, rather than its first value, where the dtype says enough.

    Raises:
        TypeError: if there is no type for what it holds.
    """
    name = str(dtype)
    instead = next((_INSTEAD[start] for start in _INSTEAD if name.startswith(start)), None)
    if instead:
        raise TypeError(
            f"metadata {key}: a column of dtype {name} cannot be stored; pass {instead}"
        )


def _from_series(key: str, series: "pd.Series[Any]", describe: Describe) -> Column:
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return _from_numpy(key, series.to_numpy(), describe)
    if isinstance(dtype, pd.CategoricalDtype):
        return _from_categories(key, series.cat.remove_unused_categories(), describe)
    if isinstance(dtype, _ARROW_DTYPES) or isinstance(series.array, _ARROW_ARRAYS):
        try:
            return _from_arrow(key, pa.array(series.copy()), describe)
        except UnicodeEncodeError:
            pass  # the other path names the value
    return _from_list(key, list(series), describe)


def _from_categories(key: str, series: "pd.Series[Any]", describe: Describe) -> Column:
    codes = series.cat.codes.to_numpy()

    def describe_category(code: int) -> str:
        return describe(int(np.argmax(codes == code)))

    key_type, categories = infer_arrow(key, pd.Series(series.cat.categories), describe_category)
    return key_type, categories.take(pa.array(codes, mask=codes < 0))


def _from_numpy(key: str, array: npt.NDArray[Any], describe: Describe) -> Column:
    kind = array.dtype.kind if array.ndim == 1 else "rows"
    if kind == "f":
        return "float", pa.array(array.astype(np.float64), from_pandas=True)
    if kind in "iub" or (kind == "M" and np.datetime_data(array.dtype)[0] in _ARROW_UNITS):
        native = array.astype(array.dtype.newbyteorder("="))  # a copy in any case
        return _from_arrow(key, pa.array(native), describe)
    return _from_list(key, array.tolist() if kind in "OU" else list(array), describe)


def _from_arrow(key: str, values: pa.Array | pa.ChunkedArray, describe: Describe) -> Column:
    return (
        from_arrow(key, values, describe)
        or _from_lists(values)
        or _from_list(key, _in_python(values), describe)
    )


def _from_lists(values: pa.Array | pa.ChunkedArray) -> Column | None:
    """Take lists of numbers as a whole; None if there are others, or none at all."""
    whole = in_one_piece(values)
    lists = numbers_of(whole) if whole.null_count < len(whole) else None
    return None if lists is None else ("list", lists)


def _in_python(values: pa.Array | pa.ChunkedArray) -> list[Any]:
    items: list[Any] = values.to_pylist()
    if pa.types.is_map(values.type):  # in Python, a list of pairs
        return [None if pairs is None else dict(pairs) for pairs in items]
    return items


def _from_list(key: str, values: list[Any], describe: Describe) -> Column:
    kinds = {_SCALARS.get(kind) for kind in set(map(type, values)) - {NoneType}}
    if key_type := _common_type(kinds, values):
        try:
            array = pa.array(values, arrow_type(key_type), from_pandas=True)
        except _REFUSED:
            pass  # the other path names the value
        else:
            return (key_type if array.null_count < len(array) else None), array
    lists = whole_numbers(values)
    return _from_objects(key, values, describe) if lists is None else ("list", lists)


def _common_type(kinds: set[KeyType | None], values: list[Any]) -> KeyType | None:
    """The one type of a list of scalars; NaN beside other types only means missing."""
    if kinds == _NUMBERS:
        return "float" if any(map(_is_real_float, values)) else "integer"
    kinds = kinds - {"float"} or kinds
    return kinds.pop() if len(kinds) == 1 else None


def _is_real_float(value: Any) -> bool:
    return isinstance(value, (float, np.floating)) and not is_missing(value)


def _from_objects(key: str, values: list[Any], describe: Describe) -> Column:
    """Convert values one by one: takes whatever `normalise` takes, and names what it refuses."""
    types: list[KeyType | None] = []
    plain: list[Any] = []
    forms = list(map(number_form, values))
    for position, (value, form) in enumerate(zip(values, forms, strict=True)):
        key_type, item = (
            ("list", value) if form else _normalise_or_none(key, value, position, describe)
        )
        types.append(key_type)
        plain.append(to_json(item) if key_type == "dict" else item)
    key_type = _agreed_type(key, types, plain, describe)
    if key_type == "list":
        return key_type, list_array(plain, forms)
    return key_type, pa.array(plain, arrow_type(key_type) if key_type else pa.null())


def _normalise_or_none(
    key: str, value: Any, position: int, describe: Describe
) -> tuple[KeyType | None, Any]:
    if is_missing(value):
        return None, None
    try:
        return normalise(key, value)
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"{describe(position)}: {error}") from None


def _agreed_type(
    key: str, types: list[KeyType | None], plain: list[Any], describe: Describe
) -> KeyType | None:
    """The one type that the values have or can take, None without values."""
    found = [key_type for key_type in types if key_type is not None]
    if not found:
        return None
    allowed = _NUMBERS if found[0] in _NUMBERS else {found[0]}
    for position, key_type in enumerate(types):
        if key_type is not None and key_type not in allowed:
            raise mixed(key, found[0], key_type, plain[position], describe(position))
    if set(found) != _NUMBERS:
        return found[0]
    integers = [
        item if kind == "integer" else None for kind, item in zip(types, plain, strict=True)
    ]
    check_exact(key, pa.array(integers, pa.int64()), describe)
    return "float"
