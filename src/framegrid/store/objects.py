"""A dataset on object storage: one object, and a journal on this machine.

An object cannot be appended to, so that edits go to a journal in the user's cache. A snapshot is
one put, under the condition that the object is as this machine knows it. If another machine was
faster, its object is loaded, with the edits made here on top (see ``rebased``), and it is tried
again.
"""

import atexit
import shutil
import threading
import time
import warnings
import weakref
from collections.abc import Callable
from functools import partial

from framegrid import remote
from framegrid.errors import DatasetCorruptError, NotADatasetError
from framegrid.journal import Mark
from framegrid.store import background
from framegrid.store.disk import Store
from framegrid.store.files import Place
from framegrid.store.history import History
from framegrid.store.journaled import Durability
from framegrid.store.rebased import Object, Rebased
from framegrid.store.snapshot import Snapshot, to_parquet
from framegrid.table import Table


def kind_of(place: Place) -> type[Store]:
    """Give the kind of store that a dataset at this place has."""
    return ObjectStore if isinstance(place, str) else Store


class ObjectStore(Rebased):
    """A dataset whose snapshot is an object, in the interface of ``Store``."""

    _pace = background.Pace(quiet_bytes=1, quiet_turns=300, busy_bytes=64 << 20)

    def __init__(self, path: str, durability: Durability, *, read_only: bool) -> None:
        """Load the snapshot; use ``create`` or ``open``."""
        self._uploading = threading.RLock()
        super().__init__(path, durability, read_only=read_only)
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

    def _download_again(self) -> tuple[Snapshot, Object]:
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
        self._journal.exclusively(partial(self._note_put, mark, Object(status, seq, writers)))

    def _note_put(self, mark: Mark, now: Object) -> None:
        self._object, self._moved = now, {}
        if self._journal.is_current(mark):
            self._journal.forget(mark)

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
