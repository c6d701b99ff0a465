"""A dataset: edited, followed, saved and closed, wherever it lives."""

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from time import time_ns
from typing import Any, TypeVar, TypeVarTuple

import pyarrow as pa

from framegrid import remote
from framegrid.base import ConflictError, DatasetCorruptError, DivergedError, ReadOnlyDatasetError
from framegrid.storage.files.dataset_files import Location
from framegrid.storage.files.image_parts import Put, Write
from framegrid.storage.files.system import READ_ONLY
from framegrid.storage.journal import background
from framegrid.storage.journal.keeping import start_over
from framegrid.storage.places.choosing import place_at
from framegrid.storage.places.place import UNWRITABLE, Loaded, Place
from framegrid.storage.records.records import encode
from framegrid.storage.store import conflict as conflicts
from framegrid.storage.store.conflict import Conflict
from framegrid.storage.store.ledger import Ledger
from framegrid.storage.store.living import open_stores
from framegrid.storage.store.moved_images import copies_of, images_beside, part_of_edit
from framegrid.storage.table.changes import Change, SetValues
from framegrid.storage.table.table import Table
from framegrid.storage.undo.history import History, to_table
from framegrid.storage.undo.undo_log import UndoLog, size_of

Args = TypeVarTuple("Args")
Result = TypeVar("Result")


class Store:
    """A dataset: its place, the journal of the edits since its snapshot, and the table in memory.

    Any thread may edit. The table is to be read by one thread at a time, and not during an edit.

    Attributes:
        path: the Parquet file, or its URL; None in memory.
        origin: what it is a part of, in memory.
        why_read_only: why edits are refused; empty where they are not.
        log: the edits made here, to be undone.
        kept: what the pictures of a dataset in memory are in, which lives as long as it does.
        is_closed: whether ``close`` was called: what it holds can be read on, nothing is written.
    """

    def __init__(
        self,
        place: Place,
        *,
        power: bool = False,
        origin: Path | None = None,
        why_read_only: str = "",
    ) -> None:
        """Load the snapshot; with ``power`` each edit is to survive a loss of power."""
        self.path, self.origin = place.path, origin
        self.why_read_only = why_read_only
        self.log = UndoLog()
        self._place = place
        self._stored = place.images.stored
        loaded = place.read()
        journal = place.open_journal(loaded, writable=not why_read_only, power=power)
        self._journal, self._ledger = journal, Ledger(place, journal, loaded)
        self._is_kept = place.path is not None
        self._schedule = background.SnapshotSchedule(journal, self._write_snapshot, place.pace)
        self._schedule.is_asked_for = not self._is_kept  # in memory, nothing is ever due
        self._found: Loaded | None = None  # what another machine put, to be taken in
        self._conflict: OSError | None = None
        self.is_closed = False
        self.kept: list[Any] = []

    def begin(self, *, repair: bool = False, conflict: Conflict = "raise") -> None:
        """Take in the journal for the first time, as ``open_store`` says."""
        self._journal.repair = repair
        try:
            self.refresh()
        except DivergedError as error:
            if self.read_only or conflict == "raise":
                raise conflicts.with_choices(error, read_only=self.read_only) from error
            self._go_on_with_snapshot(conflict)
        except OSError as error:
            if self.read_only or error.errno not in READ_ONLY:
                raise
            self.why_read_only, self._journal.writable = UNWRITABLE.format(self.path), False
            self.refresh()
        self._journal.repair = False
        if self.read_only:
            message = f"{self.path} is open read-only, as its files cannot be written"
            warnings.warn(message, RuntimeWarning, stacklevel=4)
        elif self._journal.size >= self._schedule.pace.quiet_bytes:
            self._schedule.ask()
        if (merge := self._ledger.merge) is not None and merge.dropped:
            merge.tell_dropped()
            self.snapshot()
        open_stores.add(self)

    def _go_on_with_snapshot(self, conflict: Conflict) -> None:
        """Set the journal aside, and keep its edits as was chosen."""
        position, self._conflict = self._journal.position(), None
        aside = self._exclusively(start_over, self._journal)
        self.refresh()
        edits = conflicts.Edits(aside, self._ledger.dataset, position, self._place.images)
        conflicts.resolve(self, conflict, aside, edits)

    @property
    def read_only(self) -> bool:
        """Whether edits are refused."""
        return bool(self.why_read_only)

    @property
    def table(self) -> Table:
        """The table; loaded again if Ctrl-C left an edit half made, so that it is as on disk."""
        if not self._journal.settled:
            self.refresh()
        return self._ledger.table

    @property
    def history(self) -> History:
        """A line per edit."""
        return self._ledger.history

    def commit(self, build: Callable[[Table], Change | None]) -> Change | None:
        """Make one edit: when this returns, it is in the table and on disk.

        Args:
            build: gives the change for the table, which has all edits of other processes by then,
                or None if there is nothing to do. It must not use the store. When it raises,
                nothing has happened.

        Raises:
            ConflictError: if the files do not continue each other, from then on.
            OSError: if the edit could not be written, and was not made.
            ReadOnlyDatasetError, ValueError: if the dataset is open read-only, or closed.
        """
        self._check_writable()
        try:  # as _exclusively, which would cost each edit a call
            change = self._journal.exclusively(self._commit, build)
        except DivergedError as error:
            self._conflict = error
            raise
        if not self._schedule.is_asked_for:
            self._schedule.ask()
        return change

    def _commit(
        self, build: Callable[[Table], Change | None], *, is_undoable: bool = True
    ) -> Change | None:
        journal, ledger = self._journal, self._ledger
        if journal.is_behind():
            ledger.catch_up()
            ledger.check_in_place()
        if (change := build(ledger.table)) is None:
            return None
        if ledger.merge is not None:
            ledger.merge.note(journal, ledger.table)
        when = time_ns() // 1000
        if self._is_kept:
            kind, payload = encode(change if type(change) is SetValues else self._stored(change))
            size = len(payload)
            try:
                journal.append(kind, when, payload)
                entry = ledger.make(change, when)
                journal.accept()
            except BaseException:
                journal.take_back()
                raise
        else:
            entry, size = ledger.make(change, when), size_of(change) or len(encode(change)[1])
        if entry is not None and is_undoable:
            self.log.note(entry, size)
        return change

    def fill(self, build: Callable[[Table], Change | None]) -> Change | None:
        """Take in what the samples' files say, as ``commit`` does; ``undo`` does not know of it."""
        if not self._is_kept:
            if (change := build(self._ledger.table)) is not None:
                self._ledger.table.apply(change)
            return change
        self._check_writable()
        change = self._exclusively(partial(self._commit, is_undoable=False), build)
        self._schedule.ask()
        return change

    def undo(self, edits: int) -> pa.Table:
        """Take back the last edits made here, raising as ``UndoLog.undo``; gives their lines."""
        undone = self.log.last(edits)
        self.commit(partial(self.log.undo, count=edits))
        return to_table(done.line for done in reversed(undone))

    def refresh(self) -> bool:
        """Take in what others edited; whether there was something, in 1 us if not."""
        journal = self._journal
        found, self._found = self._found, None
        if self.is_closed or self._conflict:
            return False
        if found is not None and journal.settled:
            self._exclusively(self._ledger.take_over, found)
            self.log = UndoLog()  # it would put back what stood there before theirs
            return True
        if journal.settled and not journal.has_news():
            return False
        return self._exclusively(self._ledger.catch_up)

    def _exclusively(self, work: Callable[[*Args], Result], *args: *Args) -> Result:
        """Do work on the files while nobody else writes; a conflict found there stays."""
        try:
            return self._journal.exclusively(work, *args)
        except DivergedError as error:
            self._conflict = error
            raise

    def _check_writable(self) -> None:
        if self.is_closed:
            raise ValueError(f"{self.path} is closed: load it again to edit it")
        if self._conflict is not None:
            raise conflicts.until_loaded(self._conflict)
        if self.why_read_only:
            raise ReadOnlyDatasetError(self.why_read_only)

    def snapshot(self, refresh: Callable[[], object] | None = None) -> None:
        """Bring the snapshot up to all edits so far, those of others included.

        Other threads go on reading and editing meanwhile.

        Args:
            refresh: calls ``refresh`` when no other thread reads the table; by default none does.

        Raises:
            ConflictError: if edits made here do not fit what others put, or that was not read here.
            OSError: if it could not be written; the edits stay in the journal.
            ReadOnlyDatasetError, ValueError: as for ``commit``; or if it is in memory.
        """
        if not self._is_kept:
            raise ValueError("the dataset is in memory: say where, as in save('photos')")
        self._check_writable()
        while not self._is_saved(refresh or self.refresh):
            pass

    def _is_saved(self, refresh: Callable[[], object]) -> bool:
        """Try to save; whether no other machine was faster."""
        self._found = self._place.newer(self._ledger.base)
        refresh()
        goal = self._journal.seq
        try:
            while self._journal.saved < goal:  # another process's snapshot can come between
                self._write_snapshot()
                refresh()
        except remote.ChangedError:
            return False
        return True

    def _write_snapshot(self) -> None:
        """Write a snapshot of memory while edits go on, and put it in place if nobody else did."""
        with self._place.alone:
            frozen = self._exclusively(self._ledger.freeze)
            if frozen is not None:
                mark, snapshot, base = frozen
                self._journal.sync()  # or a power cut could leave the snapshot ahead of it
                with self._place.replacing(snapshot(), base) as put:
                    self._exclusively(self._ledger.publish, mark, put)

    def copy_to(self, path: Location) -> None:
        """Write a copy, which is a dataset of its own: see ``Place.create``."""
        with suppress(ConflictError, DatasetCorruptError):  # a copy may be the way out
            self.refresh()
        place = place_at(path)
        with images_beside(place, self.table, copies_of(self._place.images, self.table)) as moved:
            place.create(moved.table, self.history, is_open=False)

    def new_part(self, write: Write) -> AbstractContextManager[Put]:
        """Write a part with pictures that an edit in the block names, see ``part_of_edit``."""
        self._check_writable()
        return part_of_edit(self._place, write, lambda: self.table)

    def close(self) -> None:
        """Bring the snapshot up to date and let go of the files; the table stays."""
        if self.is_closed or not self._is_kept:
            return
        try:
            if self._journal.seq > self._journal.saved and not self.read_only:
                self.snapshot()
        except (DivergedError, DatasetCorruptError) as error:
            self._conflict = error
        except Exception as error:  # noqa: BLE001 - no edit is lost, and closing works always
            background.report_failure(error)
        if self._conflict is not None:
            conflicts.tell_unsaved(self.path, self._journal, self._conflict)
        self.is_closed = self._schedule.is_over = True
        self._journal.close()

    def after_fork(self) -> None:
        """In a forked child, start afresh what the parent goes on with."""
        self._schedule.is_asked_for = False
        self.log.clear()  # what the parent did is not the child's to undo
        self._place.after_fork()
        open_stores.discard(self)  # the parent closes it
