"""Arrow columns as pandas has them, without a copy where the memory layout allows it."""

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from framegrid.base import PANDAS_3, KeyType, arrow_type, as_array, list_objects, pandas_dtype

Values = npt.NDArray[Any]

_MASKED: dict[KeyType, Any] = {
    "integer": pd.arrays.IntegerArray,
    "float": pd.arrays.FloatingArray,
    "boolean": pd.arrays.BooleanArray,
}

_NAT = -(2**63)  # what pandas has for a missing time


def _make_bystander() -> Any | None:
    """Something that ``to_frame`` can name to pandas; None if it does not copy on write."""
    if not PANDAS_3:
        return None
    try:
        block = pd.Series([0])._mgr.blocks[0]  # type: ignore[attr-defined]  # noqa: SLF001
        block.refs.add_reference(block)
    except AttributeError:  # these are pandas' private affairs: one day they may be others
        return None
    return block


_BYSTANDER = _make_bystander()


class _WhileShared:
    """True; but once pickled False, as what is loaded from that shares no memory."""

    def __reduce__(self) -> tuple[type[bool], tuple[bool]]:
        return bool, (False,)


_READ_ONLY = _WhileShared()


def to_series(array: pa.Array, key_type: KeyType, index: pd.Index) -> "pd.Series[Any]":
    """A column as a DataFrame shows it.

    It is read-only, as frames share it: ``to_numpy`` and ``array`` would be ways around the copy
    that pandas makes before it writes.

    Args:
        array: (N,) values in the Arrow type of the key type.
        key_type: the type.
        index: (N,) index of the Series.
    """
    values: Any
    if key_type in _MASKED:
        values = _MASKED[key_type](_numbers(array), _missing(array))
        values._readonly = _READ_ONLY  # noqa: SLF001 - pandas 3 respects it, where it is to be so
    elif key_type == "string":
        values = _extension(array, key_type)
    elif key_type == "datetime_utc":
        nat = pa.scalar(_NAT, arrow_type(key_type))
        values = _extension(array.fill_null(nat), key_type)  # with nulls it would be writable
    elif key_type == "list":
        values = _read_only(list_objects(as_array(array, "list")))
    elif key_type == "dict":
        values = _read_only(_objects(array))
    else:
        values = _read_only(array.to_numpy(zero_copy_only=False))
    return pd.Series(values, index=index, copy=False)


def to_frame(columns: "dict[str, pd.Series[Any]]", index: pd.Index) -> pd.DataFrame:
    """A DataFrame of which ``own_copy`` can be taken.

    pandas 3 writes in place when nothing else has the memory, but these columns are read-only. So
    it is told of something that has it for ever: then it copies a column before it writes.

    Args:
        columns: of this index, by name.
        index: (N,) the index.
    """
    frame = pd.DataFrame(columns, index=index, copy=False)
    if _BYSTANDER is not None:
        for block in frame._mgr.blocks:  # noqa: SLF001
            block.refs.add_reference(_BYSTANDER)
    return frame


def own_copy(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame that its owner can write to, with no effect on any other."""
    own = frame.copy(deep=_BYSTANDER is None)
    own.columns = frame.columns.copy(deep=True)  # pandas 2 shares names, and lets them be written
    return own


def _extension(array: pa.Array, key_type: KeyType) -> Any:
    return pandas_dtype(key_type).__from_arrow__(array)  # type: ignore[union-attr]


def _numbers(array: pa.Array) -> Values:
    """A copy of the values; what stands at a missing one is arbitrary.

    pandas itself overwrites that, as in ``cumsum``, so it must not be the column's own memory.
    """
    if pa.types.is_boolean(array.type):
        return np.array(array.fill_null(False))
    buffers = [None, array.buffers()[1]]
    return np.array(pa.Array.from_buffers(array.type, len(array), buffers, 0, array.offset))


def _missing(array: pa.Array) -> Values:
    if not array.null_count:
        return np.zeros(len(array), np.bool_)
    return np.array(array.is_null())


def _objects(texts: pa.Array) -> Values:
    """Parse JSON text; one parser call for the whole column is faster than one per value."""
    values = np.empty(len(texts), object)
    values[:] = json.loads(f"[{','.join(texts.fill_null('null').to_pylist())}]")
    return values


def _read_only(values: Values) -> Values:
    values.flags.writeable = False
    return values
