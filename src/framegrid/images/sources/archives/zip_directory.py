"""The members of a zip by its central directory, without reading what is in them."""

import stat
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, NamedTuple

from framegrid.images.sources.archives.members import (
    LINK,
    SPECIAL,
    FullError,
    Gathered,
    Member,
)
from framegrid.images.sources.archives.zip_fields import large, name_of

STORED, DEFLATED, BZIP2 = 0, 8, 12
"""How members are packed that are read."""

LOCAL = struct.Struct("<4s5H3L2H")
"""The header before each member: signature, version, flags, method, time, date, CRC-32, packed and
unpacked size, lengths of name and extra fields."""

_END = struct.Struct("<4s4H2LH")
_LOCATOR_64 = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")

_MOST_BYTES = 1 << 29
"""So much of a central directory is read."""

_ENCRYPTED = 0x1 | 0x40 | 0x2000
_SIZES_FOLLOW = 0x8
_OTHER_METHODS = {
    1: "shrinking",
    6: "imploding",
    9: "Deflate64",
    14: "LZMA",
    93: "Zstandard",
    95: "XZ",
    96: "packed JPEG",
    99: "AES",
}
_OVERLAPS = "damaged or forged: it overlaps another member"


class _Directory(NamedTuple):
    """Where the central directory lies, in bytes, and what lies before the archive."""

    start: int
    size: int
    before: int


def read_zip(file: IO[bytes], length: int) -> Gathered:
    """Read the central directory of a zip; of one that is cut off, the headers of its members.

    Args:
        file: it.
        length: in bytes.
    """
    gathered = Gathered()
    directory = _directory(file, length)
    entries = _entries(file, directory) if directory else _local_entries(file, length)
    with suppress(FullError):
        for member, name in entries:
            gathered.count()
            if not name.endswith("/"):
                gathered.take(name, member)
    if directory is None:
        lacks = "its directory, which is at its end, is missing"
        is_zip = f"cut off: {lacks}" if gathered.members else f"not a zip, or cut off: {lacks}"
        gathered.said.append(is_zip)
    _set_stops(gathered.members, directory.start if directory else length)
    return gathered


def _directory(file: IO[bytes], length: int) -> _Directory | None:
    """The place of the central directory, as the end of the file says."""
    start = max(0, length - _END.size - (1 << 16))
    file.seek(start)
    tail = file.read(length - start)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        return None
    *_, size, offset, _ = _END.unpack_from(tail, at)
    end = start + at
    if at_64 := _end_64(file, end):
        end, size, offset = at_64
    start = end - size
    before = start - offset
    return _Directory(start, size, before) if 0 <= offset <= start else None


def _end_64(file: IO[bytes], end: int) -> tuple[int, int, int] | None:
    """Where the directory of a zip64 ends, its size and offset; None where it is none."""
    record = end - _LOCATOR_64.size - _END_64.size
    if record < 0:
        return None
    file.seek(record)
    data = file.read(_END_64.size + _LOCATOR_64.size)
    if not data.startswith(b"PK\6\6") or data[_END_64.size :][:4] != b"PK\6\7":
        return None
    *_, size, offset = _END_64.unpack_from(data)
    return record, size, offset


def _entries(file: IO[bytes], directory: _Directory) -> Iterator[tuple[Member, str]]:
    """The members that the directory names."""
    file.seek(directory.start)
    data = _Reader(file, min(directory.size, _MOST_BYTES))
    while len(entry := data.read(_ENTRY.size)) == _ENTRY.size and entry.startswith(b"PK\1\2"):
        _, made, _, flags, method, _, _, crc, packed, size, *lengths, mode, offset = _ENTRY.unpack(
            entry
        )
        name, extra, _ = (data.read(length) for length in lengths[:3])
        problem = _unread(flags, method) or _special(made, mode)
        try:
            size, packed, offset = large(extra, size, packed, offset)
        except ValueError as error:
            problem = f"damaged: {error}"
        at = offset + directory.before
        yield Member("", at, size, packed, method, crc, 0, problem), name_of(name, flags, extra)


def _local_entries(file: IO[bytes], length: int) -> Iterator[tuple[Member, str]]:
    """The members of a zip without a directory, as far as each says where the next begins."""
    at = 0
    while True:
        file.seek(at)
        header = file.read(LOCAL.size)
        if len(header) < LOCAL.size or not header.startswith(b"PK\3\4"):
            return
        _, _, flags, method, _, _, crc, packed, size, *lengths = LOCAL.unpack(header)
        name, extra = (file.read(length) for length in lengths)
        with suppress(ValueError):
            size, packed = large(extra, size, packed)
        end = at + LOCAL.size + sum(lengths) + packed
        if flags & _SIZES_FOLLOW or end > length:
            return
        problem = _unread(flags, method)
        yield Member("", at, size, packed, method, crc, 0, problem), name_of(name, flags, extra)
        at = end


def _unread(flags: int, method: int) -> str:
    """Why a member is not read, by how it is packed."""
    if flags & _ENCRYPTED:
        return "needs a password: unpack the archive first"
    if method in (STORED, DEFLATED, BZIP2):
        return ""
    name = _OTHER_METHODS.get(method, f"method {method}")
    return f"packed by {name}, which is not read: unpack the archive first"


def _special(made: int, mode: int) -> str:
    """Why a member is no file, as far as a program of Unix says."""
    kind = stat.S_IFMT(mode >> 16)
    if made >> 8 != 3 or kind in (0, stat.S_IFREG):
        return ""
    return LINK if kind == stat.S_IFLNK else SPECIAL


def _set_stops(members: dict[str, Member], end: int) -> None:
    """Note where each member has to end: where the next begins, or the directory."""
    stop = end
    for name, member in sorted(members.items(), key=lambda item: -item[1].offset):
        is_whole = member.offset >= 0 and member.offset + LOCAL.size + member.packed <= stop
        problem = member.problem or ("" if is_whole else _OVERLAPS)
        members[name] = member._replace(stop=stop, problem=problem)
        stop = member.offset


class _Reader:
    """Reads on up to a length."""

    def __init__(self, file: IO[bytes], left: int) -> None:
        self._file, self._left = file, left

    def read(self, count: int) -> bytes:
        data = self._file.read(min(count, self._left))
        self._left -= len(data)
        return data
