"""File systems of fsspec, and their errors as those of files."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from framegrid.remote.permission import check
from framegrid.remote.urls import split

_PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "az": "adlfs", "memory": "fsspec"}
_EXTRAS = {"s3": "framegrid[s3]", "gs": "framegrid[gcs]"}
_CHANGED = (409, 412)  # two writers at a time, and a condition that does not hold


class ChangedError(OSError):
    """The object is not, or not any more, what it was."""


def locate(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it, without asking it anything.

    Never by fsspec's own way from URLs, which follows chains such as ``s3://x::file:///y``.

    Raises:
        ValueError: it may not be opened, or the user has not named its bucket.
        ImportError: its package is not installed.
    """
    protocol, rest = split(url)
    check(url)
    try:
        import fsspec  # noqa: PLC0415 - only who has URLs needs it

        # Listings are not remembered, as others write too.
        return fsspec.filesystem(protocol, use_listings_cache=False), rest.strip("/")
    except ImportError as error:
        package = _PACKAGES[protocol]
        extra = f", or pip install '{_EXTRAS[protocol]}'" if protocol in _EXTRAS else ""
        raise ImportError(f"{protocol}:// needs {package}: pip install {package}{extra}") from error


@contextmanager
def told_of(url: str) -> Iterator[None]:
    """Turn what stores raise, of which much is no ``OSError``, into errors that name the URL."""
    try:
        yield
    except (ValueError, ImportError, MemoryError, ChangedError):
        raise
    except FileNotFoundError as error:
        message = "no such object or bucket"
        raise FileNotFoundError(errno.ENOENT, message, url) from error
    except FileExistsError as error:
        raise FileExistsError(errno.EEXIST, "there is an object already", url) from error
    except Exception as error:
        if isinstance(error, PermissionError) or "Credentials" in type(error).__name__:
            message = f"access denied ({_line(error)})"
            raise PermissionError(errno.EACCES, message, url) from error
        response = getattr(error.__cause__, "response", None) or {}
        if response.get("ResponseMetadata", {}).get("HTTPStatusCode") in _CHANGED:
            raise ChangedError(
                errno.EBUSY, "another writer was faster, whose version is to be taken in first", url
            ) from error
        number = getattr(error, "errno", None) or errno.EIO
        raise OSError(number, _line(error), url) from error


def _line(error: Exception) -> str:
    return " ".join((getattr(error, "strerror", None) or str(error) or repr(error)).split())
