"""JPEG and PNG files without what is beside the picture and too much of it.

Photos with depth maps, PNG files with the text of a whole workflow: Pillow reads all of that first,
and refuses some. The picture is whole without it.
"""

import io
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import IO, Any

from framegrid.images.formats.headers.declaration import MAX_BLOCK, inflated
from framegrid.images.formats.headers.png import SIGNATURE
from framegrid.remote import SeekableRaw

Pieces = list[tuple[int, int]]
"""Start and end of each part of a file that is kept."""

_MAX_PIECES = 1 << 20
_MAX_PROFILE = 1 << 20  # of a colour profile as it is compressed
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})

_KEPT_SEGMENTS = frozenset({0xE0, 0xEE, *range(0xC0, 0xE0), *range(0xF0, 0xFE)})
_APP1, _SCAN = 0xE1, 0xDA


def without_metadata_blocks(file: IO[bytes], name: str) -> IO[bytes] | None:
    """The picture of a JPEG or PNG file as a file; None for other formats."""
    pieces = {"JPEG": _of_jpeg, "PNG": _of_png}.get(name)
    return io.BufferedReader(_Pieces(file, _joined(pieces(file)))) if pieces else None


def _of_png(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Yield all chunks but texts and very large colour profiles."""
    yield 0, len(SIGNATURE)
    start = len(SIGNATURE)
    for _ in range(_MAX_PIECES):
        file.seek(start)
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = int.from_bytes(head[:4]), head[4:]
        end = start + length + 12
        is_left_out = kind in _TEXTS or (kind == b"iCCP" and _is_large(file, length))
        if not is_left_out:
            yield start, end
        start = end


def _is_large(file: IO[bytes], length: int) -> bool:
    """Whether a colour profile is too large for Pillow when it is decompressed."""
    if length > _MAX_PROFILE:
        return True
    compressed = file.read(length).partition(b"\0")[2][1:]
    return len(inflated(compressed)) >= MAX_BLOCK


def _of_jpeg(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Yield what decoding needs, and the first segment of EXIF."""
    yield 0, 2
    start, has_exif = 2, False
    for _ in range(_MAX_PIECES):
        file.seek(start)
        head = file.read(10)
        if len(head) < 4 or head[0] != 0xFF or head[1] == _SCAN:
            break
        end = start + 2 + int.from_bytes(head[2:4])
        is_exif = head[1] == _APP1 and head[4:] == b"Exif\0\0" and not has_exif
        has_exif = has_exif or is_exif
        if is_exif or head[1] in _KEPT_SEGMENTS:
            yield start, end
        start = end
    yield start, file.seek(0, io.SEEK_END)


def _joined(pieces: Iterator[tuple[int, int]]) -> Pieces:
    joined: Pieces = []
    for start, end in pieces:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


class _Pieces(SeekableRaw):
    """The pieces of a file, one behind the other."""

    def __init__(self, file: IO[bytes], pieces: Pieces) -> None:
        self._file = file
        self._pieces = pieces
        lengths = (end - start for start, end in pieces)
        self._starts = list(accumulate(lengths, initial=0))

    def _length(self) -> int:
        return self._starts[-1]

    def readinto(self, buffer: Any) -> int:
        index = bisect_right(self._starts, self._position) - 1
        if index >= len(self._pieces):
            return 0
        start, end = self._pieces[index]
        place = start + self._position - self._starts[index]
        self._file.seek(place)
        data = self._file.read(min(len(buffer), end - place))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
