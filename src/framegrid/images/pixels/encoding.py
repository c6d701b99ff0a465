"""Pictures as bytes for the browser: small, upright, in sRGB, eight bits a channel."""

from dataclasses import dataclass
from io import BytesIO
from math import sqrt

from PIL import Image, ImageFile

from framegrid.images.formats.known import StrPath
from framegrid.images.pixels.broken import check_pixels
from framegrid.images.pixels.colours import eight_bit_srgb, resizable
from framegrid.images.pixels.reading import DECODING_BUFFER, METADATA_KEYS, opened, turn

_THUMBNAIL_QUALITY = 75
_PICTURE_QUALITY = 85

_SMALL_BYTES = 16_384
"""Thumbnails of pictures that need no scaling may take this much to look as they are."""

_NEAR_ENOUGH = 31 / 32
"""JPEG decoders halve for free; half of 500 px may then stand for 256 px."""

_WEB_MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
_HARMLESS = frozenset(
    {
        *("jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression"),
        *("gamma", "srgb", "chromaticity", "aspect", "interlace", "transparency", "icc_profile"),
        *("version", "background", "loop", "duration", "timestamp", "extension"),
    }
)
"""What `Image.info` may hold of a file that goes to the browser as it is: no words."""

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

    The result is a JPEG, or a PNG where something is transparent or small enough to be kept as it
    is. It is always encoded anew: files carry names, places, comments and more, and thumbnails end
    up in pages and notebooks that are given away.

    Raises:
        BrokenImageError: the file cannot be read, is damaged or too large.
        ValueError: `size` is less than 1.
    """
    _check_px(size)
    with opened(path, DECODING_BUFFER) as image:
        is_small = max(image.size) <= size and _is_web_safe(image)
        pixels = _pixels(image, size)
        return (is_small and _as_it_is(pixels)) or encode(pixels, _THUMBNAIL_QUALITY)


def picture(path: StrPath, max_px: int, max_bytes: int) -> Encoded:
    """Make a picture for a close look: longer edge at most `max_px`, data at most `max_bytes`.

    An original within both bounds goes through unchanged if a browser shows it as it is and it
    carries no EXIF, comments or other words. A picture of too many bytes is made smaller rather
    than coarser.

    Raises:
        BrokenImageError: the file cannot be read, is damaged or too large.
        ValueError: `max_px` is less than 1.
    """
    _check_px(max_px)
    with opened(path, DECODING_BUFFER) as image:
        original = _original(image, max_px, max_bytes)
        return original or _encode_within(_pixels(image, max_px), max_bytes)


def _as_it_is(pixels: Image.Image) -> Encoded | None:
    """Encode small pictures so that they do not look worse than they are, if that takes little."""
    made = _as_png(pixels, level=1)  # six times as fast
    return made if len(made.data) <= _SMALL_BYTES else None


def _check_px(px: int) -> None:
    if px < 1:
        raise ValueError(f"a picture of {px} px; at least 1 is needed")


def _original(image: ImageFile.ImageFile, px: int, max_bytes: int) -> Encoded | None:
    """The file as it is, if it is whole, small enough, and the same in every browser."""
    file = image.fp
    if file is None or max(image.size) > px or not _is_web_safe(image):
        return None
    check_pixels(image.size)
    image.load()
    if not _HARMLESS.issuperset(image.info):  # known of PNG only now
        return None
    file.seek(0)
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        return None
    return Encoded(data, _WEB_MIMES[image.format or ""], *image.size)


def _is_web_safe(image: ImageFile.ImageFile) -> bool:
    """Whether a browser shows this very picture; EXIF is not passed on, it names places."""
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
    check_pixels(image.size)
    drafted = min(size[0], image.width), min(size[1], image.height)
    small = _resized(resizable(image), drafted, box)
    return eight_bit_srgb(small if needed is None else small.transpose(needed))


def _resized(
    pixels: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
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
        return _as_png(pixels)
    pixels.save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    return Encoded(buffer.getvalue(), "image/jpeg", *pixels.size)


def _as_png(pixels: Image.Image, level: int = 6) -> Encoded:
    buffer = BytesIO()
    pixels.info = {}
    pixels.save(buffer, "PNG", compress_level=level)
    return Encoded(buffer.getvalue(), "image/png", *pixels.size)


def _encode_within(pixels: Image.Image, max_bytes: int) -> Encoded:
    """Encode at the largest size, by and large, that takes at most `max_bytes`."""
    encoded = encode(pixels, _PICTURE_QUALITY)
    while len(encoded.data) > max_bytes and max(encoded.width, encoded.height) > 1:
        scale = min(0.9, 0.95 * sqrt(max_bytes / len(encoded.data)))
        px = max(1, int(scale * max(encoded.width, encoded.height)))
        encoded = encode(_resized(pixels, _fit(pixels.size, px)), _PICTURE_QUALITY)
    return encoded
