"""Cells that two tables do not have alike."""

from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import KeyType, lists_differ, objects_of

Places = npt.NDArray[np.intp]
Objects = npt.NDArray[np.object_]

_NUMBERS = {"integer", "float"}
_FILL: dict[KeyType, Any] = {
    "integer": 0,
    "float": 0.0,
    "boolean": False,
    "datetime": datetime(1970, 1, 1),  # noqa: DTZ001 - as in the column,
}  # types whose arrays NumPy turns into objects, twenty times as fast as Arrow

Column = tuple[KeyType, pa.Array]
"""The type of a key and its values."""


def differing(old: Column | None, new: Column | None) -> Places:
    """The places at which two columns of N values differ.

    Numbers are compared by their value; of two other types, any values differ.

    Args:
        old: one column; None if there is no such key.
        new: the other.
    """
    if old is None or new is None:
        _, values = old or new or ("string", pa.nulls(0))
        return np.flatnonzero(values.is_valid())
    (old_type, before), (new_type, after) = old, new
    if before is after and old_type == new_type:  # as of a key that no edit touched
        return np.empty(0, np.intp)
    if old_type != new_type and {old_type, new_type} != _NUMBERS:
        return np.flatnonzero(pc.or_(before.is_valid(), after.is_valid()))
    if old_type == "list":
        return _really(np.flatnonzero(lists_differ(before, after)), old, new)
    if old_type != new_type:
        before, after = (values.cast(pa.float64(), safe=False) for values in (before, after))
    equal = pc.fill_null(pc.equal(before, after), fill_value=False)
    places = np.flatnonzero(pc.invert(pc.or_(equal, pc.and_(before.is_null(), after.is_null()))))
    return _really(places, old, new) if old_type == "dict" else places


def _really(places: Places, old: Column, new: Column) -> Places:
    """Those of the places whose values differ and not only their text."""
    chosen = pa.array(places)
    before, after = (objects_of(values.take(chosen), kind) for kind, values in (old, new))
    is_other = [one != other for one, other in zip(before, after, strict=True)]
    return places[np.array(is_other, np.bool_)]


def objects_at(column: Column | None, places: Places) -> Objects:
    """(M,) values as Python has them, None where missing."""
    objects = np.full(len(places), None, object)
    if column is None:
        return objects
    kind, values = column
    values = values.take(pa.array(places))
    if kind in _FILL:
        there = np.asarray(values.is_valid())
        values = values.fill_null(_FILL[kind]).to_numpy(zero_copy_only=False)
        objects[there] = values[there].astype(object)
    elif kind == "string":
        objects[:] = values.to_numpy(zero_copy_only=False)
    else:
        objects[:] = objects_of(values, kind)
    return objects
