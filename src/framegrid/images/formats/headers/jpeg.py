"""The size in a JPEG file, found by stepping over the segments before it."""

from typing import IO

from framegrid.base import BrokenImageError
from framegrid.images.exif.tags import Tags
from framegrid.images.formats.headers.declaration import MAX_PIECES, Declared, exact, orientation_of

_START, _FILL, _APP1 = b"\xff\xd8", 0xFF, 0xE1
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ENDS = frozenset({0xD9, 0xDA})  # of the file, and of all headers

_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_KIND_BYTES = len(_XMP)


def declared(file: IO[bytes]) -> Declared | None:
    """Read the first frame's size, and EXIF and XMP before it."""
    if exact(file, 2) != _START:
        return None
    blocks: dict[bytes, bytes] = {}
    for _ in range(MAX_PIECES):
        marker = _marker(file)
        if marker in _ALONE:
            continue
        if marker is None or marker in _ENDS:
            return None
        length = int.from_bytes(exact(file, 2)) - 2
        if marker in _FRAMES:
            return _frame(exact(file, 5), blocks)
        if length < 0:
            return None
        end = file.tell() + length
        if marker == _APP1:
            _keep(file, length, blocks)
        file.seek(end)
    raise BrokenImageError(f"unsupported: more than {MAX_PIECES:,} segments before the picture")


def _marker(file: IO[bytes]) -> int | None:
    """Read a marker; None where something else stands."""
    start, marker = exact(file, 2)
    if start != _FILL:
        return None
    for _ in range(MAX_PIECES):
        if marker != _FILL:
            return marker
        marker = exact(file, 1)[0]
    return None


def _keep(file: IO[bytes], length: int, blocks: dict[bytes, bytes]) -> None:
    """Keep the first block of EXIF and of XMP."""
    start = file.read(min(length, _KIND_BYTES))
    for kind in (_EXIF, _XMP):
        if start.startswith(kind) and kind not in blocks:
            blocks[kind] = start[len(kind) :] + file.read(length - len(start))


def _frame(data: bytes, blocks: dict[bytes, bytes]) -> Declared | None:
    height, width = int.from_bytes(data[1:3]), int.from_bytes(data[3:5])
    if not width or not height:  # which may follow behind the pixels
        return None
    tags = Tags.of_bytes(blocks.get(_EXIF, b""))
    return Declared(width, height, orientation_of(tags, blocks.get(_XMP, b"")), tags)
