"""Web images in a dataset: where files are, they are; and what a stranger's dataset cannot do."""

import os
import pickle
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import pandas as pd
import pytest

import framegrid as fg
from framegrid import images
from framegrid.base import BrokenImageError, UrlNotAllowedError, limits
from framegrid.images import Portable, apply_each
from framegrid.images.thumbnails.making import Thumbnails
from framegrid.images.workers.pool import Workers
from framegrid.remote import web_connections
from object_store import jpeg
from thumbnails_helpers import ask, thumbnails_of
from waiting import wait_until

pytestmark = pytest.mark.usefixtures("nothing_allowed")

SECRET = "?key=hidden-from-others"


def of_urls(urls, **columns):
    return fg.ImageDataset.from_dataframe(pd.DataFrame({"url": list(urls), **columns}))


# Ways in


def test_one_image_is_added_by_its_address(web, tmp_path):
    url = web.put("deep/my%20photo.jpg", jpeg(40, 30))
    with fg.ImageDataset.create(tmp_path / "own") as dataset:
        report = dataset.add_images_from_path(url + SECRET)
        assert (report.added, report.broken) == (1, [])
        (sample,) = dataset
        assert (sample.file_name, sample.width, sample.height) == ("my photo.jpg", 40, 30)
        assert sample.file_path_abs == url + SECRET
        assert sample.open().size == (40, 30)
        again = dataset.add_images_from_path(url.replace("https", "HTTPS") + SECRET)
        assert (again.added, again.already_present) == (0, 1)
        with pytest.raises(ValueError, match="not found") as error:
            dataset.add_images_from_path(web.url("gone.jpg") + SECRET)
        assert SECRET not in str(error.value)
    assert fg.allow_urls() == [web.url()]
    with fg.ImageDataset.load(tmp_path / "own") as dataset:
        assert dataset.get_sample(0).open().size == (40, 30)


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.jpg", "ftp://127.0.0.1/a.jpg"])
def test_other_schemes_are_not_added(url, tmp_path):
    with (
        fg.ImageDataset.create(tmp_path / "own") as dataset,
        pytest.raises(ValueError, match="is not opened"),
    ):
        dataset.add_images_from_path(url)


def test_a_column_of_addresses_is_found_and_asks_for_nothing(web):
    urls = [web.url(f"{number}.jpg?w=100") for number in range(3)]
    dataset = of_urls(urls, label=["a", "b", "c"], note=["x", "y", "z"])
    assert dataset.df["file_path_abs"].tolist() == urls
    assert dataset.df["file_name"].tolist() == ["0.jpg", "1.jpg", "2.jpg"]
    assert dataset.df["width"].isna().all()
    assert set(dataset.schema) == {"label", "note"}
    assert not web.asked


def test_addresses_without_extensions_are_found_by_the_name_of_their_column():
    urls = ["https://photos.example/id/1", "https://photos.example/id/2"]
    frame = pd.DataFrame({"page": urls, "image_url": [f"{url}/large" for url in urls]})
    dataset = fg.ImageDataset.from_dataframe(frame)
    assert dataset.df["file_path_abs"].tolist() == frame["image_url"].tolist()


def test_sizes_follow_in_the_background(allowed):
    urls = [allowed.put(f"{number}.jpg", jpeg(40 + number, 30)) for number in range(5)]
    dataset = of_urls([*urls, allowed.url("gone.jpg")])
    dataset.read_sizes_later()
    wait_until(lambda: dataset.df["width"].notna().sum() == 5)
    assert dataset.df["width"].tolist()[:5] == [40, 41, 42, 43, 44]
    assert allowed.most_at_once == 1


def test_folders_and_names_have_nothing_of_the_query():
    frame = pd.DataFrame({"path": [f"https://x.example/{n}/a.jpg?sig=s/e/c" for n in "ab"]})
    dataset = fg.ImageDataset.from_dataframe(frame)
    assert dataset.df["folder"].tolist() == ["a", "b"]
    assert dataset.df["file_name"].tolist() == ["a.jpg", "a.jpg"]


def test_metadata_finds_addresses(web):
    urls = [web.url(f"{number}.jpg?id={number}") for number in range(3)]
    dataset = of_urls(urls)
    given = [urls[2].replace("https", "HTTPS"), urls[0]]
    dataset.update_metadata(pd.DataFrame({"file_path_abs": given, "n": [2, 0]}), on="file_path_abs")
    dataset.update_metadata(pd.DataFrame({"file_name": ["1.jpg"], "m": [1]}), on="file_name")
    assert dataset.df["n"].tolist() == [0, pd.NA, 2]
    assert dataset.df["m"].tolist() == [pd.NA, 1, pd.NA]


def test_exports_write_files_with_names(allowed, tmp_path):
    urls = [allowed.put(path, jpeg(40, 30)) for path in ("a/x.jpg", "b/x.jpg", "c/1", "c/2%2Fx")]
    exported = of_urls(urls, image=urls).export_images(tmp_path / "out")
    names = [str(Path(p).relative_to(tmp_path / "out")) for p in exported["file_path_abs"]]
    assert names == ["a/x.jpg", "b/x.jpg", "1.jpg", "2%2Fx.jpg"]
    assert (tmp_path / "out/1.jpg").read_bytes() == jpeg(40, 30)


def test_images_are_followed_to_another_host(web, tmp_path):
    web.put("new/a.jpg", jpeg(4, 3))
    dataset = of_urls(["https://photos.example/old/a.jpg"])
    assert dataset.relink("https://photos.example/old", web.url("new/")) == 1
    assert dataset.get_sample(0).open().size == (4, 3)


# Thumbnails


def test_thumbnails_are_cached_by_what_the_server_says(allowed, tmp_path):
    url = allowed.put("a.jpg", jpeg(40, 30), ETag='"one"')
    first = thumbnails_of([url], tmp_path)
    allowed.asked.clear()
    assert thumbnails_of([url], tmp_path) == first
    assert allowed.asked == [("HEAD", "/a.jpg")]
    allowed.put("a.jpg", jpeg(30, 40), ETag='"two"')
    (changed,) = thumbnails_of([url], tmp_path)
    assert (changed.encoded.width, changed.encoded.height) == (30, 40)


def test_a_thumbnail_of_unknown_state_is_not_kept(allowed, tmp_path):
    def only_whole(handler):
        if handler.command == "HEAD" or "Range" in handler.headers:
            handler.answer(500)
        else:
            handler.answer(200, images_now[0])

    images_now = [jpeg(40, 30)]
    url = allowed.put("a.jpg", only_whole)
    (first,) = thumbnails_of([url], tmp_path)
    images_now[0] = jpeg(30, 40)
    (second,) = thumbnails_of([url], tmp_path)
    assert [first.encoded.width, second.encoded.width] == [40, 30]


def test_tiles_say_why_there_is_no_picture(allowed, tmp_path):
    urls = {
        allowed.url("gone.jpg"): "file not found (the server answers 404)",
        allowed.put("text.jpg", b"no image at all"): "not an image",
        allowed.put("empty.jpg", b""): "empty file",
        allowed.put("busy.jpg", lambda handler: handler.answer(503)): "the server answers 503",
        "https://evil.example/a.jpg": "not allowed yet: fg.allow_urls('https://evil.example/')",
        "http://127.0.0.1/a.jpg": "http:// is not opened",
        "https://me@evil.example/a.jpg": "names no host",
        allowed.put("a.jpg", jpeg(40, 30)): None,
    }
    for made, (url, reason) in zip(thumbnails_of(urls, tmp_path), urls.items(), strict=True):
        assert reason in made.error if reason else made.encoded, url


def test_many_tiles_ask_a_host_for_four_at_a_time(allowed, tmp_path):
    allowed.pause = 0.02
    urls = [allowed.put(f"{number}.jpg", jpeg(40, 30)) for number in range(30)]
    made = thumbnails_of(urls, tmp_path, workers=2)
    assert all(each.encoded for each in made)
    assert allowed.most_at_once <= 4
    assert len(allowed.asked) == 60


def test_nothing_here_waits_for_a_slow_server(allowed, tmp_path):
    go_on = Event()

    def slowly(handler):
        go_on.wait(60)
        handler.answer(404)

    urls = [allowed.put(f"{number}.jpg", slowly) for number in range(20)]
    paths = [tmp_path / f"{number}.jpg" for number in range(20)]
    for path in paths:
        path.write_bytes(jpeg(40, 30))
    with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
        slow = ask(pool, urls)
        far = pool.picture(urls[0], 100, 1 << 20)
        wait_until(lambda: allowed.asked)
        mixed = ask(pool, [*urls, *map(str, paths)])
        wait_until(lambda: sum(bool(made.encoded) for made in mixed.answers) == 20)
        assert pool.picture(str(paths[0]), 100, 1 << 20).result(60).data
        assert not any([slow.answers, far.done()])
        go_on.set()
        assert len(slow.wait().answers) == 20


@pytest.mark.parametrize("bounds", [True, False])
def test_a_slow_server_ends_no_worker(allowed, tmp_path, bounds):
    limits.seconds = 2
    allowed.pause = 2.5
    (tmp_path / "a.jpg").write_bytes(jpeg(40, 30))
    url = allowed.put("a.jpg", jpeg(40, 30))
    look = Portable(lambda image: {"wide": image.width, "process": os.getpid()})
    with closing(Workers(1, bounds=bounds)) as workers:
        task = partial(apply_each, look)
        (first,), (second,) = workers.each(task, [[str(tmp_path / "a.jpg")], [url]])
    assert first["wide"] == 40
    assert first == second


def test_decoding_is_bounded_after_a_wait_for_a_server(allowed):
    limits.seconds = 0.5
    allowed.pause = 1.0
    url = allowed.put("a.jpg", jpeg(40, 30))
    forever = Portable(lambda _: time.sleep(600))
    with closing(Workers(1)) as workers:
        (made,) = workers.each(partial(apply_each, forever), [[url]])
    assert "took longer than 0.5 s" in str(made)


# What a stranger's dataset can do


@pytest.fixture
def strange(web, tmp_path):
    """A dataset that somebody sent, of images on a server of theirs."""
    urls = [web.put(f"{number}.jpg", jpeg(40, 30)) + SECRET for number in range(2)]
    dataset = of_urls(urls, width=1, height=1)
    dataset.save(tmp_path / "strange")
    dataset.close()
    return tmp_path / "strange"


def test_a_strangers_dataset_reaches_nobody(strange, web, tmp_path):
    call = rf"fg\.allow_urls\('https://127\.0\.0\.1:{web.port}/'\)"
    with fg.ImageDataset.load(strange) as dataset:
        urls = dataset.df["file_path_abs"].tolist()
        with pytest.raises(BrokenImageError, match=call):
            dataset.get_sample(0).open()
        with pytest.raises(UrlNotAllowedError, match=call):
            dataset.export_images(tmp_path / "out")
        report = dataset.compute_metadata(lambda image: {"wide": image.width}, progress=False)
        assert report.computed == 0
        made = thumbnails_of(urls, tmp_path / "cache")
        assert all(re.search(call, each.error) for each in made)
        dataset.read_sizes(changed=True, progress=False)
        dataset.check_images(progress=False)
        dataset.show().save_html(tmp_path / "page.html")
        assert SECRET not in (tmp_path / "page.html").read_text()
    assert not web.asked
    assert fg.allow_urls() == []


def test_it_works_once_the_user_named_the_host(strange, web, tmp_path):
    fg.allow_urls(web.url())
    with fg.ImageDataset.load(strange) as dataset:
        assert dataset.compute_metadata(lambda image: {"wide": image.width}).computed == 2
        assert dataset.df["wide"].tolist() == [40, 40]
        assert dataset.add_exif_metadata(progress=False).without_exif == 2
        dataset.export_images(tmp_path / "out")
        page = tmp_path / "page.html"
        dataset.show().save_html(page)
    assert "/9j/" in page.read_text() or "image/jpeg" in page.read_text()
    for told in (SECRET, "127.0.0.1", str(web.port)):
        assert told not in page.read_text()
    fg.allow_urls(forget=web.url())
    with pytest.raises(BrokenImageError, match="not allowed yet"):
        images.open_upright(web.url("0.jpg"))


# What travels


ASK = """
import pickle, sys
import framegrid as fg
outcomes = pickle.loads(open(sys.argv[1], "rb").read())
print(outcomes[0](*outcomes[1:]), fg.allow_urls())
"""


def test_what_is_allowed_travels_with_a_job_and_stays_with_it(web, tmp_path):
    url = web.put("a.jpg", jpeg(40, 30))
    env = os.environ | {"FRAMEGRID_CACHE_DIR": str(tmp_path / "elsewhere")}

    def told():
        job = (apply_each, Portable(lambda image: {"wide": image.width}), [url])
        (tmp_path / "job").write_bytes(pickle.dumps(job))
        command = [sys.executable, "-c", ASK, str(tmp_path / "job")]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout

    assert "fg.allow_urls" in told()
    fg.allow_urls(web.url())
    assert told() == "[{'wide': 40}] []\n"


# Proxies


def test_a_proxy_is_asked_where_the_user_has_one(web, monkeypatch):
    """It sees which host is meant, and no more: what is sent is for the host alone."""
    url = web.put("a.jpg", jpeg(40, 30)).replace("127.0.0.1", "photos.example")
    fg.allow_urls(url)
    seen = []
    with running_proxy(("127.0.0.1", web.port), seen) as port:
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://me:word%21@127.0.0.1:{port}")
        monkeypatch.setattr(socket, "getaddrinfo", only_here(socket.getaddrinfo))
        assert images.open_upright(url).size == (40, 30)
        monkeypatch.setenv("NO_PROXY", "photos.example")
        monkeypatch.setenv("no_proxy", "photos.example")
        with pytest.raises(BrokenImageError, match="the host is not found"):
            images.open_upright(url)
    (asked,) = seen
    assert asked.startswith(f"CONNECT photos.example:{web.port} HTTP/1.1\r\n")
    assert "Proxy-Authorization: Basic bWU6d29yZCE=\r\n" in asked
    assert "a.jpg" not in asked


def only_here(lookup):
    """Finds this machine alone, as behind a proxy."""

    def find(host, *args, **options):
        if host == "127.0.0.1":
            return lookup(host, *args, **options)
        raise socket.gaierror(-2, "Name or service not known")

    return find


@contextmanager
def running_proxy(target, seen):
    """A proxy that leads to one server, whatever is asked for."""

    def pump(source, sink):
        while data := source.recv(1 << 16):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)

    def serve():
        with closing(server.accept()[0]) as client, socket.create_connection(target) as other:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1 << 16)
            seen.append(head.decode())
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = pool.submit(pump, other, client)
            pump(client, other)
            back.result()

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(2) as pool:
        server.settimeout(60)
        pool.submit(serve)
        try:
            yield server.getsockname()[1]
        finally:
            web_connections.forget_all()
