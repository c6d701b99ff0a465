"""Addresses inside the user's network are asked for nothing, unless the user named them."""

import socket

import pytest

import framegrid as fg
from framegrid import remote
from framegrid.base import UrlNotAllowedError
from framegrid.remote import web_sockets

pytestmark = pytest.mark.usefixtures("nothing_allowed")

INSIDE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.9.9.9",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192",
    "192.168.1.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
    "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo",
    "fec0::1", "ff02::1",
]  # fmt: skip
OUTSIDE = ["93.184.216.34", "172.32.0.1", "2606:2800:220:1::1", "64:ff9b::5db8:d822"]


@pytest.fixture
def resolve(monkeypatch):
    """What names are resolved to from now on; nothing is connected to."""
    connected = []

    def refuse(address, *_):
        connected.append(str(address))
        raise ConnectionRefusedError(111, "Connection refused")

    def to(*addresses):
        found = [(0, 0, 0, "", (address, 443)) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        return connected

    monkeypatch.setattr(web_sockets, "_opened", refuse)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return to


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_inside_the_network_is_not_connected_to(resolve, address):
    fg.allow_urls("https://photos.example/")
    connected = resolve(address)
    with pytest.raises(UrlNotAllowedError, match=r"refused: .* inside your network"):
        remote.open_web("https://photos.example/a.jpg")
    assert not connected


def test_one_address_inside_the_network_is_enough(resolve):
    fg.allow_urls("https://photos.example/")
    connected = resolve(OUTSIDE[0], "10.0.0.1")
    with pytest.raises(UrlNotAllowedError):
        remote.open_web("https://photos.example/a.jpg")
    assert not connected


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_connected_to_is_the_address_that_was_checked(resolve, address):
    fg.allow_urls("https://photos.example/")
    connected = resolve(address)
    with pytest.raises(OSError, match="Connection refused"):
        remote.open_web("https://photos.example/a.jpg")
    assert connected == [address]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]"]
)
def test_an_address_that_the_user_named_is_connected_to(resolve, host):
    connected = resolve(host.strip("[]"))
    fg.allow_urls(f"https://{host}:8443/")
    with pytest.raises(OSError, match="Connection refused"):
        remote.open_web(f"https://{host}:8443/a.jpg")
    assert connected == [host.strip("[]")]


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1"])
def test_other_spellings_of_an_address_name_none(resolve, host):
    connected = resolve("127.0.0.1")
    fg.allow_urls(f"https://{host}/")
    with pytest.raises(UrlNotAllowedError):
        remote.open_web(f"https://{host}/a.jpg")
    assert not connected


def test_localhost_is_this_machine_and_no_other(resolve):
    fg.allow_urls("https://localhost/")
    for address, count in (("10.0.0.1", 0), ("127.0.0.1", 1), ("::1", 2)):
        connected = resolve(address)
        with pytest.raises((UrlNotAllowedError, OSError)):
            remote.open_web("https://localhost/a.jpg")
        assert len(connected) == count


def test_a_name_in_the_network_needs_its_address_named_too(resolve):
    fg.allow_urls("https://photos.intern/")
    connected = resolve("10.0.0.7")
    with pytest.raises(UrlNotAllowedError, match=r"fg\.allow_urls\('https://10\.0\.0\.7/'\)"):
        remote.open_web("https://photos.intern/a.jpg")
    fg.allow_urls("https://10.0.0.7/")
    with pytest.raises(OSError, match="Connection refused"):
        remote.open_web("https://photos.intern/a.jpg")
    assert connected == ["10.0.0.7"]


def test_a_name_never_leads_to_this_machine(resolve):
    fg.allow_urls("https://photos.example/", "https://127.0.0.1/", "https://localhost/")
    connected = resolve("127.0.0.1")
    with pytest.raises(UrlNotAllowedError):
        remote.open_web("https://photos.example/a.jpg")
    assert not connected


def test_a_name_that_is_not_found_is_an_error_of_a_few_words(resolve):
    fg.allow_urls("https://photos.example/")
    resolve()
    with pytest.raises(OSError, match="the host is not found"):
        remote.open_web("https://photos.example/a.jpg")


def test_a_name_that_leads_elsewhere_the_second_time_is_looked_up_once(web, monkeypatch):
    """Between the look and the connection nothing is looked up."""
    found, lookups = iter([OUTSIDE[0], "127.0.0.1", "127.0.0.1"]), []

    def look(host, *_, **__):
        lookups.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(found), web.port))]

    connected = []

    def connect(_sock, address):
        connected.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", look)
    monkeypatch.setattr(socket.socket, "connect", connect)
    fg.allow_urls(web.url(host="photos.example"))
    with pytest.raises(OSError, match="Connection refused"):
        remote.open_web(web.url("a.jpg", "photos.example"))
    assert connected == [(OUTSIDE[0], web.port)]
    with pytest.raises(UrlNotAllowedError, match="inside your network"):
        remote.open_web(web.url("a.jpg", "photos.example"))
    assert lookups == ["photos.example"] * 2
    assert not web.asked
