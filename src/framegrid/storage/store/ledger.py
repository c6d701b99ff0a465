"""The table in memory, and how it keeps in step with the journal and the snapshot."""

from collections.abc import Callable, Iterable
from typing import Any

from framegrid.base import ConflictError, DatasetCorruptError, DivergedError, brief
from framegrid.storage.files.system import stamp_of
from framegrid.storage.journal.framing import Record
from framegrid.storage.journal.journal import Journal, Mark
from framegrid.storage.journal.replay import Replay
from framegrid.storage.parquet.budget import Budget
from framegrid.storage.parquet.checking import check_change
from framegrid.storage.parquet.snapshot import Snapshot
from framegrid.storage.places.merge import OtherBaseError
from framegrid.storage.places.place import Loaded, Place
from framegrid.storage.records.records import decode
from framegrid.storage.table.changes import Change, SetValues
from framegrid.storage.undo.done import replaced
from framegrid.storage.undo.footprint import line_of
from framegrid.storage.undo.undo_log import Entry

_LEAST_ROW = 4  # bytes that a sample takes in a file, however well it packs


class Ledger:
    """A table with the history of its edits; all but ``make`` is for who has the journal's lock.

    Attributes:
        dataset: the 16 bytes that name it.
        table: the table.
        history: a line per edit.
        base: what its place has, and a snapshot is to replace; for the place alone.
        merge: what fits edits made here to those of other machines; None without such.
    """

    def __init__(self, place: Place, journal: Journal, loaded: Loaded) -> None:
        """Go on from what was read."""
        self._place, self._journal = place, journal
        self.dataset, _, self.table, self.history, self.base, self.merge = loaded

    def make(self, change: Change, when: int) -> Entry | None:
        """Apply an edit of one's own; what it takes to undo it, if it can be seen."""
        table = self.table
        old = table.schema
        line = line_of(when, table, change)
        before: Any
        if type(change) is SetValues:
            before = table.apply(change)
        else:
            before = replaced(table, change)
            table.apply(change)
        if line is None:
            return None
        self.history.add(line)
        return line, change, before, old, table.schema

    # What others did

    def catch_up(self) -> bool:
        """Take in what is new in the journal; whether there was something."""
        journal = self._journal
        before = journal.seq if journal.settled else None
        try:
            self._follow()
        except OtherBaseError:  # memory is unsettled now, and is loaded
            self._follow()
        if self.merge is not None:
            self.merge.loaded()
        return journal.seq != before

    def _follow(self) -> None:
        if self._journal.fd < 0:  # a reader came before the first writer
            return
        replay, loaded = Replay(self._journal), None
        if replay.needs_snapshot:
            loaded = self._place.read()
            self._check_same(loaded.dataset)
        records = replay.records(None if loaded is None else loaded.position)
        if loaded is not None:
            self._adopt(Ledger(self._place, self._journal, loaded))
        for record in records:
            self._replay(record)

    def take_over(self, found: Loaded) -> None:
        """Take in what another machine put, with the edits made here on top: all, or nothing."""
        journal = self._journal
        if journal.is_behind():
            self.catch_up()
        self._check_same(found.dataset)
        if found.position.seq > journal.seq or journal.denies(found.position):
            raise DivergedError(
                f"{self._place.path} has edits of a machine that goes by the same name as this "
                "one, as when its cache was copied: it is another history than here"
            )
        theirs = Ledger(self._place, journal, found)
        for record in journal.records(found.position.seq):
            theirs._replay(record)
        self._adopt(theirs)
        if self.merge is not None:
            self.merge.loaded()
            self.merge.tell_moved()

    def _adopt(self, other: "Ledger") -> None:
        other.table.revision += self.table.revision + 1  # another table is a change, too
        self.table, self.history = other.table, other.history
        self.base, self.merge = other.base, other.merge

    def _replay(self, record: Record) -> None:
        try:
            for change in self._changes(record):
                check_change(self.table, change, self._budget)
                line = line_of(record.when, self.table, change)
                self.table.apply(change)
                if line is not None:
                    self.history.add(line)
        except (ConflictError, MemoryError):
            raise
        except Exception as error:  # a valid checksum on nonsense: made by hand, fails in any way
            raise DatasetCorruptError(
                f"edit {record.seq} in {self._journal.path} cannot be applied: {brief(error)}"
            ) from error

    def _changes(self, record: Record) -> Iterable[Change]:
        if self.merge is None:
            return (self._place.images.located(decode(record.kind, record.payload)),)
        return self.merge.changes(record, self.table, repair=self._journal.repair)

    def _budget(self) -> Budget:
        return Budget(str(self._place.path), self._journal.size + _LEAST_ROW * len(self.table))

    def _check_same(self, dataset: bytes) -> None:
        if dataset != self.dataset:
            raise DivergedError(
                f"{self._place.path} was replaced by another dataset while it was open: load it "
                "again"
            )

    # Its snapshots

    def freeze(self) -> tuple[Mark, Callable[[], Snapshot], Any] | None:
        """Where memory is, what makes a snapshot of it as it is now, and what that is to replace.

        None if there is nothing new.
        """
        mark = self._journal.mark()
        if mark is None:
            return None
        if self.merge is not None:
            self.merge.is_noted = False  # so that the edits behind the mark begin with theirs
        table, history = self.table.copy(), self.history.copy()
        return mark, lambda: Snapshot.of(table, self.dataset, mark.position, history), self.base

    def publish(self, mark: Mark, put: Callable[[], object]) -> None:
        """Put a snapshot in place, unless another process did, and let go of its records."""
        if self._journal.is_current(mark):
            self._check_found()
            self.base = put()
            if self.merge is not None:
                self.merge.settle()
            self._journal.forget(mark)

    def check_in_place(self) -> None:
        """Refuse to go on beside a snapshot that was replaced; looks closer where it changed."""
        if stamp_of(self._journal.like) != self._journal.stamp:
            self._check_found()

    def _check_found(self) -> None:
        """Refuse to go on beside, or to replace, what is not in the history of memory."""
        stamp = stamp_of(self._journal.like)
        found = self._place.found()
        if found is None:
            return
        dataset, position = found
        self._check_same(dataset)
        if not self._journal.has(position.seq, position.digest):
            raise DivergedError(
                f"{self._place.path} was replaced while it was open here, by a copy or by what "
                "another machine saved, and lacks edits made here: they are safe in the journal"
            )
        self._journal.stamp = stamp
