"""Image files: finding them, reading their sizes, and turning them into pixels and thumbnails.

The only room that knows Pillow. It changes nothing in Pillow's global state, which is the user's,
and every failure of a file is a `BrokenImageError` whose message is a short reason.
"""

from framegrid.images.encoding import Encoded, picture, thumbnail
from framegrid.images.finding import find_images
from framegrid.images.formats import EXTENSIONS
from framegrid.images.montage import montage
from framegrid.images.reading import Header, open_upright, read_header

__all__ = [
    "EXTENSIONS",
    "Encoded",
    "Header",
    "find_images",
    "montage",
    "open_upright",
    "picture",
    "read_header",
    "thumbnail",
]
