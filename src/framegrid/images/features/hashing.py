"""A hash that images which look alike have in common, all or most of it."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from framegrid.images.features.combining import gives
from framegrid.images.features.planes import Floats, draft, grey

if TYPE_CHECKING:
    from PIL import Image

_PX = 32
_FREQUENCIES = np.arange(1, 9)  # the zeroth is brightness


@gives("perceptual_hash")
def perceptual_hash(image: "Image.Image") -> dict[str, str]:
    """Compute the pHash of an image: 64 bits that survive resizing, recompression and exposure.

    Levels of grey, averaged down to 32 x 32, go through a cosine transform; each bit tells whether
    one of the 8 x 8 lowest frequencies, the zeroth left out, is above their median. Copies of an
    image differ in few bits (0 to 4, see ``near_duplicates``), unrelated images in about 32.
    Rotated, mirrored or cropped copies are not recognised.

    Zauner: "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010.

    Returns:
        ``perceptual_hash``: 16 hexadecimal digits; all 0 for an image of one level of grey.
    """
    levels = _shrunk(grey(draft(image)))
    waves = np.cos(np.pi / _PX * np.outer(_FREQUENCIES, np.arange(_PX) + 0.5))
    strengths = (waves @ levels @ waves.T).round(6)  # without the noise of computing
    bits = np.packbits(strengths > np.median(strengths))
    return {"perceptual_hash": bits.tobytes().hex()}


def _shrunk(levels: Floats) -> npt.NDArray[np.float64]:
    """Average (H, W) levels down, or stretch them up, to 32 x 32; pixels on borders are shared."""
    rows, columns = (_shares(length) for length in levels.shape)
    shrunk: npt.NDArray[np.float64] = rows @ levels @ columns.T
    return shrunk


def _shares(length: int) -> npt.NDArray[np.float64]:
    """The weight of each of `length` pixels in each of the 32: (32, length)."""
    edges = np.arange(_PX + 1)[:, np.newaxis] * (length / _PX)
    below = np.clip(edges - np.arange(length), 0, 1)  # how much of a pixel lies before an edge
    shares: npt.NDArray[np.float64] = np.diff(below, axis=0) * (_PX / length)
    return shares
