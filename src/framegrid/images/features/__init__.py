"""What everybody wants to know of images, as functions for ``dataset.compute_metadata``.

Each takes a ``PIL.Image`` and gives a dict; ``combine`` makes one function of several, so that an
image is decoded only once. Levels of grey are Rec. 601 luma, from 0 (black) to 1 (white) unless
said otherwise: 16-bit images are scaled by their range, floating-point images are taken to be in
0 to 1. Transparency is ignored.

Example:
    ```python
    from framegrid.images import features

    measure = features.combine(features.luminance, features.sharpness, features.perceptual_hash)
    dataset.compute_metadata(measure, keys=["luminance", "sharpness", "perceptual_hash"])
    groups = features.near_duplicates(dataset.df)
    dataset.update_metadata(groups.to_frame())
    ```
"""

from framegrid.images.features.combining import Feature, combine
from framegrid.images.features.duplicates import near_duplicates
from framegrid.images.features.hashing import perceptual_hash
from framegrid.images.features.light import colour_ratios, contrast, luminance
from framegrid.images.features.structure import aspect_ratio, entropy, sharpness

__all__ = [
    "Feature",
    "aspect_ratio",
    "colour_ratios",
    "combine",
    "contrast",
    "entropy",
    "luminance",
    "near_duplicates",
    "perceptual_hash",
    "sharpness",
]
