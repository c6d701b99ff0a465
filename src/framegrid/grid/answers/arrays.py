"""Arrays of one number per row: made of a view, and cut into pieces that a message may carry."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from framegrid import filters
from framegrid.base import brief
from framegrid.filters import codes
from framegrid.grid import protocol
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.groups import parse_group
from framegrid.grid.answers.orders import order, sort_keys
from framegrid.grid.answers.sections import sections, sections_header
from framegrid.grid.protocol import Json

# What of a column goes its own way, or is known.
_NO_HEADER = frozenset({"key", "codes"})

Buffers = list[memoryview]
Encoded = tuple[np.ndarray, Json]
"""An array and its header."""


def keys_of(view: GridView, spec: Mapping[str, Any]) -> list[str]:
    """The keys that an array is made of; an expression, which has none, may be made of any."""
    match spec:
        case {"of": "order", "sort": sort}:
            return [key.name for key in sort_keys(sort, view) if key.seed is None]
        case {"of": "sections", "group": group}:
            return [parse_group(group, view).key]
    return [spec["key"]]


def encode(view: GridView, spec: Mapping[str, Any]) -> Encoded:
    """Make an array and its header.

    Raises:
        UnknownKeyError, FilterError: of this view there is no such array.
    """
    match spec:
        case {"of": "ids"}:
            return view.rows.to_numpy(np.float64), {"kind": "rows"}
        case {"of": "order", "sort": sort}:
            return order(sort, view), {"kind": "rows"}
        case {"of": "sections", "group": group}:
            made = sections(group, view)
            return made.codes, sections_header(made)
        case {"of": "mask", "key": key, "condition": condition}:
            conditions = filters.normalise({key: condition}, view.schema)
            mask = view.passing(conditions)
            return mask.view(np.uint8), {"kind": "mask"}
        case {"of": "codes", "key": key, "extra": extra}:
            return _encode_codes(view, key, extra)
    raise ValueError(f"unknown array {brief(dict(spec))}")


def _encode_codes(view: GridView, key: str, extra: list[float]) -> Encoded:
    series = view.values(key)
    kind: str = view.kind(key)
    column: Any
    match kind:
        case "values":
            column = codes.encode_values(key, series)
        case "text" | "other":
            kind = "text"
            column = codes.encode_text(key, series)
        case "elements":
            column = codes.encode_elements(key, series)
        case _:
            column = codes.encode_range(key, series, extra)
    header = {name: getattr(column, name) for name in column.__slots__ if name not in _NO_HEADER}
    if kind == "range":
        # As the doubles that they become in the browser, for there they are reckoned with.
        header["edges"] = list(map(float, column.edges))
        header["utc"] = view.schema.get(key) == "datetime_utc"
    return column.codes, {"kind": kind, **protocol.to_browser(header)}


def pack(arrays: Iterable[tuple[int, Encoded]], start: int) -> tuple[list[protocol.Piece], Buffers]:
    """Cut from arrays, each with its index, what one message may carry.

    Args:
        arrays: made one by one, as long as there is room.
        start: the first row of the first one; the others start at 0.
    """
    pieces: list[protocol.Piece] = []
    buffers: Buffers = []
    room = protocol.MAX_MESSAGE_BYTES
    for index, (array, header) in arrays:
        stop = min(len(array), start + room // array.itemsize)
        if stop == start and len(array):
            break
        pieces.append(
            {
                "index": index,
                "dtype": array.dtype.name,
                "start": start,
                "stop": stop,
                "header": header if start == 0 else None,
                "buffer": len(buffers),
            }
        )
        buffers.append(array[start:stop].data.cast("B"))
        room -= (stop - start) * array.itemsize
        if stop < len(array):
            break
        start = 0
    return pieces, buffers
