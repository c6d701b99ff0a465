"""Worker processes that stand in for one another, and what happens where there can be none."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from queue import LifoQueue
from threading import Event, Lock, Thread
from time import sleep
from typing import Any

from framegrid.base import logs
from framegrid.images.workers.process import (
    NoProcessesError,
    StartError,
    Worker,
    WorkerError,
    answer,
)
from framegrid.images.workers.serving import attempt

_TICK_S = 0.25
"""How often somebody looks for workers that take too long."""

_PAUSES_S = (0.1, 0.4, 1.0)
"""Between attempts to start a process."""

_PATIENCE_S = 10.0
"""How long that somebody stays when nothing is being done."""


def usable_cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """Worker processes: the death of one costs what it was doing, not the others.

    Where there are no processes (Python in the browser, some sandboxes), functions are called here,
    on the calling thread. Where one cannot start for the moment, for want of memory or open files,
    it is tried again, and what was to be done fails: nothing is decoded here without bounds.

    Args:
        count: number of processes; one starts when there is something for it to do. With 0 all
            functions are called here.
        seconds: how long an item may take where it is bounded; None for the limit of this process.
        bounds: whether all items are bounded in time and memory, and silent; or only what functions
            run within ``bounded``.
        prepare: called in each process with None when it starts.
    """

    def __init__(
        self,
        count: int,
        *,
        seconds: float | None = None,
        bounds: bool = True,
        prepare: Callable[[None], object] | None = None,
    ) -> None:
        self._workers = [Worker(seconds, bounds=bounds, prepare=prepare) for _ in range(count)]
        self._idle: LifoQueue[Worker] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._is_possible = count > 0
        self._has_failed = False
        self._is_closed = False
        self._lock = Lock()
        self._work = Event()
        self._watchman: Thread | None = None

    def each(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Have one worker call a function for each item; wait here.

        Args:
            function: importable by its name.
            items: can be pickled.

        Yields:
            What the function gave for each item, in order, as it comes; a `BrokenImageError` that
            it raised; or a `WorkerError` with the reason why there is nothing.
        """
        done = 0
        while done < len(items):
            if not self._is_possible:
                yield from (answer(*attempt(function, item)) for item in items[done:])
                return
            try:
                for result in self._some(function, items[done:]):
                    done += 1
                    yield result
            except StartError as error:
                yield from [error] * (len(items) - done)
                return
            except WorkerError as error:
                done += 1
                yield error
            except NoProcessesError as error:
                if self._is_closed:
                    raise
                self._is_possible = False
                logs.warn("decodes images in this process", error)

    def start(self, count: int) -> None:
        """Start some processes, so that the first tasks need not wait for them.

        Raises:
            RuntimeError: no thread can be started to do it.
        """
        for _ in range(count):
            Thread(target=self._start_one, name="framegrid-start", daemon=True).start()

    def kill(self) -> None:
        """End all processes at once, whatever they are doing; none starts again."""
        self._is_closed = True
        for worker in self._workers:
            worker.kill()

    def close(self) -> None:
        """End the processes; nobody may be waiting for them."""
        for worker in self._workers:
            worker.close()

    def _some(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Yield answers of one worker, until it has given all or died."""
        worker = self._idle.get()
        self._watch()
        is_whole = False
        try:
            self._make_start(worker)
            yield from worker.answers(function, items)
            is_whole = True
        finally:
            if not is_whole:  # further answers would be taken for those of the next task
                worker.close()
            self._idle.put(worker)

    def _make_start(self, worker: Worker) -> None:
        """Start a process, in several attempts unless these have just been in vain.

        Raises:
            StartError, NoProcessesError: in vain.
        """
        for pause in () if self._has_failed or self._is_closed else _PAUSES_S:
            try:
                worker.start()
            except StartError:
                sleep(pause)
            else:
                return
        try:
            worker.start()
        except StartError as error:
            if not self._has_failed and not self._is_closed:
                logs.warn("makes no pictures for now", error)
            self._has_failed = True
            raise
        self._has_failed = False

    def _start_one(self) -> None:
        worker = self._idle.get()
        self._watch()
        try:
            with suppress(BrokenExecutor, StartError):  # the first task will say so
                worker.start()
        finally:
            self._idle.put(worker)

    def _watch(self) -> None:
        """Have somebody look for workers that take too long; without threads, nobody can."""
        with self._lock, suppress(RuntimeError):
            self._work.set()
            if self._watchman is None or not self._watchman.is_alive():
                watchman = Thread(target=self._end_late, name="framegrid-deadline", daemon=True)
                watchman.start()
                self._watchman = watchman

    def _end_late(self) -> None:
        while self._is_work_expected():
            self._work.clear()
            while self._idle.qsize() < len(self._workers):
                for worker in self._workers:
                    with suppress(Exception):  # who watches goes on
                        worker.end_if_late()
                sleep(_TICK_S)

    def _is_work_expected(self) -> bool:
        self._work.wait(_PATIENCE_S)
        with self._lock:
            if not self._work.is_set():
                self._watchman = None
            return self._work.is_set()
