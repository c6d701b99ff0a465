"""Image files: finding them, reading their sizes, and turning them into pixels and thumbnails.

The only room that knows Pillow. It changes nothing in Pillow's global state, which is the user's,
and every failure of a file is a `BrokenImageError` whose message is a short reason.
"""

from framegrid.images.encoding import Encoded, picture, thumbnail
from framegrid.images.files import FileState, file_states, is_here_only, missing_files
from framegrid.images.finding import find_images, find_objects
from framegrid.images.formats import EXTENSIONS, load_formats
from framegrid.images.montage import montage
from framegrid.images.reading import Header, open_upright, read_header

__all__ = [
    "EXTENSIONS",
    "Encoded",
    "FileState",
    "Header",
    "file_states",
    "find_images",
    "find_objects",
    "is_here_only",
    "load_formats",
    "missing_files",
    "montage",
    "open_upright",
    "picture",
    "read_header",
    "thumbnail",
]
