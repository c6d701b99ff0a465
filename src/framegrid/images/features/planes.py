"""Pixels as arrays, whatever mode an image comes in."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image

Floats = npt.NDArray[np.float32]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # Rec. 601, as Pillow's mode L
_WHITE = np.float32(255)
_DRAFT_PX = 512


def draft(image: "Image.Image") -> "Image.Image":
    """Average squares of pixels until the longer edge has 512 to 1023 px; small images stay.

    This keeps means exactly, but for pixels that are left over at the edges, and rounding.
    """
    factor = max(image.size) // _DRAFT_PX
    return _blendable(image).reduce(factor) if factor > 1 else image


def rgb(image: "Image.Image") -> Floats:
    """Red, green and blue, (H, W, 3), 0 to 1; the three are equal for shades of grey."""
    if _is_deep(image):
        return np.repeat(_deep(image)[..., np.newaxis], 3, axis=2)
    return np.asarray(image.convert("RGB"), np.float32) / _WHITE


def grey(image: "Image.Image") -> Floats:
    """Levels of grey, (H, W), 0 to 1."""
    if _is_deep(image):
        return _deep(image)
    if image.mode in {"1", "L", "LA"}:
        return np.asarray(image.convert("L"), np.float32) / _WHITE
    levels: Floats = rgb(image) @ _LUMA
    return levels


def grey_bytes(image: "Image.Image") -> npt.NDArray[np.uint8]:
    """Levels of grey, (H, W), 0 to 255, rounded."""
    if _is_deep(image):
        return np.rint(_deep(image) * 255).astype(np.uint8)
    return np.asarray(_blendable(image).convert("L"))


def level_counts(image: "Image.Image") -> npt.NDArray[np.int64]:
    """Count the pixels of each level of grey: (256,)."""
    if _is_deep(image):
        return np.bincount(grey_bytes(image).ravel(), minlength=256).astype(np.int64)
    return np.array(_blendable(image).convert("L").histogram(), np.int64)


def _is_deep(image: "Image.Image") -> bool:
    """Whether a pixel is one number of more than eight bits."""
    return image.mode.startswith("I") or image.mode == "F"


def _deep(image: "Image.Image") -> Floats:
    scale = np.float32(1 if image.mode == "F" else 65535)
    levels: Floats = np.asarray(image).astype(np.float32) / scale
    return np.clip(np.nan_to_num(levels), 0, 1)


def _blendable(image: "Image.Image") -> "Image.Image":
    """Bring an image into a mode whose pixels can be averaged."""
    if image.mode.startswith("I;16"):
        return image.convert("I")
    if image.mode in {"1", "LA"}:
        return image.convert("L")
    return image if image.mode in {"L", "RGB", "I", "F"} else image.convert("RGB")
