"""Worker processes that stand in for one another, and what happens where there can be none."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from queue import LifoQueue
from threading import Event, Lock, Thread
from time import sleep
from typing import Any

from framegrid.workers.process import Worker, WorkerError, answer
from framegrid.workers.serving import attempt

_logger = logging.getLogger("framegrid")

SECONDS = 10.0
"""How long decoding one image may take."""

_TICK_S = 0.25
"""How often somebody looks for workers that take too long."""

_PATIENCE_S = 10.0
"""How long that somebody stays when nothing is being done."""


def usable_cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Workers:
    """Worker processes: the death of one costs what it was doing, not the others.

    Where no process can be started (sandboxes, Python in the browser), functions are called here,
    on the calling thread.

    Args:
        count: number of processes; one starts when there is something for it to do. With 0 all
            functions are called here.
        seconds: how long an item may take where it is bounded.
        bounds: whether all items are bounded in time and memory, and silent; or only what functions
            run within ``bounded``.
        prepare: called in each process with None when it starts.
    """

    def __init__(
        self,
        count: int,
        *,
        seconds: float = SECONDS,
        bounds: bool = True,
        prepare: Callable[[None], object] | None = None,
    ) -> None:
        self._workers = [Worker(seconds, bounds=bounds, prepare=prepare) for _ in range(count)]
        self._idle: LifoQueue[Worker] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._is_possible = count > 0
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
            except WorkerError as error:
                done += 1
                yield error
            except BrokenExecutor as error:
                if self._is_closed:
                    raise
                self._is_possible = False
                _logger.warning("framegrid decodes images in this process, since %s", error)

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
            yield from worker.answers(function, items)
            is_whole = True
        finally:
            if not is_whole:  # further answers would be taken for those of the next task
                worker.close()
            self._idle.put(worker)

    def _start_one(self) -> None:
        worker = self._idle.get()
        try:
            with suppress(BrokenExecutor):  # the first task will say so
                worker.start()
        finally:
            self._idle.put(worker)

    def _watch(self) -> None:
        """Have somebody look for workers that take too long; without threads, nobody can."""
        with self._lock, suppress(RuntimeError):
            self._work.set()
            if self._watchman is None:
                watchman = Thread(target=self._end_late, name="framegrid-deadline", daemon=True)
                watchman.start()
                self._watchman = watchman

    def _end_late(self) -> None:
        while self._is_work_expected():
            self._work.clear()
            while self._idle.qsize() < len(self._workers):
                for worker in self._workers:
                    worker.end_if_late()
                sleep(_TICK_S)

    def _is_work_expected(self) -> bool:
        self._work.wait(_PATIENCE_S)
        with self._lock:
            if not self._work.is_set():
                self._watchman = None
            return self._work.is_set()
