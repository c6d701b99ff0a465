"""The addresses of a web host, and which of them lie inside the user's own network.

A name that a stranger owns may lead anywhere: to this machine, to a router, to the service that
hands out the keys of a machine in a cloud. So names are looked up once, what was found is checked,
and the connection goes to what was checked.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, Queue
from threading import Thread

from framegrid.base import UrlNotAllowedError
from framegrid.remote.permission import allowed
from framegrid.remote.prefixes import place_of
from framegrid.remote.web_urls import WebUrl

Address = IPv4Address | IPv6Address

LOCAL = "localhost"

_INSIDE = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "168.63.129.16/32",  # answers machines in Azure
    )
]  # fmt: skip
_OUTSIDE = ip_network("2000::/3")
_INSIDE_6 = [ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_PRIVATE = [
    ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]
"""Where other machines of a network are; not this one, and not what serves each machine alone."""

_TRANSLATED = ip_network("64:ff9b::/96")  # in networks without IPv4, of an IPv4 address


def addresses_of(url: WebUrl, seconds: float) -> list[Address]:
    """Look up the addresses of a host.

    Raises:
        UrlNotAllowedError: one is inside the network, and the user named it nowhere.
        OSError: there is none, or nobody says so in time.
    """
    found = list(dict.fromkeys(map(_plain, _looked_up(url, seconds))))
    for address in found:
        check_address(address, url)
    return found


def check_address(address: Address, url: WebUrl) -> None:
    """Refuse an address inside the network, unless the user named it.

    That is done by a prefix with the address as its host, or with ``localhost``. A name leads to an
    address of another machine in the network where the user named both; to this machine, never.

    Raises:
        UrlNotAllowedError: the user did not.
    """
    if not is_inside(address) or str(address) == url.host:
        return
    if url.host == LOCAL and address.is_loopback:
        return
    place = url._replace(host=str(address)).place
    said = f"refused: the host is at {address}, an address inside your network"
    if not any(address in network for network in _PRIVATE):
        raise UrlNotAllowedError(said)
    if place not in map(place_of, allowed()):
        raise UrlNotAllowedError(f"{said}; if that is meant: fg.allow_urls({place!r})")


def is_inside(address: Address) -> bool:
    """Whether an address is not one of the public network: private, local, reserved or shared."""
    if isinstance(address, IPv6Address) and address in _TRANSLATED:
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    if isinstance(address, IPv4Address):
        return any(address in network for network in _INSIDE)
    return address not in _OUTSIDE or any(address in network for network in _INSIDE_6)


def _plain(text: str) -> Address:
    """An address without its zone, and an IPv4 address as such."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _looked_up(url: WebUrl, seconds: float) -> list[str]:
    """Ask the system, which may take far longer than anybody waits."""
    answers: Queue[list[str]] = Queue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.put([str(entry[4][0]) for entry in found])

    try:
        Thread(target=ask, name="framegrid-lookup", daemon=True).start()
    except RuntimeError:  # where no thread can start
        ask()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if not found:
        raise OSError("the host is not found")
    return found
