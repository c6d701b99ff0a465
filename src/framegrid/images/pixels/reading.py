"""Opening image files safely: headers, upright pixels, copies; and why a file is broken."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from PIL import Image, ImageFile, ImageOps

from framegrid.images.exif.exif import Exif, exif_of
from framegrid.images.formats.known import PREFIX_BYTES, StrPath, lacks_plug_in, usual_extension
from framegrid.images.pixels.broken import check_pixels, naming_size, with_reasons
from framegrid.images.pixels.identifying import declared_in, identified, orientation
from framegrid.images.sources.image_files import copy_bytes, file_name, open_file

DECODING_BUFFER = 1 << 20
"""Bytes: most files then arrive in one read, where each further read may wait for the GIL."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SIDEWAYS = {_TURNS[number] for number in (5, 6, 7, 8)}

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
        BrokenImageError: the file is missing, no regular file, empty, of no known format, or
            damaged in its header.
    """
    with with_reasons(), open_file(path) as file:
        name, found = declared_in(file, file_name(path))
        width, height = found.width, found.height
        if _TURNS.get(found.orientation) in _SIDEWAYS:
            width, height = height, width
        return Header(width, height, name, exif_of(found.tags) if exif else {})


def identify(path: StrPath) -> str:
    """The usual extension of an image by its header; "" where its plug-in is missing.

    Raises:
        BrokenImageError: it is no image, or cannot be read.
    """
    with with_reasons(), open_file(path) as file:
        return _check_image(file, file_name(path))


def copy(path: StrPath, place: Path) -> None:
    """Copy an image file, byte for byte, into a local file that exists.

    Raises:
        BrokenImageError: it is no image, or cannot be read.
        OSError: the copy cannot be written.
    """
    with with_reasons():
        file = open_file(path)
    with file:
        with with_reasons():
            _check_image(file, file_name(path))
        copy_bytes(file, path, place)


def _check_image(file: IO[bytes], name: str) -> str:
    try:
        return usual_extension(identified(file, name).format)
    except Exception:
        file.seek(0)
        if not lacks_plug_in(file.read(PREFIX_BYTES)):
            raise
        return ""


def open_upright(path: StrPath) -> Image.Image:
    """Decode an image file and turn it upright by its EXIF orientation.

    Pixels keep their own mode, 16-bit and float included. Of an animation, this is the first frame.

    Raises:
        BrokenImageError: the file cannot be read, is damaged, or has more pixels than may be
            decoded, see ``Limits``.
    """
    with opened(path, DECODING_BUFFER) as image:
        check_pixels(image.size)
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
    with with_reasons(), open_file(path, buffering) as file:
        image = identified(file, file_name(path))
        with naming_size(image.size):
            yield image


def turn(image: ImageFile.ImageFile) -> Image.Transpose | None:
    """What turns this undecoded image upright, None if it is upright already."""
    if image.format == "TIFF":  # Pillow turns its pixels at decoding and its size at opening
        return None
    if METADATA_KEYS.isdisjoint(image.info):
        return None
    return _TURNS.get(orientation(image))


def _turned(image: Image.Image, needed: Image.Transpose) -> Image.Image:
    try:
        turned = ImageOps.exif_transpose(image)  # also removes the orientation from the EXIF
        if turned.size == _turned_size(image.size, needed):
            return turned
    except Exception:  # noqa: BLE001, S110 - EXIF that can be read but not written again
        pass
    turned = image.transpose(needed)
    for key in METADATA_KEYS.intersection(turned.info):
        del turned.info[key]
    return turned


def _turned_size(size: tuple[int, int], needed: Image.Transpose) -> tuple[int, int]:
    return size[::-1] if needed in _SIDEWAYS else size
