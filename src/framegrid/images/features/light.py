"""How bright and how colourful an image is."""

from typing import TYPE_CHECKING

import numpy as np

from framegrid.images.features.combining import gives
from framegrid.images.features.planes import draft, grey, rgb

if TYPE_CHECKING:
    from PIL import Image


@gives("luminance")
def luminance(image: "Image.Image") -> dict[str, float]:
    """Measure how bright an image is: the mean level of grey, 0 (black) to 1 (white).

    Large images are averaged down first, to 512 to 1023 px on the longer edge, which does not
    change a mean.

    Returns:
        ``luminance``.
    """
    return {"luminance": float(grey(draft(image)).mean(dtype=np.float64))}


@gives("contrast")
def contrast(image: "Image.Image") -> dict[str, float]:
    """Measure the RMS contrast: the standard deviation of the levels of grey, 0 to 0.5.

    Large images are averaged down first, to 512 to 1023 px on the longer edge: finer detail and
    noise do not count, so that images of different cameras compare.

    Returns:
        ``contrast``.
    """
    return {"contrast": float(grey(draft(image)).std(dtype=np.float64))}


@gives("red_ratio", "green_ratio", "blue_ratio")
def colour_ratios(image: "Image.Image") -> dict[str, float]:
    """Measure the shares of red, green and blue in the light of an image, which sum to 1.

    They are the means of the channels, divided by their sum; a third each for shades of grey and
    for an image that is all black. Large images are averaged down first, to 512 to 1023 px on the
    longer edge, which does not change a mean.

    Returns:
        ``red_ratio``, ``green_ratio`` and ``blue_ratio``.
    """
    means = rgb(draft(image)).mean(axis=(0, 1), dtype=np.float64)
    red, green, blue = (means / means.sum() if means.any() else np.full(3, 1 / 3)).tolist()
    return {"red_ratio": red, "green_ratio": green, "blue_ratio": blue}
