"""A dataset in memory, until it is saved."""

from collections.abc import Callable
from pathlib import Path
from time import time_ns

from framegrid.errors import ReadOnlyDatasetError
from framegrid.store.disk import Store
from framegrid.store.files import Place
from framegrid.store.history import History
from framegrid.store.ledger import Ledger
from framegrid.store.objects import kind_of
from framegrid.store.records import encode
from framegrid.table import Change, Table, size_of


class MemoryStore(Ledger):
    """A table without files, with the interface of ``Store``.

    Attributes:
        path: None, as there is no file.
        origin: what it is a part of, which is why it is read-only; None if it is not.
    """

    path: None = None

    def __init__(self, table: Table | None = None, origin: Path | None = None) -> None:
        """Hold a table, or an empty one."""
        super().__init__(Table() if table is None else table, History())
        self.origin = origin

    @property
    def table(self) -> Table:
        """The table."""
        return self._table

    @property
    def read_only(self) -> bool:
        """Whether edits are refused: a part that changed would not be one any more."""
        return self.origin is not None

    def commit(self, build: Callable[[Table], Change | None]) -> Change | None:
        """Make the edit that ``build`` gives for the table, if any.

        Raises:
            ReadOnlyDatasetError: if this is a part of something else.
        """
        if self.read_only:
            raise ReadOnlyDatasetError(
                f"this is what was read of {self.origin}, and read-only: make it a dataset of its "
                "own first, with save('new name')"
            )
        change = build(self._table)
        if change is not None:
            entry = self._make(change, time_ns() // 1000)
            if entry is not None:
                self.log.note(entry, size_of(change) or len(encode(change)[1]))
        return change

    def refresh(self) -> bool:
        """Tell that nobody else edits."""
        return False

    def close(self) -> None:
        """Do nothing: there are no files to let go of."""

    def save_as(self, path: Place) -> Store:
        """Write a dataset with this table and history, and give its store, which can undo as well.

        Raises:
            FileExistsError: if there is a file already.
            FileNotFoundError: if the folder does not exist.
        """
        store = kind_of(path).create(path, table=self._table, history=self._history)
        store.log = self.log
        return store
