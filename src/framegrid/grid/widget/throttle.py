"""Calling something often, letting it happen seldom."""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_LONGEST_S = 1.0
"""How long the action may have to wait, whatever it takes."""


class Throttle:
    """Runs `action` at most once per `interval` seconds: at once where it may, else delayed.

    After the last call the action runs once more: later where calls come thick and fast, on a timer
    thread or, where none can start, in the event loop; otherwise on the caller's thread.

    Args:
        action: what to run.
        interval: in seconds.
        share: the most of the time that the action, and what it leads to, may take.
    """

    def __init__(self, action: Callable[[], None], interval: float, share: float = 1.0) -> None:
        self._action = action
        self._interval = interval
        self._share = share
        self._lock = threading.Lock()
        self._last = -math.inf
        self._spent = 0.0
        self._timer: threading.Timer | asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Ask for the action."""
        with self._lock:
            if self._timer is not None:
                return
            if self._delay():
                return
        self._run()

    @contextmanager
    def charged(self) -> Iterator[None]:
        """Count what a block takes of the processor: the next run is the later for it."""
        start = time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self._spent += time.thread_time() - start

    def flush(self) -> None:
        """Run the action now, if it was to run later."""
        with self._lock:
            if self._timer is None:
                return
            self._timer.cancel()
            self._timer, self._last = None, -math.inf
        self._run()

    def cancel(self) -> None:
        """Forget a delayed action."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _run(self) -> None:
        with self._lock:
            self._timer = None
            if self._delay():
                return
            self._last, self._spent = time.monotonic(), 0.0
        with self.charged():
            self._action()

    def _delay(self) -> bool:
        """Have the action run later, if it is too early for it."""
        pause = min(max(self._interval, self._spent / self._share), _LONGEST_S)
        wait = self._last + pause - time.monotonic()
        if wait <= 0:
            return False
        self._timer = _later(wait, self._run)
        return self._timer is not None


def _later(
    seconds: float, action: Callable[[], None]
) -> threading.Timer | asyncio.TimerHandle | None:
    """Have an action run later; None where nobody can."""
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    with suppress(RuntimeError):
        timer.start()
        return timer
    with suppress(RuntimeError):  # without threads a notebook has an event loop
        return asyncio.get_running_loop().call_later(seconds, action)
    return None
