"""The members of a tar by its headers, without reading what is in them."""

import tarfile
from contextlib import suppress
from typing import IO

from framegrid.images.sources.archives.members import (
    CUT_OFF,
    LINK,
    SPECIAL,
    FullError,
    Gathered,
    Member,
)
from framegrid.images.sources.archives.tar_extensions import Extension

_BLOCK = tarfile.BLOCKSIZE
_LINKS = (tarfile.LNKTYPE, tarfile.SYMTYPE)
_SPECIAL = (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
_FILES = tarfile.REGULAR_TYPES
_NO_TAR = "not a tar"
_NO_END = "it ends without the mark of its end: it may be cut off"
_SPARSE = "a sparse file, which is not read: pack it again without --sparse"
_HAS_MORE, _HAS_MORE_STILL = 482, 504
"""Where a sparse header, and one that goes on with it, say whether another follows."""


def read_tar(file: IO[bytes], length: int) -> Gathered:
    """Read the headers of a tar that is not compressed.

    Args:
        file: it.
        length: in bytes.
    """
    gathered = Gathered()
    with suppress(FullError):
        _walk(file, length, gathered)
    return gathered


def _walk(file: IO[bytes], length: int, gathered: Gathered) -> None:
    position, extension = 0, Extension()
    while (info := _header(file, position, length, gathered)) is not None:
        gathered.count()
        start = position + _BLOCK
        if extension.takes(info, file):
            position = start + _padded(info.size)
            continue
        if info.type == tarfile.GNUTYPE_SPARSE:
            start = _after_sparse(file, position)
        size = info.size if extension.size is None else extension.size
        if info.type in (*_FILES, *_LINKS, *_SPECIAL):
            problem = _problem(info, extension, is_cut=start + size > length)
            member = Member(info.name, start, size, size, 0, -1, length, problem)
            gathered.take(extension.name or info.name, member)
        position = start + (_padded(size) if _has_data(info) else 0)
        extension = Extension()


def _header(
    file: IO[bytes], position: int, length: int, gathered: Gathered
) -> tarfile.TarInfo | None:
    """The header at a position; None where the archive ends, or cannot be read on."""
    block = b""
    if position < length:
        file.seek(position)
        block = file.read(_BLOCK)
    if len(block) < _BLOCK:
        gathered.said.append(_NO_END if position else _NO_TAR)
        return None
    if not block.strip(b"\0"):
        return None
    with suppress(tarfile.HeaderError, ValueError):
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        if info.size >= 0:
            return info
    damage = f"damaged at byte {position:,}: what follows is not read"
    gathered.said.append(damage if position else _NO_TAR)
    return None


def _problem(info: tarfile.TarInfo, extension: Extension, *, is_cut: bool) -> str:
    if extension.problem or info.type in _LINKS:
        return extension.problem or LINK
    if info.type in _SPECIAL:
        return SPECIAL
    if extension.is_sparse or info.type == tarfile.GNUTYPE_SPARSE:
        return _SPARSE
    return CUT_OFF if is_cut else ""


def _has_data(info: tarfile.TarInfo) -> bool:
    """Whether data follow the header: of unknown kinds they do, of links and folders never."""
    return info.type in _FILES or info.type not in tarfile.SUPPORTED_TYPES


def _after_sparse(file: IO[bytes], position: int) -> int:
    """Where the data of a sparse member begin, whose header may go on for some blocks."""
    file.seek(position)
    has_more = file.read(_BLOCK)[_HAS_MORE]
    position += _BLOCK
    while has_more:
        block = file.read(_BLOCK)
        has_more = len(block) == _BLOCK and block[_HAS_MORE_STILL]
        position += _BLOCK
    return position


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
