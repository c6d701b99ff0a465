"""Opening foreign bytes as an image, of which no more is read than that takes."""

from collections.abc import Callable
from contextlib import suppress
from math import prod
from typing import IO, TypeVar, cast

from PIL import Image, ImageFile

from framegrid.base import BrokenImageError, limits
from framegrid.images.exif.tags import Tags
from framegrid.images.formats.bounded_file import BoundedFile, TooMuchError
from framegrid.images.formats.headers import declared
from framegrid.images.formats.headers.declaration import Declared, orientation_of
from framegrid.images.formats.headers.jpeg_xl import declared_size
from framegrid.images.formats.headers.png import unhexed
from framegrid.images.formats.known import PREFIX_BYTES, candidates, unidentified
from framegrid.images.formats.large_blocks import without_metadata_blocks
from framegrid.images.pixels.broken import check_pixels

T = TypeVar("T")

_READ_WHOLE = frozenset({"WEBP", "AVIF", "HEIF", "JXL"})
"""Formats of which Pillow reads all when it opens a file."""

_HEADER_BYTES = {"JPEG": 1 << 24, "PNG": 1 << 26, "TIFF": 1 << 28}
_OTHER_BYTES = 1 << 20
"""What Pillow may read of a format before the picture begins, when it is to be decoded."""

_LARGE_HEADERS = _READ_WHOLE | set(_HEADER_BYTES)
_PASS_BYTES, _PASS_PIXELS = 1 << 24, 50_000_000
"""What it may read and decode for the size alone, where a header is not understood here."""


def declared_in(file: IO[bytes], path: str) -> tuple[str, Declared]:
    """Name the format, and read what the header declares."""
    return _first_that_fits(file, path, lambda name: _declared_as(name, file))


def _declared_as(name: str, file: IO[bytes]) -> tuple[str, Declared]:
    if (found := declared(file, name)) is not None:
        return name, found
    if name == "JXL" and prod(declared_size(file)) > _PASS_PIXELS:
        raise BrokenImageError("unsupported: its metadata is compressed, and the picture large")
    image = _opened_as(name, file, _PASS_BYTES if name in _LARGE_HEADERS else _OTHER_BYTES)
    tags, is_turned = _tags_of(image), image.format == "TIFF"
    number = 1 if is_turned else orientation_of(tags, _xmp_of(image))
    return image.format or name, Declared(*image.size, number, tags)


def identified(file: IO[bytes], path: str) -> ImageFile.ImageFile:
    """Do what `Image.open` does, for allowed formats and without its warnings about size.

    Pillow is not told the file's name: it would map raw formats into memory, and the process would
    die of a file that shrinks meanwhile.
    """
    return _first_that_fits(file, path, lambda name: _decodable(name, file))


def _first_that_fits(file: IO[bytes], path: str, read: Callable[[str], T]) -> T:
    """Read a file as the first of the allowed formats that it has."""
    file.seek(0)
    prefix = file.read(PREFIX_BYTES)
    failure: Exception | None = None
    for name in candidates(prefix, path):
        try:
            return read(name)
        except Exception as error:  # noqa: BLE001 - another format may fit
            failure = failure or error
    raise failure or BrokenImageError(unidentified(prefix))


def _decodable(name: str, file: IO[bytes]) -> ImageFile.ImageFile:
    if name in _READ_WHOLE:  # some are decoded, and memory is taken for all, at the opening
        found = declared(file, name)
        if found is not None or name == "JXL":
            check_pixels((found.width, found.height) if found else declared_size(file))
        return _opened_as(name, file, max(_PASS_BYTES, limits.bytes // 4))
    try:
        return _opened_as(name, file, _HEADER_BYTES.get(name, _OTHER_BYTES))
    except (TooMuchError, ValueError) as error:  # ValueError: more text than Pillow takes
        rest = without_metadata_blocks(file, name)
        if rest is None:
            raise
        try:
            return _opened_as(name, rest, _HEADER_BYTES.get(name, _OTHER_BYTES))
        except Exception:  # noqa: BLE001 - then it was not for the text
            raise error from None


def _opened_as(name: str, file: IO[bytes], budget: int) -> ImageFile.ImageFile:
    bounded = BoundedFile(file, budget)
    bounded.seek(0)
    try:
        image = Image.OPEN[name][0](cast(IO[bytes], bounded), "")
    except TooMuchError:
        raise
    except Exception as error:
        if name == "JXL":  # its own message is advice for those who build the decoder
            raise BrokenImageError("damaged: the JPEG XL data cannot be decoded") from error
        raise
    bounded.release()
    if name == "PNG":
        _forgive_texts(image)
    return image


def _forgive_texts(image: ImageFile.ImageFile) -> None:
    """Let texts behind the pixels be too long: the pixels are there by then."""
    end = image.load_end

    def load_end() -> None:
        with suppress(ValueError):
            end()

    image.load_end = load_end  # type: ignore[method-assign]


def orientation(image: ImageFile.ImageFile) -> int:
    """Read the orientation of an image that is opened, as in EXIF."""
    return orientation_of(_tags_of(image), _xmp_of(image))


def _tags_of(image: ImageFile.ImageFile) -> Tags:
    if image.format == "TIFF" and image.fp is not None:
        return Tags.of_file(image.fp)
    if exif := image.info.get("exif"):
        return Tags.of_bytes(exif)
    profile = image.info.get("Raw profile type exif", b"")
    return Tags.of_bytes(unhexed(profile.encode() if isinstance(profile, str) else profile))


def _xmp_of(image: ImageFile.ImageFile) -> bytes:
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return xmp.encode() if isinstance(xmp, str) else bytes(xmp)
