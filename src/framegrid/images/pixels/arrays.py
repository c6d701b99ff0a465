"""Arrays of any library as pictures: which axis is which, and pixels of eight or sixteen bits."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PIL import Image

from framegrid.base import BrokenImageError, brief
from framegrid.images.pixels.broken import check_pixels

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[Any]

_CHANNELS = (1, 3, 4)
_WANTED = "pixels are (height, width) or (height, width, 1, 3 or 4)"


class Note(StrEnum):
    """What was done to pixels that no image file could have kept as they are."""

    STRETCHED = "of float pixels beyond [0, 1], stretched from their least to their greatest"
    NOT_FINITE = "with pixels that are no finite number: NaN shown black, infinity as the extreme"
    COLOUR_16 = "of 16 bits a colour channel, of which the upper 8 were kept"


Notes = tuple[Note, ...]


def has_pixels(value: object) -> bool:
    """Whether it is an array, or gives one: numpy's, tensors, whatever has ``__array__``."""
    return hasattr(type(value), "__array__")


def is_picture(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape can be one picture, and not a stack of them."""
    return len(shape) == 2 or (len(shape) == 3 and (shape[2] in _CHANNELS or shape[0] in (1, 3)))


def array_of(value: Any) -> "Pixels":
    """The array of anything that has ``__array__``; tensors are taken off their graph and device.

    Raises:
        BrokenImageError: it gives none.
    """
    import numpy as np  # noqa: PLC0415 - workers that make thumbnails do without

    try:
        for leave in ("detach", "cpu"):
            value = getattr(value, leave, lambda value=value: value)()
        return np.asarray(value)
    except Exception as error:
        raise BrokenImageError(f"gives no array: {brief(error)}") from error


def pixels_of(value: Any) -> tuple[Image.Image, Notes]:
    """An array or tensor as a picture, and what had to be done to it.

    Args:
        value: (H, W) or (H, W, 1 | 3 | 4), uint8, uint16, bool or float; (3, H, W) and (1, H, W)
            are recognised, of tensors before all else. Floats in [0, 1] are taken as they are,
            others are stretched.

    Raises:
        BrokenImageError: it has another shape or dtype, nothing in it, or more pixels than may be
            decoded.
    """
    pixels = _upright_axes(array_of(value), is_tensor=hasattr(value, "detach"))
    if not pixels.size:
        raise BrokenImageError(f"an empty array: its shape is {pixels.shape}")
    check_pixels((pixels.shape[1], pixels.shape[0]))
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    return _to_image(pixels)


def _upright_axes(pixels: "Pixels", *, is_tensor: bool) -> "Pixels":
    """The channels last."""
    shape = pixels.shape
    if not is_picture(shape) and not (is_tensor and len(shape) == 3 and shape[0] in _CHANNELS):
        raise BrokenImageError(f"an array of shape {brief(shape)}: {_WANTED}")
    if pixels.ndim == 3 and shape[0] in _CHANNELS and (is_tensor or shape[2] not in _CHANNELS):
        return pixels.transpose(1, 2, 0)
    return pixels


def _to_image(pixels: "Pixels") -> tuple[Image.Image, Notes]:
    kind = pixels.dtype.kind if pixels.dtype.kind in "bf" else pixels.dtype.name
    make = _MAKERS.get(kind)
    if make is None:
        raise BrokenImageError(
            f"pixels of type {pixels.dtype}: convert them to uint8, uint16, bool or float"
        )
    made, notes = make(pixels)
    return _image(made), notes


def _image(pixels: "Pixels") -> Image.Image:
    import numpy as np  # noqa: PLC0415 - see above

    return Image.fromarray(np.ascontiguousarray(pixels))


def _of_bool(pixels: "Pixels") -> tuple["Pixels", Notes]:
    return pixels.astype("uint8") * 255, ()


def _of_uint8(pixels: "Pixels") -> tuple["Pixels", Notes]:
    return pixels, ()


def _of_uint16(pixels: "Pixels") -> tuple["Pixels", Notes]:
    pixels = pixels.astype("uint16")  # in the byte order of this machine
    return (pixels, ()) if pixels.ndim == 2 else ((pixels >> 8).astype("uint8"), (Note.COLOUR_16,))


def _of_float(pixels: "Pixels") -> tuple["Pixels", Notes]:
    """Scale to 0..255: [0, 1] as it is, anything else from its least to its greatest."""
    import numpy as np  # noqa: PLC0415 - see above

    values = pixels.astype(np.float64)
    finite = values[np.isfinite(values)]
    if not finite.size:
        raise BrokenImageError("none of its pixels is a finite number")
    low, high, notes = 0.0, 1.0, () if finite.size == values.size else (Note.NOT_FINITE,)
    if finite.min() < 0 or finite.max() > 1:
        low, high = finite.min(), finite.max()
        notes = (Note.STRETCHED, *notes)
    return _scaled(values, low, high), notes


def _scaled(values: "Pixels", low: "float | np.float64", high: "float | np.float64") -> "Pixels":
    import numpy as np  # noqa: PLC0415 - see above

    values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    width = high / 2 - low / 2  # halves, as the difference of the largest numbers is none
    scaled = (values / 2 - low / 2) / width if width > 0 else np.zeros_like(values)
    grey: Pixels = np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8)
    return grey


_MAKERS: dict[str, Callable[["Pixels"], tuple["Pixels", Notes]]] = {
    "b": _of_bool,
    "f": _of_float,
    "uint8": _of_uint8,
    "uint16": _of_uint16,
}
