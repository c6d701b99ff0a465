"""The files and objects that images are parts of: opened and looked at as images are."""

from collections.abc import Sequence
from typing import IO

from framegrid import remote
from framegrid.images.sources.local_files import last_part, open_regular, state_of_file
from framegrid.images.sources.objects import open_object, states_of_objects
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator


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
