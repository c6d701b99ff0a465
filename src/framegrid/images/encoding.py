"""Pictures as bytes for the browser: small, upright, in sRGB, eight bits a channel."""

from dataclasses import dataclass
from io import BytesIO
from math import sqrt

from PIL import Image, ImageFile

from framegrid.images.colours import eight_bit_srgb, resizable
from framegrid.images.formats import StrPath
from framegrid.images.reading import (
    DECODING_BUFFER,
    MAX_DECODED_PIXELS,
    METADATA_KEYS,
    check_pixels,
    opened,
    turn,
)

_THUMBNAIL_QUALITY = 75
_PICTURE_QUALITY = 85

_SMALL_BYTES = 16_384
"""Originals of at most this many bytes may serve as their own thumbnails."""

_NEAR_ENOUGH = 31 / 32
"""JPEG decoders halve for free; half of 500 px may then stand for 256 px."""

_WEB_MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
_WEB_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture that a browser can show.

    Attributes:
        data: the bytes of an image file.
        mime: its type, such as "image/jpeg".
        width: its own width in px.
        height: its own height in px.
    """

    data: bytes
    mime: str
    width: int
    height: int


def thumbnail(path: StrPath, size: int) -> Encoded:
    """Make a thumbnail whose longer edge is at most `size` px; nothing is enlarged.

    The result is a JPEG, or a PNG where something is transparent. A small original that a browser
    shows as it is goes through unchanged, once decoding has proved it whole.

    Raises:
        BrokenImageError: the file cannot be read, is damaged or too large.
        ValueError: `size` is less than 1.
    """
    _check_px(size)
    with opened(path, DECODING_BUFFER) as image:
        original = _original(image, size, _SMALL_BYTES)
        return original or encode(_pixels(image, size), _THUMBNAIL_QUALITY)


def picture(path: StrPath, max_px: int, max_bytes: int) -> Encoded:
    """Make a picture for a close look: longer edge at most `max_px`, data at most `max_bytes`.

    An original within both bounds goes through unchanged if a browser shows it as it is and it
    carries no EXIF. A picture of too many bytes is made smaller rather than coarser.

    Raises:
        BrokenImageError: the file cannot be read, is damaged or too large.
        ValueError: `max_px` is less than 1.
    """
    _check_px(max_px)
    with opened(path, DECODING_BUFFER) as image:
        original = _original(image, max_px, max_bytes)
        return original or _encode_within(_pixels(image, max_px), max_bytes)


def _check_px(px: int) -> None:
    if px < 1:
        raise ValueError(f"a picture of {px} px; at least 1 is needed")


def _original(image: ImageFile.ImageFile, px: int, max_bytes: int) -> Encoded | None:
    """Give the file as it is, if it is whole, small enough, and the same in every browser."""
    file = image.fp
    if file is None or max(image.size) > px or not _is_web_safe(image):
        return None
    check_pixels(image.size, MAX_DECODED_PIXELS)
    image.load()
    file.seek(0)
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        return None
    return Encoded(data, _WEB_MIMES[image.format or ""], *image.size)


def _is_web_safe(image: ImageFile.ImageFile) -> bool:
    """Tell whether a browser shows this very picture; EXIF is not passed on, it names places."""
    return (
        image.format in _WEB_MIMES
        and image.mode in _WEB_MODES
        and METADATA_KEYS.isdisjoint(image.info)
        and not getattr(image, "is_animated", False)
    )


def _pixels(image: ImageFile.ImageFile, px: int) -> Image.Image:
    """Decode no more of an image than a longer edge of `px` needs, upright and in sRGB."""
    needed = turn(image)
    size = _fit(image.size, px)
    _, box = image.draft(None, _fit(image.size, px * _NEAR_ENOUGH)) or (None, None)
    check_pixels(image.size, MAX_DECODED_PIXELS)
    drafted = min(size[0], image.width), min(size[1], image.height)
    small = _resized(resizable(image), drafted, box)
    return eight_bit_srgb(small if needed is None else small.transpose(needed))


def _resized(
    pixels: Image.Image,
    size: tuple[int, int],
    box: tuple[float, float, float, float] | None = None,
) -> Image.Image:
    if pixels.size == size:
        return pixels
    return pixels.resize(size, Image.Resampling.BILINEAR, box, reducing_gap=2.0)


def _fit(size: tuple[int, int], px: float) -> tuple[int, int]:
    """Scale a size (width, height) down, never up, until its longer edge is at most `px`."""
    scale = min(1.0, px / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def encode(pixels: Image.Image, quality: int) -> Encoded:
    """Make a PNG of pixels with transparency, a JPEG of others."""
    buffer = BytesIO()
    pixels.info = {}  # else Pillow writes the original's comments and colour profile
    if pixels.mode == "RGBA":
        pixels.save(buffer, "PNG")
        return Encoded(buffer.getvalue(), "image/png", *pixels.size)
    pixels.save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    return Encoded(buffer.getvalue(), "image/jpeg", *pixels.size)


def _encode_within(pixels: Image.Image, max_bytes: int) -> Encoded:
    """Encode at the largest size, by and large, that takes at most `max_bytes`."""
    encoded = encode(pixels, _PICTURE_QUALITY)
    while len(encoded.data) > max_bytes and max(encoded.width, encoded.height) > 1:
        scale = min(0.9, 0.95 * sqrt(max_bytes / len(encoded.data)))
        px = max(1, int(scale * max(encoded.width, encoded.height)))
        encoded = encode(_resized(pixels, _fit(pixels.size, px)), _PICTURE_QUALITY)
    return encoded
