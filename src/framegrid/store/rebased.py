"""A dataset on object storage, as it is loaded: the object, with the edits made here on top.

Edits wait in a journal on this machine. Before the first, and whenever another object takes the
place of the one they were made on, the journal says what that was (see ``rebase``), so that they
can be fitted to any other. The object says of each journal how far it goes, so that no edit gets
lost or is made twice.
"""

import secrets
import time
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from framegrid import remote
from framegrid.errors import ConflictError
from framegrid.journal import Record, remove_unused
from framegrid.store import files
from framegrid.store.disk import Store
from framegrid.store.journaled import Durability
from framegrid.store.rebase import BASE, Base, Rebase, Writers
from framegrid.store.snapshot import Snapshot, from_parquet
from framegrid.table import Change, UndoLog

_CHOICES = (
    "your edits are safe in {journal}. Choose: save('another name') keeps yours, where they are "
    "open, as a dataset of its own; load(..., repair=True) goes on with theirs and what fits"
)


class Object(NamedTuple):
    """The object as memory was loaded from it.

    Attributes:
        status: its state.
        seq: number of its last edit.
        writers: by journal the number of its last edit in there.
    """

    status: remote.Status
    seq: int
    writers: Writers


class Rebased(Store):
    """A dataset whose snapshot other machines replace as well.

    What other machines save is taken in when the dataset is opened or saved; other processes of
    this machine share the journal, and see each edit.
    """

    path: str

    def __init__(self, path: str, durability: Durability, *, read_only: bool) -> None:
        """Load the snapshot; use ``create`` or ``open``."""
        self._rebase: Rebase | None = None  # while edits are fitted to a snapshot just loaded
        self._moved: dict[int, int] = {}  # ids of the journal that are others in memory
        self._is_base_noted = False
        self._found: tuple[Snapshot, Object] | None = None  # by another machine
        self._dropped = 0
        self._writer = ""
        self.path = path
        downloaded = self._download()
        self._ahead: tuple[Snapshot, Object] | None = downloaded
        super().__init__(path, durability, read_only=read_only)
        if self._journal.path.exists():  # load again, with its edits fitted to the object
            self._journal.settled, self._ahead = False, downloaded

    def _read(self) -> Snapshot:
        snapshot, self._object = self._ahead or self._download()
        self._ahead = None
        return snapshot

    def _download(self) -> tuple[Snapshot, Object]:
        """Read the object; its last edit is counted as the journal of this machine does."""
        data, status = remote.read_whole(self.path)
        snapshot = from_parquet(data, self.path)
        if not self._writer:
            self._writer = self._journal_name(snapshot.dataset)
        found = Object(status, snapshot.seq, dict(snapshot.writers))
        return snapshot._replace(seq=found.writers.get(self._writer, 0)), found

    def _journal_name(self, dataset: bytes) -> str:
        """Give the name of this machine's journal, made once, and make way for it."""
        place = files.resolved(self.path)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_unused(files.journal_of(place), dataset)
        file = place.with_name("journal-name")
        if not file.exists():
            temporary = files.write_beside(file, secrets.token_hex(8).encode())
            with suppress(FileExistsError):  # another process was faster
                files.put(file, temporary)
        return file.read_text()

    def _load(self) -> int:
        seq = super()._load()
        self._rebase = Rebase(self._others())
        self._is_base_noted = False
        return seq

    def _others(self) -> Writers:
        """Say how far the object goes in the journals of other machines."""
        return {w: seq for w, seq in self._object.writers.items() if w != self._writer}

    def refresh(self) -> bool:
        """Take in what other processes of this machine edited, and what a save downloaded."""
        self._ahead, self._found = self._found or self._ahead, None
        if self._ahead is None or not self._journal.settled:
            return super().refresh()
        self._journal.exclusively(self._take_over)
        return True

    def _take_over(self) -> None:
        """Load what another machine put, with the edits made here on top: all of it, or nothing."""
        if self._journal.is_behind():
            self._catch_up()
        table, history = self._table, self._history
        known = self._object, self._is_base_noted, self._moved
        try:
            for record in self._journal.records(self._load()):
                self._replay(record)
            if self._rebase is not None:
                self._moved = self._rebase.moved
        except BaseException:
            self._table, self._history = table, history
            self._object, self._is_base_noted, self._moved = known
            raise
        finally:
            self._rebase = None
        self.log = UndoLog()  # it would put back what stood there before theirs
        if self._moved:
            old, new = next(iter(self._moved.items()))
            warnings.warn(
                f"samples added here have other ids now, such as {new} instead of {old}, as "
                f"another machine added samples to {self.path} at the same time: get them anew",
                RuntimeWarning,
                stacklevel=2,
            )

    def _catch_up(self) -> bool:
        try:
            changed = super()._catch_up()
        except _OtherBaseError:  # memory is unsettled now, and is loaded
            changed = super()._catch_up()
        if self._rebase is not None:
            self._moved, self._rebase = self._rebase.moved, None
        return changed

    def _replay(self, record: Record) -> None:
        if record.kind != BASE:
            super()._replay(record)
            return
        base = Base.unpack(record.payload)
        if self._rebase is not None:
            self._rebase.start(base)
        elif base.others != self._others():
            raise _OtherBaseError
        else:
            self._moved = {}

    def _changes_of(self, record: Record) -> Iterable[Change]:
        (change,) = super()._changes_of(record)
        try:
            return (change,) if self._rebase is None else self._rebase.fitted(self._table, change)
        except ConflictError as error:
            if not self._journal.repair:
                raise self._conflict(error) from error
            self._dropped += 1
            return ()

    def _conflict(self, error: Exception) -> ConflictError:
        choices = _CHOICES.format(journal=self._journal.path)
        return ConflictError(f"{self.path}: {error}; {choices}")

    def _commit(self, build: Callable[..., Change | None]) -> Change | None:
        return super()._commit(lambda table: self._with_base(build(table)))

    def _with_base(self, change: Change | None) -> Change | None:
        """Note in the journal, before an edit, what it is made on, unless that is noted."""
        if change is not None and not self._is_base_noted:
            base = Base(self._others(), dict(self._table.schema), self._moved)
            self._journal.write(BASE, time.time_ns() // 1000, base.pack(), lambda: None)
            self._is_base_noted, self._moved = True, {}
        return change


class _OtherBaseError(Exception):
    """Another process of this machine works on another snapshot by now."""
