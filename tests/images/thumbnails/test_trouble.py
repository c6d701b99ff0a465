"""Thumbnails when something goes wrong: each request ends, with a reason."""

import io
import os
import pkgutil
import shutil
import sqlite3
import threading
from contextlib import closing

import pyarrow as pa
import pytest
from PIL import Image

from framegrid.dataset.ingest.file_notes import file_checksums
from framegrid.grid.sharing.pictures import ready_thumbnails
from framegrid.images.thumbnails.disk_cache import Cache
from framegrid.images.thumbnails.making import Thumbnails, _files
from thumbnails_helpers import LONG, ask
from waiting import wait_until

# Nothing ends the thumbnails


ODD_TIMES = {
    "2300": 10_413_792_000,
    "1677": -9_246_000_000,
    "1800": -5_364_662_400,
    "1969": -1,
    "far": 2**34,
    "1901": -(2**31) - 1,
}


@pytest.mark.skipif(os.name == "nt", reason="times that Windows does not set")
def test_files_of_any_time_have_thumbnails_which_are_kept(tmp_path):
    paths = []
    for name, seconds in ODD_TIMES.items():
        Image.new("RGB", (60, 30)).save(tmp_path / f"{name}.jpg")
        os.utime(tmp_path / f"{name}.jpg", (0, seconds))
        paths.append(str(tmp_path / f"{name}.jpg"))
    for _ in range(2):
        with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
            answers = ask(pool, paths).wait().answers
            assert {answer.error for answer in answers} == {None}
            assert len(answers) == len(paths)
            assert all(thread.is_alive() for thread in pool._near.threads)
    cached = Cache(tmp_path / "cache", 10**8)
    assert len(cached.get(_files(paths), 128)) == len(paths)
    cached.close()


ODD_PATHS = [None, "", "a\0b", "\ud800.jpg", "\udcff.jpg", 7, b"bytes.jpg", "x" * 5_000, "~"]


def test_no_path_ends_a_thread(pool, files):
    (whole,) = files("whole.jpg")
    for path in ODD_PATHS:
        assert len(ask(pool, [path, whole]).wait().answers) == 2
    assert all(thread.is_alive() for thread in pool._near.threads)
    answers = ask(pool, [*ODD_PATHS, whole]).wait().answers
    assert sorted(answer.index for answer in answers) == list(range(len(ODD_PATHS) + 1))


STAGES = [
    ("framegrid.images.sources.file_states", RuntimeError("states")),
    ("framegrid.images.pixels.sent", AttributeError("paths")),
    ("framegrid.images.thumbnails.disk_cache._rows", OverflowError("an integer")),
    ("framegrid.images.thumbnails.disk_cache._rows", sqlite3.InterfaceError("a type")),
    ("framegrid.images.thumbnails.disk_cache._is_storable", MemoryError()),
    ("framegrid.images.thumbnails.disk_cache.Cache.get", RuntimeError("reading")),
    ("framegrid.images.thumbnails.disk_cache.Cache.put", RuntimeError("writing")),
    ("framegrid.images.thumbnails.disk_cache.Cache.flush", RuntimeError("flushing")),
]


@pytest.mark.parametrize(("stage", "error"), STAGES, ids=str)
def test_an_error_anywhere_costs_no_thread_and_no_later_picture(
    pool, files, monkeypatch, stage, error
):
    failed = []
    owner, name = stage.rsplit(".", 1)
    real = pkgutil.resolve_name(stage)

    def fail(*args, **kwargs):
        if len(failed) < 2:
            failed.append(name)
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(pkgutil.resolve_name(owner), name, fail)

    def has_failed():
        ask(pool, files("first.jpg"))
        return len(failed) == 2

    wait_until(has_failed)
    answers = ask(pool, files("last.jpg")).wait().answers
    assert [answer.error for answer in answers] == [None]
    assert all(thread.is_alive() for thread in pool._near.threads)


@pytest.mark.parametrize("stage", ["images.sources.file_states", "images.pixels.sent"])
def test_what_fails_is_answered_with_the_reason(pool, files, monkeypatch, stage):
    def fail(*_args):
        raise RuntimeError("no disk")

    monkeypatch.setattr(f"framegrid.{stage}", fail)
    answers = ask(pool, files("a.jpg", "b.jpg")).wait().answers
    assert [answer.error for answer in answers] == ["no disk"] * 2


def test_dead_threads_are_replaced(pool, files, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    ask(pool, files("a.jpg")).wait()
    (thread,) = pool._near.threads

    def end():
        raise SystemExit  # not even an error

    pool._near.schedule(-float("inf"), end)
    thread.join(LONG)
    assert not thread.is_alive()
    assert ask(pool, files("b.jpg")).wait().answers[0].encoded


def test_waiting_for_pictures_ends(pool, files, monkeypatch, caplog):
    monkeypatch.setattr("framegrid.grid.sharing.pictures._PATIENCE_S", 0.05)
    monkeypatch.setattr("framegrid.images.thumbnails.shared", lambda: pool)
    monkeypatch.setattr(pool, "_look_at", lambda *_: None)  # its answers never come
    made = ready_thumbnails(files("a.jpg", "b.jpg"), 128)
    assert [made[index].error for index in (0, 1)] == ["took longer than it may"] * 2
    assert "2 thumbnails did not come" in caplog.text


# What is served from the cache


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("mime", "text/html"),
        ("mime", "image/svg+xml"),
        ("mime", "image/webp"),
        ("mime", "image/png"),
        ("mime", "IMAGE/JPEG"),
        ("mime", b"image/jpeg"),
        ("data", b"<svg onload='alert(1)'>"),
        ("data", b"GIF89a"),
        ("data", b"\x89PNG\r\n\x1a\n"),
        ("data", b""),
        ("data", "\xff\xd8\xff"),
        ("data", b"\xff\xd8\xff" + bytes(1 << 24)),
        ("width", 0),
        ("width", 4096),
        ("height", -1),
        ("height", "x"),
        ("height", 1.5),
        ("used", "now"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_framegrid_does_not_make_is_not_served(tmp_path, column, value):
    Image.new("RGB", (900, 600)).save(tmp_path / "a.jpg")
    paths = [str(tmp_path / "a.jpg")]
    with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
        (before,) = ask(pool, paths).wait().answers
    assert before.encoded.mime == "image/jpeg"
    with closing(sqlite3.connect(tmp_path / "cache/thumbnails-3.sqlite")) as forger, forger:
        assert forger.execute(f"UPDATE thumbnails SET {column} = ?", (value,)).rowcount == 1
    with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
        (after,) = ask(pool, paths).wait().answers
    assert after == before


@pytest.mark.skipif(os.name == "nt", reason="inodes and the times of their changes")
@pytest.mark.parametrize("how", ["rewritten", "replaced"])
def test_another_picture_of_the_same_size_and_time_is_shown(tmp_path, how):
    path = tmp_path / "a.bmp"
    for colour in ("red", "blue"):
        Image.new("RGB", (60, 30), colour).save(tmp_path / "new.bmp")
        if how == "replaced":
            (tmp_path / "new.bmp").replace(path)
        else:
            path.write_bytes((tmp_path / "new.bmp").read_bytes())
        os.utime(path, (1_000_000_000, 1_000_000_000))
        with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
            (answer,) = ask(pool, [str(path)]).wait().answers
        shown = Image.open(io.BytesIO(answer.encoded.data)).convert("RGB")
        assert shown.getpixel((9, 9))[0 if colour == "red" else 2] > 200


def test_the_state_that_values_were_computed_from_is_the_same_in_a_copy(tmp_path):
    Image.new("RGB", (60, 30)).save(tmp_path / "a.jpg")
    shutil.copy2(tmp_path / "a.jpg", tmp_path / "b.jpg")
    paths = pa.array([str(tmp_path / "a.jpg"), str(tmp_path / "b.jpg")])
    first, second = file_checksums(paths).tolist()
    assert first == second
