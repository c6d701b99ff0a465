"""Images that are on the web."""

from collections.abc import Sequence
from typing import IO

from framegrid import remote
from framegrid.base import BrokenImageError
from framegrid.images.sources.local_files import empty
from framegrid.images.sources.states import FileState, number_of
from framegrid.remote import Locator

_HEADER_BYTES = 1 << 16
"""Asked for of an image whose header is wanted: most have it all in there."""


def open_image(locator: Locator, buffering: int) -> IO[bytes]:
    """Open a web image, see ``Source``; read whole, unless only a header is wanted."""
    try:
        file = remote.open_web(locator.container, _HEADER_BYTES if buffering < 0 else None)
    except (ValueError, OSError, ImportError) as error:  # in the browser there is no encryption
        raise BrokenImageError(str(error)) from error
    if not file.read(1):
        raise empty()
    file.seek(0)
    return file


def states(locators: Sequence[Locator]) -> list[FileState | None]:
    """The states of web images, see ``Source``: what their servers say, a few asked at a time."""
    try:
        found = remote.web_statuses([locator.container for locator in locators])
    except ImportError:
        return [None] * len(locators)
    return [status and FileState(number_of(status.version), status.size) for status in found]


def file_name(locator: Locator) -> str:
    """The last part of the path, as people read it."""
    return remote.web_name(locator.container)


def said(locator: Locator) -> str:
    """The URL without its query, in which keys and signatures are."""
    return remote.without_query(locator.container)
