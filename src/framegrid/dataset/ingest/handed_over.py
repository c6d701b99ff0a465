"""Pictures that were handed over, as what the dataset will name: files, or bytes of its own."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import pandas as pd

from framegrid import images
from framegrid.base import BrokenImageError, brief, threads
from framegrid.dataset.ingest.sizes import Size
from framegrid.dataset.matching.paths import located
from framegrid.dataset.reports.progress import bar

MOST_BYTES = 2_000_000_000
"""Pictures in memory until they are saved, of one dataset."""

_THREADS = 4  # Pillow lets go of the interpreter while it encodes
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Picture:
    """One of the pictures that were handed over.

    Attributes:
        place: its position among them.
        path: the locator of a file or a URL; "" if it is bytes.
        data: the bytes of an image file.
        name: what it is called; "" where nothing says so.
        size: as displayed, None if it was not looked at.
        extension: that of its format, with the dot.
    """

    place: int
    path: str = ""
    data: bytes = b""
    name: str = ""
    size: Size | None = None
    extension: str = ""


@dataclass(slots=True)
class Taken:
    """What of the pictures that were handed over can be taken.

    Attributes:
        pictures: those, in their order.
        broken: by position, why the others cannot.
        notes: what was done to pixels, and to how many.
    """

    pictures: list[Picture] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def cells(self) -> list[tuple[bytes, str]]:
        """Bytes and name of those that are no files, in their order."""
        return [(picture.data, picture.name) for picture in self.pictures if not picture.path]

    def locators(self, cells: Iterable[str]) -> list[str]:
        """The locator of each picture, once those of the cells are known."""
        rest = iter(cells)
        return [picture.path or next(rest) for picture in self.pictures]


def take(given: Collection[Any], names: Sequence[str] | None, *, held: int, first: int) -> Taken:
    """Look at all that was handed over; what cannot be taken costs only itself.

    Args:
        given: paths, URLs, bytes, PIL images, arrays, tensors.
        names: what they are called; None for what they say themselves, or numbers.
        held: bytes of pictures that the dataset has in memory already.
        first: the number of the first that has no name.

    Raises:
        ValueError: all together are more than may be in memory.
    """
    taken, size = Taken(), held
    for place, found in enumerate(_looked_at(bar("taking", len(given), shown=True, items=given))):
        if isinstance(found, str):
            taken.broken[place] = found
            continue
        picture, notes = found
        size += len(picture.data)
        if size > MOST_BYTES:
            raise _too_much(place)
        taken.pictures.append(_named(picture, place, names, first))
        taken.notes.update(note.value for note in notes)
    return taken


def _looked_at(given: Iterable[Any]) -> Iterator[tuple[Picture, images.Notes] | str]:
    """Each picture, or why there is none, a few at a time."""
    items = iter(given)
    with threads.pool(_THREADS, "framegrid-taking") as pool:
        while some := list(islice(items, _AT_ONCE)):
            yield from pool.map(_look_at, some)


def _look_at(value: Any) -> tuple[Picture, images.Notes] | str:
    try:
        if (path := path_in(value)) is not None:
            return Picture(0, located(path)), ()
        if isinstance(value, BaseException):  # in the place of what could not be had
            return f"{type(value).__name__}: {value}"
        made = images.encoded_of(value)
        name = os.path.basename(made.name.replace("\\", "/"))  # noqa: PTH119 - of any system
        header = images.read_header(images.Carried(name, made.data))
    except (BrokenImageError, OSError, ValueError) as error:
        return str(error)
    size, extension = (header.width, header.height), images.usual_extension(header.format)
    return Picture(0, "", made.data, name, size, extension), made.notes


def path_in(value: Any) -> str | None:
    """The path or URL that a value is, or a struct without bytes has; None of others."""
    if isinstance(value, dict) and value.get("bytes") is None:
        value = value.get("path")
    if not isinstance(value, str | os.PathLike):
        return None
    path = os.fspath(value)
    return path if isinstance(path, str) and path else None


def _named(picture: Picture, place: int, names: Sequence[str] | None, first: int) -> Picture:
    name = names[place] if names is not None else picture.name
    if not name and not picture.path:
        name = f"image-{first + place}{picture.extension}"
    return replace(picture, place=place, name=name)


def _too_much(place: int) -> ValueError:
    return ValueError(
        f"the first {place + 1:,} pictures are more than the {MOST_BYTES / 1e9:g} GB that a "
        "dataset may hold in memory; nothing was added. Add them in several calls to a dataset on "
        "disk, as made by ImageDataset.create('photos'), or hand over their paths"
    )


def listed(given: Any) -> Collection[Any]:
    """What was handed over as pictures one after the other: one picture, a stack, or many.

    Raises:
        TypeError: it is nothing to go through, or a text, which can only be one path.
    """
    if isinstance(given, str | os.PathLike):
        raise TypeError(
            f"images is a list, got the path {brief(given)}: pass [{brief(given)}], or call "
            "add_images_from_path for a folder, a glob or an archive"
        )
    if isinstance(given, pd.DataFrame):
        raise TypeError("images is a list, got a DataFrame: ImageDataset.from_dataframe takes it")
    if is_one(given):
        return [given]
    if not isinstance(given, Iterable) and not hasattr(type(given), "__getitem__"):
        raise TypeError(f"images is a list of pictures or paths, got {brief(given)}")
    return given if hasattr(given, "__len__") else list(given)


def is_one(given: Any) -> bool:
    """Whether it is one picture, and no stack of them."""
    if images.has_pixels(given):
        return images.is_picture(tuple(getattr(given, "shape", ())))
    return images.is_pixels(given)
