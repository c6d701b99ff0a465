"""Objects and their states: reading, asking, downloading."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from framegrid.base import ConflictError, threads
from framegrid.remote.filesystems import locate, told_of

_THREADS = 32  # they wait for the network
_ATTEMPTS = 5

_VERSIONS = ("ETag", "etag", "generation", "mtime", "LastModified", "last_modified", "created")
"""Where stores put what changes with each write, the most exact first."""


class Status(NamedTuple):
    """An object in one state; writing to it makes another.

    Attributes:
        version: an entity tag, or the time of the last write.
        size: in bytes.
    """

    version: str
    size: int


def status(url: str) -> Status | None:
    """Ask for the state of an object; None when there is none.

    Raises:
        ValueError, ImportError: the URL may not or cannot be opened.
        OSError: the store does not answer, or denies access.
    """
    fs, path = locate(url)
    try:
        with told_of(url):
            info = fs.info(path)
    except FileNotFoundError:
        return None
    return _status_of(info) if info["type"] == "file" else None


def _status_of(info: dict[str, Any]) -> Status:
    """The state that an entry of fsspec tells."""
    version = next((info[key] for key in _VERSIONS if info.get(key)), "")
    return Status(str(version), info["size"])


def statuses(urls: Sequence[str]) -> Iterator[Status | None]:
    """Ask for the states of many objects at once; None for those that cannot be had."""
    with threads.pool(min(_THREADS, len(urls)) or 1, "framegrid-objects") as pool:
        yield from pool.map(_status_or_none, urls)


def _status_or_none(url: str) -> Status | None:
    with suppress(OSError, ValueError, ImportError):
        return status(url)
    return None


def read(url: str) -> bytes:
    """Read a whole object.

    Raises:
        FileNotFoundError: there is none.
        OSError: the store does not answer, or denies access.
        ValueError, ImportError: the URL may not or cannot be opened.
    """
    fs, path = locate(url)
    with told_of(url):
        return bytes(fs.cat_file(path))


def read_whole(url: str) -> tuple[bytes, Status]:
    """Read an object together with the state that it has, whoever writes meanwhile.

    Raises:
        FileNotFoundError: there is none.
        OSError, ValueError, ImportError: as for ``read``.
    """
    before = status(url)
    for _ in range(_ATTEMPTS):
        data, after = read(url), status(url)
        if after is not None and after == before:
            return data, after
        before = after
    raise ConflictError(f"{url} is written faster than it can be read: try again")
