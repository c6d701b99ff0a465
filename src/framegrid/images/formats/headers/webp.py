"""The size in a WebP file, and its EXIF, which stands behind the pixels."""

import re
from typing import IO

from framegrid.images.exif.tags import Tags
from framegrid.images.formats.headers.declaration import (
    MAX_BLOCK,
    MAX_PIECES,
    Declared,
    exact,
    orientation_of,
)

_START = re.compile(rb"RIFF....WEBP", re.DOTALL)
_START_BYTES, _CHUNK_BYTES = 12, 8
_BITS = 0x3FFF  # 14 of them hold a length
_KEY_FRAME = b"\x9d\x01\x2a"
_HAS_EXIF, _HAS_XMP = 0x08, 0x04


def declared(file: IO[bytes]) -> Declared | None:
    """Read the canvas, or the one frame; EXIF and XMP where the header says that there are any."""
    if not _START.fullmatch(exact(file, _START_BYTES)):
        return None
    start = exact(file, _CHUNK_BYTES + 10)
    kind, data = start[:4], start[_CHUNK_BYTES:]
    if kind == b"VP8 ":
        return _lossy(data)
    if kind == b"VP8L":
        return _lossless(data)
    if kind != b"VP8X":
        return None
    width, height = (int.from_bytes(data[i : i + 3], "little") + 1 for i in (4, 7))
    blocks = _blocks(file) if data[0] & (_HAS_EXIF | _HAS_XMP) else {}
    tags = Tags.of_bytes(blocks.get(b"EXIF", b""))
    return Declared(width, height, orientation_of(tags, blocks.get(b"XMP ", b"")), tags)


def _lossy(data: bytes) -> Declared | None:
    if data[3:6] != _KEY_FRAME:
        return None
    width, height = (int.from_bytes(data[i : i + 2], "little") & _BITS for i in (6, 8))
    return Declared(width, height) if width and height else None


def _lossless(data: bytes) -> Declared | None:
    if data[:1] != b"\x2f":
        return None
    bits = int.from_bytes(data[1:5], "little")
    return Declared((bits & _BITS) + 1, (bits >> 14 & _BITS) + 1)


def _blocks(file: IO[bytes]) -> dict[bytes, bytes]:
    """Read EXIF and XMP, the first of each; what is cut off is not there."""
    found: dict[bytes, bytes] = {}
    file.seek(_START_BYTES)
    for _ in range(MAX_PIECES):
        start = file.read(_CHUNK_BYTES)
        if len(start) < _CHUNK_BYTES:
            break
        kind, length = start[:4], int.from_bytes(start[4:], "little")
        end = file.tell() + length + length % 2
        if kind in {b"EXIF", b"XMP "} and length <= MAX_BLOCK:
            found.setdefault(kind, file.read(length))
        file.seek(end)
    return found
