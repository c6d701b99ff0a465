"""Columns of a Parquet file, some rows at a time, of which it is known before what they take.

What a footer says can be a lie, and a value that many rows have is there once: half a megabyte can
be gigabytes. So the headers of pages tell how many rows are read at once, and texts of few values
are read by reference, and spelled out once it is known how long they get.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from framegrid.base.parquet.pages import bytes_of, pages

_BATCH_ROWS = 65_536
_BATCH_BYTES = 1 << 26
_BYTES_PER_VALUE = 12  # beside a text, or instead of a number, and where it belongs in a list

_RATIOS = {"UNCOMPRESSED": 1, "SNAPPY": 22, "LZ4": 256, "GZIP": 1_033}
_ANY_RATIO = 1 << 17
"""Times its size that a page can unpack to; where that is little, no page is looked at."""


class Memory(Protocol):
    """What is left of it."""

    def check(self, count: int, /) -> None:
        """Refuse so many bytes with a ``MemoryError``, if there are fewer."""

    def take(self, count: int, /) -> None:
        """Take so many bytes, or refuse them."""


class _Weight(NamedTuple):
    """What is the most that a column takes, in bytes.

    Attributes:
        once: however few rows are read at once.
        row: for each of these.
        leaf: its name, if its texts have to be read by reference.
    """

    once: int
    row: int = 0
    leaf: str = ""


class _Run(NamedTuple):
    """Row groups that are read together, and the most that so many rows take, in bytes."""

    groups: list[int]
    rows: int
    most: int


def counted_batches(  # noqa: PLR0913 - what to read, and how
    file: IO[bytes],
    metadata: pq.FileMetaData,
    names: Sequence[str],
    memory: Memory,
    *,
    rows: int = _BATCH_ROWS,
    groups: Iterable[int] | None = None,
    **options: Any,
) -> Iterator[pa.RecordBatch]:
    """Yield columns, with texts spelled out, as far as there is memory for them.

    Args:
        file: the Parquet file, which stays open.
        metadata: its footer.
        names: of columns, or dotted ones of stored columns.
        memory: is asked for each batch; who keeps that takes what it needs.
        rows: no more than these at once.
        groups: numbers of the row groups; by default all.
        options: of ``pq.ParquetFile``.

    Raises:
        MemoryError: there is not enough memory.
        ValueError, OSError: the file is damaged.
    """
    numbers = range(metadata.num_row_groups) if groups is None else groups
    weights = {number: _weights(file, metadata, number, names, rows) for number in numbers}
    opened = pq.ParquetFile(
        file,
        metadata=metadata,
        buffer_size=1 << 20,
        page_checksum_verification=True,
        read_dictionary=sorted({w.leaf for each in weights.values() for w in each if w.leaf}),
        **options,
    )
    for run in _runs(weights, rows):
        memory.check(run.most)
        for batch in opened.iter_batches(run.rows, run.groups, columns=list(names)):
            batch.validate(full=True)  # Arrow itself trusts offsets, and crashes on some
            memory.check(sum(map(_plain_size, batch.columns)))
            yield _spelled_out(batch)


def _runs(weights: dict[int, list[_Weight]], rows: int) -> Iterator[_Run]:
    """Yield row groups one behind the other, small ones together."""
    run = _Run([], rows, 0)
    for number, each in weights.items():
        per_row = sum(weight.row for weight in each)
        at_once = min(rows, max(1, _BATCH_BYTES // max(1, per_row)))
        most = at_once * per_row + sum(weight.once for weight in each)
        if run.groups and (run.most + most > _BATCH_BYTES or at_once < rows):
            yield run
            run = _Run([], rows, 0)
        run = _Run([*run.groups, number], min(run.rows, at_once), run.most + most)
    if run.groups:
        yield run


def _weights(
    file: IO[bytes], metadata: pq.FileMetaData, number: int, names: Sequence[str], rows: int
) -> list[_Weight]:
    group = metadata.row_group(number)
    rows = min(rows, group.num_rows)
    leaves = (metadata.schema.column(place) for place in range(metadata.num_columns))
    return [
        _weight(file, group.column(place), leaf, rows)
        for place, leaf in enumerate(leaves)
        if rows and (leaf.path in names or leaf.path.partition(".")[0] in names)
    ]


def _weight(
    file: IO[bytes], chunk: pq.ColumnChunkMetaData, leaf: pq.ColumnSchema, rows: int
) -> _Weight:
    start, stop = bytes_of(chunk)
    if not 0 <= start < stop:
        raise ValueError("a column is not where the footer says")
    is_text, is_flat = leaf.physical_type == "BYTE_ARRAY", leaf.max_repetition_level == 0
    unpacked = (stop - start) * _RATIOS.get(chunk.compression, _ANY_RATIO)
    width = max(_BYTES_PER_VALUE, leaf.length)
    most = unpacked * rows if is_text else unpacked + rows * width
    if is_flat and most <= _BATCH_BYTES:
        return _Weight(most)
    found = list(pages(file, start, stop))
    dictionary = max((page.unpacked for page in found if page.is_dictionary), default=0)
    data = [page for page in found if not page.is_dictionary]
    values = sum(page.values for page in data)
    is_by_reference = is_text and dictionary * (rows if is_flat else values) > _BATCH_BYTES
    once = dictionary if is_by_reference or not is_text else min(_BATCH_BYTES, dictionary * values)
    name = leaf.path if is_by_reference else ""
    if not is_flat:  # all may be those of one row
        return _Weight(once + sum(page.most_of(page.values, width) for page in data), 0, name)
    largest = max((page.unpacked for page in data), default=0)
    per_row = max((page.most_of(1, width) for page in data), default=0)
    return _Weight(once + 2 * largest, per_row, name)


# Texts by reference


def _plain_size(column: pa.Array) -> int:
    """The bytes of a column, once its texts are spelled out."""
    dtype = column.type
    if pa.types.is_dictionary(dtype):
        if not _has_lengths(dtype.value_type):
            return int(column.nbytes)
        lengths = pc.binary_length(column.dictionary).cast(pa.int64()).take(column.indices)
        return int(column.nbytes) + (pc.sum(lengths).as_py() or 0)
    if spelled_type(dtype) == dtype or not pa.types.is_nested(dtype):
        return int(column.nbytes)
    if pa.types.is_struct(dtype):
        return sum(map(_plain_size, column.flatten()))
    if pa.types.is_map(dtype):
        return _plain_size(column.keys) + _plain_size(column.items) + 4 * len(column)
    return _plain_size(column.flatten()) + _BYTES_PER_VALUE * len(column)


def _has_lengths(dtype: pa.DataType) -> bool:
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary)
    return any(is_it(dtype) for is_it in kinds)


def _spelled_out(batch: pa.RecordBatch) -> pa.RecordBatch:
    types = [spelled_type(column.type) for column in batch.columns]
    if types == batch.schema.types:
        return batch
    columns = [column.cast(dtype) for column, dtype in zip(batch.columns, types, strict=True)]
    return pa.record_batch(columns, names=batch.schema.names)


def spelled_type(dtype: pa.DataType) -> pa.DataType:
    """A type without references and views, of which Arrow can take rows."""
    if pa.types.is_dictionary(dtype):
        return spelled_type(dtype.value_type)
    if pa.types.is_string_view(dtype):
        return pa.large_string()
    return next((make(dtype) for is_it, make in _NESTED if is_it(dtype)), dtype)


def _items(dtype: pa.DataType) -> pa.Field:
    return dtype.value_field.with_type(spelled_type(dtype.value_type))


def _struct(dtype: pa.DataType) -> pa.DataType:
    fields = [dtype.field(place) for place in range(dtype.num_fields)]
    return pa.struct([field.with_type(spelled_type(field.type)) for field in fields])


_NESTED: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.DataType], pa.DataType]], ...] = (
    (pa.types.is_list, lambda dtype: pa.list_(_items(dtype))),
    (pa.types.is_large_list, lambda dtype: pa.large_list(_items(dtype))),
    (pa.types.is_fixed_size_list, lambda dtype: pa.list_(_items(dtype), dtype.list_size)),
    (pa.types.is_map, lambda d: pa.map_(spelled_type(d.key_type), spelled_type(d.item_type))),
    (pa.types.is_struct, _struct),
)
