"""Images that are files on a disk of this machine."""

import os
import stat
from collections.abc import Sequence
from pathlib import PureWindowsPath
from typing import IO

from framegrid import remote
from framegrid.base import BrokenImageError, UrlNotAllowedError
from framegrid.images.formats.known import StrPath
from framegrid.images.sources.states import FileState, number_of
from framegrid.remote import Locator

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""Opening a pipe would wait for ever, and a terminal would become that of the process."""


def open_image(locator: Locator, buffering: int) -> IO[bytes]:
    """Open a regular file, see ``Source``; through links or not."""
    return open_regular(locator.container, buffering)


def states(locators: Sequence[Locator]) -> list[FileState | None]:
    """The states of files, see ``Source``."""
    return [state_of_file(locator.container) for locator in locators]


def file_name(locator: Locator) -> str:
    """The last part of the path."""
    return last_part(locator.container)


def said(locator: Locator) -> str:
    """The path."""
    return locator.container


def last_part(path: str) -> str:
    """The last part of a path or URL, which may come from another operating system."""
    return PureWindowsPath(path).name if remote.is_of_windows(path) else path.rpartition("/")[2]


def open_regular(path: StrPath, buffering: int = -1) -> IO[bytes]:
    """Open a regular file with something in it, and nothing else.

    Raises:
        BrokenImageError: it is none, or no path.
        OSError: it cannot be read.
    """
    try:
        name = os.fspath(path)
        remote.check_path(name)
        _check_regular(os.stat(name))  # noqa: PTH116 - str paths are faster
        file = open(name, "rb", buffering=buffering, opener=_opener)  # noqa: SIM115
    except UrlNotAllowedError as error:
        raise BrokenImageError(str(error)) from error
    except (TypeError, ValueError) as error:  # null, a number; NUL bytes, lone surrogates
        raise BrokenImageError("not a path of a file") from error
    try:  # it may be another one meanwhile
        _check_regular(os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def state_of_file(path: str) -> FileState | None:
    """The state of what is at a path, None where nothing is."""
    try:
        remote.check_path(path)
        status = os.stat(path)  # noqa: PTH116 - str paths are faster
    except (OSError, ValueError, TypeError):
        return None
    return FileState(
        status.st_mtime_ns, status.st_size, number_of(f"{status.st_ino} {status.st_ctime_ns}")
    )


def empty() -> BrokenImageError:
    """The error for a file with nothing in it."""
    return BrokenImageError("empty file (0 bytes)")


def _opener(path: StrPath, flags: int) -> int:
    return os.open(path, flags | _AT_ONCE)


def _check_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise BrokenImageError("not a regular file")
    if not status.st_size:
        raise empty()
