"""The place of a path or a URL: a file, or an object on object storage."""

from framegrid.storage.files.dataset_files import Location
from framegrid.storage.places.file import FilePlace
from framegrid.storage.places.object import ObjectPlace


def place_at(location: Location) -> FilePlace | ObjectPlace:
    """The place with a path, or with a URL."""
    return ObjectPlace(location) if isinstance(location, str) else FilePlace(location)
