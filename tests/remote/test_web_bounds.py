"""What bounds web images: size, time, redirects, certificates, and requests at a time."""

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

import framegrid as fg
from framegrid import remote
from framegrid.base import UrlNotAllowedError
from framegrid.remote import web_requests, web_sockets, web_turns
from web_server import make_certificate, running_web

pytestmark = pytest.mark.usefixtures("nothing_allowed")

DATA = bytes(range(256)) * 2000


def failing(status):
    return lambda handler: handler.answer(status, b"")


def redirect(location, status=302):
    return lambda handler: handler.answer(status, b"", Location=location)


# What is refused


REASONS = {
    404: "file not found",
    410: "file not found",
    401: "permission denied",
    403: "permission denied",
    429: "the server answers 429",
    500: "the server answers 500",
    204: "the server answers 204",
}


@pytest.mark.parametrize("status", REASONS)
@pytest.mark.parametrize("first", [1000, None])
def test_what_a_server_does_not_give_has_a_reason(allowed, status, first):
    url = allowed.put("a.jpg", failing(status)) + "?key=secret"
    with pytest.raises(OSError, match=REASONS[status]) as error:
        remote.open_web(url, first)
    assert "secret" not in str(error.value)
    assert str(allowed.port) not in str(error.value)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, gzip"])
def test_nothing_is_unpacked(allowed, encoding):
    url = allowed.put("a.jpg", lambda handler: handler.answer(200, b"x", Content_Encoding=encoding))
    with pytest.raises(OSError, match=f"unsupported: the server packs it as {encoding}"):
        remote.open_web(url)


def endless(**headers):
    """Sends and sends, until nobody listens any more."""

    def answer(handler):
        handler.answer(200, b"", **headers)
        while True:
            handler.wfile.write(bytes(1 << 14))

    return answer


@pytest.mark.parametrize("headers", [{"Content_Length": 10**12}, {"Content_Length": None}])
def test_what_is_too_large_is_not_read_to_its_end(allowed, monkeypatch, headers):
    monkeypatch.setattr(web_requests, "MOST_BYTES", 1_000_000)
    with pytest.raises(OSError, match="too large: more than 200 MB"):
        remote.open_web(allowed.put("a.jpg", endless(**headers)))


def test_a_chunked_image_without_end_is_too_large(allowed, monkeypatch):
    def answer(handler):
        handler.answer(200, b"", Content_Length=None, Transfer_Encoding="chunked")
        while True:
            handler.wfile.write(b"4000\r\n" + bytes(1 << 14) + b"\r\n")

    monkeypatch.setattr(web_requests, "MOST_BYTES", 1_000_000)
    with pytest.raises(OSError, match="too large"):
        remote.open_web(allowed.put("a.jpg", answer))


def test_the_bounds_are_those_that_are_promised():
    bounds = web_requests.MOST_BYTES, web_requests.MOST_S, web_requests.MOST_REDIRECTS
    assert (*bounds, web_turns.AT_A_TIME) == (200_000_000, 10.0, 3, 4)


def drip(*, headers, one=b"x"):
    """Sends a byte now and then, of the image or before it, for as long as somebody waits."""

    def answer(handler):
        if headers:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        else:
            handler.answer(200, b"", Content_Length=1000)
        while True:
            handler.wfile.write(one)
            handler.wfile.flush()
            time.sleep(0.02)

    return answer


@pytest.mark.parametrize("first", [1000, None])
@pytest.mark.parametrize("headers", [True, False])
def test_a_server_that_drips_is_not_waited_for(allowed, monkeypatch, headers, first):
    monkeypatch.setattr(web_requests, "MOST_S", 0.5)
    with pytest.raises(OSError, match=r"took longer than 0\.5 s"):
        remote.open_web(allowed.put("a.jpg", drip(headers=headers)), first)


def test_time_goes_on_while_a_server_leads_on(allowed, monkeypatch):
    monkeypatch.setattr(web_requests, "MOST_S", 0.5)
    monkeypatch.setattr(web_requests, "MOST_REDIRECTS", 1000)
    allowed.pause = 0.05
    with pytest.raises(OSError, match=r"took longer than 0\.5 s"):
        remote.open_web(allowed.put("a.jpg", redirect("/a.jpg")))


def test_an_image_that_is_cut_off_is_truncated(allowed):
    def cut(handler):
        handler.close_connection = True
        handler.answer(200, DATA[:1000], Content_Length=len(DATA))

    with pytest.raises(OSError, match="truncated: the server ended before the image did"):
        remote.open_web(allowed.put("a.jpg", cut))


NO_HTTP = [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000, b"\0" * 100_000]


@pytest.mark.parametrize("answer", NO_HTTP, ids=range(len(NO_HTTP)))
def test_nonsense_is_an_error_of_a_few_words(allowed, answer):
    def send(handler):
        handler.close_connection = True
        handler.wfile.write(answer)

    with pytest.raises(OSError, match=r"does not speak https|closed|reset"):
        remote.open_web(allowed.put("a.jpg", send))


def test_another_part_than_was_asked_for_is_refused(allowed):
    for said in ("bytes 5-9/10", "bytes 0-5/x", ""):
        answer = allowed.put("a.jpg", lambda h, s=said: h.answer(206, b"12345", Content_Range=s))
        with pytest.raises(OSError, match="another part than was asked for"):
            remote.open_web(answer, 5)


# Certificates


def test_a_certificate_of_another_host_is_refused(web, certificate, tmp_path, monkeypatch):
    wrong = make_certificate(tmp_path, ["other.example"], [])
    monkeypatch.setenv("SSL_CERT_FILE", str(wrong))
    with running_web(wrong) as other:
        fg.allow_urls(other.url())
        with pytest.raises(OSError, match="certificate is refused: IP address mismatch"):
            remote.open_web(other.put("a.jpg", DATA))
        assert not other.asked


def test_a_certificate_that_nobody_vouches_for_is_refused(allowed, tmp_path, monkeypatch):
    url = allowed.put("a.jpg", DATA)
    assert remote.open_web(url).read() == DATA
    monkeypatch.setenv("SSL_CERT_FILE", str(make_certificate(tmp_path)))
    with pytest.raises(OSError, match=r"certificate is refused: self.signed certificate"):
        remote.open_web(url)
    assert len(allowed.asked) == 1


def test_a_server_without_encryption_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        server.settimeout(60)
        place = f"https://127.0.0.1:{server.getsockname()[1]}/"
        fg.allow_urls(place)

        def answer():
            with closing(server.accept()[0]) as connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
                connection.recv(10_000)

        pool.submit(answer)
        with pytest.raises(OSError, match=r"does not speak https|reset"):
            remote.open_web(f"{place}a.jpg")


# Redirects


def test_up_to_three_redirects_are_followed(allowed):
    allowed.put("0.jpg", DATA)
    for number in range(1, 5):
        allowed.put(f"{number}.jpg", redirect(f"/{number - 1}.jpg", 300 + number % 3 + 1))
    assert remote.open_web(allowed.url("3.jpg")).read() == DATA
    assert remote.web_status(allowed.url("3.jpg")).size == len(DATA)
    with pytest.raises(OSError, match="more than 3 redirects"):
        remote.open_web(allowed.url("4.jpg"))
    with pytest.raises(OSError, match="more than 3 redirects"):
        remote.open_web(allowed.put("round.jpg", redirect("round.jpg")))


LEADS_OUT = [
    "https://evil.example/a.jpg",
    "//evil.example/a.jpg",
    "/secret/a.jpg",
    "../secret/a.jpg",
    "/photos/../secret/a.jpg",
    "/photos/%2e%2e/secret/a.jpg",
]
NO_ADDRESS = [
    "http://127.0.0.1/a.jpg",
    "file:///etc/passwd",
    "ftp://evil.example/a.jpg",
    "data:image/png;base64,AAAA",
    "gopher://evil.example/a",
    "https://me@evil.example/a.jpg",
    "https://evil.example\\@127.0.0.1/a.jpg",
    "https://[::1/",
]


@pytest.mark.parametrize("location", LEADS_OUT)
def test_no_redirect_leads_out_of_the_prefix(web, location):
    fg.allow_urls(web.url("photos/"))
    web.put("secret/a.jpg", DATA)
    url = web.put("photos/b.jpg", redirect(location))
    for look in (remote.open_web, remote.web_status):
        with pytest.raises(UrlNotAllowedError, match=r"it redirects there$|is not opened"):
            look(url)
    assert {path for _, path in web.asked} == {"/photos/b.jpg"}


@pytest.mark.parametrize("location", NO_ADDRESS)
def test_no_redirect_leads_to_what_is_no_web_image(allowed, location):
    url = allowed.put("b.jpg", redirect(location))
    with pytest.raises(OSError, match="refused: it redirects"):
        remote.open_web(url)
    assert len(allowed.asked) == 1


def test_a_redirect_to_another_allowed_place_is_followed(web):
    fg.allow_urls(web.url("photos/"), web.url("store/", "localhost"))
    web.put("store/a.jpg", DATA)
    location = web.url("store/a.jpg", "localhost")
    assert remote.open_web(web.put("photos/b.jpg", redirect(location))).read() == DATA


def test_a_redirect_to_an_address_inside_the_network_is_refused(web, monkeypatch):
    place = f"https://photos.example:{web.port}/"
    fg.allow_urls(web.url(), place)
    web.put("a.jpg", DATA)
    lookup = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *args, **kw: lookup("127.0.0.1", *args, **kw)
    )
    with pytest.raises(UrlNotAllowedError, match="inside your network"):
        remote.open_web(web.put("b.jpg", redirect(f"{place}a.jpg")))
    assert web.asked_for() == ["/b.jpg"]


# At a time


def test_a_host_gets_four_requests_at_a_time(allowed):
    allowed.pause, allowed.wanted = 0.02, 4
    urls = [allowed.put(f"{number}.jpg", DATA) for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        assert all(len(file.read()) == len(DATA) for file in pool.map(remote.open_web, urls))
    assert allowed.most_at_once == 4


ASK = """
import sys
from concurrent.futures import ThreadPoolExecutor
from framegrid import remote
with ThreadPoolExecutor(4) as pool:
    print(sum(len(file.read()) for file in pool.map(remote.open_web, sys.argv[1:])))
"""


def test_processes_share_the_turns(allowed):
    allowed.pause = 0.1
    urls = [allowed.put(f"{number}.jpg", DATA) for number in range(8)]
    asking = [
        subprocess.Popen([sys.executable, "-c", ASK, *urls], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [process.communicate()[0].strip() for process in asking]
    assert told == [str(8 * len(DATA))] * 3
    assert allowed.most_at_once <= 4


def test_turns_are_given_back_whatever_happens(allowed):
    for _ in range(20):
        with pytest.raises(OSError, match="file not found"):
            remote.open_web(allowed.url("gone.jpg"))
    assert not web_turns._taken


def test_a_host_that_takes_up_no_connection_is_not_waited_for_each_time(allowed, monkeypatch):
    tried = []

    def silent(address, *_):
        tried.append(address)
        raise web_sockets.SilentError

    monkeypatch.setattr(web_sockets, "_opened", silent)
    monkeypatch.setattr(web_turns, "_silent", {})
    for _ in range(3):
        with pytest.raises(OSError, match="the host does not answer"):
            remote.open_web(allowed.url("a.jpg"))
    assert len(tried) == 1
