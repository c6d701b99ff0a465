"""A dataset in memory, until it is saved."""

from collections.abc import Callable
from pathlib import Path

from framegrid.errors import ReadOnlyDatasetError
from framegrid.store.disk import Store
from framegrid.table import Change, Table


class MemoryStore:
    """A table without files, with the interface of ``Store``.

    Attributes:
        path: None, as there is no file.
        table: the table.
        origin: what it is a part of, which is why it is read-only; None if it is not.
    """

    path: None = None

    def __init__(self, table: Table | None = None, origin: Path | None = None) -> None:
        """Hold a table, or an empty one."""
        self.table = Table() if table is None else table
        self.origin = origin

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
        change = build(self.table)
        if change is not None:
            self.table.apply(change)
        return change

    def refresh(self) -> bool:
        """Tell that nobody else edits."""
        return False

    def close(self) -> None:
        """Do nothing: there are no files to let go of."""

    def save_as(self, path: Path) -> Store:
        """Write a dataset with this table, and give its store.

        Raises:
            FileExistsError: if there is a file already.
            FileNotFoundError: if the folder does not exist.
        """
        return Store.create(path, table=self.table)
