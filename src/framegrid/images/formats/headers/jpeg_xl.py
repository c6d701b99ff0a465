"""The size that a JPEG XL file declares, read before the plug-in, which decodes when it opens."""

from typing import IO

from framegrid.images.exif.tags import Tags
from framegrid.images.formats.headers.boxes import JPEG_XL_CODESTREAM, file_boxes
from framegrid.images.formats.headers.declaration import MAX_BLOCK, Declared, orientation_of

_HEADER = 16  # bytes of the codestream that surely hold the size
_DIMENSION_BITS = (9, 13, 18, 30)
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # width to height
_SIDEWAYS = 5  # orientations from here on


def declared(file: IO[bytes]) -> Declared | None:
    """Read the size, as the decoder gives it, and EXIF; None where EXIF is compressed.

    Raises:
        ValueError: there is no codestream in the file.
    """
    exif = b""
    for kind, start, length in file_boxes(file):
        if kind == b"brob":
            file.seek(start)
            if file.read(4) == b"Exif":
                return None
        if kind == b"Exif" and length <= MAX_BLOCK:
            file.seek(start)
            exif = file.read(length)
    tags = Tags.of_bytes(exif)
    return Declared(*declared_size(file), orientation_of(tags), tags)


def declared_size(file: IO[bytes]) -> tuple[int, int]:
    """Read width and height in px from the header; the file may be a codestream or a container.

    Raises:
        ValueError: there is no codestream in the file.
    """
    header = _codestream(file)
    if not header.startswith(JPEG_XL_CODESTREAM):
        raise ValueError("there is no JPEG XL codestream in the file")
    bits = _Bits(int.from_bytes(header[len(JPEG_XL_CODESTREAM) :], "little"))
    is_small = bool(bits.take(1))
    height = _dimension(bits, is_small=is_small)
    if ratio := bits.take(3):
        numerator, denominator = _RATIOS[ratio - 1]
        width = height * numerator // denominator
    else:
        width = _dimension(bits, is_small=is_small)
    is_default, has_more = bits.take(1), bits.take(1)
    orientation = bits.take(3) + 1 if has_more and not is_default else 1
    return (height, width) if orientation >= _SIDEWAYS else (width, height)


def _codestream(file: IO[bytes]) -> bytes:
    """Read the start of the codestream, behind the boxes that may stand before it."""
    file.seek(0)
    head = file.read(_HEADER)
    if head.startswith(JPEG_XL_CODESTREAM):
        return head
    parts = b""
    for kind, start, length in file_boxes(file):
        if kind in (b"jxlc", b"jxlp"):
            number = 4 if kind == b"jxlp" else 0  # a part has one
            file.seek(start + number)
            parts += file.read(max(0, min(length - number, _HEADER)) if length else _HEADER)
        if len(parts) >= _HEADER:
            break
    return parts


class _Bits:
    """Bits of a number, taken from its lower end."""

    def __init__(self, number: int) -> None:
        self._number = number

    def take(self, count: int) -> int:
        taken = self._number & ((1 << count) - 1)
        self._number >>= count
        return taken


def _dimension(bits: _Bits, *, is_small: bool) -> int:
    if is_small:
        return 8 * (1 + bits.take(5))
    return 1 + bits.take(_DIMENSION_BITS[bits.take(2)])
