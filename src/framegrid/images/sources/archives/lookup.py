"""The index of an archive, by what is imported once there is an archive."""

from collections.abc import Collection

from framegrid.images.sources.archives.members import Gathered
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator


def index_of(locator: Locator, names: Collection[str] | None = None) -> tuple[Gathered, FileState]:
    """The members of these names, or all, of an archive, and its state, see ``Indexes.of``."""
    from framegrid.images.sources.archives.index import indexes  # noqa: PLC0415 - with SQLite

    return indexes().of(locator, names)
