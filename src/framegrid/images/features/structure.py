"""How sharp, how busy and of what shape an image is."""

from typing import TYPE_CHECKING

import numpy as np

from framegrid.images.features.combining import gives
from framegrid.images.features.planes import Floats, grey_bytes, level_counts

if TYPE_CHECKING:
    from PIL import Image

_ROWS = 64  # at a time, so that they stay in the processor's cache


@gives("sharpness")
def sharpness(image: "Image.Image") -> dict[str, float]:
    """Measure how sharp an image is: the variance of its Laplacian, 0 when there is no edge.

    Levels of grey are 0 to 255 here and the Laplacian is that of four neighbours, so that numbers
    are those of ``cv2.Laplacian(grey, cv2.CV_64F).var()`` but for the outermost pixels. All pixels
    count, at full resolution, since averaging them would hide the blur: compare images of about
    the same size. Noise counts as sharpness.

    Pech-Pacheco, Cristobal, Chamorro-Martinez, Fernandez-Valdivia: "Diatom autofocusing in
    brightfield microscopy: a comparative study", ICPR 2000.

    Returns:
        ``sharpness``; 0 for an image of less than 3 px in width or height.
    """
    levels = grey_bytes(image)
    height, width = levels.shape
    if min(height, width) < 3:
        return {"sharpness": 0.0}
    count, total, squares = (height - 2) * (width - 2), 0.0, 0.0
    for top in range(0, height - 2, _ROWS):
        laplacian = _laplacian(levels[top : top + _ROWS + 2].astype(np.float32)).ravel()
        total += float(laplacian.sum(dtype=np.float64))
        squares += float(np.square(laplacian).sum(dtype=np.float64))
    return {"sharpness": squares / count - (total / count) ** 2}


@gives("entropy")
def entropy(image: "Image.Image") -> dict[str, float]:
    """Measure how busy an image is: the entropy of its 256 levels of grey, 0 to 8 bits.

    All pixels count, at full resolution.

    Shannon: "A Mathematical Theory of Communication", 1948.

    Returns:
        ``entropy``, in bits; 0 for an image of one level of grey.
    """
    counts = level_counts(image)
    shares = counts[counts > 0] / counts.sum()
    return {"entropy": float(-(shares * np.log2(shares)).sum()) + 0.0}


@gives("aspect_ratio")
def aspect_ratio(image: "Image.Image") -> dict[str, float]:
    """The width of an image divided by its height, as displayed.

    Returns:
        ``aspect_ratio``: above 1 for landscape, below 1 for portrait.
    """
    return {"aspect_ratio": image.width / image.height}


def _laplacian(levels: Floats) -> Floats:
    """Sum of the four neighbours less four times the pixel: (H - 2, W - 2)."""
    above, below, left, right = (
        levels[:-2, 1:-1],
        levels[2:, 1:-1],
        levels[1:-1, :-2],
        levels[1:-1, 2:],
    )
    return above + below + left + right - 4 * levels[1:-1, 1:-1]
