"""Image files where they are, on disk or on object storage: opening, and telling changes."""

import os
import stat
from collections.abc import Sequence
from hashlib import blake2b
from typing import IO, NamedTuple

from framegrid import remote
from framegrid.errors import BrokenImageError
from framegrid.images.formats import StrPath

_FIRST_RANGE = 1 << 16
"""Bytes asked for at first of an object whose header is wanted: most have it all in there."""

_VERSION_BYTES = 7  # so that SQLite has the number as an integer


class FileState(NamedTuple):
    """A file in one state; writing to it makes another.

    Attributes:
        version: when it was last written, in ns; of an object, a number for its entity tag.
        size: in bytes.
    """

    version: int
    size: int


def open_file(path: StrPath, buffering: int) -> IO[bytes]:
    """Open an image file for reading.

    Args:
        path: the file, or the URL of an object.
        buffering: bytes to read at once; -1 for few, enough for most headers.

    Raises:
        BrokenImageError: it is empty, no regular file, or a URL that is not opened.
        OSError: it cannot be read.
    """
    if not remote.is_url(path):
        _check_file(path)
        return open(path, "rb", buffering=buffering)  # noqa: PTH123 - str paths are faster
    try:
        file = remote.open_object(path, max(4 * buffering, _FIRST_RANGE))
    except (ValueError, ImportError) as error:
        raise BrokenImageError(str(error)) from error
    if not file.read(1):
        raise _empty()
    file.seek(0)
    return file


def is_here_only(path: str) -> bool:
    """Tell an object that lies in the memory of this process: no other process finds it."""
    return path.startswith("memory:") and remote.is_url(path)


def file_states(paths: Sequence[str]) -> list[FileState | None]:
    """Look at files, None where there is none; objects are asked for at the same time."""
    urls = [path for path in paths if remote.is_url(path)]
    found = dict(zip(urls, remote.statuses(urls), strict=True)) if urls else {}
    return [_of_object(found[path]) if path in found else _of_file(path) for path in paths]


def missing_files(paths: Sequence[str]) -> list[str]:
    """Give those of the files that are not there."""
    states = zip(paths, file_states(paths), strict=True)
    return [path for path, state in states if state is None]


def _check_file(path: StrPath) -> None:
    status = os.stat(path)  # noqa: PTH116 - str paths are faster
    if not stat.S_ISREG(status.st_mode):  # opening a FIFO would wait for ever
        raise BrokenImageError("not a regular file")
    if not status.st_size:
        raise _empty()


def _empty() -> BrokenImageError:
    return BrokenImageError("empty file (0 bytes)")


def _of_file(path: str) -> FileState | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - str paths are faster
    except (OSError, ValueError):
        return None
    return FileState(status.st_mtime_ns, status.st_size)


def _of_object(status: remote.Status | None) -> FileState | None:
    if status is None:
        return None
    digest = blake2b(status.version.encode(), digest_size=_VERSION_BYTES).digest()
    return FileState(int.from_bytes(digest), status.size)
