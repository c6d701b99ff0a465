"""What every kind of locator has to offer; one module each, and a row in ``image_files``."""

from collections.abc import Sequence
from typing import IO, Protocol

from framegrid.images.sources.states import FileState
from framegrid.remote import Locator


class Source(Protocol):
    """Where images of one kind of locator come from.

    Locators may come from a stranger's dataset: a source reads nothing but a regular file here, or
    what the user allowed, takes bounded memory and time, and waits for no pipe.
    """

    def open_image(self, locator: Locator, buffering: int, /) -> IO[bytes]:
        """Open an image for reading: a binary file that can seek.

        Args:
            locator: where it is.
            buffering: bytes to read at once; -1 for few, enough for most headers.

        Raises:
            BrokenImageError: there is none; its message is a short reason.
            OSError: it cannot be read.
        """

    def states(self, locators: Sequence[Locator], /) -> list[FileState | None]:
        """The state of each image, None where there is none; never an exception."""

    def file_name(self, locator: Locator, /) -> str:
        """The name that an image has by its locator alone, without a look at any file."""

    def said(self, locator: Locator, /) -> str:
        """Where an image is, in a few words: ``a/b.jpg in photos.zip``."""
