"""From any of Pillow's pixel modes to what a screen shows."""

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageCms

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_PERCENTILES = (0.5, 99.5)
"""Where black and white lie in pictures of more than eight bits a channel."""

_SAMPLED_PX = 1024
"""Percentiles are taken from about this many rows and columns."""


def resizable(image: Image.Image) -> Image.Image:
    """Decode an image and convert it, where needed, to a mode that resizing blends well.

    That is L, RGB, RGBA or CMYK, I (32-bit integers) or F (32-bit floats).
    """
    image.load()
    if image.mode.startswith("I;16"):
        return image.convert("I")
    if image.mode in {"I", "F"}:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def eight_bit_srgb(pixels: Image.Image) -> Image.Image:
    """Convert pixels of a resizable mode to L or RGB, or to RGBA where something is transparent."""
    if pixels.mode in {"I", "F"}:
        return _stretched(pixels)
    if pixels.mode == "RGBA" and pixels.getchannel("A").getextrema() == (255, 255):
        pixels = pixels.convert("RGB")
    if pixels.mode == "L":
        return pixels
    if to_srgb := _to_srgb(pixels.info.get("icc_profile", b""), pixels.mode):
        return to_srgb.apply(pixels)
    return pixels.convert("RGB") if pixels.mode == "CMYK" else pixels


def _stretched(pixels: Image.Image) -> Image.Image:
    """Scale numbers of any range to 0..255; what is no number becomes black."""
    import numpy as np  # noqa: PLC0415 - takes longer than all else that most pictures need

    values = np.asarray(pixels, dtype=np.float64)
    low, high = _black_and_white(values)
    scaled = (values - low) * (255 / (high - low)) if low < high else np.zeros_like(values)
    return Image.fromarray(np.nan_to_num(np.clip(scaled, 0, 255)).astype(np.uint8))


def _black_and_white(values: "npt.NDArray[np.float64]") -> tuple[float, float]:
    """Choose the values to show as black and white: percentiles, which outliers do not move."""
    import numpy as np  # noqa: PLC0415 - see above

    step = max(1, max(values.shape) // _SAMPLED_PX)
    sample = values[::step, ::step]
    finite = sample[np.isfinite(sample)]
    if not finite.size:
        return 0.0, 0.0
    low, high = np.percentile(finite, _PERCENTILES)
    if low < high:
        return low, high
    finite = values[np.isfinite(values)]  # nearly all is background: show what little is not
    return finite.min(), finite.max()


@lru_cache(maxsize=16)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Build the conversion from a colour profile to sRGB: None if there is none, or none needed."""
    if not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return None
        target = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, target, mode, "RGBA" if mode == "RGBA" else "RGB")
    except Exception:  # noqa: BLE001 - a picture in somewhat wrong colours beats none
        return None
