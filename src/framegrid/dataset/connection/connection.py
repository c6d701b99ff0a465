"""The open store of one dataset, with the lock around it and those who follow its changes."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import remote
from framegrid.base import UnknownSampleError, brief, forks
from framegrid.dataset.connection.listeners import Listener, Listeners
from framegrid.dataset.connection.location import StrPath, place_of
from framegrid.dataset.connection.unsaved_parts import parts_of
from framegrid.dataset.connection.view import DatasetView, view_of
from framegrid.dataset.connection.watcher import watch
from framegrid.dataset.edits.edits import set_values
from framegrid.storage import Change, Location, Store, Table, create_store, follow_store

# How old a single value may be that another process changed: to look costs as much as to read.
GLANCE_S = 0.01

Answer = TypeVar("Answer")


class Connection:
    """What a dataset, its samples and its grids share; any thread may use it.

    Attributes:
        store: where the dataset lives; a dataset in memory gets another one when it is saved.
    """

    def __init__(self, store: Store) -> None:
        if not isinstance(store, Store):
            raise TypeError(
                f"a dataset is not made of {brief(store)}: use ImageDataset.create, load, "
                "load_or_create or from_dataframe"
            )
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
        """A built-in value of a sample; None when it is missing."""
        self._glance()
        with self._lock:
            table = self.store.table
            return table.get(table.row(sample_id), column)

    def metadata_value(self, sample_id: int, key: str) -> Any:
        """A metadata value of a sample; None when it is missing."""
        self._glance()
        with self._lock:
            table = self.store.table
            row = table.row(sample_id)
            return table.get(row, key) if key in table.schema else None

    def metadata(self, sample_id: int) -> dict[str, Any]:
        """All metadata values that a sample has."""
        self._glance()
        with self._lock:
            table = self.store.table
            return table.metadata(table.row(sample_id))

    def set_metadata(self, sample_id: int, values: Mapping[str, Any]) -> None:
        """Set values of a sample in one edit; None removes."""
        self.commit(partial(set_values, sample_id=sample_id, given=values))

    def ids(self) -> Iterator[int]:
        """The ids there are now, in order; those removed before their turn are left out."""
        self.refresh()
        ids = self.table.ids
        return (id_ for id_ in ids.tolist() if self.table.ids is ids or self.has(id_))

    def has(self, sample_id: Any) -> bool:
        """Whether there is a sample with this id."""
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
        """All samples as a DataFrame of one's own."""
        self.refresh()
        return self.read(Table.frame)

    def view(self) -> DatasetView:
        """The table as it is now, without a copy."""
        self.refresh()
        return self.read(view_of)

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

    def fill(self, build: Callable[[Table], Change | None]) -> None:
        """Take in what the samples' files say, which ``undo`` does not know of, see ``Store.fill``.

        Args:
            build: as for ``commit``.
        """
        with self._lock:
            if self.store.fill(build) is None:
                self.store.table.revision += 1  # for grids to look how far it is
        self._listeners.announce()

    def history(self) -> pd.DataFrame:
        """A line per edit, newest last: when, what, keys, rows."""
        self.refresh()
        with self._lock:
            return _as_frame(self.store.history.table())

    def undo(self, edits: int) -> pd.DataFrame:
        """Take back the last edits made here, in one edit, and give their lines."""
        with self._lock:
            undone = self.store.undo(edits)
        self._listeners.announce()
        return _as_frame(undone)

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

    def save(self, name: StrPath | None) -> None:
        """Write a snapshot, or a copy called `name`, which a dataset in memory becomes."""
        store, path = self.store, None if name is None else place_of(name)
        if path is None or path == store.path:
            store.snapshot(self.refresh)
            return
        with self._lock:
            if store.path is not None:
                store.copy_to(path)
            else:
                moved = create_store(
                    path,
                    table=store.table,
                    history=store.history,
                    log=store.log,
                    parts=parts_of(store),
                )
                moved.table.revision = store.table.revision
                self.store, store.kept = moved, []  # nobody waits for the garbage collector

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

    def __reduce__(self) -> tuple[Callable[..., "Connection"], tuple[str, tuple[str, ...]]]:
        """Travel to another process as the place of the files, and what may be opened."""
        if self.store.path is None:
            raise TypeError(
                "this dataset is in memory, and cannot be copied or sent to another process: save "
                "it first, with save('photos'), and it travels as the place of its file; or send "
                "its table, dataset.df"
            )
        return reopened, (str(self.store.path), self._prefixes_needed())

    def _prefixes_needed(self) -> tuple[str, ...]:
        """Of what the user allows, what the images and the dataset lie in; the rest is private."""
        paths = self.store.table.column("file_path_abs")
        place = str(self.store.path)
        return tuple(
            prefix
            for prefix in remote.allowed()
            if place.startswith(prefix) or pc.any(pc.starts_with(paths, prefix)).as_py()
        )

    def after_fork(self) -> None:
        """In a forked child, take a new lock: a thread of the parent may hold the old one."""
        self._lock = threading.RLock()


def reopened(path: str, allowed: tuple[str, ...]) -> Connection:
    """Open what ``Connection.__reduce__`` sent, read-only."""
    place: Location = path if remote.is_url(path) else Path(path)
    remote.take_over(allowed)
    return Connection(follow_store(place))


def _as_frame(lines: pa.Table) -> pd.DataFrame:
    """Lines of the history as pandas has them, with keys as lists and not as arrays."""
    frame: pd.DataFrame = lines.drop_columns("keys").to_pandas()
    frame.insert(2, "keys", pd.Series(lines["keys"].to_pylist(), dtype=object))
    return frame


_connections: WeakSet[Connection] = forks.living()
