"""A dataset in memory, until it is saved."""

from operator import call
from typing import Any, cast

from framegrid.storage.journal.chain import beginning
from framegrid.storage.journal.journal import Journal
from framegrid.storage.places.place import Loaded, Place
from framegrid.storage.records.own_images import OwnImages
from framegrid.storage.table.table import Table
from framegrid.storage.undo.history import History


class MemoryPlace(Place):
    """A table without files: nobody else edits it, and nothing of it is kept."""

    path: None = None
    images = OwnImages(None)

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self) -> Loaded:
        """The table itself."""
        return Loaded(b"", beginning(b""), self._table, History())

    def open_journal(self, loaded: Loaded, **options: Any) -> Journal:  # noqa: ARG002
        """A journal that keeps nothing."""
        return cast(Journal, _NoJournal())

    def check_free(self) -> None:
        """Nothing is in the way."""

    def new_part(self, *_: Any) -> Any:
        """Nothing, which no store asks for."""
        raise NotImplementedError

    def create(self, *_: Any, **__: Any) -> None:
        """Nothing: there are no files."""

    def replacing(self, *_: Any) -> Any:
        """Nothing, which no store asks for."""
        raise NotImplementedError


class _NoJournal:
    """What edits ask of a journal, where there is none: C functions, as all edits call them."""

    settled = True
    exclusively = call
    has_news = is_behind = bool  # False
