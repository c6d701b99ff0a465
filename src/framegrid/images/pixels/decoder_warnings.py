"""What Pillow warns of while it reads a file: told with the file, not on the terminal."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

DecoderWarnings = list[tuple[str, str]]
"""Path and text of each warning."""

_reading = threading.local()


@contextmanager
def collecting_warnings() -> Iterator[DecoderWarnings]:
    """Collect what is said of the files that are read, on any thread, within `of_file`."""
    found: DecoderWarnings = []
    with warnings.catch_warnings():
        warnings.filterwarnings("always", module=r"(PIL|pillow_\w+)\b")
        show = warnings.showwarning

        def note(message: Warning | str, *others: Any, **named: Any) -> None:
            path = getattr(_reading, "path", None)
            if path is None:
                show(message, *others, **named)
            else:
                found.append((path, " ".join(str(message).split())[:200]))

        warnings.showwarning = note
        yield found


@contextmanager
def of_file(path: str) -> Iterator[None]:
    """Say that what is found on this thread is about a file."""
    _reading.path = path
    try:
        yield
    finally:
        _reading.path = None
