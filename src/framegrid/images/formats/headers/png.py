"""The size in a PNG file, and EXIF in the chunks before the pixels."""

import zlib
from collections.abc import Iterator
from typing import IO

from framegrid.base import BrokenImageError
from framegrid.images.exif.tags import Tags
from framegrid.images.formats.headers.declaration import (
    MAX_BLOCK,
    MAX_PIECES,
    Declared,
    exact,
    inflated,
    orientation_of,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_HEADER_BYTES = 13
_NAME_BYTES = 80
_RAW_EXIF, _XMP = b"Raw profile type exif", b"XML:com.adobe.xmp"


def declared(file: IO[bytes]) -> Declared | None:
    """Read the first chunk, and what may hold EXIF or XMP before the pixels."""
    if exact(file, len(SIGNATURE)) != SIGNATURE:
        return None
    found: dict[bytes, bytes] = {}
    size = None
    for kind, length in chunks(file):
        if size is None:
            size = _size(file, kind, length)
        elif length <= MAX_BLOCK and kind in {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}:
            start = file.read(min(length, _NAME_BYTES))
            if kind == b"eXIf" or start.startswith((_RAW_EXIF, _XMP)):
                _keep(kind, start + file.read(length - len(start)), found)
    if size is None:
        return None
    tags = Tags.of_bytes(found.get(b"eXIf") or unhexed(found.get(_RAW_EXIF, b"")))
    return Declared(*size, orientation_of(tags, found.get(_XMP, b"")), tags)


def chunks(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield type and length of each chunk before the pixels, the file being at its data."""
    for _ in range(MAX_PIECES):
        start = exact(file, 8)
        length, kind = int.from_bytes(start[:4]), start[4:]
        if kind in {b"IDAT", b"IEND", b"fdAT"}:
            return
        end = file.tell() + length + 4
        yield kind, length
        file.seek(end)
    raise BrokenImageError(f"unsupported: more than {MAX_PIECES:,} chunks before the picture")


def unhexed(profile: bytes) -> bytes:
    """Decode how ImageMagick puts EXIF into a PNG: a blank line, name, length, hex digits."""
    try:
        return bytes.fromhex(b"".join(profile.split(b"\n")[3:]).decode("latin-1"))
    except ValueError:
        return b""


def _size(file: IO[bytes], kind: bytes, length: int) -> tuple[int, int] | None:
    if kind != b"IHDR" or length != _HEADER_BYTES:
        return None
    data = exact(file, length)
    if zlib.crc32(kind + data) != int.from_bytes(exact(file, 4)):
        raise ValueError("the checksum of its header is wrong")
    width, height = int.from_bytes(data[:4]), int.from_bytes(data[4:8])
    return (width, height) if width and height else None


def _keep(kind: bytes, data: bytes, found: dict[bytes, bytes]) -> None:
    """Keep EXIF, and texts under the names that EXIF and XMP have."""
    if kind == b"eXIf":
        found.setdefault(kind, data)
        return
    name, _, text = data.partition(b"\0")
    if name not in {_RAW_EXIF, _XMP} or name in found:
        return
    if kind == b"zTXt":
        text = inflated(text[1:])
    elif kind == b"iTXt":
        is_compressed = text[:1] == b"\1"
        text = text[2:].split(b"\0", 2)[-1]
        text = inflated(text) if is_compressed else text
    found[name] = text
