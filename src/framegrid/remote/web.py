"""Web images: opened as files, and asked for their states."""

import io
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, Any

from framegrid.base import threads
from framegrid.remote.objects import Status
from framegrid.remote.ranges import SeekableRaw
from framegrid.remote.web_requests import Answer, RefusedError, ask

_THREADS = 16  # they wait; of one host, a few at a time
_UNVERSIONED_S = 3600
"""How long an image counts as the same whose server does not tell when it becomes another."""


def open_web(url: str, first: int | None = None) -> IO[bytes]:
    """Open a web image for reading; what comes first is asked for at once.

    Args:
        url: of the image.
        first: how many bytes are most likely enough, as for a header; None for all.

    Raises:
        UrlNotAllowedError: the user has not named the host, or that which it leads on to.
        ValueError: it is no address of a web image.
        OSError: there is no answer within the bounds; the message is a short reason.
    """
    if first is None:
        return io.BytesIO(_whole(url).body)
    answer = ask(url, "GET", first)
    if answer.size is not None and len(answer.body) >= answer.size:
        return io.BytesIO(answer.body)
    return io.BufferedReader(_Begun(url, answer))


def web_status(url: str) -> Status:
    """Ask for the state of a web image.

    Raises:
        UrlNotAllowedError, ValueError, OSError: as for ``open_web``.
    """
    try:
        answer = ask(url, "HEAD")
    except RefusedError:  # some answer only who wants the image, as where URLs are signed for that
        answer = ask(url, "GET", 1)
    hour = int(time.time() // _UNVERSIONED_S)
    return Status(answer.version or f"hour {hour} {answer.size}", answer.size or 0)


def web_statuses(urls: Sequence[str]) -> Iterator[Status | None]:
    """Ask for the states of many web images at once; None for those that cannot be had."""
    with threads.pool(min(_THREADS, len(urls)) or 1, "framegrid-web") as pool:
        yield from pool.map(_status_or_none, urls)


def _status_or_none(url: str) -> Status | None:
    with suppress(OSError, ValueError):
        return web_status(url)
    return None


def _whole(url: str) -> Answer:
    answer = ask(url, "GET")
    if answer.status != 200:
        raise OSError(f"the server answers {answer.status}")
    return answer


class _Begun(SeekableRaw):
    """An image of which the beginning is here; the rest is asked for once it is needed."""

    def __init__(self, url: str, begun: Answer) -> None:
        self._url = url
        self._begun = begun
        self._data = begun.body
        self._is_whole = False

    def readinto(self, buffer: Any) -> int:
        if self._position >= len(self._data) and self._begun.size != self._position:
            self._fetch()
        part = self._data[self._position : self._position + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _length(self) -> int:
        if self._begun.size is not None:
            return self._begun.size
        self._fetch()
        return len(self._data)

    def _fetch(self) -> None:
        """Ask for all of it, which has to go on as it began."""
        if self._is_whole:
            return
        answer = _whole(self._url)
        if not answer.body.startswith(self._begun.body) or answer.version != self._begun.version:
            raise OSError("it was changed while it was read")
        self._data, self._is_whole = answer.body, True
