"""Arrow columns as pandas Series, without a copy where the memory layout allows it."""

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from framegrid.schema import KeyType, pandas_dtype

Values = npt.NDArray[Any]

_MASKED: dict[KeyType, Any] = {
    "integer": pd.arrays.IntegerArray,
    "float": pd.arrays.FloatingArray,
    "boolean": pd.arrays.BooleanArray,
}


def to_series(array: pa.Array, key_type: KeyType, index: pd.Index) -> "pd.Series[Any]":
    """Give a column as a DataFrame shows it.

    Its memory is read-only, as it may be the column's own. pandas copies before it writes, but
    ``to_numpy`` would be a way around that.

    Args:
        array: (N,) values in the Arrow type of the key type.
        key_type: the type.
        index: (N,) index of the Series.
    """
    values: Any
    if key_type in _MASKED:
        values = _MASKED[key_type](_read_only(_numbers(array)), _read_only(_missing(array)))
    elif key_type == "string":
        values = pandas_dtype(key_type).__from_arrow__(array)  # type: ignore[union-attr]
    elif key_type in ("list", "dict"):
        values = _read_only(_objects(array))
    else:
        values = _read_only(array.to_numpy(zero_copy_only=False))
    series = pd.Series(values, index=index, copy=False)
    return series.dt.tz_localize("UTC") if key_type == "datetime_utc" else series


def _numbers(array: pa.Array) -> Values:
    """Give the values; what stands at a missing one is arbitrary."""
    if pa.types.is_boolean(array.type):
        return np.asarray(array.fill_null(False))
    buffers = [None, array.buffers()[1]]
    return np.asarray(pa.Array.from_buffers(array.type, len(array), buffers, 0, array.offset))


def _missing(array: pa.Array) -> Values:
    if not array.null_count:
        return np.zeros(len(array), np.bool_)
    return np.asarray(array.is_null())


def _objects(texts: pa.Array) -> Values:
    """Parse JSON text; one parser call for the whole column is faster than one per value."""
    values = np.empty(len(texts), object)
    values[:] = json.loads(f"[{','.join(texts.fill_null('null').to_pylist())}]")
    return values


def _read_only(values: Values) -> Values:
    values.flags.writeable = False
    return values
