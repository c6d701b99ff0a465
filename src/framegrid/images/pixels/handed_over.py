"""Pictures that were handed over as bytes, images or arrays, as the bytes of an image file."""

import os
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import PurePath
from typing import IO, Any, NamedTuple, cast

from PIL import Image, ImageFile

from framegrid.base import BrokenImageError, brief
from framegrid.images.pixels.arrays import Notes, has_pixels, pixels_of
from framegrid.images.pixels.broken import check_pixels, with_reasons
from framegrid.images.pixels.identifying import identified

_PNG_LEVEL = 1  # six times as fast, and little larger

_AS_PNG = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})
_AS_TIFF = frozenset({"I", "CMYK", "LAB"})
_INSTEAD = {"PA": "RGBA", "La": "LA", "RGBa": "RGBA", "I;16B": "I", "I;16L": "I", "I;16N": "I"}
"""Modes of Pillow's that no image file keeps, and those that say the same."""

_FORMS = "bytes, a PIL image, an array, a path or a URL"


class HandedOver(NamedTuple):
    """A picture as the bytes of an image file.

    Attributes:
        data: the file.
        name: what it is called where it comes from; "" where nothing says so.
        notes: what had to be done to its pixels.
    """

    data: bytes
    name: str
    notes: Notes = ()


def is_pixels(value: object) -> bool:
    """Whether it is a picture itself: bytes, an image, an array, a struct of bytes and path."""
    return isinstance(value, bytes | bytearray | memoryview | Image.Image | Mapping) or (
        has_pixels(value) and not isinstance(value, str)
    )


def encoded_of(value: object) -> HandedOver:
    """The bytes of a picture that was handed over; encoded bytes stay as they are, unchecked.

    Args:
        value: encoded bytes; ``{"bytes": ..., "path": ...}`` as Hugging Face has them; a PIL image,
            of which a file that was opened and not decoded yet is taken as it is, and anything else
            becomes a lossless file; or an array, see ``pixels_of``.

    Raises:
        BrokenImageError: it is no picture; the message is a short reason.
    """
    match value:
        case bytes() | bytearray() | memoryview():
            return HandedOver(bytes(value), "")
        case Mapping():
            return _of_struct(value)
        case Image.Image():
            with with_reasons():
                return _of_image(value)
    if not is_pixels(value):
        raise BrokenImageError(f"no image: {brief(value)} is none of {_FORMS}")
    with with_reasons():
        image, notes = pixels_of(value)
        return HandedOver(_png(image), "", notes)


def _of_struct(value: Mapping[Any, Any]) -> HandedOver:
    data, path = value.get("bytes"), value.get("path")
    if not isinstance(data, bytes | bytearray | memoryview):
        raise BrokenImageError(f"no image: {brief(dict(value))} has no bytes")
    return HandedOver(bytes(data), path if isinstance(path, str) else "")


def _of_image(image: Image.Image) -> HandedOver:
    name = getattr(image, "filename", "")
    name = PurePath(os.fsdecode(name)).name if isinstance(name, str | bytes) else ""
    if (data := _unread(image)) is not None:
        return HandedOver(data, name)
    name = str(PurePath(name).with_suffix("")) if name else ""
    if image.mode == "F":  # as arrays of floats
        pixels, notes = pixels_of(image)
        return HandedOver(_png(pixels), f"{name}.png" if name else "", notes)
    check_pixels(image.size)
    data, extension = _lossless(image)
    return HandedOver(data, name + extension if name else "")


def _unread(image: Image.Image) -> bytes | None:
    """The file of an image that was opened and of which nothing is decoded; None of others.

    The pixels of others may have been drawn on.
    """
    file = getattr(image, "fp", None)
    if not isinstance(image, ImageFile.ImageFile) or not image.tile or file is None:
        return None
    if image.format is None or getattr(image, "tell", int)() != 0:
        return None
    with suppress(Exception):  # a file that was closed, or that cannot be read again
        data = _whole(cast("IO[bytes]", file))
        again = identified(BytesIO(data), "")
        if (again.format, again.size) == (image.format, image.size):  # `draft` makes it smaller
            return data
    return None


def _whole(file: IO[bytes]) -> bytes:
    place = file.tell()
    try:
        file.seek(0)
        return file.read()
    finally:
        file.seek(place)


def _lossless(image: Image.Image) -> tuple[bytes, str]:
    mode = _INSTEAD.get(image.mode, image.mode)
    if mode not in _AS_PNG | _AS_TIFF:
        mode = "RGB"
    pixels = image if mode == image.mode else image.convert(mode)
    kept = {"icc_profile": image.info.get("icc_profile")} if mode == image.mode else {}
    with suppress(Exception):  # EXIF that can be read but not written again
        exif = image.getexif()
        return _written(pixels, mode, {**kept, "exif": exif.tobytes()} if exif else kept)
    return _written(pixels, mode, kept)


def _written(pixels: Image.Image, mode: str, kept: Mapping[str, Any]) -> tuple[bytes, str]:
    if mode in _AS_PNG:
        return _png(pixels, kept), ".png"
    buffer = BytesIO()
    pixels.save(buffer, "TIFF", compression="tiff_lzw" if mode != "I" else None, **kept)
    return buffer.getvalue(), ".tiff"


def _png(pixels: Image.Image, kept: Mapping[str, Any] | None = None) -> bytes:
    buffer = BytesIO()
    pixels.save(buffer, "PNG", compress_level=_PNG_LEVEL, **(kept or {}))
    return buffer.getvalue()
