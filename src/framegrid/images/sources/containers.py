"""The files and objects that images are parts of: opened and looked at as images are."""

from collections.abc import Sequence
from contextlib import suppress
from io import SEEK_END
from typing import IO
from zlib import crc32

from framegrid import remote
from framegrid.base import BrokenImageError
from framegrid.images.sources.local_files import last_part, open_regular, state_of_file
from framegrid.images.sources.objects import open_object, states_of_objects
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator

_END_BYTES = 1 << 16
"""In which the footer of a Parquet file ends, and the directory of a zip."""


def open_container(locator: Locator, buffering: int = -1) -> IO[bytes]:
    """Open the file or object that an image is a part of: regular, allowed, able to seek.

    Raises:
        BrokenImageError: it is none; its message is a short reason.
        OSError: it cannot be read.
    """
    path = locator.container
    return open_object(path, buffering) if remote.is_url(path) else open_regular(path, buffering)


def container_states(locators: Sequence[Locator]) -> list[FileState | None]:
    """The state of what each image is a part of; each file is looked at once."""
    paths = list(dict.fromkeys(locator.container for locator in locators))
    urls = [path for path in paths if remote.is_url(path)]
    found = dict(zip(urls, states_of_objects(urls), strict=True))
    found |= {path: state_of_file(path) for path in paths if path not in found}
    return [found[locator.container] for locator in locators]


def container_name(locator: Locator) -> str:
    """The name of the file or object that an image is a part of."""
    return last_part(locator.container)


def content_mark(path: str) -> int | None:
    """A number for what the file or object at a path holds; None where that cannot be read.

    Of a file its ends and its size tell, so that a copy has the same; of an object its entity tag.
    """
    with suppress(BrokenImageError, OSError):
        if remote.is_url(path):
            (state,) = states_of_objects([path])
            return state and crc32(f"{state.size} {state.version}".encode())
        with open_regular(path) as file:
            size = file.seek(0, SEEK_END)
            mark = crc32(str(size).encode())
            for start in (0, max(0, size - _END_BYTES)):
                file.seek(start)
                mark = crc32(file.read(_END_BYTES), mark)
            return mark
    return None
