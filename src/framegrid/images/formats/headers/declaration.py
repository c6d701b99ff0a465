"""What a header declares, and reading it piece by piece."""

import re
import zlib
from dataclasses import dataclass, field
from typing import IO

from framegrid.images.exif.tags import Tags

MAX_BLOCK = 1 << 20
"""Bytes of EXIF or XMP data that are looked at; no camera writes that much."""

MAX_PIECES = 1 << 14
"""Segments, chunks or boxes that are stepped over."""

_ORIENTATION = 0x0112
_UPRIGHT = 1
_XMP_ORIENTATION = re.compile(rb"tiff:Orientation(?:=[\"']|>)([1-8])")


@dataclass(frozen=True, slots=True)
class Declared:
    """A size and how to turn what is stored.

    Attributes:
        width: in px, as stored.
        height: in px, as stored.
        orientation: as in EXIF, 1 to 8.
        tags: those of EXIF.
    """

    width: int
    height: int
    orientation: int = _UPRIGHT
    tags: Tags = field(default_factory=lambda: Tags.of_bytes(b""))


def orientation_of(tags: Tags, xmp: bytes = b"") -> int:
    """Read the orientation from EXIF, else from XMP; 1 where neither says a valid one."""
    number = next(iter(tags.numbers(_ORIENTATION)), None)
    if number is None:
        found = _XMP_ORIENTATION.search(xmp)
        number = int(found[1]) if found else _UPRIGHT
    return int(number) if number in range(1, 9) else _UPRIGHT


def exact(file: IO[bytes], count: int) -> bytes:
    """Read bytes that have to be there.

    Raises:
        EOFError: they are not.
    """
    data = file.read(count)
    if len(data) < count:
        raise EOFError("truncated header")
    return data


def inflated(data: bytes) -> bytes:
    """Decompress as much as may be looked at; nothing where it is damaged."""
    try:
        return zlib.decompressobj().decompress(data, MAX_BLOCK)
    except zlib.error:
        return b""
