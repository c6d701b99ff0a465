"""Images that are objects on object storage."""

from collections.abc import Sequence
from typing import IO

from framegrid import remote
from framegrid.base import BrokenImageError
from framegrid.images.sources.local_files import empty, last_part
from framegrid.images.sources.states import FileState, number_of
from framegrid.remote import Locator

_FIRST_RANGE = 1 << 16
"""Bytes asked for at first of an object whose header is wanted: most have it all in there."""


def open_image(locator: Locator, buffering: int) -> IO[bytes]:
    """Open an object, see ``Source``: read in ranges."""
    return open_object(locator.container, buffering)


def states(locators: Sequence[Locator]) -> list[FileState | None]:
    """The states of objects, asked for at the same time, see ``Source``."""
    return states_of_objects([locator.container for locator in locators])


def file_name(locator: Locator) -> str:
    """The last part of the URL."""
    return last_part(locator.container)


def said(locator: Locator) -> str:
    """The URL."""
    return locator.container


def open_object(url: str, buffering: int = -1) -> IO[bytes]:
    """Open an object with something in it.

    Raises:
        BrokenImageError: it is empty, or a URL that is not opened.
        OSError: it cannot be read.
    """
    try:
        file = remote.open_object(url, max(4 * buffering, _FIRST_RANGE))
    except (ValueError, ImportError) as error:
        raise BrokenImageError(str(error)) from error
    if not file.read(1):
        raise empty()
    file.seek(0)
    return file


def states_of_objects(urls: Sequence[str]) -> list[FileState | None]:
    """The states of objects, None for those that cannot be had."""
    found = remote.statuses(urls) if urls else ()
    return [status and FileState(number_of(status.version), status.size) for status in found]
