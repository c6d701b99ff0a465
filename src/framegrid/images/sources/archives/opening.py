"""Members of archives as files: slices of the archive, or unpacked as far as they are read."""

import bz2
import io
import zlib
from typing import IO, Any, Protocol

from framegrid.base import BrokenImageError
from framegrid.images.sources.archives.members import CUT_OFF, Member
from framegrid.images.sources.archives.zip_directory import BZIP2, LOCAL, STORED
from framegrid.remote import SeekableRaw

MOST_UNPACKED = 1 << 28
"""Bytes of one member that are unpacked, in memory."""

_DEFLATES_TO = 1040
"""A byte cannot become more; what claims to is forged."""

_PIECE = 1 << 16
_BAD_CRC = "damaged: its checksum is not that of its bytes"
_NO_DATA = "damaged: it cannot be unpacked"
_SHORTER = "damaged or forged: shorter than its header says"
_LONGER = "damaged or forged: longer than its header says"
_FORGED = "damaged or forged: its header is not what the directory says"


class _Decompressor(Protocol):
    """What is read of Python's decompressors."""

    @property
    def eof(self) -> bool:
        """Whether all is unpacked."""

    @property
    def needs_input(self) -> bool:
        """Whether it has given all that it has."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Unpack some more, at most so many bytes."""


def open_member(archive: IO[bytes], member: Member, *, is_zip: bool) -> io.RawIOBase:
    """A member as a file of its own, which closes the archive with it.

    Args:
        archive: opened for this alone; it is closed where this fails, too.
        member: what the index says of it.
        is_zip: whether it has a header of its own, to be looked at first.

    Raises:
        BrokenImageError: it is not read, or it is damaged or forged.
    """
    try:
        return _opened(archive, member, is_zip=is_zip)
    except BaseException:
        archive.close()
        raise


def _opened(archive: IO[bytes], member: Member, *, is_zip: bool) -> io.RawIOBase:
    if member.problem or not member.size:
        raise BrokenImageError(member.problem or "empty file (0 bytes)")
    start = _data_start(archive, member) if is_zip else member.offset
    if start + member.packed > member.stop:
        raise BrokenImageError(_FORGED)
    packed = Slice(archive, start, member.packed, member.crc if member.method == STORED else -1)
    if member.method == STORED:
        if member.size != member.packed:
            raise BrokenImageError(_FORGED)
        return packed
    _check_unpacked(member)
    return Unpacked(packed, member)


def _check_unpacked(member: Member) -> None:
    if member.size > MOST_UNPACKED:
        size, most = member.size // 10**6, MOST_UNPACKED // 10**6
        raise BrokenImageError(f"too large: {size:,} MB unpacked, at most {most}")
    if member.method != BZIP2 and member.size > _DEFLATES_TO * member.packed:
        raise BrokenImageError(_FORGED)


def _data_start(archive: IO[bytes], member: Member) -> int:
    """Where the data of a member of a zip begin, behind its own header."""
    archive.seek(member.offset)
    header = archive.read(LOCAL.size)
    if len(header) < LOCAL.size or not header.startswith(b"PK\3\4"):
        raise BrokenImageError(_FORGED)
    *_, name_length, extra_length = LOCAL.unpack(header)
    return member.offset + LOCAL.size + int(name_length) + int(extra_length)


class Slice(SeekableRaw):
    """A part of a file; its checksum is looked at when it is read from start to end.

    Args:
        file: the whole; it is closed with this.
        start: of the part, in bytes.
        size: of the part, in bytes.
        crc: CRC-32 of the part; -1 for none.
    """

    def __init__(self, file: IO[bytes], start: int, size: int, crc: int = -1) -> None:
        self._file, self._start, self._size = file, start, size
        self._crc, self._found, self._checked = crc, 0, 0

    def readinto(self, buffer: Any) -> int:
        """Read on; nothing at the end of the part.

        Raises:
            BrokenImageError: the file ends before the part does, or the checksum differs.
        """
        count = min(len(buffer), self._size - self._position)
        if count <= 0:
            return 0
        self._file.seek(self._start + self._position)
        data = self._file.read(count)
        if not data:
            raise BrokenImageError(CUT_OFF)
        buffer[: len(data)] = data
        self._check(data)
        self._position += len(data)
        return len(data)

    def _check(self, data: bytes) -> None:
        if self._crc < 0 or self._position != self._checked:
            return
        self._found, self._checked = zlib.crc32(data, self._found), self._checked + len(data)
        if self._checked == self._size and self._found != self._crc:
            raise BrokenImageError(_BAD_CRC)

    def close(self) -> None:
        """Close the whole, too."""
        self._file.close()
        super().close()

    def _length(self) -> int:
        return self._size


class Unpacked(SeekableRaw):
    """A packed member, unpacked into memory as far as somebody reads.

    Args:
        packed: its bytes in the archive; it is closed with this.
        member: what the index says of it.
    """

    def __init__(self, packed: Slice, member: Member) -> None:
        self._packed, self._member = packed, member
        self._data = bytearray()
        self._crc = 0
        self._decompressor: _Decompressor = (
            bz2.BZ2Decompressor() if member.method == BZIP2 else _Inflater()
        )

    def readinto(self, buffer: Any) -> int:
        """Read on; nothing at the end.

        Raises:
            BrokenImageError: what was packed is damaged, or not what its header says.
        """
        end = min(self._position + len(buffer), self._member.size)
        while len(self._data) < end:
            self._unpack(end - len(self._data))
        part = self._data[self._position : end]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _unpack(self, wanted: int) -> None:
        """Unpack some more, never much more than anybody wants, nor than there should be."""
        most = min(max(wanted, _PIECE), self._member.size + 1 - len(self._data))
        data = self._packed.read(_PIECE) if self._decompressor.needs_input else b""
        if self._decompressor.eof or (self._decompressor.needs_input and not data):
            raise BrokenImageError(_SHORTER)
        try:
            made = self._decompressor.decompress(data or b"", most)
        except (zlib.error, OSError, EOFError, ValueError) as error:
            raise BrokenImageError(_NO_DATA) from error
        self._data += made
        self._crc = zlib.crc32(made, self._crc)
        self._check()

    def _check(self) -> None:
        if len(self._data) > self._member.size:
            raise BrokenImageError(_LONGER)
        if len(self._data) == self._member.size and self._crc != self._member.crc:
            raise BrokenImageError(_BAD_CRC)

    def close(self) -> None:
        """Close the archive, too."""
        self._packed.close()
        super().close()

    def _length(self) -> int:
        return self._member.size


class _Inflater:
    """Deflate, as Python's other decompressors do their work."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)
