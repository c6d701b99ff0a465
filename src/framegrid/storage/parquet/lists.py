"""Columns of lists as Parquet has them: real lists where nothing is lost by it, else JSON text."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import NUMBERS, list_texts, to_lists

_ITEMS = 1 << 30  # in one piece; the lists of Parquet count them in 32 bits


def stored_lists(lists: pa.Array) -> pa.Array | pa.ChunkedArray:
    """Lists as ``list<T>`` if every element of every list is exactly T, else as JSON text.

    A float has 32 bits where all came as such, and those set since are the same in 32; else 64.

    Args:
        lists: (N,) lists as they are in memory.
    """
    fields = [lists.field(name) for name in NUMBERS]
    used = [field for field in fields if field.null_count < len(field)]
    text = lists.field("text")
    if not used:
        return to_lists(text)
    merged = used[0] if [text.null_count, *used[1:]] == [len(text)] else _merged(used, text)
    return list_texts(lists) if merged is None else _in_pieces(merged)


def _merged(numbers: list[pa.Array], text: pa.Array) -> pa.Array | None:
    """Lists of numbers, and those that were set one by one since; None if these are others.

    Args:
        numbers: arrays of (N,) lists, of which at most one has a value in a row.
        text: (N,) the others as JSON text.
    """
    rows = np.flatnonzero(np.asarray(text.is_valid()))
    parsed = _parsed(text.take(pa.array(rows)))
    if parsed is None or (item := _common_item(parts := [*numbers, parsed])) is None:
        return None
    places = np.arange(len(text))  # of what is missing, in the first as in the others
    for before, field in enumerate(numbers):
        places[np.asarray(field.is_valid())] += before * len(text)
    places[rows] = len(numbers) * len(text) + np.arange(len(rows))
    joined = pa.concat_arrays([part.cast(pa.large_list(item)) for part in parts])
    return joined.take(pa.array(places))


def _parsed(texts: pa.Array) -> pa.Array | None:
    """Lists of flat values of their JSON text; None if they are none."""
    if not len(texts):
        return pa.array([], pa.large_list(pa.int64()))
    lists = to_lists(texts)
    if not pa.types.is_list(lists.type):
        return None
    return lists.combine_chunks().cast(pa.large_list(lists.type.value_type))


def _common_item(parts: list[pa.Array]) -> pa.DataType | None:
    """The type that the numbers of all lists have, or take without loss; None if there is none."""
    given = [part for part in parts if pc.sum(pc.list_value_length(part)).as_py()] or parts[:1]
    items = {part.type.value_type for part in given}
    if items == {pa.float32(), pa.float64()}:
        return pa.float32() if all(map(_are_singles, given)) else pa.float64()
    return items.pop() if len(items) == 1 else None


def _are_singles(lists: pa.Array) -> bool:
    """Whether each number is the same in 32 bits."""
    items = lists.flatten().to_numpy()
    with np.errstate(over="ignore"):
        return bool((items == items.astype(np.float32)).all())


def _in_pieces(lists: pa.Array) -> pa.ChunkedArray:
    """Lists in pieces whose elements can be counted in 32 bits."""
    longest = pc.max(pc.list_value_length(lists)).as_py() or 1
    rows = max(1, _ITEMS // longest)
    pieces = [_counted(lists.slice(start, rows)) for start in range(0, len(lists), rows)]
    return pa.chunked_array(pieces, pa.list_(lists.type.value_type))


def _counted(lists: pa.Array) -> pa.Array:
    offsets = np.asarray(lists.offsets)
    items = lists.values.slice(offsets[0], offsets[-1] - offsets[0])
    counts = pa.array((offsets - offsets[0]).astype(np.int32))
    return pa.ListArray.from_arrays(counts, items, mask=lists.is_null())
