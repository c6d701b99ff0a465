"""What travels to the workers: a function as people write them, and paths instead of pixels."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import cloudpickle

from framegrid import remote
from framegrid.base import BrokenImageError, limits
from framegrid.images import pixels
from framegrid.images.workers.process import WorkerError
from framegrid.images.workers.serving import bounded, user_modules

if TYPE_CHECKING:
    from PIL import Image

Function = Callable[["Image.Image"], Mapping[str, Any]]
"""What a user wants of an image: values by metadata key."""

Outcome = dict[str, Any] | str
"""What the function gave for an image, or the reason why it gave nothing."""

_REASON_LENGTH = 200


class Portable:
    """A function that any executor can send, those of a notebook's cells included.

    Executors send a function by its name, and a cell is no module that a worker could import it
    from: pickling this sends the code itself. Threads get the very function.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.allowed: tuple[str, ...] = ()

    @cached_property
    def code(self) -> bytes:
        """The pickled function; modules that are installed are only named in it.

        Raises:
            TypeError, pickle.PicklingError: it holds something that cannot be pickled.
        """
        return bytes(cloudpickle.dumps(self.function))

    def __reduce__(self) -> tuple[Callable[..., "Portable"], tuple[Any, ...]]:
        """Travel as code, with what may be opened, and what decoding may take."""
        return _restored, (self.code, tuple(remote.allowed()), tuple(limits.as_dict().items()))

    def __dask_tokenize__(self) -> str:
        """Never be the same twice: dask gives known results again, but files change."""
        return uuid.uuid4().hex


@lru_cache(maxsize=4)  # a function may hold a model, which is not to be unpacked for every batch
def _restored(
    code: bytes, allowed: tuple[str, ...], limited: tuple[tuple[str, float], ...]
) -> Portable:
    limits.set(dict(limited))
    with user_modules():
        portable = Portable(cloudpickle.loads(code))
    portable.allowed = allowed
    return portable


def apply_each(portable: Portable, paths: Sequence[str]) -> list[Outcome]:
    """The outcome for each image file; runs in the workers."""
    with remote.with_permission(portable.allowed):
        return [_apply(portable.function, path) for path in paths]


def _apply(function: Function, path: str) -> Outcome:
    try:
        with bounded():
            image = pixels.open_upright(path)
    except BrokenImageError as error:
        return str(error)
    try:
        with user_modules():
            values = function(image)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - costs this image, not the others
        return reason_of(error)
    if isinstance(values, Mapping):
        return dict(values)
    return f"the function gave {type(values).__name__}, not a dict of values by metadata key"


def reason_of(error: BaseException) -> str:
    """Put what went wrong with an image into one line."""
    kind = "" if isinstance(error, WorkerError) else f"{type(error).__name__}: "
    line = " ".join(f"{kind}{error}".split())
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"
