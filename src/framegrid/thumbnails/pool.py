"""The threads that have thumbnails made, and the order in which they work."""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from itertools import count
from math import inf
from pathlib import Path
from queue import Empty, PriorityQueue
from threading import Lock, Thread

from framegrid import images
from framegrid.caches import default_folder
from framegrid.thumbnails.disk_cache import Cache, File
from framegrid.thumbnails.request import Request, Thumbnail
from framegrid.workers import Processes, Workers, usable_cores

_SIZES = (128, 256, 512, 1024)
_MAX_WORKERS = 8
_MAX_BYTES = 512_000_000

_ABSENT = images.FileState(0, -1)

_PICTURES = 1
"""Workers beyond those that thumbnails may occupy, so that a large picture need not wait."""

_TASK_FILES = 8
_TASK_BYTES = 2_000_000
"""A worker is given no more at a time, some tens of ms, so that a newer request need not wait."""

_Task = Callable[[], None]


def bucket(size: int) -> int:
    """Return the px at which thumbnails for tiles of `size` px are made: one of a few sizes.

    So a tile that grows a little needs no new thumbnail.
    """
    return next((px for px in _SIZES if px >= size), _SIZES[-1])


class Thumbnails:
    """Has thumbnails made by worker processes and remembers them.

    Each process has a thread here that waits for it. Nothing starts before it is needed.

    Args:
        cache: Folder of the cache on disk, by default the user's.
        workers: Number of threads, by default one per core.
        max_bytes: Limit of the cache.
    """

    def __init__(
        self, cache: Path | None = None, workers: int | None = None, max_bytes: int = _MAX_BYTES
    ) -> None:
        self._cache = Cache(cache or default_folder(), max_bytes)
        self._count = workers or min(usable_cores(), _MAX_WORKERS)
        self._decoders = Workers(self._count + _PICTURES, prepare=images.load_formats)
        self._here = Workers(0)
        self._pictures = Processes(self._decoders, _PICTURES)
        self._threads: list[Thread] = []
        self._tasks: PriorityQueue[tuple[float, int, _Task | None]] = PriorityQueue()
        self._numbers = count(1)
        self._wanted: dict[tuple[File, int], list[tuple[Request, int]]] = {}
        self._lock = Lock()

    def warm_up(self) -> None:
        """Start what makes thumbnails, in the background: the first request will come soon."""
        if self._has_threads():
            self._decoders.start(self._count)

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
        if not self._has_threads():
            self._work_off()
        return request

    def picture(self, path: str, px: int, max_bytes: int) -> "Future[images.Encoded]":
        """Ask for a picture for a close look, see ``images.picture``; returns at once.

        The future's exception is an error whose text is a reason for the user.
        """
        executor = Processes(self._here, 1) if images.is_here_only(path) else self._pictures
        return executor.submit(images.picture, path, px, max_bytes)

    def close(self) -> None:
        """Stop the threads once they have done what they are at, and save the cache.

        Requests still under way rest until the next `request` starts threads again.
        """
        for _ in self._threads:
            self._schedule(-inf, None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._decoders.close()
        self._cache.close()

    def _schedule(self, priority: float, task: _Task | None) -> None:
        self._tasks.put((priority, next(self._numbers), task))

    def _finish_soon(self, request: Request) -> None:
        self._schedule(-inf, request.go_on)

    def _look_up(self, request: Request, priority: int) -> None:
        """Deliver what the cache has, and schedule the making of the rest."""
        if request.cancelled:
            return
        files = _files(request.paths)
        cached = self._cache.get(set(files), request.px)
        hits = [Thumbnail(i, cached[file], None) for i, file in enumerate(files) if file in cached]
        request.add(hits, together=True)
        missing = [(index, file) for index, file in enumerate(files) if file not in cached]
        with self._lock:
            for index, file in missing:
                self._wanted.setdefault((file, request.px), []).append((request, index))
        waiting = deque(dict.fromkeys(file for _, file in missing))
        for _ in range(self._count):
            self._schedule(priority, partial(self._make_some, waiting, request.px, priority))

    def _make_some(self, waiting: deque[File], px: int, priority: int) -> None:
        """Make a few thumbnails for all who want them, and come back for more."""
        taken = self._take(waiting, px)
        if not taken:
            return
        make, paths = partial(images.thumbnail, size=px), [file.path for file in taken]
        workers = self._here if any(map(images.is_here_only, paths)) else self._decoders
        made = workers.each(make, paths)
        for (file, receivers), encoded in zip(taken.items(), made, strict=True):
            self._hand_out(file, px, receivers, encoded)
        self._schedule(priority, partial(self._make_some, waiting, px, priority))

    def _take(self, waiting: deque[File], px: int) -> dict[File, list[tuple[Request, int]]]:
        """Take from what waits as many files as fit one task, if somebody still wants them."""
        taken: dict[File, list[tuple[Request, int]]] = {}
        with self._lock:
            while waiting and _has_room(taken):
                file = waiting.popleft()
                wanted = self._wanted.pop((file, px), [])
                if live := [receiver for receiver in wanted if not receiver[0].cancelled]:
                    taken[file] = live
        return taken

    def _hand_out(
        self,
        file: File,
        px: int,
        receivers: Sequence[tuple[Request, int]],
        made: images.Encoded | Exception,
    ) -> None:
        for request, index in receivers:
            if isinstance(made, Exception):
                request.add([Thumbnail(index, None, str(made))])
            else:
                request.add([Thumbnail(index, made, None)])
        if isinstance(made, images.Encoded):
            self._cache.put(file, px, made)

    def _has_threads(self) -> bool:
        """Start the threads that do not run yet; False where none can (in the browser: Pyodide)."""
        with self._lock, suppress(RuntimeError):
            while len(self._threads) < self._count:
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


def _has_room(files: Collection[File]) -> bool:
    """Tell whether a task of these files may have one more."""
    return len(files) < _TASK_FILES and sum(file.file_bytes for file in files) < _TASK_BYTES
