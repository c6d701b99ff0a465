"""The size that a JPEG XL file declares, read before the plug-in, which decodes when it opens."""

import struct
from typing import IO

_CODESTREAM = b"\xff\x0a"
_BOX = 8  # bytes of a box's header: its length and its type
_LONG_BOX = 16
_HEADER = 16  # bytes of the codestream that surely hold the size
_DIMENSION_BITS = (9, 13, 18, 30)
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # width to height


def declared_size(file: IO[bytes]) -> tuple[int, int]:
    """Read width and height in px from the header; the file may be a codestream or a container.

    Raises:
        ValueError: there is no codestream in the file.
    """
    header = _codestream(file)
    if not header.startswith(_CODESTREAM):
        raise ValueError("there is no JPEG XL codestream in the file")
    bits = _Bits(int.from_bytes(header[len(_CODESTREAM) :], "little"))
    is_small = bool(bits.take(1))
    height = _dimension(bits, is_small=is_small)
    ratio = bits.take(3)
    if not ratio:
        return _dimension(bits, is_small=is_small), height
    numerator, denominator = _RATIOS[ratio - 1]
    return height * numerator // denominator, height


def _codestream(file: IO[bytes]) -> bytes:
    """Read the start of the codestream, behind the boxes that may stand before it."""
    start = 0
    file.seek(start)
    head = file.read(_LONG_BOX)
    if head.startswith(_CODESTREAM):
        return head
    while len(head) >= _BOX:
        length, kind = struct.unpack(">L4s", head[:_BOX])
        size = _LONG_BOX if length == 1 else _BOX
        if kind in (b"jxlc", b"jxlp"):
            file.seek(start + size + (4 if kind == b"jxlp" else 0))  # a part has a number
            return file.read(_HEADER)
        if length == 1:
            length = int.from_bytes(head[_BOX:])
        if length < size:
            break
        start += length
        file.seek(start)
        head = file.read(_LONG_BOX)
    return b""


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
