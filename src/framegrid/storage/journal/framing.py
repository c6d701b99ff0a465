"""The bytes of a journal: its header, its records, and the mark behind the last of them.

    header  copy 84 B | - | owner 128 B at 128 | copy 84 B at 4096
            copy    magic 8s | version u16 | - 6x | dataset 16s | generation u64
                    | base u64 | start u64 | - 4x | crc32 u32 of all that
                    | digest 16s of the edit ``base`` | crc32 u32 of all but the first crc32
            owner   "process 4711 on host": who took the lock last, for messages, and behind
                    zeros 8 characters that differ each time it is taken over
    record  crc32 u32 of what follows | magic u16 | seq u64 | when u64
            | length u64 | kind u16 | crc32 u32 of the payload | digest 16s of the edit before
            | payload
    mark    - 4x | magic u16 | - 2x | digest 16s of the last edit

All little-endian. The copies are written one after the other: a torn write leaves one whole, and
so does a lost sector. Records are chained by digests (see ``chain``), and each takes the place of
the mark and brings a new one, so that a file that was cut between two records lacks it.

Versions 1 and 2 had two copies without a digest in their first 128 bytes, behind these the owner,
no mark, and records that were not chained, in version 1 without a time, with magics of their own:

    record  crc32 u32 of what follows | magic u16 | kind u16 | length u64 | seq u64 | when u64
            | payload
"""

import re
import struct
from collections.abc import Iterator
from hashlib import blake2b
from io import BytesIO
from typing import BinaryIO, NamedTuple
from zlib import crc32

VERSION = 3
OWNER_AT = OWNER_SIZE = 128
HEAD_SIZE = OWNER_AT + OWNER_SIZE
"""Size of the beginning of a header, in which each change of it shows."""
SECOND_AT = 4096
HEADER_SIZE = SECOND_AT + 512
DIGEST_SIZE = 16

_MAGIC = b"\x89FGRDJ\r\n"  # no text, and broken by a transfer as text
_COPY = struct.Struct("<8sH6x16sQQQ4x")
_CRC = struct.Struct("<I")
_COPY_SIZE = _COPY.size + _CRC.size
_WHOLE_SIZE = _COPY_SIZE + DIGEST_SIZE + _CRC.size
_COPIES_AT = (0, _COPY_SIZE, SECOND_AT)  # the second is of early versions
_UNKNOWN = bytes(DIGEST_SIZE)

_PLACE = struct.Struct("<HQQ")
_LINK = struct.Struct("<QHI16s")
_FRAME = struct.Struct("<HQQQHI16s")
_FRAME_1 = struct.Struct("<IHHQQ")
_LINK_AT = _PLACE.size
_pack_frame, _pack_crc = _FRAME.pack, _CRC.pack  # a part of every edit
_FRAME_SIZE = _CRC.size + _FRAME.size
_TIME_SIZE = 8
_RECORD_MAGIC_1, _RECORD_MAGIC_2, _RECORD_MAGIC, _MARK_MAGIC = range(0xF6AD, 0xF6B1)
_RECORD_MARK = re.compile(rb"[\xad\xae\xaf]\xf6")  # no UTF-8 has these bytes, so no text does
_MAGIC_AT = slice(_CRC.size, _CRC.size + 2)
_FIRST = struct.Struct("<4xH")
_MARK = struct.pack("<4xH2x", _MARK_MAGIC)
MARK_DIGEST_AT = len(_MARK)
MARK_SIZE = MARK_DIGEST_AT + DIGEST_SIZE
_DIGESTED = 4096  # bytes of a payload; its checksum stands for the rest


class Header(NamedTuple):
    """What the header of a journal says.

    Attributes:
        version: of the format.
        dataset: the 16 bytes that name the dataset.
        generation: grows with each header written.
        base: number of the last edit that the snapshot has.
        start: offset of the first record that counts.
        digest: of the edit ``base``; None if it is not known.
    """

    version: int
    dataset: bytes
    generation: int
    base: int
    start: int
    digest: bytes | None = None


class Record(NamedTuple):
    """A record, and where it ends.

    Attributes:
        kind: what the payload is.
        seq: number of the edit.
        when: its time in us since 1970, None if that is not known.
        payload: the edit.
        previous: digest of the edit before, None in records of early versions.
        end: the offset at which it ends.
    """

    kind: int
    seq: int
    when: int | None
    payload: bytes
    previous: bytes | None
    end: int

    def digest(self, previous: bytes) -> bytes:
        """The digest of the edit, made on the edit with the digest ``previous``."""
        link = _LINK.pack(len(self.payload), self.kind, crc32(self.payload), previous)
        return _digest(link, self.payload)


def pack_header(header: Header) -> bytes:
    """One copy of a header."""
    *fields, digest = header
    copy, digest = _COPY.pack(_MAGIC, *fields), digest or _UNKNOWN
    # Not of the first checksum: what it stands for would be the same to the second, whatever it is.
    return b"".join((copy, _crc(copy), digest, _crc(copy + digest)))


def unpack_header(data: bytes) -> Header | None:
    """Read the newest whole copy of a header from the beginning of a journal, if there is any."""
    copies = [_unpack_copy(data[at : at + _WHOLE_SIZE]) for at in _COPIES_AT]
    headers = [header for header in copies if header is not None]
    return max(headers, key=lambda header: header.generation, default=None)


def _unpack_copy(data: bytes) -> Header | None:
    copy = data[:_COPY_SIZE]
    if not (copy.startswith(_MAGIC) and copy.endswith(_crc(copy[: _COPY.size]))):
        return None
    _, *fields = _COPY.unpack_from(copy)
    header = Header(*fields)
    if header.version != VERSION:
        return header
    digest = data[_COPY_SIZE : _COPY_SIZE + DIGEST_SIZE]
    if len(data) < _WHOLE_SIZE or not data.endswith(_crc(copy[: _COPY.size] + digest)):
        return None
    return header if digest == _UNKNOWN else header._replace(digest=digest)


def _crc(data: bytes) -> bytes:
    return _CRC.pack(crc32(data))


def pack_record(
    kind: int, seq: int, when: int, payload: bytes, previous: bytes
) -> tuple[bytes, bytes]:
    """The bytes of a record with the mark behind it, and the digest of the edit."""
    crc = crc32(payload)
    frame = _pack_frame(_RECORD_MAGIC, seq, when, len(payload), kind, crc, previous)
    digest = blake2b(frame[_LINK_AT:] + payload[:_DIGESTED]).digest()[:DIGEST_SIZE]  # as _digest
    return b"".join((_pack_crc(crc32(frame)), frame, payload, _MARK, digest)), digest


def mark_of(digest: bytes) -> bytes:
    """The mark that stands behind the edit with this digest, if that is the last."""
    return _MARK + digest


def is_mark(data: bytes) -> bool:
    """Whether bytes are a mark, behind whatever edit."""
    return len(data) == MARK_SIZE and data.startswith(_MARK)


def _digest(link: bytes, payload: bytes) -> bytes:
    return blake2b(link + payload[:_DIGESTED]).digest()[:DIGEST_SIZE]  # options cost 0.3 us


def read_records(file: BinaryIO, start: int, size: int) -> Iterator[Record]:
    """The records from offset ``start`` on, up to the first that is not whole."""
    file.seek(start)
    while len(first := file.read(_FRAME_1.size)) == _FRAME_1.size:
        (magic,) = _FIRST.unpack_from(first)
        if magic == _RECORD_MAGIC:
            record = _record(file, first, start, size)
        elif magic in {_RECORD_MAGIC_1, _RECORD_MAGIC_2}:
            record = _early_record(file, first, start, size)
        else:
            return
        if record is None:
            return
        start = record.end
        yield record


def _record(file: BinaryIO, first: bytes, start: int, size: int) -> Record | None:
    frame = first + file.read(_FRAME_SIZE - len(first))
    if len(frame) < _FRAME_SIZE or not frame.startswith(_crc(frame[_CRC.size :])):
        return None
    _, seq, when = _PLACE.unpack_from(frame, _CRC.size)
    length, kind, crc, previous = _LINK.unpack_from(frame, _CRC.size + _PLACE.size)
    end = start + _FRAME_SIZE + length
    if end > size:
        return None
    payload = file.read(length)
    if crc32(payload) != crc:
        return None
    return Record(kind, seq, when or None, payload, previous, end)


def _early_record(file: BinaryIO, first: bytes, start: int, size: int) -> Record | None:
    crc, magic, kind, length, seq = _FRAME_1.unpack(first)
    time = file.read(_TIME_SIZE if magic == _RECORD_MAGIC_2 else 0)
    end = start + len(first) + len(time) + length
    if end > size:  # damage can make up any length
        return None
    payload = file.read(length)
    if crc32(payload, crc32(time, crc32(first[_CRC.size :]))) != crc:
        return None
    return Record(kind, seq, int.from_bytes(time, "little") or None, payload, None, end)


def find_record(data: bytes, start: int = 0) -> tuple[int, Record] | None:
    """The offset of the first whole record in damaged bytes, and that record, if any."""
    file = BytesIO(data)
    for mark in _RECORD_MARK.finditer(data, start + _CRC.size):
        at = mark.start() - _CRC.size
        for record in read_records(file, at, len(data)):
            return at, record
    return None


def find_records(data: bytes) -> Iterator[Record]:
    """All whole records in bytes of which nothing else is known."""
    end = 0
    while found := find_record(data, end):
        _, record = found
        yield record
        end = record.end
