"""How the columns of a snapshot are compressed: those of noise, as embeddings are, not at all."""

from typing import Any

import numpy as np
import pyarrow as pa

_LEVEL = 1
_CODEC = pa.Codec("zstd", _LEVEL)
_PIECES, _PIECE = 16, 4096  # what is looked at of a column: pieces from all over it, items each
_WORTH = 0.85  # the size from which on unpacking takes longer than reading what it saves


def compression_of(table: pa.Table) -> dict[str, Any]:
    """How Parquet is to compress a table, as options of its writer."""
    columns = {
        _path_of(field): "zstd" if _is_worth_it(table[field.name]) else "none"
        for field in table.schema
    }
    levels = dict.fromkeys((path for path, codec in columns.items() if codec == "zstd"), _LEVEL)
    return {"compression": columns, "compression_level": levels}


def _path_of(field: pa.Field) -> str:
    """The name that the values of a column have in Parquet."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else str(field.name)


def _is_worth_it(column: pa.ChunkedArray) -> bool:
    """Whether a column gets much smaller, by some of its values; all but long lists of numbers do.

    Args:
        column: (N,) values; lists are in pieces without a gap between them.
    """
    if not (pa.types.is_list(column.type) and pa.types.is_floating(column.type.value_type)):
        return True
    items = pa.chunked_array([chunk.values for chunk in column.chunks], column.type.value_type)
    if len(items) <= _PIECES * _PIECE:
        return True
    places = np.linspace(0, len(items) - _PIECE, _PIECES).astype(int).tolist()
    packed = [_packed(items.slice(place, _PIECE)) for place in places]
    return bool(sum(packed) <= _WORTH * _PIECES * _PIECE * items.type.bit_width // 8)


def _packed(items: pa.ChunkedArray) -> int:
    """How many bytes items take, compressed."""
    return len(_CODEC.compress(items.to_numpy().tobytes()))
