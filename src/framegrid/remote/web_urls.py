"""URLs of web images: one spelling each, and none that two programs could read as two hosts.

A URL can come from a stranger. What is checked here is what is connected to: nobody else takes the
text apart again.
"""

import re
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, TypeGuard
from urllib.parse import quote, unquote

SCHEME = "https"
_PORT = 443
_LAST_PORT = 65535
_LONGEST = 8192

_URL = re.compile(r"([A-Za-z]+)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL)
_HOST = re.compile(r"([a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?")
_PLAIN = re.compile(
    r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[A-Za-z0-9_.~/%:?&=+$,;@!*'()\[\]|-]{0,4000}"
)
"""Most addresses, which have this spelling already: a column of them is read in no time."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
_KEPT = "%/:?&=+$,;@!*'()[]~|"
"""Signs that stand for themselves in a path or query, as browsers write them."""


class WebUrl(NamedTuple):
    """A web address, taken apart.

    Attributes:
        host: a name or an IP address in its shortest form, in lower case, without brackets.
        port: of the server.
        path: what the server is asked for, in ASCII; it begins with a slash.
        query: what stands behind it, with its question mark; may hold what only the user may know.
    """

    host: str
    port: int
    path: str
    query: str

    @property
    def authority(self) -> str:
        """Host and port as URLs and servers write them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORT else f"{host}:{self.port}"

    @property
    def place(self) -> str:
        """The host as a prefix."""
        return f"{SCHEME}://{self.authority}/"

    def __str__(self) -> str:
        """The one spelling of the URL; what stands behind ``#`` is for browsers."""
        return f"{SCHEME}://{self.authority}{self.path}{self.query}"


def is_web(path: object) -> TypeGuard[str]:
    """Whether it is the URL of a web image that may be opened, once its host is allowed."""
    with suppress(ValueError):
        return has_scheme(path) and bool(_is_plain(path) or parse(path))
    return False


def web_spelled(url: str) -> str:
    """The one spelling of a web address.

    Raises:
        ValueError: it is none.
    """
    return url if _is_plain(url) else str(parse(url))


def _is_plain(url: str) -> bool:
    return _PLAIN.fullmatch(url) is not None


def has_scheme(path: object) -> TypeGuard[str]:
    """Whether it begins as a web address does that could be opened."""
    return isinstance(path, str) and path[: len(SCHEME) + 3].lower() == f"{SCHEME}://"


def parse(url: str) -> WebUrl:
    """Take a web address apart.

    Raises:
        ValueError: it is none, or one that is not opened: of another scheme, with a user in it, a
            host that is not written in ASCII, or signs that programs read in different ways.
    """
    found = _URL.fullmatch(url.strip(" ")) if len(url) <= _LONGEST else None
    if not found or found[1].lower() != SCHEME:
        raise ValueError(f"{_told(url)} is no address of a web image: they begin with https://")
    host = _HOST.fullmatch(found[2].lower())
    if not host or not 0 < int(host[2] or _PORT) <= _LAST_PORT:
        raise ValueError(
            f"{_told(url)} names no host that is asked for anything: a host is a name in ASCII "
            "(others as xn--...) or an IP address, without a user and without a dot at its end"
        )
    if _UNSAFE.search(url):
        raise ValueError(f"{_told(url)} has signs in it that programs read in different ways")
    path, query = (quote(part or "", safe=_KEPT) for part in found.group(3, 4))
    return WebUrl(_shortest(host[1], url), int(host[2] or _PORT), path or "/", query)


def web_name(url: str) -> str:
    """The name of a file in a web address: the last part of its path, or the host where it ends."""
    with suppress(ValueError):
        place, _, path = web_spelled(url).partition("?")[0].partition("://")[2].partition("/")
        last = path.rstrip("/").rpartition("/")[2]
        return _decoded(last) if last else place.partition(":")[0]
    return url.partition("?")[0].rpartition("/")[2]


def without_query(url: str) -> str:
    """A web address without what stands behind ``?``: keys and signatures; other paths as given."""
    return re.split(r"[?#]", url, maxsplit=1)[0] if has_scheme(url) else url


def _told(url: str) -> str:
    return repr(re.split(r"[?#]", url, maxsplit=1)[0][:200])


def _decoded(part: str) -> str:
    """A part of a path as people read it, unless it would be no name of a file then."""
    if "%" not in part:
        return part
    with suppress(UnicodeDecodeError):
        name = unquote(part, errors="strict")
        return part if re.search(r"[/\\\x00-\x1f\x7f]", name) else name
    return part


def _shortest(host: str, url: str) -> str:
    if not host.startswith("["):
        return host
    try:
        address = IPv6Address(host[1:-1])
        return str(address.ipv4_mapped or address)
    except ValueError as error:
        raise ValueError(f"{_told(url)} names no host that is asked for anything") from error


def is_address(host: str) -> bool:
    """Whether a host is an IP address, and no name."""
    with suppress(ValueError):
        return bool(ip_address(host))
    return False
