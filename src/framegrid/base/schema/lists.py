"""Lists as Arrow has them in memory: those of numbers as numbers, all others as JSON text.

A cell is in one field of four, so that one list that is unlike the others changes nothing of them:
floats when each element is a finite float, singles when each came as one of 32 bits, as embeddings
do (half the memory, and the same values), integers when each is one of 64 bits, else text.
"""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base.schema.collecting import collection_paused
from framegrid.base.schema.json_text import from_json, to_json
from framegrid.base.schema.list_text import to_texts

Form = Literal["floats", "singles", "integers", "text"]

FIELDS: dict[Form, pa.DataType] = {
    "floats": pa.large_list(pa.float64()),
    "singles": pa.large_list(pa.float32()),
    "integers": pa.large_list(pa.int64()),
    "text": pa.large_string(),
}
"""By field the type of its values."""
LIST = pa.struct(list(FIELDS.items()))
"""The type of a column of lists in memory."""
EARLY = pa.struct([field for field in LIST if field.name != "singles"])
"""What it was in early journals."""

NUMBERS: tuple[Form, ...] = ("singles", "floats", "integers")
"""The fields of lists of numbers; where two could hold a list, the first does."""


def joined(fields: dict[Form, pa.Array]) -> pa.Array:
    """Lists of those of the fields that have values; at most one has a value in a row."""
    length = len(next(iter(fields.values())))
    missing = np.logical_and.reduce([np.asarray(field.is_null()) for field in fields.values()])
    parts = [fields.get(name, pa.nulls(length, dtype)) for name, dtype in FIELDS.items()]
    return pa.StructArray.from_arrays(parts, fields=list(LIST), mask=pa.array(missing))


def as_lists(values: pa.Array) -> pa.Array:
    """Lists of any Arrow type as they are in memory.

    Args:
        values: (N,) JSON text, lists of flat values, nulls, or some of the fields of ``LIST``.
    """
    if values.type == LIST:
        return values
    if pa.types.is_struct(values.type):
        return joined({field.name: values.field(field.name) for field in values.type})
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), LIST)
    if numbers := numbers_of(values):
        return numbers
    text = _texts(values) if _is_list(values.type) else values.cast(pa.large_string())
    return joined({"text": text})


def numbers_of(values: pa.Array) -> pa.Array | None:
    """Lists of numbers as they are in memory; None if they are none, or one needs a closer look.

    Args:
        values: (N,) values of any Arrow type.
    """
    form = _form_of_type(values.type)
    if form is None:
        return None
    try:
        lists = values.cast(FIELDS[form])
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # beyond 64 bits
        return None
    return joined({form: lists}) if is_whole(lists) else None


def is_whole(lists: pa.Array) -> bool:
    """Whether lists of numbers hold nothing else, as nulls or infinities."""
    items = lists.flatten()
    return not items.null_count and bool(np.isfinite(items.to_numpy()).all())


def _form_of_type(dtype: pa.DataType) -> Form | None:
    if not _is_list(dtype):
        return None
    if pa.types.is_floating(dtype.value_type):
        return "floats" if pa.types.is_float64(dtype.value_type) else "singles"
    return "integers" if pa.types.is_integer(dtype.value_type) else None


def _is_list(dtype: pa.DataType) -> bool:
    return any(
        is_it(dtype)
        for is_it in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    )


def _texts(lists: pa.Array) -> pa.Array:
    """JSON text of lists; Arrow has other words for numbers that are not finite."""
    items = lists.flatten()
    if pa.types.is_floating(items.type) and pc.any(pc.invert(pc.is_finite(items))).as_py():
        cells = lists.to_pylist()
        return pa.array(
            [cell if cell is None else to_json(cell) for cell in cells], LIST["text"].type
        )
    return to_texts(lists)


def list_at(lists: pa.Array, row: int) -> list[Any] | None:
    """The list of a row, which is the caller's own."""
    for name in NUMBERS:
        cell = lists.field(name)[row]
        if cell.is_valid:
            numbers: list[Any] = cell.values.to_numpy().tolist()
            return numbers
    text = lists.field("text")[row].as_py()
    return None if text is None else from_json(text)


def list_text_at(lists: pa.Array, row: int) -> str | None:
    """The list of a row as JSON text."""
    text: str | None = lists.field("text")[row].as_py()
    if text is None and (cell := list_at(lists, row)) is not None:
        return to_json(cell)
    return text


def list_objects(lists: pa.Array) -> npt.NDArray[Any]:
    """(N,) the lists as Python has them, None where missing.

    One parser call for all text is faster than one per value.
    """
    cells = np.empty(len(lists), object)
    texts = lists.field("text")
    if texts.null_count < len(texts):
        cells[:] = json.loads(f"[{','.join(texts.fill_null('null').to_pylist())}]")
    with collection_paused():
        for field in map(lists.field, NUMBERS):
            if field.null_count < len(field):
                cells[np.asarray(field.is_valid())] = _number_objects(field.drop_null())
    return cells


def _number_objects(lists: pa.Array) -> npt.NDArray[Any]:
    """(M,) lists of numbers, of which none is missing, as Python has them."""
    starts = np.asarray(lists.offsets)
    first, count = starts[0], len(lists)
    items = lists.values.to_numpy()[first : starts[-1]]
    width = len(items) // count
    if (np.diff(starts) == width).all():
        return np.fromiter(items.reshape(count, width).tolist(), object, count)
    places = (starts - first).tolist()
    cells = (items[start:stop].tolist() for start, stop in pairwise(places))
    return np.fromiter(cells, object, count)


def list_texts(lists: pa.Array) -> pa.Array:
    """(N,) the lists as JSON text."""
    texts = lists.field("text")
    for name in NUMBERS:
        field = lists.field(name)
        if field.null_count < len(field):
            texts = pc.coalesce(texts, to_texts(field))
    return texts


def packed(lists: pa.Array) -> pa.Array:
    """Lists without the fields that have no value: text alone, or numbers alone, where it can."""
    used = [name for name in FIELDS if lists.field(name).null_count < len(lists)]
    if len(used) > 1:
        return lists
    return lists.field(used[0] if used else "text")


def with_lists(
    table: pa.Table, change: Callable[[pa.Array], pa.Array | pa.ChunkedArray]
) -> pa.Table:
    """A table with all of its columns of lists changed."""
    for place, field in enumerate(table.schema):
        if field.type == LIST:
            table = table.set_column(place, field.name, change(in_one_piece(table[place])))
    return table


def in_one_piece(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Values as one array; Arrow would copy a single chunk, too."""
    if isinstance(values, pa.Array):
        return values
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def lists_differ(one: pa.Array, other: pa.Array) -> npt.NDArray[np.bool_]:
    """(N,) bool: which rows of two columns may differ; JSON text may where its lists do not."""
    same: npt.NDArray[np.bool_] = np.asarray(one.is_null()) & np.asarray(other.is_null())
    same |= np.asarray(pc.fill_null(pc.equal(one.field("text"), other.field("text")), False))
    for name in NUMBERS:
        same |= _same_numbers(one.field(name), other.field(name))
    return ~same


def _same_numbers(one: pa.Array, other: pa.Array) -> npt.NDArray[np.bool_]:
    lengths = pc.list_value_length(one)
    alike = pc.fill_null(pc.equal(lengths, pc.list_value_length(other)), False)
    same = np.array(alike)
    if same.any():
        equal = np.asarray(pc.equal(one.filter(alike).flatten(), other.filter(alike).flatten()))
        rows = np.repeat(np.flatnonzero(same), np.asarray(lengths.filter(alike)))
        same[rows[~equal]] = False
    return same


def check_lists(lists: pa.Array) -> None:
    """Check that lists of somebody else are as ours are.

    Raises:
        ValueError: a cell is in several fields, or in none, or its numbers are none.
    """
    fields = [np.asarray(lists.field(name).is_valid(), np.int8) for name in FIELDS]
    if (np.add.reduce(fields) != np.asarray(lists.is_valid())).any():
        raise ValueError("a list is there more than once, or not at all")
    for name in NUMBERS:
        if not is_whole(lists.field(name)):
            raise ValueError("a list of numbers holds something else")
