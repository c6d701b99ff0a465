"""The columns of a Parquet file of ours, counted before they take memory.

A value that many rows have is there once, so that half a megabyte can be gigabytes in memory. Such
columns are read as they are stored, by reference, and unpacked once it is known how long they get.
"""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from framegrid.base import brief
from framegrid.storage.parquet.budget import Budget

_BATCH_ROWS = 65_536  # read at a time: as fast as everything at once
_BYTES_PER_ITEM = 8  # of a list, at least
_DICTIONARY = "RLE_DICTIONARY"

FLAT = (
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_boolean,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_timestamp,
)
"""The types of columns that hold no others."""


def open_parquet(data: bytes, **options: Any) -> pq.ParquetFile:
    """Open the bytes of a Parquet file, to read texts of few values by reference."""
    file = pq.ParquetFile(pa.BufferReader(data), **options)
    chunks = [chunk for group in _groups(file.metadata) for chunk in _chunks(group)]
    names = {c.path_in_schema for c in chunks if _is_text(c) and _DICTIONARY in c.encodings}
    if not names:
        return file
    return pq.ParquetFile(
        pa.BufferReader(data), metadata=file.metadata, read_dictionary=sorted(names), **options
    )


def read_counted(file: pq.ParquetFile, budget: Budget, **part: Any) -> pa.Table:
    """Read columns, as far as there is memory for them.

    Args:
        file: as ``open_parquet`` gave it.
        budget: what they may take.
        part: what of them, as ``iter_batches`` has it.

    Raises:
        MemoryError: there is not enough.
        ValueError: a column is of a type that we do not store.
    """
    stored = file.schema_arrow
    names = part.get("columns", stored.names)
    schema = pa.schema([_plain(stored.field(name)) for name in names])
    _check_counts(file.metadata, schema, budget)
    batches = list(_batches(file, schema, budget, part))
    return pa.Table.from_batches(batches, schema)


def _batches(
    file: pq.ParquetFile, schema: pa.Schema, budget: Budget, part: dict[str, Any]
) -> Iterator[pa.RecordBatch]:
    for batch in _stored(file, part):
        budget.take(sum(map(_unpacked_size, batch.columns)))
        columns = [
            column if column.type == field.type else column.cast(field.type)
            for column, field in zip(batch.columns, schema, strict=True)
        ]
        yield pa.record_batch(columns, schema=schema)


def _stored(file: pq.ParquetFile, part: dict[str, Any]) -> Iterator[pa.RecordBatch]:
    """Read columns as they are stored: no more than a batch at once, which is the faster way."""
    numbers = part.get("row_groups", range(file.num_row_groups))
    groups = list(map(file.metadata.row_group, numbers))
    counts = [chunk.num_values for group in groups for chunk in _chunks(group)]
    is_small = max([sum(group.num_rows for group in groups), *counts]) <= _BATCH_ROWS
    if is_small:
        yield from file.read_row_groups(numbers, part.get("columns")).to_batches()
    else:
        yield from file.iter_batches(_BATCH_ROWS, **part)


def _check_counts(metadata: pq.FileMetaData, schema: pa.Schema, budget: Budget) -> None:
    """Refuse what cannot fit by the counts in the footer, which is quick; they can lie."""
    fixed = sum(f.type.bit_width // 8 if pa.types.is_primitive(f.type) else 8 for f in schema)
    chunks = [chunk for group in _groups(metadata) for chunk in _chunks(group)]
    items = sum(chunk.num_values for chunk in chunks if "." in chunk.path_in_schema)
    packed = sum(chunk.total_uncompressed_size for chunk in chunks)
    budget.check(max(metadata.num_rows * fixed, items * _BYTES_PER_ITEM, packed))


def _unpacked_size(array: pa.Array) -> int:
    """How many bytes a column will take, lists as the text that they become."""
    if pa.types.is_list(array.type):
        items = array.flatten()
        return _unpacked_size(items) + _BYTES_PER_ITEM * (len(items) + len(array))
    if not pa.types.is_dictionary(array.type):
        return int(array.nbytes)
    lengths = pc.binary_length(array.dictionary).cast(pa.int64()).take(array.indices)
    return (pc.sum(lengths).as_py() or 0) + _BYTES_PER_ITEM * len(array)


def _plain(field: pa.Field) -> pa.Field:
    """A column as it is unpacked.

    Raises:
        ValueError: it is of a type that we do not store.
    """
    is_list = pa.types.is_list(field.type)
    dtype = field.type.value_type if is_list else field.type
    if pa.types.is_dictionary(dtype):
        dtype = pa.string() if is_list else pa.large_string()
    if not any(is_it(dtype) for is_it in FLAT):
        raise ValueError(f"the column {brief(field.name)} is of type {field.type}")
    return pa.field(field.name, pa.list_(dtype) if is_list else dtype)


def _groups(metadata: pq.FileMetaData) -> Iterator[pq.RowGroupMetaData]:
    return map(metadata.row_group, range(metadata.num_row_groups))


def _chunks(group: pq.RowGroupMetaData) -> Iterator[pq.ColumnChunkMetaData]:
    return map(group.column, range(group.num_columns))


def _is_text(chunk: pq.ColumnChunkMetaData) -> bool:
    return bool(chunk.physical_type == "BYTE_ARRAY")
