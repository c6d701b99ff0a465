"""The threads that make thumbnails, and the order in which they work."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from math import inf
from pathlib import Path
from queue import Empty, PriorityQueue
from threading import Lock, Thread

from framegrid import images
from framegrid.errors import BrokenImageError
from framegrid.thumbnails.disk_cache import Cache, File, default_folder
from framegrid.thumbnails.request import Request, Thumbnail

_SIZES = (128, 256, 512, 1024)
_MAX_WORKERS = 8
_MAX_BYTES = 512_000_000

_ABSENT = images.FileState(0, -1)

_Task = Callable[[], None]


def bucket(size: int) -> int:
    """Return the px at which thumbnails for tiles of `size` px are made: one of a few sizes.

    So a tile that grows a little needs no new thumbnail.
    """
    return next((px for px in _SIZES if px >= size), _SIZES[-1])


class Thumbnails:
    """Makes thumbnails on a pool of threads and remembers them.

    Args:
        cache: Folder of the cache on disk, by default the user's.
        workers: Number of threads, by default one per core.
        max_bytes: Limit of the cache.
    """

    def __init__(
        self, cache: Path | None = None, workers: int | None = None, max_bytes: int = _MAX_BYTES
    ) -> None:
        self._cache = Cache(cache or default_folder(), max_bytes)
        self._workers = workers or min(_cores(), _MAX_WORKERS)
        self._threads: list[Thread] = []
        self._tasks: PriorityQueue[tuple[float, int, _Task | None]] = PriorityQueue()
        self._numbers = count(1)
        self._wanted: dict[tuple[File, int], list[tuple[Request, int]]] = {}
        self._lock = Lock()

    def request(
        self,
        paths: Sequence[str],
        size: int,
        deliver: Callable[[list[Thumbnail]], None],
        done: Callable[[], None],
    ) -> Request:
        """Ask for the thumbnails of image files; returns at once.

        The newest request is worked on first. Thumbnails already made come together in the first
        delivery, the others in batches of 8, then 16, in the order asked, except that a slow file
        does not hold up those behind it. Where no thread can start, all happens before the return.

        Args:
            paths: The image files.
            size: Longer edge in px, rounded up to the next `bucket`.
            deliver: Called on a pool thread, never twice at a time, with the next answers.
            done: Called there, once, after the last delivery or after `Request.cancel`.
        """
        request = Request(list(paths), bucket(size), deliver, done, self._finish_soon)
        priority = -next(self._numbers)
        self._schedule(priority, partial(self._look_up, request, priority))
        if not self._has_workers():
            self._work_off()
        return request

    def close(self) -> None:
        """Stop the threads once they have done what they are at, and save the cache.

        Requests still under way rest until the next `request` starts threads again.
        """
        for _ in self._threads:
            self._schedule(-inf, None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._cache.close()

    def _schedule(self, priority: float, task: _Task | None) -> None:
        self._tasks.put((priority, next(self._numbers), task))

    def _finish_soon(self, request: Request) -> None:
        self._schedule(-inf, request.finish)

    def _look_up(self, request: Request, priority: int) -> None:
        """Deliver what the cache has, and schedule the making of the rest."""
        if request.cancelled:
            return
        files = _files(request.paths)
        cached = self._cache.get(set(files), request.px)
        hits = [Thumbnail(i, cached[file], None) for i, file in enumerate(files) if file in cached]
        request.add(hits, together=True)
        for index, file in enumerate(files):
            if file not in cached:
                with self._lock:
                    self._wanted.setdefault((file, request.px), []).append((request, index))
                self._schedule(priority, partial(self._make, file, request.px))

    def _make(self, file: File, px: int) -> None:
        """Make one thumbnail for all who want it; a second task for it finds nobody left."""
        with self._lock:
            wanted = self._wanted.pop((file, px), [])
        receivers = [(request, index) for request, index in wanted if not request.cancelled]
        if not receivers:
            return
        encoded, error = None, None
        try:
            encoded = images.thumbnail(file.path, px)
            self._cache.put(file, px, encoded)
        except BrokenImageError as broken:
            error = str(broken)
        for request, index in receivers:
            request.add([Thumbnail(index, encoded, error)])

    def _has_workers(self) -> bool:
        """Start the threads that do not run yet; False where none can (in the browser: Pyodide)."""
        with self._lock, suppress(RuntimeError):
            while len(self._threads) < self._workers:
                thread = Thread(target=self._work, name="framegrid-thumbnails", daemon=True)
                thread.start()
                self._threads.append(thread)
        return bool(self._threads)

    def _work(self) -> None:
        while task := self._tasks.get()[-1]:
            task()
            if self._tasks.empty():
                self._cache.flush()

    def _work_off(self) -> None:
        """Do all tasks here and now."""
        with suppress(Empty):
            while task := self._tasks.get_nowait()[-1]:
                task()
        self._cache.flush()


def _files(paths: Sequence[str]) -> list[File]:
    """Look at files; one that is not there is told from all that were."""
    states = images.file_states(paths)
    return [File(path, *(state or _ABSENT)) for path, state in zip(paths, states, strict=True)]


def _cores() -> int:
    """Count the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
