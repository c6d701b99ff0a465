"""Turns: a web host gets a few requests at a time, from all processes of a user together.

A turn is a lock on one byte of a file beside the cache, which ends with the process that has it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from threading import Condition
from time import monotonic

from framegrid.base import default_folder, forks

try:
    import fcntl
except ImportError:  # Windows: a few for each process
    fcntl = None  # type: ignore[assignment]

AT_A_TIME = 4

_FILE = "web-turns"
_PLACES = 1 << 40
_LOOK_S = 0.02  # another process tells nobody that its turn is over
_PAUSE_S = 10.0

_changed = Condition()
_taken: dict[int, int | None] = {}
"""The turns of this process, with the file in which each is locked."""

_silent: dict[str, float] = {}
_files: dict[Path, int] = {}


@contextmanager
def turn(host: str, seconds: float) -> Iterator[None]:
    """Wait until a host may be asked; within the block, it is.

    Raises:
        TimeoutError: others ask it all the time.
    """
    mine = _wait(host, monotonic() + seconds)
    try:
        yield
    finally:
        with _changed:
            _unlock(mine, _taken.pop(mine, None))
            _changed.notify_all()


def is_silent(host: str) -> bool:
    """Whether a host has just taken up no connection: it is not waited for again and again."""
    return _silent.get(host, 0) > monotonic()


def note_silent(host: str) -> None:
    """Note that a host takes up no connection."""
    _silent[host] = monotonic() + _PAUSE_S


def _wait(host: str, end: float) -> int:
    first = int.from_bytes(blake2b(host.encode(), digest_size=5).digest()) * AT_A_TIME
    with _changed:
        while True:
            fd = _file()
            for number in range(first, first + AT_A_TIME):
                if number not in _taken and _lock(number, fd):
                    _taken[number] = fd
                    return number
            if monotonic() > end:
                raise TimeoutError
            _changed.wait(_LOOK_S)


def _lock(number: int, fd: int | None) -> bool:
    """Lock a byte; where nothing can be locked, each process counts by itself."""
    if fcntl is None or fd is None:
        return True
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
    except BlockingIOError:
        return False
    except OSError as error:
        return not isinstance(error, PermissionError)  # as some systems say that it is locked
    return True


def _unlock(number: int, fd: int | None) -> None:
    if fcntl is not None and fd is not None:
        with suppress(OSError):
            fcntl.lockf(fd, fcntl.LOCK_UN, 1, number)


def _file() -> int | None:
    """The open file, which is never closed: that would end the turns of all threads."""
    with suppress(OSError, RuntimeError):
        path = default_folder().expanduser() / _FILE
        if path not in _files:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _files[path] = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        return _files[path]
    return None


def _forget() -> None:
    """In a forked child: locks are the parent's, and so may be the condition."""
    global _changed  # noqa: PLW0603 - a new one
    _changed = Condition()
    _taken.clear()


forks.in_child(_forget)
