"""Thumbnails: found in the cache, else made, for all who want them."""

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from functools import cache, partial
from itertools import count
from math import inf
from pathlib import Path
from threading import Lock

from framegrid import remote
from framegrid.base import default_folder, logs
from framegrid.images import pixels, sources
from framegrid.images.thumbnails.batch import Thumbnail, ThumbnailBatch
from framegrid.images.thumbnails.disk_cache import Cache, File
from framegrid.images.thumbnails.lane import Lane
from framegrid.images.workers.pool import usable_cores

_SIZES = (128, 256, 512, 1024)
_MAX_WORKERS = 8
_MAX_BYTES = 512_000_000

_ABSENT = sources.FileState(0, -1)

_TASK_FILES = 8
_TASK_BYTES = 2_000_000
"""A worker is given no more at a time, some tens of ms, so that a newer request need not wait."""


def bucket(size: int) -> int:
    """Return the px at which thumbnails for tiles of `size` px are made: one of a few sizes.

    So a tile that grows a little needs no new thumbnail.
    """
    return next((px for px in _SIZES if px >= size), _SIZES[-1])


class Thumbnails:
    """Has thumbnails made by worker processes and remembers them.

    Web images have a lane of their own: nothing else waits for a slow server.

    Args:
        cache: Folder of the cache on disk, by default the user's.
        workers: Number of threads of each lane, by default one per core.
        max_bytes: Limit of the cache.
    """

    def __init__(
        self, cache: Path | None = None, workers: int | None = None, max_bytes: int = _MAX_BYTES
    ) -> None:
        self._cache = Cache(cache or default_folder(), max_bytes)
        width = workers or min(usable_cores(), _MAX_WORKERS)
        self._near, self._web = (Lane(width, self._rest) for _ in range(2))
        self._numbers = count(1)
        self._wanted: dict[tuple[File, int], list[tuple[ThumbnailBatch, int]]] = {}
        self._lock = Lock()

    def warm_up(self) -> None:
        """Start what makes thumbnails, in the background: the first request will come soon."""
        if self._near.start():
            self._near.decoders.start(self._near.width)

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
        near, *parts = _parted(batch.paths)
        self._near.schedule(priority, partial(self._look_at, self._near, near, batch, priority))
        for part in parts:
            self._web.schedule(priority, partial(self._look_at, self._web, part, batch, priority))
        for lane in (self._near, self._web) if parts else (self._near,):
            if not lane.start():
                lane.work_off()
        return batch

    def picture(self, path: str, px: int, max_bytes: int) -> "Future[pixels.Encoded]":
        """Ask for a picture for a close look, see ``pixels.picture``; returns at once.

        The future's exception is an error whose text is a reason for the user.
        """
        picture = remote.WithPermission(pixels.picture)
        lane = self._web if remote.is_web(path) else self._near
        return lane.pictures.submit(picture, pixels.sent(path), px, max_bytes)

    def close(self) -> None:
        """Stop the threads once they have done what they are at, and save the cache.

        Requests still under way rest until the next `request` starts threads again.
        """
        self._near.close()
        self._web.close()
        self._cache.close()

    def _rest(self) -> None:
        """With nothing left to do, write down what was made."""
        self._cache.flush()

    def _finish_soon(self, batch: ThumbnailBatch) -> None:
        self._near.schedule(-inf, batch.go_on)

    def _look_at(
        self, lane: Lane, places: Sequence[int], batch: ThumbnailBatch, priority: int
    ) -> None:
        """Deliver what the cache has, and schedule the making of the rest."""
        if batch.cancelled:
            return
        try:
            self._find(lane, places, batch, priority)
        except Exception as error:  # noqa: BLE001 - it is told
            logs.failed("a request for thumbnails", error)
            batch.add([Thumbnail(index, None, _reason(error)) for index in places])

    def _find(
        self, lane: Lane, places: Sequence[int], batch: ThumbnailBatch, priority: int
    ) -> None:
        files = dict(zip(places, _files([batch.paths[place] for place in places]), strict=True))
        cached = self._cache.get(set(files.values()), batch.px)
        hits = [Thumbnail(i, cached[file], None) for i, file in files.items() if file in cached]
        batch.add(hits, together=True)
        missing = [(index, file) for index, file in files.items() if file not in cached]
        with self._lock:
            for index, file in missing:
                self._wanted.setdefault((file, batch.px), []).append((batch, index))
        waiting = deque(dict.fromkeys(file for _, file in missing))
        for _ in range(lane.width):
            lane.schedule(priority, partial(self._make_some, lane, waiting, batch, priority))

    def _make_some(
        self, lane: Lane, waiting: deque[File], batch: ThumbnailBatch, priority: int
    ) -> None:
        """Make a few thumbnails for all who want them, and come back for more."""
        px = batch.px
        taken = self._take(waiting, px)
        if not taken:
            return
        left = dict(taken)
        try:
            for file, made in zip(taken, self._made(lane, list(taken), px), strict=True):
                self._hand_out(file, px, left.pop(file), made)
        except Exception as error:  # noqa: BLE001 - it is told
            logs.failed("the making of thumbnails", error)
            for file, receivers in left.items():
                self._hand_out(file, px, receivers, error)
        if not waiting and lane is self._near and any(map(remote.is_web, batch.paths)):
            batch.add([], together=True)  # what is here is shown before what a server keeps
        lane.schedule(priority, partial(self._make_some, lane, waiting, batch, priority))

    def _made(
        self, lane: Lane, files: Sequence[File], px: int
    ) -> Iterator[pixels.Encoded | Exception]:
        paths = [pixels.sent(file.path) for file in files]
        return lane.decoders.each(remote.WithPermission(partial(pixels.thumbnail, size=px)), paths)

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
