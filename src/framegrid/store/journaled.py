"""A table in memory, and the journal that has each of its edits on disk."""

from collections.abc import Callable, Iterable
from functools import partial
from time import time_ns
from typing import Literal, get_args

from framegrid.errors import ConflictError, DatasetCorruptError, ReadOnlyDatasetError
from framegrid.journal import Journal, Record
from framegrid.store import background, files
from framegrid.store.files import Place
from framegrid.store.ledger import Ledger
from framegrid.store.parquet_file import read_snapshot
from framegrid.store.records import decode, encode
from framegrid.store.snapshot import Snapshot
from framegrid.table import Change, Table

Durability = Literal["process", "power"]
"""What an edit survives once its call has returned: the end of the process, or a loss of power."""


def check_durability(durability: str) -> None:
    """Refuse what is no durability.

    Raises:
        ValueError: if it is none.
    """
    if durability not in get_args(Durability):
        allowed = " or ".join(map(repr, get_args(Durability)))
        raise ValueError(f"durability is {durability!r}; it can be {allowed}")


class Journaled(Ledger):
    """A table that is the snapshot and the edits behind it in the journal, here and on disk.

    Attributes:
        path: the Parquet file, or its URL.
        read_only: whether edits are refused, as the files cannot be written.
    """

    _pace: background.Pace | None = None

    def __init__(self, path: Place, durability: Durability, *, read_only: bool) -> None:
        """Load the snapshot; open the journal when it is first used."""
        self.path = path
        self.read_only = read_only
        self._closed = False
        self._file = files.resolved(path)  # what snapshots replace, so that symbolic links stay
        snapshot = self._read()
        super().__init__(snapshot.to_table(), snapshot.history)
        self._dataset = snapshot.dataset
        self._journal = Journal(
            files.journal_of(self._file),
            snapshot.dataset,
            snapshot.seq,
            writable=not read_only,
            power=durability == "power",
        )
        self._upkeep = background.Upkeep(self._journal, self._write_snapshot, self._pace)

    @property
    def table(self) -> Table:
        """The table; loaded again if Ctrl-C left an edit half made, so that it is as on disk."""
        if not self._journal.settled:
            self.refresh()
        return self._table

    def commit(self, build: Callable[[Table], Change | None]) -> Change | None:
        """Make one edit: when this returns, it is in the table and on disk.

        Args:
            build: gives the change for the table, which has all edits of other processes by then,
                or None if there is nothing to do. It must not use the store. When it raises,
                nothing has happened.

        Raises:
            OSError: if the edit could not be written, and was not made.
            ReadOnlyDatasetError: if the dataset is open read-only.
            ValueError: if it is closed.
        """
        self._check_writable()
        change = self._journal.exclusively(partial(self._commit, build))
        if not self._upkeep.is_asked_for:
            self._upkeep.ask()
        return change

    def _commit(self, build: Callable[[Table], Change | None]) -> Change | None:
        if self._journal.is_behind():
            self._catch_up()
        change = build(self._table)
        if change is not None:
            kind, payload = encode(change)
            when = time_ns() // 1000
            entry = self._journal.write(kind, when, payload, partial(self._make, change, when))
            if entry is not None:
                self.log.note(entry, len(payload))
        return change

    def _check_writable(self) -> None:
        if self._closed:
            raise ValueError(f"{self.path} is closed: load it again to edit it")
        if self.read_only:
            raise ReadOnlyDatasetError(
                f"{self.path} is open read-only, as its files cannot be written: save a copy under "
                "another name to edit that"
            )

    def refresh(self) -> bool:
        """Take in what other processes edited; tell whether there was something, in 1 us if not.

        The table may be another object afterwards.
        """
        journal = self._journal
        if self._closed or (journal.settled and not journal.has_news()):
            return False
        return journal.exclusively(self._catch_up)

    def _catch_up(self) -> bool:
        return self._journal.catch_up(self._load, self._replay)

    def _read(self) -> Snapshot:
        return read_snapshot(self._file)

    def _load(self) -> int:
        snapshot = self._read()
        if snapshot.dataset != self._dataset:
            raise ConflictError(
                f"{self.path} was replaced by another dataset while it was open: load it again"
            )
        table = snapshot.to_table()
        table.revision += self._table.revision + 1  # another table is a change, too
        self._table, self._history = table, snapshot.history
        return snapshot.seq

    def _replay(self, record: Record) -> None:
        try:
            for change in self._changes_of(record):
                self._follow(change, record.when)
        except ConflictError:
            raise
        except Exception as error:  # a valid checksum on nonsense: made by hand, fails in any way
            raise DatasetCorruptError(
                f"edit {record.seq} in {self._journal.path} cannot be applied: {error!r}"
            ) from error

    def _changes_of(self, record: Record) -> Iterable[Change]:
        return (decode(record.kind, record.payload),)

    def _write_snapshot(self) -> None:
        """Bring the snapshot up to the edits so far; asked for where they are many."""
        raise NotImplementedError
