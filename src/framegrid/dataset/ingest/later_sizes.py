"""The sizes that a table in memory misses, read in the background while somebody looks at it."""

import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import suppress
from threading import Thread

from framegrid import remote
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.ingest.sizes import Size, change_of_sizes, read_size, unsized

_AT_ONCE = 64  # files, between two looks at the clock
_FIRST_S, _LAST_S = 0.3, 4.0  # what was read is shown at once, and then ever less often
_IDLE_S = 0.002  # a file; thumbnails and the user's cells go first

Progress = tuple[int, int]
"""How many sizes have been read, and how many there were to read."""


class LaterSizes:
    """Reads what a dataset in memory misses: it is no edit, as it says nothing new.

    Of files here, and then of web images, whose tiles are asked for, too, one after the other. Of
    objects not: each would be a request that somebody pays for.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = weakref.ref(connection)
        self._thread: Thread | None = None
        self.progress: Progress | None = None

    def start(self) -> None:
        """Begin, once; where no thread can start nothing is read."""
        connection = self._connection()
        if self._thread is None and connection and connection.store.path is None:
            self._thread = Thread(target=self._run, name="framegrid-sizes", daemon=True)
            with suppress(RuntimeError):
                self._thread.start()

    def _run(self) -> None:
        missing = self._missing()
        read = 0
        self.progress = (0, len(missing)) if missing else None
        for sizes, count in _in_time(missing):
            read += count
            self.progress = (read, len(missing)) if read < len(missing) else None
            if not self._fill(sizes):
                break
        self.progress = None

    def _missing(self) -> list[tuple[int, str]]:
        connection = self._connection()
        pairs = zip(*connection.read(unsized), strict=True) if connection else ()
        found = [(sample_id, path) for sample_id, path in pairs if path and _is_read(path)]
        return sorted(found, key=lambda pair: remote.is_web(pair[1]))

    def _fill(self, sizes: dict[int, Size]) -> bool:
        """Show what was read; tell whether there is anybody to show more to."""
        connection = self._connection()
        return connection is not None and connection.fill(
            lambda table: change_of_sizes(table, sizes)
        )


def _is_read(path: str) -> bool:
    return remote.is_web(path) or not remote.is_elsewhere(path)


def _in_time(missing: Sequence[tuple[int, str]]) -> Iterator[tuple[dict[int, Size], int]]:
    """Yield sizes by sample id, and how many files were looked at for them, now and then."""
    found: dict[int, Size] = {}
    looked, pause, shown = 0, _FIRST_S, time.monotonic()
    start = 0
    while start < len(missing):
        some = missing[start : start + (_AT_ONCE if not remote.is_web(missing[start][1]) else 1)]
        start += len(some)
        found |= {id_: size for id_, path in some if isinstance(size := read_size(path), tuple)}
        looked += len(some)
        if start == len(missing) or time.monotonic() > shown + pause:
            yield found, looked
            found, looked = {}, 0
            pause, shown = min(2 * pause, _LAST_S), time.monotonic()
        time.sleep(_IDLE_S)
