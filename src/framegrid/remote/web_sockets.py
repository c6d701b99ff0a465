"""Sockets to web hosts: to an address that was checked, or through the proxy that the user has."""

import socket
from base64 import b64encode
from contextlib import suppress
from http.client import HTTPResponse
from time import monotonic
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from framegrid.remote.web_addresses import LOCAL, Address, addresses_of
from framegrid.remote.web_urls import WebUrl

CONNECT_S = 5.0
"""How long a server may take to answer at all."""

_LOOKUP_S = 2.0
_PROXY_PORT = 3128
_OK = 200


class SilentError(TimeoutError):
    """A server that does not take up connections."""


class Deadline:
    """A point in time by which something has to be done."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            TimeoutError: none.
        """
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def connected(url: WebUrl, deadline: Deadline) -> tuple[Address | None, socket.socket]:
    """A socket to the host of a URL, and its address; None where a proxy knows that.

    Raises:
        UrlNotAllowedError: the host is at an address that is not asked for anything.
        OSError: it is not reached.
    """
    proxy = proxy_of(url)
    if proxy is None:
        return _reached(url, deadline)
    with suppress(OSError):  # behind a proxy, names of others may not be known
        addresses_of(url, min(deadline.left(), _LOOKUP_S))
    return None, _through(proxy, url, deadline)


def proxy_of(url: WebUrl) -> str | None:
    """The proxy that the environment, or the system, has for a URL; None for none.

    This machine is never asked for through one: there it would be another.
    """
    if url.host == LOCAL or url.host.startswith("127.") or url.host == "::1":
        return None
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    return None if proxy is None or proxy_bypass(url.authority) else proxy


def _reached(url: WebUrl, deadline: Deadline) -> tuple[Address, socket.socket]:
    """Try the addresses one after the other."""
    problem: OSError | None = None
    for address in addresses_of(url, deadline.left()):
        try:
            return address, _opened(address, url.port, deadline)
        except OSError as error:
            problem = error
    raise problem or OSError("the host is not found")


def _opened(address: Address, port: int, deadline: Deadline) -> socket.socket:
    """Connect to an address as it is: nothing is looked up any more."""
    sock = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6)
    try:
        sock.settimeout(min(deadline.left(), CONNECT_S))
        sock.connect((str(address), port))
    except BaseException as error:
        sock.close()
        check_silent(error, deadline)
        raise
    return sock


def check_silent(error: BaseException, deadline: Deadline) -> None:
    """Tell a server that takes up no connection from one that had no time left to do so.

    Raises:
        SilentError: it is the one.
        TimeoutError: it is the other.
    """
    if isinstance(error, TimeoutError):
        deadline.left()
        raise SilentError from error


def _through(proxy: str, url: WebUrl, deadline: Deadline) -> socket.socket:
    """Have a proxy connect to the host; what then goes through it is for the host alone."""
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme != "http" or not parts.hostname:
        raise OSError("HTTPS_PROXY is no http:// address of a proxy")
    server = parts.hostname, parts.port or _PROXY_PORT
    sock = socket.create_connection(server, min(deadline.left(), CONNECT_S))
    try:
        sock.settimeout(min(deadline.left(), CONNECT_S))
        _ask_for(url, parts, sock)
    except BaseException:
        sock.close()
        raise
    return sock


def _ask_for(url: WebUrl, proxy: SplitResult, sock: socket.socket) -> None:
    host = f"{url.authority}:443" if url.port == 443 else url.authority
    sock.sendall(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{_login(proxy)}\r\n".encode())
    answer = HTTPResponse(sock, method="CONNECT")
    answer.begin()
    if answer.status != _OK:
        raise OSError(f"the proxy answers {answer.status}")


def _login(proxy: SplitResult) -> str:
    if proxy.username is None:
        return ""
    who = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return f"Proxy-Authorization: Basic {b64encode(who.encode()).decode()}\r\n"
