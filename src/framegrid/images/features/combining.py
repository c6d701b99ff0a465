"""Several features of an image at once, and the keys that features give."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from PIL import Image

Feature = Callable[["Image.Image"], Mapping[str, Any]]
"""A function of an image that gives values by metadata key."""

_Feature = TypeVar("_Feature", bound=Feature)


def gives(*keys: str) -> Callable[[_Feature], _Feature]:
    """Note on a function the keys that it gives, for ``compute_metadata`` to know them."""

    def note(function: _Feature) -> _Feature:
        function.keys_given = keys  # type: ignore[attr-defined]
        return function

    return note


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

    combined.parts = functions  # type: ignore[attr-defined]  # each makes its keys
    given = [getattr(function, "keys_given", ()) for function in functions]
    if not all(given):  # then not all keys are known
        return combined
    return gives(*dict.fromkeys(key for keys in given for key in keys))(combined)
