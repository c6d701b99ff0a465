"""Images on their way to other processes: some go with their bytes, rather than as locators.

Where reading one image means reading others, as in a Parquet file, the process that asks reads for
all its workers, each part of a file once. And what lies in its memory no other process finds.
"""

from framegrid.base import BrokenImageError
from framegrid.images.pixels.broken import with_reasons
from framegrid.images.sources.image_files import is_here_only, open_file
from framegrid.images.sources.unsaved import Carried, carried

_WITH_BYTES = "parquet://"


def sent(path: str) -> str:
    """The locator of an image for a worker process, which may bring the bytes along."""
    if not isinstance(path, str):  # as a dataset may have it, which is told by who opens it
        return path
    is_read_here = path.startswith(_WITH_BYTES) or is_here_only(path)
    return Sent(path) if is_read_here else carried(path)


class Sent(str):
    """A locator whose image is read when this is pickled."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[Carried], tuple[str, bytes, str]]:
        """Travel as bytes, or as the reason why there are none."""
        path = str(self)
        try:
            with with_reasons(), open_file(path) as file:
                return Carried, (path, file.read(), "")
        except BrokenImageError as error:
            return Carried, (path, b"", str(error))
