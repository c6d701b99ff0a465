"""The open store of one dataset, with the lock around it and those who follow its changes."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from weakref import WeakSet

import pandas as pd
import pyarrow as pa

from framegrid import forks
from framegrid.dataset.edits import set_values
from framegrid.dataset.listeners import Listener, Listeners
from framegrid.dataset.watcher import watch
from framegrid.errors import UnknownSampleError
from framegrid.schema import KeyType
from framegrid.store import MemoryStore, Place, Store
from framegrid.table import Change, Table, to_frame

# How old a single value may be that another process changed: to look costs as much as to read.
GLANCE_S = 0.01

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Moment:
    """A dataset at one revision.

    Attributes:
        revision: grows with every change.
        schema: metadata key to type, in which datetimes with a time zone are a type of their own.
        columns: (N,) each, indexed by sample id, to be read only; the same Series in every moment
            in which the column is the same.
        renames: of metadata keys: the revision before, the old and the new name.
    """

    revision: int
    schema: dict[str, KeyType]
    columns: "dict[str, pd.Series[Any]]"
    renames: tuple[tuple[int, str, str], ...]

    @property
    def ids(self) -> pd.Index:
        """(N,) the sample ids; the same object in every moment in which they are the same."""
        return next(iter(self.columns.values())).index

    @cached_property
    def frame(self) -> pd.DataFrame:
        """(N, K) the table, indexed by sample id; shared, so it must not be written to."""
        return to_frame(self.columns, self.ids)


class Connection:
    """What a dataset, its samples and its grids share; any thread may use it.

    Attributes:
        store: where the dataset lives; a dataset in memory gets another one when it is saved.
    """

    def __init__(self, store: Store | MemoryStore) -> None:
        self.store = store
        self._lock = threading.RLock()
        self._listeners = Listeners()
        self._watcher: threading.Thread | None = None
        self._next_glance = 0.0
        _connections.add(self)

    @property
    def table(self) -> Table:
        """The table as this process knows it."""
        return self.store.table

    def builtin_value(self, sample_id: int, column: str) -> Any:
        """Give a built-in value of a sample; None when it is missing.

        Raises:
            UnknownSampleError: the dataset does not hold the sample.
        """
        self._glance()
        with self._lock:
            table = self.store.table
            return table.get(table.row(sample_id), column)

    def metadata_value(self, sample_id: int, key: str) -> Any:
        """Give a metadata value of a sample; None when it is missing.

        Raises:
            UnknownSampleError: the dataset does not hold the sample.
        """
        self._glance()
        with self._lock:
            table = self.store.table
            row = table.row(sample_id)
            return table.get(row, key) if key in table.schema else None

    def metadata(self, sample_id: int) -> dict[str, Any]:
        """Give all metadata values that a sample has.

        Raises:
            UnknownSampleError: the dataset does not hold the sample.
        """
        self._glance()
        with self._lock:
            table = self.store.table
            return table.metadata(table.row(sample_id))

    def set_metadata(self, sample_id: int, values: Mapping[str, Any]) -> None:
        """Set values of a sample in one edit; None removes.

        Raises:
            UnknownSampleError: the dataset does not hold the sample.
            MetadataTypeError: a key holds values of another type.
            TypeError, ValueError, OverflowError: a key or a value cannot be stored.
        """
        self.commit(lambda table: set_values(table, sample_id, values))

    def has(self, sample_id: Any) -> bool:
        """Tell whether there is a sample with this id."""
        try:
            self.store.table.row(sample_id)
        except UnknownSampleError:
            return False
        return True

    def read(self, question: Callable[[Table], Answer]) -> Answer:
        """Ask the table something, while nobody changes it."""
        with self._lock:
            return question(self.store.table)

    def frame(self) -> pd.DataFrame:
        """Give all samples as a DataFrame of one's own."""
        self.refresh()
        return self.read(Table.frame)

    def moment(self) -> Moment:
        """Give the table as it is now, without a copy."""
        self.refresh()
        return self.read(
            lambda table: Moment(table.revision, table.shown, table.series(), table.renames)
        )

    def commit(self, build: Callable[[Table], Change | None]) -> Change | None:
        """Make the change that `build` makes of the table: saved when this returns.

        Args:
            build: gives the change, or None when there is nothing to do; when it raises, nothing
                has happened.
        """
        with self._lock:
            change = self.store.commit(build)
        if change is not None:
            self._listeners.announce()
        return change

    def history(self) -> pa.Table:
        """Give a line per edit, newest last: when, what, keys, rows."""
        self.refresh()
        with self._lock:
            return self.store.history()

    def undo(self, edits: int) -> pa.Table:
        """Take back the last edits made here, in one edit, and give their lines.

        Raises:
            ValueError: there are not so many, or they are too old.
            ConflictError: what they did was changed since.
        """
        with self._lock:
            undone = self.store.undo(edits)
        self._listeners.announce()
        return undone

    def refresh(self) -> None:
        """Take over what other processes changed."""
        with self._lock:
            changed = self.store.refresh()
        self._next_glance = time.monotonic() + GLANCE_S
        if changed:
            self._listeners.announce()

    def _glance(self) -> None:
        """Take over what other processes changed, unless that was done just now."""
        if time.monotonic() > self._next_glance:
            self.refresh()

    def save(self, path: Place | None) -> None:
        """Write a snapshot, or a copy at `path`, which a dataset in memory moves to.

        Raises:
            FileExistsError: there is something at `path`.
            ValueError: the dataset is in memory and there is no `path`.
        """
        store = self.store
        if isinstance(store, Store) and path in {None, store.path}:
            store.snapshot(self.refresh)
            return
        if path is None:
            raise ValueError("the dataset is in memory: say where, as in save('photos')")
        with self._lock:
            if isinstance(store, Store):
                store.copy_to(path)
            else:
                self.store = store.save_as(path)
                self.store.table.revision = store.table.revision

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called after each change, on the thread that made or noticed it.

        Other processes' changes are noticed within half a second. The listener is held weakly: it
        must be kept alive elsewhere.

        Returns:
            The function that ends it.
        """
        unsubscribe = self._listeners.add(listener)
        if self._watcher is None or not self._watcher.is_alive():
            self._watcher = watch(self._look)
        return unsubscribe

    def _look(self) -> bool:
        """Take over others' changes; tell whether anybody follows."""
        self.refresh()
        return bool(self._listeners)

    def after_fork(self) -> None:
        """In a forked child, take a new lock: a thread of the parent may hold the old one."""
        self._lock = threading.RLock()


_connections: WeakSet[Connection] = forks.living()
