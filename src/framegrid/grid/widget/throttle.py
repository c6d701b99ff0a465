"""Calling something often, letting it happen seldom."""

import asyncio
import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_LONGEST_S = 1.0
"""How long the action may have to wait, whatever it takes."""


class Throttle:
    """Runs `action` at most once per `interval` seconds: at once where it may, else delayed.

    After the last call the action runs once more: later where calls come thick and fast, on a timer
    thread or, where none can start, in the event loop; otherwise on the caller's thread.

    Args:
        action: what to run.
        interval: in seconds.
        share: the most of the time that the action, and what it leads to, may take of the
            processor: what all threads take but the one that calls, a loop that is not to wait
            for the others, who want Python's lock as it does.
    """

    def __init__(self, action: Callable[[], None], interval: float, share: float = 1.0) -> None:
        self._action = action
        self._interval = interval
        self._share = share
        self._lock = threading.Lock()
        self._last = -math.inf
        self._spent = 0.0
        # Who called, and what this thread and all of them had taken of the processor by then.
        self._called = (0, 0.0, 0.0)
        self._timer: threading.Timer | asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Ask for the action."""
        with self._lock:
            if self._timer is not None:
                return
            self._weigh()
            if self._delay():
                return
        self._run()

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
            self._last = time.monotonic()
        self._action()

    def _weigh(self) -> None:
        """Count what other threads took of the processor since the same one called before."""
        caller, before, all_before = self._called
        self._called = threading.get_ident(), time.thread_time(), time.process_time()
        now, own, everybody = self._called
        self._spent = everybody - all_before - (own - before) if now == caller else 0.0

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
