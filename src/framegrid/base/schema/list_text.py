"""Lists as JSON text, and as the Arrow lists that they are in Parquet where nothing is lost by it.

Everything runs inside Arrow, without the interpreter's lock: a million lists must not hold up the
edits that go on meanwhile.
"""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

_TEXT = pa.large_string()
_NUMBERS = (pa.int64(), pa.float64())
_ROWS = 4096  # at a time, as text that is joined is limited to 2 GB
_BLOCK = 1 << 20  # bytes that one thread parses at a time, and twice the longest list at least

# An integer among numbers: as a float it would come back as another value.
_INTEGER_ITEM = r"[\[,]-?\d+[,\]]"
_INTEGER = r"^-?\d+$"
_TO_ESCAPE = r'["\\\x00-\x1f]'


def to_lists(texts: pa.Array) -> pa.Array | pa.ChunkedArray:
    """JSON text as ``list<T>`` if every element is exactly T, else as it is.

    None may be among texts and truth values; beside it, pandas would make floats of numbers.

    Args:
        texts: (N,) JSON text of lists, null where missing.
    """
    for item in (pa.int64(), pa.float64(), pa.bool_(), pa.string()):
        if item == pa.float64() and pc.any(pc.match_substring_regex(texts, _INTEGER_ITEM)).as_py():
            continue
        try:
            lists = _parse(texts, pa.list_(item))
        except pa.ArrowInvalid:  # there are other elements
            continue
        is_text = item in _NUMBERS and pc.list_flatten(lists).null_count
        return texts if is_text else lists
    return texts


def _parse(texts: pa.Array, list_type: pa.DataType) -> pa.ChunkedArray:
    """Parse JSON text as rows of one column, which it becomes by ``{"v":`` and ``}`` around."""
    lines = _joined('{"v":', pc.fill_null(texts, "null"), "}\n")
    longest = pc.max(pc.binary_length(lines)).as_py() or 0
    table = pa.json.read_json(
        pa.BufferReader(lines.buffers()[2]),
        pa.json.ReadOptions(block_size=max(_BLOCK, 2 * longest)),
        pa.json.ParseOptions(pa.schema({"v": list_type}), unexpected_field_behavior="error"),
    )
    return table["v"]


def to_texts(lists: pa.Array) -> pa.Array:
    """(N,) the JSON text of lists.

    Args:
        lists: (N,) lists of any kind of flat values, null where missing.
    """
    parts = [_texts(lists.slice(start, _ROWS)) for start in range(0, len(lists), _ROWS)]
    return pa.concat_arrays(parts or [pa.array([], _TEXT)])


def _texts(lists: pa.Array) -> pa.Array:
    items = pc.fill_null(_item_texts(lists.flatten()), "null").cast(pa.string())  # all it can join
    ends = np.cumsum(pc.list_value_length(lists).fill_null(0), dtype=np.int64)
    grouped = pa.LargeListArray.from_arrays(np.concatenate([[0], ends]), items)
    texts = _joined("[", pc.binary_join(grouped, ",").cast(_TEXT), "]")
    return pc.if_else(lists.is_valid(), texts, pa.scalar(None, _TEXT))


def _item_texts(items: pa.Array) -> pa.Array:
    if pa.types.is_floating(items.type):
        texts = items.cast(pa.float64()).cast(_TEXT)  # 0.1 of 32 bits is 0.10000000149011612
        return pc.if_else(pc.match_substring_regex(texts, _INTEGER), _joined(texts, ".0"), texts)
    if pa.types.is_string(items.type):
        return _joined('"', _escaped(items.cast(_TEXT)), '"')
    return items.cast(_TEXT)


def _escaped(texts: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(texts, _TO_ESCAPE)
    escaped = [
        json.dumps(text, ensure_ascii=False)[1:-1] for text in texts.filter(special).to_pylist()
    ]
    return pc.replace_with_mask(texts, special, pa.array(escaped, _TEXT))


def _joined(*parts: pa.Array | str) -> pa.Array:
    texts = [pa.scalar(part, _TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*texts, pa.scalar("", _TEXT))
