"""Sizes of image files from the few bytes that tell them, whatever else is in the file.

Pillow reads some formats as a whole when it opens them, and of others all that stands before the
pixels. A folder of a stranger's may hold files of gigabytes that are made for that, so the size is
read here: what is skipped is not read, and what is counted is not allocated.
"""

from collections.abc import Callable
from typing import IO

from framegrid.images.formats.headers import boxes, jpeg, jpeg_xl, png, tiff, webp
from framegrid.images.formats.headers.declaration import Declared

__all__ = ["Declared", "declared"]

_READERS: dict[str, Callable[[IO[bytes]], Declared | None]] = {
    "JPEG": jpeg.declared,
    "PNG": png.declared,
    "WEBP": webp.declared,
    "TIFF": tiff.declared,
    "AVIF": boxes.avif,
    "HEIF": boxes.heif,
    "JXL": jpeg_xl.declared,
}


def declared(file: IO[bytes], name: str) -> Declared | None:
    """Read what the header of a file of a format says; None where it is not understood.

    Args:
        file: open for reading, at any position.
        name: Pillow's name of the format.

    Raises:
        EOFError: the file ends before its header does.
        ValueError: the header contradicts itself.
        OSError: the file cannot be read.
    """
    reader = _READERS.get(name)
    if reader is None:
        return None
    file.seek(0)
    return reader(file)
