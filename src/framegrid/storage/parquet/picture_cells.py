"""Encoded pictures as the cells of a Parquet file, as Hugging Face keeps and opens them."""

import json
from collections.abc import Iterable, Iterator
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

Cell = tuple[bytes | None, str]
"""The bytes of an image file, None where nobody needs them any more; and what it is called."""

COLUMN = "image"

_FEATURES = {"info": {"features": {COLUMN: {"_type": "Image"}}}}
_CELL = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_SCHEMA = pa.schema({COLUMN: _CELL}, {"huggingface": json.dumps(_FEATURES)})

_GROUP_ROWS, _GROUP_BYTES = 64, 4 << 20
"""Of a row group, at most, or one row: to read one picture, all of it may be read."""


def write_cells(file: IO[bytes], cells: Iterable[Cell]) -> None:
    """Write pictures into an open file, one after the other: little of them is in memory twice."""
    with pq.ParquetWriter(
        file,
        _SCHEMA,
        compression="none",  # they are compressed
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
    ) as writer:
        for group in _groups(cells):
            rows = [{"bytes": data, "path": name} for data, name in group]
            writer.write_table(pa.table({COLUMN: pa.array(rows, _CELL)}, _SCHEMA))


def _groups(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    group: list[Cell] = []
    size = 0
    for cell in cells:
        length = len(cell[0] or b"")
        if group and (len(group) == _GROUP_ROWS or size + length > _GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(cell)
        size += length
    if group:
        yield group
