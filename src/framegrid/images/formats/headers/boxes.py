"""The size in an AVIF or HEIF file: its metadata box tells properties of the main picture."""

import struct
from collections.abc import Iterator
from typing import IO

from framegrid.images.exif.tags import Tags
from framegrid.images.formats.headers.declaration import MAX_BLOCK, MAX_PIECES, Declared, exact

_MAX_META = 4 * MAX_BLOCK
_TURNS = {0: 1, 1: 8, 2: 3, 3: 6}  # quarters against the clock, as EXIF orientations

_BOX = 8  # bytes of a box's header: its length and its type
_LONG_BOX = 16
JPEG_XL_CODESTREAM = b"\xff\x0a"

Boxes = dict[bytes, bytes]


def avif(file: IO[bytes]) -> Declared | None:
    """Find size and rotation among the properties of the main item, and the EXIF item."""
    return _declared(file, b"av01", is_cropped=False)


def heif(file: IO[bytes]) -> Declared | None:
    """Find the size as well, as its decoder gives it: within the clean aperture."""
    return _declared(file, b"hvc1", is_cropped=True)


def _declared(file: IO[bytes], coding: bytes, *, is_cropped: bool) -> Declared | None:
    meta = _meta(file)
    if meta is None:
        return None
    inner = dict(_boxes(meta[4:]))
    properties = dict(_boxes(inner.get(b"iprp", b"")))
    main = int.from_bytes(inner.get(b"pitm", b"")[4:])
    own = _properties(properties, main)
    size = own.get(b"ispe", b"")
    if len(size) < 12:
        return None
    width, height = int.from_bytes(size[4:8]), int.from_bytes(size[8:12])
    if is_cropped:
        width, height = _cropped(width, height, own.get(b"clap", b""))
    items = dict(_items(inner.get(b"iinf", b"")))
    if coding not in items.values():
        return None
    exif = next((item for item, kind in items.items() if kind == b"Exif"), None)
    return Declared(
        width,
        height,
        _TURNS[own.get(b"irot", b"\0")[0] & 3],
        Tags.of_bytes(_content(file, inner.get(b"iloc", b""), exif)),
    )


def _cropped(width: int, height: int, aperture: bytes) -> tuple[int, int]:
    """The size of the clean aperture, where there is one inside."""
    numbers = [int.from_bytes(aperture[i : i + 4]) for i in range(0, 16, 4)]
    if len(aperture) < 16 or not all(numbers):
        return width, height
    inner = numbers[0] // numbers[1], numbers[2] // numbers[3]
    return (min(width, inner[0]), min(height, inner[1])) if all(inner) else (width, height)


def _meta(file: IO[bytes]) -> bytes | None:
    """Read the metadata box; boxes before it are stepped over."""
    start, length = next((place for kind, *place in file_boxes(file) if kind == b"meta"), (0, 0))
    if not 0 < length <= _MAX_META:
        return None
    file.seek(start)
    return exact(file, length)


def file_boxes(file: IO[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Yield type, place and length of the contents of each box of a file."""
    start = 0
    for _ in range(MAX_PIECES):
        file.seek(start)
        head = file.read(_LONG_BOX)
        if len(head) < _BOX or head.startswith(JPEG_XL_CODESTREAM):  # which has no boxes
            return
        length, kind = struct.unpack(">L4s", head[:_BOX])
        size = _LONG_BOX if length == 1 else _BOX
        if length == 1:
            length = int.from_bytes(head[_BOX:])
        yield kind, start + size, max(0, length - size)
        if length < size:  # up to the end of the file, or nonsense
            return
        start += length


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield types and contents of the boxes in one."""
    position = 0
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4])
        if length < 8:
            return
        yield data[position + 4 : position + 8], data[position + 8 : position + length]
        position += length


def _properties(boxes: Boxes, item: int) -> Boxes:
    """The properties that are associated with an item."""
    shared = list(_boxes(boxes.get(b"ipco", b"")))
    found: Boxes = {}
    for index in _associated(boxes.get(b"ipma", b""), item):
        if 0 < index <= len(shared):
            found.setdefault(*shared[index - 1])
    return found


def _associated(data: bytes, wanted: int) -> Iterator[int]:
    """Yield the numbers of the properties of an item, counted from 1."""
    is_long, is_wide = data[:1] > b"\0", bool(data[3:4] and data[3] & 1)
    id_bytes, index_bytes = (4 if is_long else 2), (2 if is_wide else 1)
    position = 8
    for _ in range(int.from_bytes(data[4:8])):
        item = data[position : position + id_bytes]
        position += id_bytes
        if position >= len(data):
            return
        count, position = data[position], position + 1
        if int.from_bytes(item) == wanted:
            for start in range(position, position + count * index_bytes, index_bytes):
                mask = 0x7FFF if is_wide else 0x7F
                yield int.from_bytes(data[start : start + index_bytes]) & mask
        position += count * index_bytes


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and type of each item."""
    start = 6 if data[:1] == b"\0" else 8
    for kind, entry in _boxes(data[start:]):
        if kind == b"infe" and entry[:1] in {b"\2", b"\3"}:
            id_bytes = 2 if entry[:1] == b"\2" else 4
            yield int.from_bytes(entry[4 : 4 + id_bytes]), entry[6 + id_bytes : 10 + id_bytes]


def _content(file: IO[bytes], locations: bytes, wanted: int | None) -> bytes:
    """Read the one extent of an item that lies in the file itself; nothing of others."""
    found = dict(_extents(locations)).get(-1 if wanted is None else wanted)
    if found is None or not 4 < found[1] <= MAX_BLOCK:
        return b""
    file.seek(found[0])
    return file.read(found[1])


def _extents(data: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield number, place and length of each item that is one piece."""
    version = data[0] if data else 0
    sizes = int.from_bytes(data[4:6])
    offset_bytes, length_bytes, base_bytes, index_bytes = (sizes >> i & 15 for i in (12, 8, 4, 0))
    id_bytes = 4 if version == 2 else 2
    method_bytes = 2 if version else 0
    index_bytes = index_bytes if version else 0
    reader = _Numbers(data, 6)
    for _ in range(reader.take(id_bytes)):
        if reader.is_at_end():
            return
        item, method = reader.take(id_bytes), reader.take(method_bytes) & 15
        reader.take(2)
        base, count = reader.take(base_bytes), reader.take(2)
        for _ in range(count):
            reader.take(index_bytes)
            place, length = base + reader.take(offset_bytes), reader.take(length_bytes)
            if count == 1 and not method:
                yield item, (place, length)
            if reader.is_at_end():
                break


class _Numbers:
    """Numbers of several sizes, one behind the other."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self._position = position

    def take(self, count: int) -> int:
        start, self._position = self._position, self._position + count
        return int.from_bytes(self._data[start : self._position])

    def is_at_end(self) -> bool:
        return self._position >= len(self._data)
