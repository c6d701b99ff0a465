"""Arrow streams from anybody: read as they are, and never unpacked.

Ours are not compressed, so that what is read takes the memory that the bytes have already. A stream
of few bytes that unpacks to gigabytes is none of ours, and is told by its messages' own headers,
before anything of it is read.
"""

import struct

import pyarrow as pa

from framegrid.base import EARLY, LIST, brief
from framegrid.storage.parquet.counted_columns import FLAT

_HEADER_TYPE, _HEADER = 1, 2  # fields of a message: what it is, and what it says
_COMPRESSION = 3  # a field of the header of a batch
_BATCH = 3  # the type of a message that has rows

_LISTS = (LIST, EARLY, *(field.type for field in LIST))
_FLAT = (*FLAT, pa.types.is_null)


def read_stream(source: pa.BufferReader) -> pa.Table:
    """Read a stream of flat columns, and lists of ours, that are not compressed, and go behind it.

    Raises:
        ValueError: it is none.
        Exception: of any type, if it is no stream at all.
    """
    start = source.tell()
    _check_messages(source)
    source.seek(start)
    stream = pa.ipc.open_stream(source)
    for field in stream.schema:
        if field.type not in _LISTS and not any(is_it(field.type) for is_it in _FLAT):
            raise ValueError(f"the column {brief(field.name)} is of type {field.type}")
    return stream.read_all()


def _check_messages(source: pa.BufferReader) -> None:
    """Refuse a stream with compressed batches."""
    reader = pa.ipc.MessageReader.open_stream(source)
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return
        if _is_compressed(message.metadata.to_pybytes()):
            raise ValueError("a stream is compressed")


def _is_compressed(metadata: bytes) -> bool:
    """Whether a message is a batch with compressed columns; it is a flatbuffer."""
    message = _offset(metadata, 0)
    kind = _field(metadata, message, _HEADER_TYPE)
    if not kind or metadata[kind] != _BATCH:
        return False
    batch = _offset(metadata, _field(metadata, message, _HEADER))
    return bool(_field(metadata, batch, _COMPRESSION))


def _offset(data: bytes, place: int) -> int:
    return place + int(struct.unpack_from("<I", data, place)[0])


def _field(data: bytes, table: int, number: int) -> int:
    """Where a field of a flatbuffer's table is, 0 if it is left out."""
    vtable = table - int(struct.unpack_from("<i", data, table)[0])
    (size,) = struct.unpack_from("<H", data, vtable)
    at = 4 + 2 * number
    (offset,) = struct.unpack_from("<H", data, vtable + at) if at < size else (0,)
    return table + int(offset) if offset else 0
