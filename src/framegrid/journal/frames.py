"""The bytes of a journal: its header and its records.

    header  copy 64 B | copy 64 B | owner 128 B
            copy    magic 8s | version u16 | - 6x | dataset 16s | generation u64
                    | base u64 | start u64 | - 4x | crc32 u32 of all that
            owner   "process 4711 on host": who took the lock last, for messages only
    record  crc32 u32 of what follows | magic u16 | kind u16 | length u64 | seq u64 | when u64
            | payload

All little-endian. The copies are written one after the other: a torn write leaves one whole.
Version 1 had no time (``when``) in its records, which have a magic of their own.
"""

import re
import struct
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple
from zlib import crc32

VERSION = 2
COPIES_SIZE = OWNER_AT = OWNER_SIZE = 128
HEADER_SIZE = OWNER_AT + OWNER_SIZE

_MAGIC = b"\x89FGRDJ\r\n"  # no text, and broken by a transfer as text
_COPY = struct.Struct("<8sH6x16sQQQ4x")
_CRC = struct.Struct("<I")
_FRAME = struct.Struct("<IHHQQQ")
_FRAME_1 = struct.Struct("<IHHQQ")
_TIME_SIZE = _FRAME.size - _FRAME_1.size
_RECORD_MAGIC = 0xF6AE  # no UTF-8 has the bytes of either, so no text looks like a record
_RECORD_MAGIC_1 = 0xF6AD
_RECORD_MAGICS = frozenset({_RECORD_MAGIC, _RECORD_MAGIC_1})
_RECORD_MARK = re.compile(rb"[\xad\xae]\xf6")


class Header(NamedTuple):
    """What the header of a journal says.

    Attributes:
        version: of the format.
        dataset: the 16 bytes that name the dataset.
        generation: counts the headers written.
        base: number of the last edit that the snapshot has.
        start: offset of the first record that counts.
    """

    version: int
    dataset: bytes
    generation: int
    base: int
    start: int


class Record(NamedTuple):
    """A record, and where it ends.

    Attributes:
        kind: what the payload is.
        seq: number of the edit.
        when: its time in us since 1970, None in records of version 1.
        payload: the edit.
        end: the offset at which it ends.
    """

    kind: int
    seq: int
    when: int | None
    payload: bytes
    end: int


def pack_header(header: Header) -> bytes:
    """Give one copy of a header, 64 bytes."""
    copy = _COPY.pack(_MAGIC, *header)
    return copy + _CRC.pack(crc32(copy))


def unpack_header(copies: bytes) -> Header | None:
    """Read the newer of two copies of a header, or the one that is whole, if any."""
    half = COPIES_SIZE // 2
    headers = [_unpack_copy(copy) for copy in (copies[:half], copies[half:]) if _is_whole(copy)]
    return max(headers, key=lambda header: header.generation, default=None)


def _is_whole(copy: bytes) -> bool:
    return copy.startswith(_MAGIC) and copy.endswith(_CRC.pack(crc32(copy[: -_CRC.size])))


def _unpack_copy(copy: bytes) -> Header:
    _, *fields = _COPY.unpack_from(copy)
    return Header(*fields)


def pack_record(kind: int, seq: int, when: int, payload: bytes) -> bytes:
    """Give the bytes of a record."""
    frame = _FRAME.pack(0, _RECORD_MAGIC, kind, len(payload), seq, when)[_CRC.size :]
    return b"".join((_CRC.pack(crc32(payload, crc32(frame))), frame, payload))


def read_records(file: BinaryIO, start: int, size: int) -> Iterator[Record]:
    """Give the records from offset ``start`` on, up to the first that is not whole."""
    file.seek(start)
    while len(frame := file.read(_FRAME_1.size)) == _FRAME_1.size:
        crc, magic, kind, length, seq = _FRAME_1.unpack(frame)
        time = file.read(_TIME_SIZE if magic == _RECORD_MAGIC else 0)
        start += _FRAME_1.size + len(time) + length
        if magic not in _RECORD_MAGICS or start > size:  # damage can make up any length
            return
        payload = file.read(length)
        if crc32(payload, crc32(time, crc32(frame[_CRC.size :]))) != crc:
            return
        when = int.from_bytes(time, "little") if time else None
        yield Record(kind, seq, when, payload, start)


def find_record(data: bytes) -> tuple[int, Record] | None:
    """Give the offset of the first whole record in damaged bytes, and that record, if any."""
    file = BytesIO(data)
    for mark in _RECORD_MARK.finditer(data, _CRC.size):
        start = mark.start() - _CRC.size
        for record in read_records(file, start, len(data)):
            return start, record
    return None
