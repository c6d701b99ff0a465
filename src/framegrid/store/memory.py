"""A dataset in memory, until it is saved."""

from collections.abc import Callable
from pathlib import Path

from framegrid.store.disk import Store
from framegrid.table import Change, Table


class MemoryStore:
    """A table without files, with the interface of ``Store``.

    Attributes:
        path: None, as there is no file.
        table: the table.
        read_only: False.
    """

    path: None = None
    read_only = False

    def __init__(self, table: Table | None = None) -> None:
        """Hold a table, or an empty one."""
        self.table = Table() if table is None else table

    def commit(self, build: Callable[[Table], Change | None]) -> Change | None:
        """Make the edit that ``build`` gives for the table, if any."""
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
