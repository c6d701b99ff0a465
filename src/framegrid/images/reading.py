"""Opening image files safely: headers, orientation, upright pixels, and why a file is broken."""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from PIL import ExifTags, Image, ImageFile, ImageOps

from framegrid.errors import BrokenImageError
from framegrid.images.exif import Exif, exif_of
from framegrid.images.files import open_file
from framegrid.images.formats import PREFIX_BYTES, StrPath, candidates, unidentified
from framegrid.images.jpeg_xl import declared_size

MAX_PIXELS = 178_000_000
"""The largest picture that is believed; a JPEG of this size still makes a thumbnail."""

MAX_DECODED_PIXELS = 50_000_000
"""The most pixels that are ever decoded at once: 150 MB as RGB."""

DECODING_BUFFER = 1 << 20
"""Bytes: most files then arrive in one read, where each further read may wait for the GIL."""

_REASON_LENGTH = 90

_REASONS = {
    FileNotFoundError: "file not found",
    NotADirectoryError: "file not found",
    PermissionError: "permission denied",
    MemoryError: "not enough memory",
}

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SIDEWAYS = {_TURNS[orientation] for orientation in (5, 6, 7, 8)}

METADATA_KEYS = frozenset({"exif", "Raw profile type exif", "xmp", "XML:com.adobe.xmp"})
"""Where Pillow's `Image.info` keeps what may hold an orientation, a place or a name."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of an image file says.

    Attributes:
        width: width in px as displayed, with the EXIF orientation applied.
        height: height in px as displayed.
        format: Pillow's name of the format, such as "JPEG".
        exif: EXIF values by key, if they were asked for, see ``exif_of``.
    """

    width: int
    height: int
    format: str
    exif: Exif = field(default_factory=dict)


def read_header(path: StrPath, *, exif: bool = False) -> Header:
    """Read the size and format of an image file, and maybe its EXIF values, without decoding it.

    Raises:
        BrokenImageError: the file is missing, no regular file, empty, of no known format, damaged
            in its header, or claims more than 178 million pixels.
    """
    with opened(path) as image:
        width, height = image.size
        if turn(image) in _SIDEWAYS:
            width, height = height, width
        return Header(width, height, image.format or "", exif_of(image) if exif else {})


def open_upright(path: StrPath) -> Image.Image:
    """Decode an image file and turn it upright by its EXIF orientation.

    Pixels keep their own mode, 16-bit and float included. Of an animation, this is the first frame.

    Raises:
        BrokenImageError: the file cannot be read, is damaged, or has more than 178 million pixels.
    """
    with opened(path, DECODING_BUFFER) as image:
        needs_turn = turn(image)
        image.load()
        return _turned(image, needs_turn) if needs_turn is not None else image


@contextmanager
def opened(path: StrPath, buffering: int = -1) -> Iterator[ImageFile.ImageFile]:
    """Open an image file, identified but not decoded; valid within the ``with`` block.

    Args:
        path: the file, or the URL of an object.
        buffering: bytes to read at once; by default few, enough for most headers.

    Raises:
        BrokenImageError: whatever goes wrong, here or in the block.
    """
    try:
        with open_file(path, buffering) as file:
            image = _identify(file, os.fspath(path))
            check_pixels(image.size, MAX_PIXELS)
            yield image
    except BrokenImageError:
        raise
    except Exception as error:
        raise BrokenImageError(_reason(error)) from error


def turn(image: ImageFile.ImageFile) -> Image.Transpose | None:
    """Give what turns this undecoded image upright, None if it is upright already."""
    if image.format == "TIFF":  # Pillow turns its pixels at decoding and its size at opening
        return None
    if METADATA_KEYS.isdisjoint(image.info):
        return None
    try:  # not image.getexif(), which for a PNG without EXIF decodes all of it
        exif = Image.Image.getexif(image)
        return _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF does not make damaged pixels
        return None


def check_pixels(size: tuple[int, int], limit: int) -> None:
    """Refuse an image of `size` (width, height) in px that has more than `limit` pixels.

    Raises:
        BrokenImageError: it has.
    """
    width, height = size
    if width * height > limit:
        pixels = f"{width:,} x {height:,} is {width * height / 1e6:,.0f} million pixels"
        raise BrokenImageError(f"too large: {pixels}, at most {limit // 1_000_000}")


def _identify(file: IO[bytes], path: str) -> ImageFile.ImageFile:
    """Do what `Image.open` does, for allowed formats and without its warnings about size.

    Pillow is not told the file's name: it would map raw formats into memory, and the process would
    die of a file that shrinks meanwhile.
    """
    prefix = file.read(PREFIX_BYTES)
    failure: Exception | None = None
    for name in candidates(prefix, path):
        try:
            return _opened_as(name, file)
        except Exception as error:  # noqa: BLE001 - another format may fit
            failure = failure or error
    raise failure or BrokenImageError(unidentified(prefix))


def _opened_as(name: str, file: IO[bytes]) -> ImageFile.ImageFile:
    if name != "JXL":
        file.seek(0)
        return Image.OPEN[name][0](file, "")
    check_pixels(declared_size(file), MAX_DECODED_PIXELS)  # it is decoded as soon as it is opened
    file.seek(0)
    try:
        return Image.OPEN[name][0](file, "")
    except Exception as error:  # its own message is advice for those who build the decoder
        raise BrokenImageError("damaged: the JPEG XL data cannot be decoded") from error


def _turned(image: Image.Image, needed: Image.Transpose) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)  # also removes the orientation from the EXIF
    except Exception:  # noqa: BLE001 - EXIF that can be read but not written again
        turned = image.transpose(needed)
        for key in METADATA_KEYS.intersection(turned.info):
            del turned.info[key]
        return turned


def _reason(error: Exception) -> str:
    """Put an exception of reading an image file into a few words."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    if _is_truncated(error):
        return "truncated: the file ends before the image does"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    problem = "too large" if isinstance(error, Image.DecompressionBombError) else "damaged"
    return _short(f"{problem}: {error}")


def _is_truncated(error: Exception) -> bool:
    """Tell whether the data ended too early: Pillow's readers then fail while unpacking nothing."""
    ended = (EOFError, IndexError, struct.error)
    return "truncated" in str(error).lower() or isinstance(error.__cause__ or error, ended)


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"
