"""Lists as Python and numpy have them, to the form that they have in memory."""

import math
from collections.abc import Sequence
from itertools import chain
from types import NoneType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from framegrid.base.schema.json_text import to_json
from framegrid.base.schema.lists import FIELDS, LIST, NUMBERS, Form, is_whole, joined

_TYPES: dict[Form, frozenset[Any]] = {
    "singles": frozenset({np.float32}),
    "floats": frozenset({float, np.float64, np.float32}),
    "integers": frozenset(
        {int, np.int64, np.int32, np.int16, np.int8, np.uint32, np.uint16, np.uint8}
    ),
}
_DTYPES: dict[Form, frozenset[np.dtype[Any]]] = {
    "singles": frozenset({np.dtype("f4")}),
    "floats": frozenset(map(np.dtype, ("f4", "f8"))),
    "integers": frozenset(map(np.dtype, ("i1", "i2", "i4", "i8", "u1", "u2", "u4"))),
}
_LEAST, _GREATEST = -(2**63), 2**63 - 1


def number_form(cell: Any) -> Form | None:
    """The field that holds a list or an array as it is; None if that takes a closer look."""
    if type(cell) is np.ndarray:
        return _form_of_array(cell)
    if type(cell) is not list:
        return None
    form = _form_of(set(map(type, cell)), _TYPES)
    if form == "integers":
        return form if min(cell) >= _LEAST and max(cell) <= _GREATEST else None
    return form if form and math.isfinite(sum(cell)) else None  # of huge ones the sum is not finite


def _form_of_array(array: npt.NDArray[Any]) -> Form | None:
    if array.ndim != 1 or not array.size:
        return None
    form = _form_of({array.dtype}, _DTYPES)
    return form if form and np.isfinite(array).all() else None


def _form_of(found: set[Any], known: dict[Form, frozenset[Any]]) -> Form | None:
    """The first field that holds all of the types or dtypes that were found."""
    return next((form for form in NUMBERS if found and found <= known[form]), None)


def whole_numbers(cells: Sequence[Any]) -> pa.Array | None:
    """(N,) lists as they are in memory, if all are of numbers of one form; else None.

    Args:
        cells: N values of any kind.
    """
    form = _common_form(cells)
    if form is None:
        return None
    try:
        lists = _joined_arrays(cells, form)
        lists = pa.array(cells, FIELDS[form]) if lists is None else lists
    except (pa.ArrowException, OverflowError, ValueError):  # beyond 64 bits, or of two dimensions
        return None
    return joined({form: lists}) if is_whole(lists) else None


def _joined_arrays(cells: Sequence[Any], form: Form) -> pa.Array | None:
    """Arrays end to end, as Arrow takes their numbers one by one; None if the cells are lists."""
    arrays = [cell for cell in cells if cell is not None]
    if type(arrays[0]) is not np.ndarray:
        return None
    lengths = [0 if cell is None else cell.size for cell in cells]
    items = np.concatenate(arrays, dtype=FIELDS[form].value_type.to_pandas_dtype())
    if items.ndim != 1:
        raise ValueError("arrays of several dimensions are no lists of numbers")
    missing = pa.array([cell is None for cell in cells])
    ends = np.cumsum([0, *lengths], dtype=np.int64)
    return pa.LargeListArray.from_arrays(pa.array(ends), pa.array(items), mask=missing)


def _common_form(cells: Sequence[Any]) -> Form | None:
    kinds: set[Any] = set(map(type, cells)) - {NoneType}
    if kinds == {list}:
        return _form_of(set(map(type, chain.from_iterable(filter(None, cells)))), _TYPES)
    if kinds == {np.ndarray}:
        return _form_of({cell.dtype for cell in cells if cell is not None}, _DTYPES)
    return None


def list_array(cells: Sequence[Any], known: Sequence[Form | None]) -> pa.Array:
    """(N,) lists as they are in memory.

    Args:
        cells: N lists of what JSON has, arrays that have a ``number_form``, or None.
        known: the form of each, None where it is not known.
    """
    forms = [
        form or number_form(cell) or _other_form(cell)
        for form, cell in zip(known, cells, strict=True)
    ]
    home = next((form for form in NUMBERS if form in forms), "text")
    forms = [home if form == "empty" else form for form in forms]
    fields = {name: _field(cells, forms, name) for name in FIELDS if name in forms}
    return joined(fields) if fields else pa.nulls(len(cells), LIST)


def _other_form(cell: Any) -> str | None:
    """Empty lists are of whatever their neighbours are of."""
    return None if cell is None else "text" if cell else "empty"


def _field(cells: Sequence[Any], forms: list[Any], name: Form) -> pa.Array:
    change = to_json if name == "text" else lambda cell: cell
    chosen = [
        change(cell) if form == name else None for cell, form in zip(cells, forms, strict=True)
    ]
    return pa.array(chosen, FIELDS[name])
