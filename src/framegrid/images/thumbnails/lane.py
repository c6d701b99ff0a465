"""Threads and worker processes that have pictures of some kind made, the most urgent first."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from math import inf
from queue import Empty, PriorityQueue
from threading import Lock, Thread

from framegrid.base import logs
from framegrid.images import formats
from framegrid.images.workers.executor import Processes
from framegrid.images.workers.pool import Workers

_PICTURES = 1
"""Workers beyond those that thumbnails may occupy, so that a large picture need not wait."""

_CLOSING_S = 60.0
"""How long to wait for a thread that is at work: longer than any work takes."""

Task = Callable[[], None]


class Lane:
    """Each process has a thread here that waits for it. Nothing starts before it is needed.

    Args:
        width: number of threads.
        rest: called when there is nothing left to do.

    Attributes:
        width: number of threads.
        decoders: the processes.
        pictures: one of them, for what is not to wait.
    """

    def __init__(self, width: int, rest: Task) -> None:
        self.width = width
        self.decoders = Workers(width + _PICTURES, prepare=formats.load_formats)
        self.pictures = Processes(self.decoders, _PICTURES)
        self.threads: list[Thread] = []
        self._rest = rest
        self._tasks: PriorityQueue[tuple[float, int, Task | None]] = PriorityQueue()
        self._numbers = count(1)
        self._lock = Lock()

    def schedule(self, priority: float, task: Task | None) -> None:
        """Have a task done once ``start`` was called; the lower its priority, the sooner."""
        self._tasks.put((priority, next(self._numbers), task))

    def start(self) -> bool:
        """Start the threads that do not run yet; False where none can (in the browser: Pyodide)."""
        with self._lock, suppress(RuntimeError):
            self.threads = [thread for thread in self.threads if thread.is_alive()]
            while len(self.threads) < self.width:
                thread = Thread(target=self._work, name="framegrid-thumbnails", daemon=True)
                thread.start()
                self.threads.append(thread)
        return bool(self.threads)

    def work_off(self) -> None:
        """Do all tasks here and now."""
        with suppress(Empty):
            while task := self._tasks.get_nowait()[-1]:
                task()
        self._rest()

    def close(self) -> None:
        """End threads and processes once they have done what they are at; other tasks rest."""
        living = [thread for thread in self.threads if thread.is_alive()]
        for _ in living:
            self.schedule(-inf, None)
        for thread in living:
            thread.join(_CLOSING_S)
        self.threads.clear()
        self.decoders.close()

    def _work(self) -> None:
        while task := self._tasks.get()[-1]:
            try:
                task()
                if self._tasks.empty():
                    self._rest()
            except Exception as error:  # noqa: BLE001 - else it ends the thread, and all thumbnails
                logs.failed("work on thumbnails", error)
