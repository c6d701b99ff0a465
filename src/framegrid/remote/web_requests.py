"""Requests to web servers: bounded in time, size and redirects, each where the user allowed it."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple
from urllib.parse import urljoin

from framegrid.base import UrlNotAllowedError, waiting
from framegrid.remote import web_turns
from framegrid.remote.permission import check
from framegrid.remote.web_connections import Connection, kept
from framegrid.remote.web_sockets import Deadline, SilentError
from framegrid.remote.web_urls import WebUrl, parse

MOST_BYTES = 200_000_000
MOST_S = 10.0
MOST_REDIRECTS = 3

_TURN_S = 120.0
"""How long others may be in front: each of them takes no longer than is allowed."""

_CHUNK = 1 << 20
_WHOLE, _PART, _NO_SUCH_PART = 200, 206, 416
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE, _DENIED = frozenset({404, 410}), frozenset({401, 403, 407})
_TOTAL = re.compile(r"bytes 0-\d+/(\d{1,18}|\*)")
_LENGTH = re.compile(r"\d{1,18}")
_TOO_LARGE = f"too large: more than {MOST_BYTES // 10**6} MB"
_HEADERS = {
    "User-Agent": "framegrid (Python; pictures for a notebook)",
    "Accept": "image/*, */*;q=0.5",
    "Accept-Encoding": "identity",  # what is unpacked here could be far larger than what came
}


class RefusedError(OSError):
    """A server that answers something else than was asked for."""


class Answer(NamedTuple):
    """What a server answered.

    Attributes:
        status: 200, 206 and the like.
        version: changes with the image, as far as the server tells; "" where it does not.
        size: of the whole image in bytes, None where the server does not say.
        body: what came of it, at most as much as was wanted.
    """

    status: int
    version: str
    size: int | None
    body: bytes = b""


def ask(url: str, method: str, first: int | None = None) -> Answer:
    """Ask a server for an image, or for what it is.

    Args:
        url: of the image.
        method: "GET" or "HEAD".
        first: how many bytes are wanted; None for all. What comes beyond is not waited for.

    Raises:
        UrlNotAllowedError: the user has not named the host, or that which it leads on to.
        ValueError: it is no address of a web image.
        OSError: there is no answer within the bounds; the message is a short reason.
    """
    place = parse(url)
    check(url)
    wanted = {} if first is None else {"Range": f"bytes=0-{first - 1}"}
    with waiting(_TURN_S + MOST_S), _told():
        return _followed(place, method, {**_HEADERS, **wanted}, first)


def _followed(url: WebUrl, method: str, headers: dict[str, str], first: int | None) -> Answer:
    """Ask, and go on where a server says that the image is elsewhere."""
    left = MOST_S
    for _ in range(MOST_REDIRECTS + 1):
        with web_turns.turn(url.host, _TURN_S):
            deadline = Deadline(left)
            with _asked(url, method, headers, deadline) as response:
                if response.status not in _REDIRECTS:
                    return _answer(response, first)
                url = _target(url, response.headers.get("Location", ""))
            left = deadline.left()
    raise OSError(f"more than {MOST_REDIRECTS} redirects")


def _target(url: WebUrl, location: str) -> WebUrl:
    """Where a server leads on to.

    Raises:
        OSError: to what is no web image.
        UrlNotAllowedError: to a place that the user has not named.
    """
    location = location.encode("latin-1", "replace").decode(errors="replace")
    try:
        parsed = parse(urljoin(str(url), location))
    except ValueError as error:
        raise OSError("refused: it redirects to what is no https:// address") from error
    try:
        check(str(parsed))
    except UrlNotAllowedError as error:
        raise UrlNotAllowedError(f"{error}; it redirects there") from None
    return parsed


@contextmanager
def _asked(
    url: WebUrl, method: str, headers: dict[str, str], deadline: Deadline
) -> Iterator[HTTPResponse]:
    """Send one request; what is not read of the answer is not waited for."""
    connection, response = _begun(url, method, headers, deadline)
    try:
        yield response
    except BaseException:
        connection.close()
        raise
    connection.release()


def _begun(
    url: WebUrl, method: str, headers: dict[str, str], deadline: Deadline
) -> tuple[Connection, HTTPResponse]:
    while connection := kept(url):
        try:
            return connection, connection.ask(url, method, headers, deadline)
        except (HTTPException, ConnectionError, ssl.SSLError):  # closed meanwhile
            connection.close()
        except BaseException:
            connection.close()
            raise
    connection = _connection(url, deadline)
    try:
        return connection, connection.ask(url, method, headers, deadline)
    except BaseException:
        connection.close()
        raise


def _connection(url: WebUrl, deadline: Deadline) -> Connection:
    if web_turns.is_silent(url.authority):
        raise OSError("the host does not answer, and is not asked for some seconds")
    try:
        return Connection(url, deadline)
    except SilentError:
        web_turns.note_silent(url.authority)
        raise OSError("the host does not answer") from None


def _answer(response: HTTPResponse, first: int | None) -> Answer:
    status = response.status
    if status in _GONE:
        raise FileNotFoundError(f"file not found (the server answers {status})")
    if status in _DENIED:
        raise RefusedError(f"permission denied (the server answers {status})")
    if status == _NO_SUCH_PART:  # nothing has no beginning
        return Answer(status, "", 0)
    if status not in {_WHOLE, _PART}:
        raise RefusedError(f"the server answers {status}")
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        raise OSError(f"unsupported: the server packs it as {encoding[:20]}")
    size = _size(response)
    if size is not None and size > MOST_BYTES:
        raise OSError(_TOO_LARGE)
    body = (
        b"" if response.isclosed() else _body(response, MOST_BYTES + 1 if first is None else first)
    )
    return Answer(status, _version(response, size), size, body)


def _size(response: HTTPResponse) -> int | None:
    """The size of the whole image."""
    if response.status == _WHOLE:
        length = response.headers.get("Content-Length", "")
        return int(length) if _LENGTH.fullmatch(length) and not response.chunked else None
    total = _TOTAL.fullmatch(response.headers.get("Content-Range", ""))
    if total is None:
        raise OSError("the server sends another part than was asked for")
    return None if total[1] == "*" else int(total[1])


def _version(response: HTTPResponse, size: int | None) -> str:
    if tag := response.headers.get("ETag", "").removeprefix("W/"):
        return f"{tag} {size}"
    time = response.headers.get("Last-Modified", "")
    return f"{time} {size}" if time else ""


def _body(response: HTTPResponse, most: int) -> bytes:
    """What comes, as far as it is wanted."""
    parts, count = [], 0
    while count < most and (part := response.read(min(_CHUNK, most - count))):
        parts.append(part)
        count += len(part)
    if count > MOST_BYTES:
        raise OSError(_TOO_LARGE)
    if count < most and response.length:
        raise OSError("truncated: the server ended before the image did")
    return b"".join(parts)


@contextmanager
def _told() -> Iterator[None]:
    """Make of what goes wrong an error whose message is a short reason, without the URL."""
    try:
        yield
    except TimeoutError as error:
        raise TimeoutError(f"took longer than {MOST_S:g} s to come") from error
    except ssl.SSLCertVerificationError as error:
        raise OSError(f"the host's certificate is refused: {error.verify_message}") from error
    except (ssl.SSLError, HTTPException) as error:
        raise OSError("the host does not speak https as it should") from error
    except OSError as error:
        if error.strerror is None:
            raise
        raise OSError(error.strerror) from error
