"""A dataset on object storage: one object, and a journal on this machine.

An object cannot be appended to, so that edits go to a journal in the user's cache. A snapshot is
one put, under the condition that the object is as this machine knows it. If another machine was
faster, its object is loaded, the edits made here are fitted to it (see ``rebase``), and it is tried
again. The object says of each journal how far it goes, so that no edit gets lost or is made twice.
"""

import atexit
import secrets
import shutil
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from framegrid import remote
from framegrid.errors import ConflictError, DatasetCorruptError, NotADatasetError
from framegrid.journal import Mark, Record, remove_unused
from framegrid.store import background, files
from framegrid.store.disk import Store
from framegrid.store.files import Place
from framegrid.store.history import History
from framegrid.store.journaled import Durability
from framegrid.store.rebase import BASE, Base, Rebase, Writers
from framegrid.store.snapshot import Snapshot, from_parquet, to_parquet
from framegrid.table import Change, Table, UndoLog

_CHOICES = (
    "your edits are safe in {journal}. Choose: save('another name') keeps yours, where they are "
    "open, as a dataset of its own; load(..., repair=True) goes on with theirs and what fits"
)


def kind_of(place: Place) -> type[Store]:
    """Give the kind of store that a dataset at this place has."""
    return ObjectStore if isinstance(place, str) else Store


class _Object(NamedTuple):
    """The object as memory was loaded from it.

    Attributes:
        status: its state.
        seq: number of its last edit.
        writers: by journal the number of its last edit in there.
    """

    status: remote.Status
    seq: int
    writers: Writers


class ObjectStore(Store):
    """A dataset whose snapshot is an object, in the interface of ``Store``.

    What other machines save is taken in when the dataset is opened or saved; other processes of
    this machine share the journal, and see each edit.
    """

    path: str
    _pace = background.Pace(quiet_bytes=1, quiet_turns=300, busy_bytes=64 << 20)

    def __init__(self, path: str, durability: Durability, *, read_only: bool) -> None:
        """Load the snapshot; use ``create`` or ``open``."""
        self._uploading = threading.RLock()
        self._rebase: Rebase | None = None  # while edits are fitted to a snapshot just loaded
        self._moved: dict[int, int] = {}  # ids of the journal that are others in memory
        self._is_base_noted = False
        self._found: tuple[Snapshot, _Object] | None = None  # by another machine
        self._dropped = 0
        self._writer = ""
        self.path = path
        downloaded = self._download()
        self._ahead: tuple[Snapshot, _Object] | None = downloaded
        super().__init__(path, durability, read_only=read_only)
        if self._journal.path.exists():  # load again, with its edits fitted to the object
            self._journal.settled, self._ahead = False, downloaded
        _open.add(self)

    @classmethod
    def _prepare(cls, path: Place, *, repair: bool) -> bool:  # noqa: ARG003 - of the interface
        return remote.is_writable(str(path))

    def _catch_up_first(self, *, repair: bool) -> None:
        super()._catch_up_first(repair=repair)
        if self._dropped:
            aside = self._journal.path.with_name(f"{self._journal.path.name}.{time.time_ns()}")
            shutil.copyfile(self._journal.path, aside)
            warnings.warn(
                f"{self._dropped} edits made here do not fit what others wrote to {self.path}; "
                f"they are dropped, and kept in {aside}",
                RuntimeWarning,
                stacklevel=5,
            )
            self.snapshot()

    # Loading, with the edits made here on top

    def _read(self) -> Snapshot:
        snapshot, self._object = self._ahead or self._download()
        self._ahead = None
        return snapshot

    def _download(self) -> tuple[Snapshot, _Object]:
        """Read the object; its last edit is counted as the journal of this machine does."""
        data, status = remote.read_whole(self.path)
        snapshot = from_parquet(data, self.path)
        if not self._writer:
            self._writer = self._journal_name(snapshot.dataset)
        found = _Object(status, snapshot.seq, dict(snapshot.writers))
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

    # Editing

    def _commit(self, build: Callable[..., Change | None]) -> Change | None:
        return super()._commit(lambda table: self._with_base(build(table)))

    def _with_base(self, change: Change | None) -> Change | None:
        """Note in the journal, before an edit, what it is made on, unless that is noted."""
        if change is not None and not self._is_base_noted:
            base = Base(self._others(), dict(self._table.schema), self._moved)
            self._journal.write(BASE, time.time_ns() // 1000, base.pack(), lambda: None)
            self._is_base_noted, self._moved = True, {}
        return change

    # Saving

    def snapshot(self, refresh: Callable[[], object] | None = None) -> None:
        """Put the edits so far, and take in what other machines saved.

        Args:
            refresh: as for ``Store``.

        Raises:
            ConflictError: if the edits made here do not fit to that.
            OSError: if the object could not be put; the edits stay in the journal.
            ReadOnlyDatasetError: if the dataset is open read-only.
            ValueError: if it is closed.
        """
        self._check_writable()
        while not self._is_saved(refresh):
            pass

    def _is_saved(self, refresh: Callable[[], object] | None) -> bool:
        """Try to save, and tell whether no other machine was faster."""
        if remote.status(self.path) != self._object.status:
            self._found = self._download_again()
        try:
            super().snapshot(refresh)
        except remote.ChangedError:
            return False
        return True

    def _download_again(self) -> tuple[Snapshot, _Object]:
        try:
            return self._download()
        except (FileNotFoundError, NotADatasetError, DatasetCorruptError) as error:
            raise self._conflict(error) from error

    def _write_snapshot(self) -> None:
        with self._uploading:
            super()._write_snapshot()

    def _freeze(self) -> tuple[Mark, Table, History] | None:
        frozen = super()._freeze()
        if frozen is not None:
            self._replaced = self._object
            self._is_base_noted = False  # so that the edits behind the mark begin with theirs
        return frozen

    def _put(self, mark: Mark, table: Table, history: History) -> None:
        before = self._replaced
        writers = before.writers | {self._writer: mark.seq}
        seq = before.seq + mark.seq - before.writers.get(self._writer, 0)
        snapshot = Snapshot.of(table, self._dataset, seq, history)
        parquet = to_parquet(snapshot._replace(writers=writers))
        status = remote.replace(self.path, bytes(parquet), before.status)
        self._journal.exclusively(partial(self._note_put, mark, _Object(status, seq, writers)))

    def _note_put(self, mark: Mark, now: _Object) -> None:
        self._object, self._moved = now, {}
        if self._journal.is_current(mark):
            self._journal.forget(mark)

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
        if self._moved:
            self.log = UndoLog()  # what is in there has the ids of before
            old, new = next(iter(self._moved.items()))
            warnings.warn(
                f"samples added here have other ids now, such as {new} instead of {old}, as "
                f"another machine added samples to {self.path} at the same time: get them anew",
                RuntimeWarning,
                stacklevel=2,
            )

    def after_fork(self) -> None:
        """In a forked child, start afresh what the parent goes on with."""
        super().after_fork()
        self._uploading = threading.RLock()
        _open.discard(self)


_open: weakref.WeakSet[ObjectStore] = weakref.WeakSet()


def _close_all() -> None:
    for store in list(_open):
        store.close()


# When Python ends, requests need its threads, which go before what else is to be done then.
getattr(threading, "_register_atexit", atexit.register)(_close_all)


class _OtherBaseError(Exception):
    """Another process of this machine works on another snapshot by now."""
