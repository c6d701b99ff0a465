"""The size in the first directory of a TIFF file."""

from typing import IO

from framegrid.images.exif.tags import Tags
from framegrid.images.formats.headers.declaration import Declared, orientation_of

_WIDTH, _HEIGHT = 0x0100, 0x0101
_LARGEST = 2**31


def declared(file: IO[bytes]) -> Declared | None:
    """Read the two tags that hold the size, and the orientation."""
    tags = Tags.of_file(file)
    width, height = (int(tags.positive(tag, _LARGEST) or 0) for tag in (_WIDTH, _HEIGHT))
    return Declared(width, height, orientation_of(tags), tags) if width and height else None
