"""A dataset on disk: opened, saved and closed."""

import atexit
import os
import warnings
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Self

from framegrid import forks
from framegrid.errors import ConflictError, DatasetCorruptError
from framegrid.journal import READ_ONLY, Mark
from framegrid.store import background, files
from framegrid.store.files import Place
from framegrid.store.history import History
from framegrid.store.journaled import Durability, Journaled, check_durability
from framegrid.store.parquet_file import repair_file, write_new
from framegrid.store.seal import is_ours
from framegrid.store.snapshot import Snapshot, to_parquet
from framegrid.table import Table


class Store(Journaled):
    """A dataset on disk: a Parquet snapshot, a journal beside it, and the table in memory.

    Any thread may edit. The table is to be read by one thread at a time, and not during an edit.

    Attributes:
        path: the Parquet file, or its URL.
        read_only: whether edits are refused, as the files cannot be written.
        origin: None, as this is no part of something else.
    """

    origin: None = None

    @classmethod
    def create(
        cls,
        path: Place,
        *,
        durability: Durability = "process",
        table: Table | None = None,
        history: History | None = None,
    ) -> Self:
        """Create a dataset: an empty one, or with the samples of a table and their history.

        Raises:
            FileExistsError: if there is a file already.
            FileNotFoundError: if the folder does not exist.
        """
        check_durability(durability)
        write_new(
            path,
            Table() if table is None else table,
            History() if history is None else history,
        )
        return cls.open(path, durability=durability)

    @classmethod
    def open(cls, path: Place, *, durability: Durability = "process", repair: bool = False) -> Self:
        """Open a dataset; read-only, with a warning, if its files cannot be written.

        Args:
            path: the Parquet file.
            durability: what an edit survives.
            repair: keep what is whole of a damaged dataset, and set the rest aside.

        Raises:
            FileNotFoundError: if there is none.
            NotADatasetError: if it is no framegrid dataset, or a newer framegrid wrote it.
            ConflictError: if its files do not belong together.
            DatasetCorruptError: if it is damaged.
            DatasetBusyError: if another process holds its lock for too long.
        """
        check_durability(durability)
        store = cls(path, durability, read_only=not cls._prepare(path, repair=repair))
        store._catch_up_first(repair=repair)
        _stores.add(store)
        return store

    @classmethod
    def _prepare(cls, path: Place, *, repair: bool) -> bool:
        """Clean up what is there before it is read, and tell whether it may be written."""
        file = files.resolved(path)
        files.remove_leftovers(file)
        if repair:
            repair_file(file)
        return os.access(file, os.W_OK)

    @classmethod
    def read(cls, path: Path) -> Table:
        """Read the table of a dataset, the edits in its journal included, and write nothing.

        Raises:
            NotADatasetError, ConflictError, DatasetCorruptError, DatasetBusyError: as for ``open``.
        """
        store = cls(path, "process", read_only=True)
        store.refresh()
        store.close()
        return store.table

    def _catch_up_first(self, *, repair: bool) -> None:
        self._journal.repair = repair
        try:
            self.refresh()
        except OSError as error:
            if self.read_only or error.errno not in READ_ONLY:
                raise
            self.read_only, self._journal.writable = True, False
            self.refresh()
        self._journal.repair = False
        if self.read_only:
            message = f"{self.path} is open read-only, as its files cannot be written"
            warnings.warn(message, RuntimeWarning, stacklevel=4)
        elif self._journal.size >= self._upkeep.pace.quiet_bytes:
            self._upkeep.ask()

    def snapshot(self, refresh: Callable[[], object] | None = None) -> None:
        """Bring the Parquet file up to all edits so far, those of other processes included.

        Other threads go on reading and editing meanwhile.

        Args:
            refresh: calls ``refresh`` when no other thread reads the table; by default no thread
                does.

        Raises:
            OSError: if it could not be written; the edits stay in the journal.
            ReadOnlyDatasetError: if the dataset is open read-only.
            ValueError: if it is closed.
        """
        self._check_writable()
        refresh = refresh or self.refresh
        refresh()
        goal = self._journal.seq
        while self._journal.saved < goal:  # another process's snapshot can come between
            self._write_snapshot()
            refresh()

    def _write_snapshot(self) -> None:
        """Write a snapshot of memory while edits go on, and put it in place if nobody else did."""
        frozen = self._journal.exclusively(self._freeze)
        if frozen is not None:
            self._put(*frozen)

    def _put(self, mark: Mark, table: Table, history: History) -> None:
        parquet = to_parquet(Snapshot.of(table, self._dataset, mark.seq, history))
        temporary = files.write_beside(self._file, parquet)
        replaced = files.temporary_beside(self._file)
        try:
            self._journal.exclusively(partial(self._publish, mark, temporary, replaced))
        finally:
            temporary.unlink(missing_ok=True)
            files.keep_as_backup(self._file, replaced)

    def _freeze(self) -> tuple[Mark, Table, History] | None:
        mark = self._journal.mark()
        return None if mark is None else (mark, self._table.copy(), self._history.copy())

    def _publish(self, mark: Mark, temporary: Path, replaced: Path) -> None:
        if self._journal.is_current(mark):
            self._check_file()
            files.replace(self._file, temporary, replaced)
            self._journal.forget(mark)

    def _check_file(self) -> None:
        """Refuse to replace what another program wrote in the meantime."""
        if not is_ours(files.footer(self._file)):
            raise ConflictError(
                f"another program rewrote {self.path} while it was open here: the edits made here "
                "are safe in the journal; move that file away to go on, or keep both by save(path)"
            )

    def copy_to(self, path: Place) -> None:
        """Write a copy, which is a dataset of its own, with the history so far.

        Raises:
            FileExistsError: if there is a file already.
            FileNotFoundError: if the folder does not exist.
        """
        with suppress(ConflictError, DatasetCorruptError):  # a copy may be the way out
            self.refresh()
        write_new(path, self.table, self._history)

    def close(self) -> None:
        """Bring the Parquet file up to date and let go of the files; the table stays."""
        if self._closed:
            return
        try:
            if self._journal.seq > self._journal.saved and not self.read_only:
                self.snapshot()
        except Exception as error:  # noqa: BLE001 - no edit is lost, and closing works always
            background.excuse(error)
        self._closed = self._upkeep.is_over = True
        self._journal.close()

    def after_fork(self) -> None:
        """In a forked child, start afresh what the parent goes on with."""
        self._upkeep.is_asked_for = False
        self.log.clear()  # what the parent did is not the child's to undo
        _stores.discard(self)  # the parent closes it


_stores: weakref.WeakSet[Store] = forks.living()


@atexit.register
def _close_all() -> None:
    background.stop()
    for store in list(_stores):
        store.close()
