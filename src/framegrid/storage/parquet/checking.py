"""Whether what a file says makes sense, before it is taken in: a checksum only says who meant it.

Files can come from anybody. What makes no sense is refused when it is read, and not found later by
whoever happens to use it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import BUILTIN_TYPES, KeyType, Schema, as_array, brief, check_lists
from framegrid.storage.parquet.budget import Budget
from framegrid.storage.table.changes import (
    AddSamples,
    Change,
    ReplaceKey,
    SetBlocks,
    SetValues,
    Undo,
)
from framegrid.storage.table.table import Table

_BYTES_PER_CELL = 8
_MAX_DEPTH = 200  # of lists and dicts; what users may store is not half as deep
_LARGEST = 2**63 - 1
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_CLASSES: dict[KeyType, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "float": (float, int),
    "boolean": (bool,),
    "list": (list,),
    "dict": (dict,),
    "datetime": (datetime,),
    "datetime_utc": (datetime,),
}


def check_change(table: Table, change: Change, budget: Callable[[], Budget]) -> None:
    """Check that an edit of somebody else can be made on a table.

    Args:
        table: the table before the edit.
        change: the edit; an undo is checked as the parts that it is made of.
        budget: gives what the table may take after it.

    Raises:
        ValueError: it makes no sense.
        MemoryError: the table would take too much.
    """
    match change:
        case SetValues(_, values, types):
            if types:
                _check_size(table, types, 0, budget)
            _check_values(BUILTIN_TYPES | table.schema | types if types else table.schema, values)
        case SetBlocks(blocks, types):
            _check_size(table, types, 0, budget)
            for block in blocks:
                _check_texts(table.schema | types, block.columns)
        case AddSamples(samples, types):
            _check_size(table, types, len(samples), budget)
            given = dict(zip(samples.column_names, samples.columns, strict=True))
            _check_texts(table.schema | types, given)
        case ReplaceKey(key, kind, values):
            if len(values) != len(table):
                raise ValueError(f"{brief(key)} has {len(values)} values for {len(table)} samples")
            _check_texts({key: kind}, {key: values})
        case Undo(parts):
            stage = table.copy()
            for part in parts:
                check_change(stage, part, budget)
                stage.apply(part)


def check_numbers(seq: int, next_id: int, dataset: bytes, digest: bytes) -> None:
    """Check the facts of a footer that others are computed from.

    Raises:
        ValueError: they are beyond what any dataset has.
    """
    is_named = len(dataset) == len(digest) == 16
    if not (0 <= seq < _LARGEST and 0 <= next_id < _LARGEST and is_named):
        raise ValueError(f"edit {seq} and sample {next_id} of {dataset.hex()} are impossible")


def check_ids(ids: pa.ChunkedArray, next_id: int) -> None:
    """Check that sample ids are ascending and below the next one.

    Args:
        ids: (N,) the ids.
        next_id: the id of the next new sample.

    Raises:
        ValueError: they are not.
    """
    if ids.null_count:
        raise ValueError("sample ids are missing")
    before = -1
    for values in (chunk.to_numpy() for chunk in ids.chunks if len(chunk)):
        if values[0] <= before or not (values[1:] > values[:-1]).all():
            raise ValueError("sample ids do not ascend")
        before = values[-1]
    if before >= next_id:
        raise ValueError("sample ids are beyond the next one")


def check_depth(texts: pa.Array | pa.ChunkedArray) -> None:
    """Check that no list or dict is nested deeper than Python can read.

    Args:
        texts: (N,) JSON text, null where missing.

    Raises:
        ValueError: one is.
    """
    opening = pc.add(pc.count_substring(texts, "["), pc.count_substring(texts, "{"))
    many = texts.filter(pc.greater(opening, _MAX_DEPTH))
    for chunk in many.chunks if isinstance(many, pa.ChunkedArray) else [many]:
        for text in _suspects(chunk.cast(pa.large_string())):
            _check_text(text)


def _suspects(texts: pa.Array) -> list[str]:
    """The texts that have many brackets open at once, be it in their strings."""
    if not len(texts):
        return []
    starts = np.asarray(texts.buffers()[1]).view(np.int64)[texts.offset :][: len(texts) + 1]
    data = np.frombuffer(texts.buffers()[2], np.uint8)[starts[0] : starts[-1]]
    opens = ((data == ord("[")) | (data == ord("{"))).astype(np.int8)
    closes = (data == ord("]")) | (data == ord("}"))
    depth = np.cumsum(opens - closes, dtype=np.int64)
    places = starts[:-1] - starts[0]
    before = np.where(places > 0, depth[places - 1], 0)
    deepest = np.maximum.reduceat(depth, places) - before
    suspects: list[str] = texts.filter(pa.array(deepest > _MAX_DEPTH)).to_pylist()
    return suspects


def _check_text(text: str) -> None:
    depth = 0
    for character in _STRING.sub("", text):
        depth += (character in "[{") - (character in "]}")
        if depth > _MAX_DEPTH:
            raise ValueError(f"a list or dict is nested deeper than {_MAX_DEPTH} levels")


def _check_texts(types: Schema, columns: Mapping[str, pa.Array]) -> None:
    for key, values in columns.items():
        match types.get(key):
            case "dict":
                check_depth(as_array(values, "string"))
            case "list":
                lists = as_array(values, "list")
                check_lists(lists)
                check_depth(lists.field("text"))


def _check_values(types: Schema, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        kind = types.get(key) or BUILTIN_TYPES.get(key)
        if value is None or kind is None:
            continue
        if type(value) not in _CLASSES[kind]:
            raise ValueError(f"{brief(key)} is {kind}, and gets a {type(value).__name__}")
        if kind == "integer" and not -_LARGEST - 1 <= value <= _LARGEST:
            raise ValueError(f"{brief(key)} gets an integer beyond 64 bits")
        if kind in ("list", "dict"):
            _check_nested(value, 1)


def _check_nested(value: Any, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError(f"a list or dict is nested deeper than {_MAX_DEPTH} levels")
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, (list, dict)):
                _check_nested(item, depth + 1)


def _check_size(table: Table, types: Schema, rows: int, budget: Callable[[], Budget]) -> None:
    new = types.keys() - table.schema.keys()
    if new or rows:
        keys = len(BUILTIN_TYPES) + len(table.schema) + len(new)
        budget().check((len(table) + rows) * keys * _BYTES_PER_CELL)
