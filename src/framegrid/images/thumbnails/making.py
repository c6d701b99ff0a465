"""The threads that have thumbnails made, and the order in which they work."""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import cache, partial
from itertools import count
from math import inf
from pathlib import Path
from queue import Empty, PriorityQueue
from threading import Lock, Thread

from framegrid import remote
from framegrid.base import default_folder, logs
from framegrid.images import formats, pixels, sources
from framegrid.images.thumbnails.batch import Thumbnail, ThumbnailBatch
from framegrid.images.thumbnails.disk_cache import Cache, File
from framegrid.images.workers.executor import Processes
from framegrid.images.workers.pool import Workers, usable_cores

_SIZES = (128, 256, 512, 1024)
_MAX_WORKERS = 8
_MAX_BYTES = 512_000_000

_ABSENT = sources.FileState(0, -1)

_PICTURES = 1
"""Workers beyond those that thumbnails may occupy, so that a large picture need not wait."""

_TASK_FILES = 8
_TASK_BYTES = 2_000_000
"""A worker is given no more at a time, some tens of ms, so that a newer request need not wait."""

_CLOSING_S = 60.0
"""How long to wait for a thread that is at work: longer than any work takes."""


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
        self._decoders = Workers(self._count + _PICTURES, prepare=formats.load_formats)
        self._pictures = Processes(self._decoders, _PICTURES)
        self._threads: list[Thread] = []
        self._tasks: PriorityQueue[tuple[float, int, _Task | None]] = PriorityQueue()
        self._numbers = count(1)
        self._wanted: dict[tuple[File, int], list[tuple[ThumbnailBatch, int]]] = {}
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
    ) -> ThumbnailBatch:
        """Ask for the thumbnails of image files; returns at once.

        The newest request is worked on first. Thumbnails already made come together in the first
        delivery, the others in batches of 8, then 16, in the order asked, except that a slow file
        does not hold up those behind it. Where no thread can start, all happens before the return.

        Args:
            paths: The image files.
            size: Longer edge in px, rounded up to the next `bucket`.
            deliver: Called on a pool thread, never twice at a time, with the next answers.
            done: Called there, once, after the last delivery or after `ThumbnailBatch.cancel`.
        """
        batch = ThumbnailBatch(list(paths), bucket(size), deliver, done, self._finish_soon)
        priority = -next(self._numbers)
        self._schedule(priority, partial(self._look_up, batch, priority))
        if not self._has_threads():
            self._work_off()
        return batch

    def picture(self, path: str, px: int, max_bytes: int) -> "Future[pixels.Encoded]":
        """Ask for a picture for a close look, see ``pixels.picture``; returns at once.

        The future's exception is an error whose text is a reason for the user.
        """
        picture = remote.WithPermission(pixels.picture)
        return self._pictures.submit(picture, pixels.sent(path), px, max_bytes)

    def close(self) -> None:
        """Stop the threads once they have done what they are at, and save the cache.

        Requests still under way rest until the next `request` starts threads again.
        """
        living = [thread for thread in self._threads if thread.is_alive()]
        for _ in living:
            self._schedule(-inf, None)
        for thread in living:
            thread.join(_CLOSING_S)
        self._threads.clear()
        self._decoders.close()
        self._cache.close()

    def _schedule(self, priority: float, task: _Task | None) -> None:
        self._tasks.put((priority, next(self._numbers), task))

    def _finish_soon(self, batch: ThumbnailBatch) -> None:
        self._schedule(-inf, batch.go_on)

    def _look_up(self, batch: ThumbnailBatch, priority: int) -> None:
        """Deliver what the cache has, and schedule the making of the rest."""
        near, *parts = _parted(batch.paths)
        self._look_at(near, batch, priority)
        for part in parts:
            self._schedule(priority, partial(self._look_at, part, batch, priority))

    def _look_at(self, places: Sequence[int], batch: ThumbnailBatch, priority: int) -> None:
        if batch.cancelled:
            return
        try:
            self._find(places, batch, priority)
        except Exception as error:  # noqa: BLE001 - it is told
            logs.failed("a request for thumbnails", error)
            batch.add([Thumbnail(index, None, _reason(error)) for index in places])

    def _find(self, places: Sequence[int], batch: ThumbnailBatch, priority: int) -> None:
        files = dict(zip(places, _files([batch.paths[place] for place in places]), strict=True))
        cached = self._cache.get(set(files.values()), batch.px)
        hits = [Thumbnail(i, cached[file], None) for i, file in files.items() if file in cached]
        batch.add(hits, together=True)
        missing = [(index, file) for index, file in files.items() if file not in cached]
        with self._lock:
            for index, file in missing:
                self._wanted.setdefault((file, batch.px), []).append((batch, index))
        waiting = deque(dict.fromkeys(file for _, file in missing))
        for _ in range(self._count):
            self._schedule(priority, partial(self._make_some, waiting, batch.px, priority))

    def _make_some(self, waiting: deque[File], px: int, priority: int) -> None:
        """Make a few thumbnails for all who want them, and come back for more."""
        taken = self._take(waiting, px)
        if not taken:
            return
        left = dict(taken)
        try:
            for file, made in zip(taken, self._made(list(taken), px), strict=True):
                self._hand_out(file, px, left.pop(file), made)
        except Exception as error:  # noqa: BLE001 - it is told
            logs.failed("the making of thumbnails", error)
            for file, receivers in left.items():
                self._hand_out(file, px, receivers, error)
        self._schedule(priority, partial(self._make_some, waiting, px, priority))

    def _made(self, files: Sequence[File], px: int) -> Iterator[pixels.Encoded | Exception]:
        paths = [pixels.sent(file.path) for file in files]
        return self._decoders.each(remote.WithPermission(partial(pixels.thumbnail, size=px)), paths)

    def _take(self, waiting: deque[File], px: int) -> dict[File, list[tuple[ThumbnailBatch, int]]]:
        """Take from what waits as many files as fit one task, if somebody still wants them."""
        taken: dict[File, list[tuple[ThumbnailBatch, int]]] = {}
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
        receivers: Sequence[tuple[ThumbnailBatch, int]],
        made: pixels.Encoded | Exception,
    ) -> None:
        encoded, error = (None, _reason(made)) if isinstance(made, Exception) else (made, None)
        for batch, index in receivers:
            batch.add([Thumbnail(index, encoded, error)])
        if encoded and file.file_bytes != _ABSENT.size:  # nobody would know when it changed
            self._cache.put(file, px, encoded)

    def _has_threads(self) -> bool:
        """Start the threads that do not run yet; False where none can (in the browser: Pyodide)."""
        with self._lock, suppress(RuntimeError):
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            while len(self._threads) < self._count:
                thread = Thread(target=self._work, name="framegrid-thumbnails", daemon=True)
                thread.start()
                self._threads.append(thread)
        return bool(self._threads)

    def _work(self) -> None:
        while task := self._tasks.get()[-1]:
            try:
                task()
                if self._tasks.empty():
                    self._cache.flush()
            except Exception as error:  # noqa: BLE001 - else it ends the thread, and all thumbnails
                logs.failed("work on thumbnails", error)

    def _work_off(self) -> None:
        """Do all tasks here and now."""
        with suppress(Empty):
            while task := self._tasks.get_nowait()[-1]:
                task()
        self._cache.flush()


def shared() -> Thumbnails:
    """The thumbnails of this process, made when first asked for.

    A forked child gets its own: threads do not survive a fork, nor may a database connection.
    """
    return _of_process(os.getpid())


@cache
def _of_process(_pid: int) -> Thumbnails:
    return Thumbnails()


def _parted(paths: Sequence[str]) -> list[list[int]]:
    """Positions of what is near, and then of some web images at a time: servers may be slow."""
    parts: list[list[int]] = [[], []]
    for place, path in enumerate(paths):
        if not remote.is_web(path):
            parts[0].append(place)
        elif len(parts[-1]) < _TASK_FILES:
            parts[-1].append(place)
        else:
            parts.append([place])
    return [parts[0], *filter(None, parts[1:])]


def _files(paths: Sequence[str]) -> list[File]:
    """The files in their states; one that is not there differs from all that were."""
    states = zip(paths, sources.file_states(paths), strict=True)
    return [_file(path, state or _ABSENT) for path, state in states]


def _file(path: str, state: sources.FileState) -> File:
    """Name a file in its state by integers that SQLite can hold, whatever its times are."""
    return File(path, sources.number_of(f"{state.version} {state.change}"), state.size)


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _has_room(files: Collection[File]) -> bool:
    """Whether a task of these files may have one more."""
    return len(files) < _TASK_FILES and sum(file.file_bytes for file in files) < _TASK_BYTES
