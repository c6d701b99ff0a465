"""Image files where they are: finding, opening, telling changes."""

from framegrid.images.sources.image_files import file_states
from framegrid.images.sources.states import FileState, number_of

__all__ = ["FileState", "file_states", "number_of"]
