"""Web images from a server: read whole or in part, and asked for their states."""

import time

import pytest

from framegrid import remote
from framegrid.remote import web_connections, web_sockets

pytestmark = pytest.mark.usefixtures("nothing_allowed")

DATA = bytes(range(256)) * 2000


def failing(status):
    return lambda handler: handler.answer(status, b"")


# What is read


def test_an_image_is_read_whole(allowed):
    url = allowed.put("a.jpg", DATA)
    with remote.open_web(url) as file:
        assert file.read() == DATA
        assert file.seek(-3, 2) == len(DATA) - 3
        assert file.read() == DATA[-3:]
    assert allowed.asked == [("GET", "/a.jpg")]


def test_of_a_header_the_rest_is_asked_for_when_it_is_needed(allowed):
    url = allowed.put("a.jpg", DATA)
    with remote.open_web(url, 1000) as file:
        assert file.read(900) == DATA[:900]
        assert len(allowed.asked) == 1
        assert file.seek(0, 2) == len(DATA)
        assert file.read() == b""
        assert len(allowed.asked) == 1
        file.seek(500)
        assert file.read() == DATA[500:]
    assert len(allowed.asked) == 2


@pytest.mark.parametrize("first", [1, 1000, len(DATA) - 1, len(DATA), len(DATA) + 1, None])
def test_it_is_the_same_however_much_is_asked_for_first(allowed, first):
    url = allowed.put("a.jpg", DATA)
    with remote.open_web(url, first) as file:
        assert file.read() == DATA


def test_a_server_that_knows_no_parts_sends_it_whole(allowed):
    def whole(handler):
        handler.answer(200, DATA)

    url = allowed.put("a.jpg", whole)
    with remote.open_web(url, 1000) as file:
        assert file.read() == DATA


def test_one_that_is_sent_in_chunks_is_whole(allowed):
    def chunked(handler):
        handler.answer(200, b"", Content_Length=None, Transfer_Encoding="chunked")
        for start in range(0, len(DATA), 1 << 16):
            part = DATA[start : start + (1 << 16)]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        handler.wfile.write(b"0\r\n\r\n")

    url = allowed.put("a.jpg", chunked)
    for first in (1000, None):
        with remote.open_web(url, first) as file:
            assert file.read() == DATA


def test_an_image_that_becomes_another_in_between_is_not_mixed(allowed):
    url = allowed.put("a.jpg", DATA)
    with remote.open_web(url, 1000) as file:
        file.read(10)
        allowed.put("a.jpg", DATA[::-1])
        with pytest.raises(OSError, match="changed while it was read"):
            file.read()


def test_an_empty_image_is_empty(allowed):
    url = allowed.put("a.jpg", failing(416))
    assert remote.open_web(url, 1000).read() == b""
    assert remote.open_web(allowed.put("b.jpg", b""), 1000).read() == b""


def test_a_connection_serves_many_requests(allowed, monkeypatch):
    made = []
    connect = web_sockets._opened
    monkeypatch.setattr(web_sockets, "_opened", lambda *args: made.append(args) or connect(*args))
    url = allowed.put("a.jpg", DATA)
    for _ in range(5):
        remote.open_web(url).close()
        remote.open_web(url, 1000).close()
        remote.web_status(url)
    assert len(made) == 1


def test_a_connection_that_the_server_closed_is_made_anew(allowed):
    def once(handler):
        handler.close_connection = True
        handler.answer(200, DATA)

    url = allowed.put("a.jpg", once)
    for _ in range(3):
        assert remote.open_web(url).read() == DATA


def test_what_is_kept_of_a_connection_is_forgotten_in_a_forked_child(allowed):
    remote.open_web(allowed.put("a.jpg", DATA)).close()
    assert any(web_connections._idle.values())
    web_connections.forget_all()
    assert not web_connections._idle


# States


def states(web, path="a.jpg"):
    (status,) = remote.web_statuses([web.url(path)])
    return status


def test_a_state_is_what_the_server_says(allowed):
    allowed.put("a.jpg", DATA, ETag='"one"')
    first = states(allowed)
    assert first == remote.web_status(allowed.url("a.jpg"))
    assert first.size == len(DATA)
    allowed.put("a.jpg", DATA, ETag='W/"one"')
    assert states(allowed) == first
    allowed.put("a.jpg", DATA, ETag='"two"')
    assert states(allowed) != first
    assert set(allowed.asked) == {("HEAD", "/a.jpg")}


def test_without_a_tag_time_and_size_tell(allowed):
    date = "Tue, 01 Dec 2026 05:00:00 GMT"
    allowed.put("a.jpg", DATA, Last_Modified=date)
    first = states(allowed)
    assert states(allowed) == first
    allowed.put("a.jpg", DATA[:-1], Last_Modified=date)
    assert states(allowed) != first
    allowed.put("a.jpg", DATA, Last_Modified=date.replace("05", "06"))
    assert states(allowed) != first


def test_without_either_an_image_counts_as_the_same_for_an_hour(allowed, monkeypatch):
    hour = 500_000
    monkeypatch.setattr(time, "time", lambda: hour * 3600 + 1)
    allowed.put("a.jpg", DATA, X=1)
    first = states(allowed)
    monkeypatch.setattr(time, "time", lambda: hour * 3600 + 3599)
    assert states(allowed) == first
    monkeypatch.setattr(time, "time", lambda: (hour + 1) * 3600)
    assert states(allowed) != first


@pytest.mark.parametrize("status", [403, 405, 501])
def test_a_server_that_only_gives_images_is_asked_for_the_first_byte(allowed, status):
    def only_get(handler):
        if handler.command == "HEAD":
            handler.answer(status)
        else:
            handler.send_image(DATA, {"ETag": '"one"'})

    allowed.put("a.jpg", only_get)
    assert states(allowed).size == len(DATA)
    assert allowed.asked == [("HEAD", "/a.jpg"), ("GET", "/a.jpg")]


def test_what_cannot_be_had_has_no_state(allowed):
    urls = [allowed.url("gone.jpg"), "https://evil.example/a.jpg", "https://", allowed.url("a.jpg")]
    allowed.put("a.jpg", DATA)
    assert [status is None for status in remote.web_statuses(urls)] == [True, True, True, False]
