"""Several features of an image at once."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

Feature = Callable[["Image.Image"], Mapping[str, Any]]
"""A function of an image that gives values by metadata key."""


def combine(*functions: Feature) -> Feature:
    """Make one function of several, which gives all their values; of equal keys the last wins.

    Args:
        functions: of this module or your own; an image is decoded once for all of them.

    Example:
        ```python
        dataset.compute_metadata(fg.features.combine(fg.features.luminance, fg.features.entropy))
        ```
    """

    def combined(image: "Image.Image") -> dict[str, Any]:
        return {key: value for function in functions for key, value in function(image).items()}

    return combined
