"""The sizes that a table misses, read in the background, so that nobody has to wait for them."""

import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from threading import Event, Thread

from framegrid import remote
from framegrid.base import logs
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.ingest.sizes import Size, change_of_sizes, read_size, unsized
from framegrid.storage import Store

_AT_ONCE = 64  # files, between two looks at the clock
_FIRST_S, _LAST_S = 0.3, 4.0  # what was read is shown at once, and then ever less often
_IDLE_S = 0.002  # a file; thumbnails and the user's cells go first
_CLOSING_S = 0.5  # so long a dataset that is closed waits for what was read last

Progress = tuple[int, int]
"""How many sizes have been read, and how many there were to read."""


class LaterSizes:
    """Reads what a dataset misses; ``undo`` does not know of it, as it says nothing new.

    Of files here, and then of web images, whose tiles are asked for, too, one after the other. Of
    objects not: each would be a request that somebody pays for. What was read is in the dataset
    every few seconds, in one write; the rest is still missing, so that it is read the next time.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = weakref.ref(connection)
        self._thread: Thread | None = None
        self._stopped = Event()
        self._looked_at: object = None  # the ids of the samples, when all was read that can be
        self._unreadable: set[str] = set()
        self.progress: Progress | None = None

    def start(self) -> None:
        """Begin, if there are samples that nobody looked at; without threads nothing is read."""
        connection = self._connection()
        is_at_work = self._thread is not None and self._thread.is_alive()
        if is_at_work or connection is None or not _takes(connection.store):
            return
        if connection.table.ids is self._looked_at:
            return
        self._stopped = Event()
        self._thread = Thread(
            target=self._run, args=(self._stopped,), name="framegrid-sizes", daemon=True
        )
        with suppress(RuntimeError):
            self._thread.start()

    def stop(self) -> None:
        """End soon; what was read so far is in the dataset, unless that takes too long."""
        self._stopped.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(_CLOSING_S)

    def _run(self, stopped: Event) -> None:
        try:
            while self._read_all(stopped):
                pass
        except Exception as error:  # noqa: BLE001 - what a thread does not catch is printed
            connection = self._connection()
            if connection is not None and not connection.store.is_closed:
                logs.failed("reading sizes in the background", error)
        finally:
            self.progress = None

    def _read_all(self, stopped: Event) -> bool:
        """Read what is missing; tell whether others may have come meanwhile."""
        missing = self._missing()
        read = 0
        self.progress = (0, len(missing)) if missing else None
        for sizes, count in self._in_time(missing, stopped):
            read += count
            self.progress = (read, len(missing)) if read < len(missing) else None
            if not self._fill(sizes) or stopped.is_set():
                return False
        return bool(missing)

    def _missing(self) -> list[tuple[int, str]]:
        connection = self._connection()
        if connection is None or connection.table.ids is self._looked_at:
            return []
        self._looked_at = connection.table.ids
        pairs = zip(*connection.read(unsized), strict=True)
        found = [(sample_id, path) for sample_id, path in pairs if path and self._is_read(path)]
        return sorted(found, key=lambda pair: remote.is_web(pair[1]))

    def _is_read(self, path: str) -> bool:
        return is_read_later(path) and path not in self._unreadable

    def _fill(self, sizes: dict[int, Size]) -> bool:
        """Keep and show what was read; tell whether there is anybody to do more for."""
        connection = self._connection()
        if connection is None or not _takes(connection.store):
            return False
        connection.fill(lambda table: change_of_sizes(table, sizes))
        return True

    def _in_time(
        self, missing: Sequence[tuple[int, str]], stopped: Event
    ) -> Iterator[tuple[dict[int, Size], int]]:
        """Yield sizes by sample id, and how many files were looked at for them, now and then."""
        found: dict[int, Size] = {}
        looked, pause, shown = 0, _FIRST_S, time.monotonic()
        start = 0
        while start < len(missing):
            is_web = remote.is_web(missing[start][1])
            some = missing[start : start + (1 if is_web else _AT_ONCE)]
            start += len(some)
            found |= self._read(some)
            looked += len(some)
            is_due = time.monotonic() > shown + pause or stopped.is_set()
            if start == len(missing) or is_due or self._connection() is None:
                yield found, looked
                found, looked = {}, 0
                pause, shown = min(2 * pause, _LAST_S), time.monotonic()
            stopped.wait(_IDLE_S)

    def _read(self, some: Sequence[tuple[int, str]]) -> dict[int, Size]:
        found = {}
        for sample_id, path in some:
            size = read_size(path)
            if isinstance(size, tuple):
                found[sample_id] = size
            else:
                self._unreadable.add(path)
        return found


def is_read_later(path: str) -> bool:
    """Whether the size of an image is read in the background."""
    return remote.is_web(path) or not remote.is_elsewhere(path)


def _takes(store: Store) -> bool:
    """Whether a dataset can take in sizes: in memory any can."""
    return store.path is None or not (store.read_only or store.is_closed)
