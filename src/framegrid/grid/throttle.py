"""Calling something often, letting it happen seldom."""

import threading
import time
from collections.abc import Callable


class Throttle:
    """Runs `action` at most once per `interval` seconds: at once where it may, else delayed.

    After the last call the action runs once more: on a timer thread, where calls come thick and
    fast, otherwise on the caller's.
    """

    def __init__(self, action: Callable[[], None], interval: float) -> None:
        self._action = action
        self._interval = interval
        self._lock = threading.Lock()
        self._next = 0.0
        self._timer: threading.Timer | None = None

    def __call__(self) -> None:
        """Ask for the action."""
        with self._lock:
            if self._timer is not None:
                return
            wait = self._next - time.monotonic()
            if wait > 0:
                self._timer = threading.Timer(wait, self._run)
                self._timer.daemon = True
                self._timer.start()
                return
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
            self._next = time.monotonic() + self._interval
        self._action()
