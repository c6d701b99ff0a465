"""The cache of thumbnails on disk: what it keeps, for whom, and how little it trusts the file."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from framegrid import images
from framegrid.base import cache_files, caches
from framegrid.images.thumbnails import disk_cache, making, shared
from framegrid.images.thumbnails.disk_cache import Cache, File
from framegrid.images.thumbnails.making import Thumbnails
from thumbnails_helpers import LONG, ask

# The cache on disk


def test_thumbnails_survive_the_session(tmp_path, files, maker):
    for _ in range(2):
        with closing(Thumbnails(tmp_path / "cache")) as pool:
            (answer,) = ask(pool, files("a.jpg")).wait().answers
            assert answer.encoded == images.Encoded(
                b"\xff\xd8\xff picture of a.jpg", "image/jpeg", 128, 128
            )
    assert maker.made == ["a.jpg"]


@pytest.mark.parametrize("changed", ["bytes", "time"])
def test_a_changed_file_is_made_again(pool, files, maker, changed):
    (path,) = files("a.jpg")
    os.utime(path, ns=(10**18, 10**18))
    ask(pool, [path]).wait()
    Path(path).write_bytes(b"longer" if changed == "bytes" else b"x")
    os.utime(path, ns=(10**18, 10**18 + (changed == "time")))
    ask(pool, [path]).wait()
    ask(pool, [path]).wait()
    assert maker.made == ["a.jpg", "a.jpg"]


def test_sizes_are_kept_apart(pool, files, maker):
    for size in (128, 256, 128, 256):
        (answer,) = ask(pool, files("a.jpg"), size).wait().answers
        assert answer.encoded.width == size
    assert maker.sizes == [128, 256]


def encoded(count):
    return images.Encoded(b"\x89PNG\r\n\x1a\n" + bytes(count), "image/png", 3, 2)


def state(name, number=1):
    return File(f"/photos/{name}", number, 9)


@pytest.mark.parametrize("flushed", [False, True])
def test_cache_gives_what_was_put(cache, flushed):
    cache.put(state("a"), 128, encoded(5))
    if flushed:
        cache.flush()
    wanted = [state("a"), state("a", 2), state("b")]
    assert cache.get(wanted, 128) == {state("a"): encoded(5)}
    assert cache.get(wanted, 256) == {}


def test_cache_answers_for_many_files_at_once(cache):
    many = [state(number) for number in range(40_000)]
    for file in many[::10_000]:
        cache.put(file, 128, encoded(1))
    assert set(cache.get(many, 128)) == set(many[::10_000])


def test_a_new_state_of_a_file_replaces_the_old(cache):
    for number in (1, 2):
        cache.put(state("a", number), 128, encoded(number))
        cache.flush()
    assert cache.get([state("a", 1), state("a", 2)], 128) == {state("a", 2): encoded(2)}


def test_the_least_recently_used_make_room(tmp_path, monkeypatch):
    clock = iter(range(1_000, 10**9, 1_000))
    monkeypatch.setattr(disk_cache.time, "time", lambda: next(clock))
    with closing(Cache(tmp_path, 1_000_000)) as cache:
        for number in range(50):
            cache.put(state(number), 128, encoded(50_000))
            cache.flush()
            assert cache.get([state(0)], 128), number
        kept = {int(Path(file.path).name) for file in cache.get([state(n) for n in range(50)], 128)}
    assert kept == {0, *range(50 - len(kept) + 1, 50)}
    assert 14 <= len(kept) <= 20
    assert (tmp_path / "thumbnails-3.sqlite").stat().st_size < 1_200_000


def test_reading_writes_nothing(cache, tmp_path):
    cache.put(state("a"), 128, encoded(5))
    cache.flush()
    (file,) = (tmp_path / "cache").iterdir()
    before = file.stat().st_mtime_ns
    cache.get([state("a")], 128)
    cache.flush()
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", ["garbage", "middle"])
def test_a_damaged_cache_is_made_anew(tmp_path, damage):
    with closing(Cache(tmp_path, 10_000_000)) as cache:
        for number in range(60):
            cache.put(state(number), 128, encoded(3_000))
    path = tmp_path / "thumbnails-3.sqlite"
    content = path.read_bytes()
    path.write_bytes(
        b"garbage" * 999 if damage == "garbage" else content[:4096] + bytes(len(content) - 4096)
    )
    with closing(Cache(tmp_path, 10_000_000)) as cache:
        assert cache.get([state(1)], 128) == {}
        cache.put(state("new"), 128, encoded(5))
    with closing(Cache(tmp_path, 10_000_000)) as cache:
        assert cache.get([state("new")], 128) == {state("new"): encoded(5)}


def test_where_no_file_can_be_memory_serves(tmp_path):
    (tmp_path / "occupied").write_bytes(b"")
    with closing(Cache(tmp_path / "occupied" / "cache", 10_000_000)) as cache:
        cache.put(state("a"), 128, encoded(5))
        cache.flush()
        assert cache.get([state("a")], 128) == {state("a"): encoded(5)}


def test_a_file_that_cannot_be_written_is_left_alone(tmp_path, monkeypatch):
    with closing(Cache(tmp_path, 10_000_000)) as cache:
        cache.put(state("a"), 128, encoded(5))
    connect = sqlite3.connect

    def read_only(path, **options):
        return connect(path if path == ":memory:" else f"file:{path}?mode=ro", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with closing(Cache(tmp_path, 10_000_000)) as cache:
        cache.put(state("b"), 128, encoded(6))
        cache.flush()
        assert cache.get([state("b")], 128) == {state("b"): encoded(6)}


def test_a_locked_cache_is_done_without(tmp_path, files, maker, monkeypatch):
    monkeypatch.setattr(cache_files, "_BUSY_S", 0)
    with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
        ask(pool, files("a.jpg")).wait()
        pool._cache.flush()
        path = tmp_path / "cache" / "thumbnails-3.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert ask(pool, files("a.jpg")).wait().answers[0].encoded
        assert ask(pool, files("a.jpg")).wait().answers[0].encoded
    assert maker.made == ["a.jpg", "a.jpg"]


def test_a_cache_without_room_forgets(tmp_path):
    with closing(Cache(tmp_path, 0)) as cache:
        cache.put(state("a"), 128, encoded(5))
        cache.flush()
        assert cache.get([state("a")], 128) == {}


def test_names_that_sqlite_refuses_are_forgotten(cache):
    cache.put(state("\udcff"), 128, encoded(5))
    cache.flush()
    assert cache.get([state("\udcff")], 128) == {}


def test_two_caches_share_a_file(tmp_path):
    def fill(cache, names):
        for name in names:
            cache.put(state(name), 128, encoded(100))
            cache.flush()

    with closing(Cache(tmp_path, 10**8)) as one, closing(Cache(tmp_path, 10**8)) as two:
        threads = [
            threading.Thread(target=fill, args=(cache, range(start, 100, 2)))
            for start, cache in enumerate((one, two))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG)
        assert len(one.get([state(number) for number in range(100)], 128)) == 100


def test_the_user_may_choose_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "mine"))
    assert caches.default_folder() == tmp_path / "mine"


@pytest.mark.parametrize(
    ("platform", "variable", "value", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "/caches", "/caches/framegrid"),
        ("linux", "XDG_CACHE_HOME", "", "~/.cache/framegrid"),
        ("darwin", "XDG_CACHE_HOME", "/caches", "~/Library/Caches/framegrid"),
        ("win32", "LOCALAPPDATA", "C:/Local", "C:/Local/framegrid"),
    ],
)
def test_default_folder(monkeypatch, platform, variable, value, expected):
    monkeypatch.delenv("FRAMEGRID_CACHE_DIR", raising=False)
    monkeypatch.setattr(caches.sys, "platform", platform)
    monkeypatch.setenv(variable, value)
    assert caches.default_folder() == Path(expected)


# One per process


@pytest.fixture
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "cache"))
    making._of_process.cache_clear()
    yield
    shared().close()
    making._of_process.cache_clear()


@pytest.mark.usefixtures("own_cache")
def test_shared_is_one():
    assert shared() is shared()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.usefixtures("own_cache", "maker")
def test_a_forked_child_has_its_own(files):
    paths = files("a.jpg", "b.jpg")
    ask(shared(), paths[:1]).wait()
    shared()._cache.flush()  # a fork in the middle of writing would cost the child its cache
    child = os.fork()
    if not child:
        os._exit(0 if ask(shared(), paths).finished.wait(LONG) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(ask(shared(), paths).wait().answers) == 2
