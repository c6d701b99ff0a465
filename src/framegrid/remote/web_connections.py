"""Connections to web servers that show their certificate, each for one request after another."""

import io
import os
import socket
import ssl
from contextlib import suppress
from functools import lru_cache
from http.client import HTTPConnection, HTTPResponse
from time import monotonic
from typing import Any

from framegrid.base import forks
from framegrid.remote.web_addresses import check_address
from framegrid.remote.web_sockets import CONNECT_S, Deadline, check_silent, connected, proxy_of
from framegrid.remote.web_urls import WebUrl

_IDLE_S = 20.0
"""How long an unused connection is kept: servers close theirs at some time."""


class _Wire:
    """What ``http.client`` takes for a socket; each wait on it ends with the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self.sock = sock
        self.deadline = deadline

    def sendall(self, data: bytes) -> None:
        self.sock.settimeout(self.deadline.left())
        self.sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Nothing: the one who made the connection closes it."""


class _Incoming(io.RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._wire.sock.settimeout(self._wire.deadline.left())
        return self._wire.sock.recv_into(buffer)


class Connection:
    """A connection to the server of a URL, for one request at a time.

    Args:
        url: it begins a request soon.
        deadline: when to give up.

    Raises:
        UrlNotAllowedError: the host is at an address that is not asked for anything.
        OSError: the server is not reached, or is not the one it says.
    """

    def __init__(self, url: WebUrl, deadline: Deadline) -> None:
        self._address, sock = connected(url, deadline)
        try:
            sock.settimeout(min(deadline.left(), CONNECT_S))
            secured = _context().wrap_socket(sock, server_hostname=url.host)
        except BaseException as error:
            sock.close()
            check_silent(error, deadline)
            raise
        self._wire = _Wire(secured, deadline)
        self._key = _key(url)
        self._response: HTTPResponse | None = None
        self.used = monotonic()

    def ask(self, url: WebUrl, method: str, headers: dict[str, str], deadline: Deadline) -> Any:
        """Send a request, and return the response whose body is still to be read.

        Raises:
            OSError, HTTPException: there is none, or not in time.
        """
        if self._address is not None:  # what the user named may be another now
            check_address(self._address, url)
        self._wire.deadline = deadline
        http = HTTPConnection(url.host, url.port)
        http.sock = self._wire
        http.auto_open = 0
        http.request(method, url.path + url.query, headers={"Host": url.authority, **headers})
        self._response = http.getresponse()
        return self._response

    def release(self) -> None:
        """Keep the connection for the next request, if the last one came to its end."""
        response, self._response = self._response, None
        if response is None or not response.isclosed() or response.will_close:
            self.close()
            return
        self.used = monotonic()
        _idle.setdefault(self._key, []).append(self)

    def close(self) -> None:
        """End the connection."""
        with suppress(OSError):
            self._wire.sock.close()


_idle: dict[tuple[object, ...], list[Connection]] = {}
"""Connections that wait for a request, by their server."""


def kept(url: WebUrl) -> Connection | None:
    """A connection to the server of a URL that is open already; the server may have closed it."""
    for connections in list(_idle.values()):
        with suppress(IndexError):  # none is left; another thread may have taken it
            while connections[0].used < monotonic() - _IDLE_S:
                connections.pop(0).close()
    with suppress(KeyError, IndexError):
        return _idle[_key(url)].pop()
    return None


def forget_all() -> None:
    """Let go of all connections, without a word to the servers: they may be another process's."""
    while _idle:
        for connection in _idle.popitem()[1]:
            connection.close()


def _key(url: WebUrl) -> tuple[object, ...]:
    return url.host, url.port, proxy_of(url), *_authorities()


def _authorities() -> tuple[str | None, ...]:
    """Where the user keeps certificates."""
    return tuple(os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))


def _context() -> ssl.SSLContext:
    return _context_with(_authorities())


@lru_cache(maxsize=4)
def _context_with(_authorities: tuple[str | None, ...]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if paths.cafile is None and paths.capath is None:  # as Python comes for macOS
        with suppress(ImportError):
            import certifi  # noqa: PLC0415 - not everywhere

            context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


forks.in_child(forget_all)
