"""Noticing what other processes change, while somebody follows the dataset."""

import threading
from collections.abc import Callable
from contextlib import suppress
from weakref import WeakMethod

# An open grid shows another notebook's edits within a second.
INTERVAL_S = 0.5


def watch(look: Callable[[], bool]) -> threading.Thread | None:
    """Call `look`, a method held weakly, twice a second on a thread of its own.

    Args:
        look: tells whether to go on; what it raises as an OSError is left for the user's next call.

    Returns:
        The thread; None where threads cannot start.
    """
    thread = threading.Thread(
        target=_run, args=(WeakMethod(look),), name="framegrid-watcher", daemon=True
    )
    with suppress(RuntimeError):
        thread.start()
        return thread
    return None


def _run(reference: WeakMethod[Callable[[], bool]]) -> None:
    pause = threading.Event()
    while not pause.wait(INTERVAL_S):
        look = reference()
        with suppress(OSError):
            if look is None or not look():
                return
        del look
