import io
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from framegrid import caches, images, thumbnails
from framegrid.errors import BrokenImageError
from framegrid.thumbnails import Thumbnail, Thumbnails, bucket, disk_cache, shared
from framegrid.thumbnails.disk_cache import Cache, File
from framegrid.thumbnails.pool import _TASK_FILES

TASK = _TASK_FILES
LONG = 30  # seconds, after which a test has hung


class Receiver:
    """Collects what a request delivers."""

    def __init__(self):
        self.batches: list[list[Thumbnail]] = []
        self.finished = threading.Event()
        self.dones = 0

    def deliver(self, batch):
        self.batches.append(batch)

    def done(self):
        self.dones += 1
        self.finished.set()

    def wait(self):
        assert self.finished.wait(LONG)
        return self

    @property
    def answers(self):
        return [answer for batch in self.batches for answer in batch]

    @property
    def sizes(self):
        return [len(batch) for batch in self.batches]


class Maker:
    """Stands in for `images.thumbnail`: notes what it makes, and can be held up."""

    def __init__(self):
        self.made: list[str] = []
        self.sizes: list[int] = []
        self.started = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, path, size):
        self.started.set()
        assert self.go_on.wait(LONG)
        self.made.append(Path(path).name)
        self.sizes.append(size)
        return images.Encoded(b"picture of " + Path(path).name.encode(), "image/jpeg", size, size)

    def hold(self):
        self.started.clear()
        self.go_on.clear()


class Here:
    """Stands in for `Workers`: no processes."""

    def __init__(self, count, prepare=None):
        pass

    def each(self, function, items):
        for item in items:
            try:
                yield function(item)
            except BrokenImageError as error:
                yield error

    def close(self):
        pass


@pytest.fixture
def maker(monkeypatch):
    maker = Maker()
    monkeypatch.setattr(images, "thumbnail", maker)
    monkeypatch.setattr("framegrid.thumbnails.pool.Workers", Here)
    return maker


@pytest.fixture
def pool(tmp_path, maker):
    """One thread, so that the order of work is the order of tasks."""
    with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
        yield pool


@pytest.fixture
def files(tmp_path):
    """Gives the paths of files, made when they are not there."""

    def make(*names):
        for name in names:
            if not (tmp_path / name).exists():
                (tmp_path / name).write_bytes(b"x")
        return [str(tmp_path / name) for name in names]

    return make


def ask(pool, paths, size=128):
    receiver = Receiver()
    receiver.request = pool.request(paths, size, receiver.deliver, receiver.done)
    return receiver


def numbered(count):
    return [f"{number}.jpg" for number in range(count)]


def test_real_images(tmp_path):
    for colour in ("red", "blue"):
        Image.new("RGB", (600, 300), colour).save(tmp_path / f"{colour}.jpg")
    with closing(Thumbnails(tmp_path / "cache")) as pool:
        paths = [str(tmp_path / f"{colour}.jpg") for colour in ("red", "blue")]
        red, blue = sorted(ask(pool, paths).wait().answers, key=lambda answer: answer.index)
    assert (red.encoded.width, red.encoded.height, red.error) == (128, 64, None)
    assert Image.open(io.BytesIO(blue.encoded.data)).getpixel((9, 9))[2] > 240


def test_cold_thumbnails_come_in_order_in_growing_batches(pool, files, maker):
    receiver = ask(pool, files(*numbered(60))).wait()
    assert receiver.sizes == [8, 16, 32, 4]
    assert [answer.index for answer in receiver.answers] == list(range(60))
    assert maker.made == numbered(60)


def test_warm_thumbnails_come_first_and_together(pool, files, maker):
    paths = files(*numbered(40))
    ask(pool, paths[10:30]).wait()
    receiver = ask(pool, paths).wait()
    assert receiver.sizes == [20, 8, 12]
    assert [answer.index for answer in receiver.batches[0]] == list(range(10, 30))
    assert len(maker.made) == 40


@pytest.mark.usefixtures("maker")
def test_nothing_asked(pool):
    receiver = ask(pool, []).wait()
    assert (receiver.batches, receiver.dones) == ([], 1)


def test_one_path_asked_for_twice(pool, files, maker):
    receiver = ask(pool, files("a.jpg") * 2).wait()
    assert [answer.index for answer in receiver.answers] == [0, 1]
    assert maker.made == ["a.jpg"]


def test_request_returns_while_the_pool_is_busy(pool, files, maker):
    maker.hold()
    receiver = ask(pool, files("a.jpg"))
    assert maker.started.wait(LONG)
    assert not receiver.batches
    maker.go_on.set()
    assert receiver.wait().sizes == [1]


@pytest.mark.usefixtures("maker")
def test_the_caller_touches_no_file(pool, files, monkeypatch):
    paths, stat, callers = files("a.jpg"), os.stat, []

    def noting_stat(*args, **kwargs):
        callers.append(threading.current_thread())
        return stat(*args, **kwargs)

    monkeypatch.setattr(os, "stat", noting_stat)
    ask(pool, paths).wait()
    assert callers
    assert threading.current_thread() not in callers


def test_the_newest_request_goes_first(pool, files, maker):
    maker.hold()
    old = ask(pool, files(*(f"old{number}.jpg" for number in range(TASK + 2))))
    assert maker.started.wait(LONG)
    receivers = [old, ask(pool, files("mid.jpg")), ask(pool, files("new0.jpg", "new1.jpg"))]
    maker.go_on.set()
    for receiver in receivers:
        receiver.wait()
    begun = [f"old{number}.jpg" for number in range(TASK)]
    rest = [f"old{number}.jpg" for number in (TASK, TASK + 1)]
    assert maker.made == [*begun, "new0.jpg", "new1.jpg", "mid.jpg", *rest]


def test_what_two_requests_want_is_made_once(pool, files, maker):
    paths = files(*numbered(10))
    maker.hold()
    first = ask(pool, files("busy.jpg") + paths)
    assert maker.started.wait(LONG)
    second = ask(pool, paths)
    maker.go_on.set()
    assert len(first.wait().answers) == 11
    assert len(second.wait().answers) == 10
    assert sorted(maker.made) == sorted(["busy.jpg", *numbered(10)])


def test_cancel(pool, files, maker):
    maker.hold()
    receiver = ask(pool, files(*numbered(30)))
    assert maker.started.wait(LONG)
    receiver.request.cancel()
    receiver.request.cancel()
    maker.go_on.set()
    receiver.wait()
    ask(pool, files("next.jpg")).wait()
    assert receiver.batches == []
    assert receiver.dones == 1
    assert maker.made == [*numbered(TASK), "next.jpg"]  # a task that a worker has is completed


def test_cancel_before_anything_happened(pool, files, maker):
    maker.hold()
    busy = ask(pool, files("busy.jpg"))
    assert maker.started.wait(LONG)
    receiver = ask(pool, files("a.jpg"))
    receiver.request.cancel()
    maker.go_on.set()
    assert (receiver.wait().batches, busy.wait().sizes) == ([], [1])
    assert maker.made == ["busy.jpg"]


def test_cancel_from_within_a_delivery(pool, files, maker):
    receiver = Receiver()

    def deliver(batch):
        receiver.deliver(batch)
        receiver.request.cancel()

    maker.hold()
    receiver.request = pool.request(files(*numbered(30)), 128, deliver, receiver.done)
    maker.go_on.set()
    assert receiver.wait().sizes == [8]
    assert receiver.dones == 1


def test_cancelling_one_of_two_requests_for_a_file(pool, files, maker):
    maker.hold()
    ask(pool, files("busy.jpg"))
    assert maker.started.wait(LONG)
    kept, dropped = ask(pool, files("a.jpg")), ask(pool, files("a.jpg"))
    dropped.request.cancel()
    maker.go_on.set()
    assert (kept.wait().sizes, dropped.wait().sizes) == ([1], [])


@pytest.mark.usefixtures("maker")
def test_cancel_after_the_end_changes_nothing(pool, files):
    receiver = ask(pool, files("a.jpg")).wait()
    receiver.request.cancel()
    ask(pool, files("b.jpg")).wait()
    assert (receiver.sizes, receiver.dones) == ([1], 1)


def test_errors_are_answers_and_not_kept(pool, files, monkeypatch, maker):
    def fail(_path, size):
        raise BrokenImageError("truncated: the file ends before the image does")

    monkeypatch.setattr(images, "thumbnail", fail)
    (answer,) = ask(pool, files("a.jpg")).wait().answers
    assert (answer.encoded, answer.error) == (
        None,
        "truncated: the file ends before the image does",
    )
    monkeypatch.setattr(images, "thumbnail", maker)
    assert ask(pool, files("a.jpg")).wait().answers[0].encoded is not None


@pytest.mark.parametrize("path", ["missing.jpg", "nul\0.jpg", "\udcff.jpg"])
def test_paths_that_lead_nowhere(tmp_path, path):
    with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
        (answer,) = ask(pool, [str(tmp_path / path)]).wait().answers
    assert answer.encoded is None
    assert answer.error


@pytest.mark.usefixtures("maker")
@pytest.mark.parametrize("failing", ["deliver", "done"])
def test_a_receiver_that_fails_ends_only_its_own_request(pool, files, caplog, failing):
    receiver = Receiver()
    callbacks = {"deliver": receiver.deliver, "done": receiver.done}

    def fail(*args):
        callbacks[failing](*args)
        raise RuntimeError("comm is closed")

    pool.request(files(*numbered(30)), 128, **{**callbacks, failing: fail})
    receiver.wait()
    assert ask(pool, files("a.jpg")).wait().sizes == [1]
    assert receiver.sizes == ([8] if failing == "deliver" else [8, 16, 6])
    assert receiver.dones == 1
    assert "comm is closed" in caplog.text


def test_many_threads_and_requests(tmp_path, files, maker):
    paths = files(*numbered(100))
    with closing(Thumbnails(tmp_path / "cache", workers=8)) as pool:
        receivers = [ask(pool, paths[start : start + 50]) for start in range(0, 60, 10)]
        for receiver in receivers:
            receiver.wait()
    for receiver in receivers:
        assert sorted(answer.index for answer in receiver.answers) == list(
            range(len(receiver.request.paths))
        )
        assert receiver.dones == 1
        for answer in receiver.answers:
            name = Path(receiver.request.paths[answer.index]).name
            assert answer.encoded.data == b"picture of " + name.encode()
    assert set(maker.made) == set(numbered(100))


def test_without_threads_all_is_done_before_the_return(tmp_path, files, maker, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with closing(Thumbnails(tmp_path / "cache")) as pool:
        assert ask(pool, files(*numbered(20))).sizes == [8, 12]
        warm = ask(pool, files(*numbered(20)))
    assert (warm.sizes, warm.dones, len(maker.made)) == ([20], 1, 20)


def test_close_and_go_on(pool, files, maker):
    ask(pool, files("a.jpg")).wait()
    pool.close()
    assert ask(pool, files("a.jpg")).wait().sizes == [1]
    assert maker.made == ["a.jpg"]


@pytest.mark.parametrize(
    ("size", "px"), [(1, 128), (128, 128), (129, 256), (512, 512), (513, 1024), (5000, 1024)]
)
def test_bucket(pool, files, maker, size, px):
    assert bucket(size) == px
    ask(pool, files("a.jpg"), size).wait()
    assert maker.sizes == [px]


# The cache on disk


def test_thumbnails_survive_the_session(tmp_path, files, maker):
    for _ in range(2):
        with closing(Thumbnails(tmp_path / "cache")) as pool:
            (answer,) = ask(pool, files("a.jpg")).wait().answers
            assert answer.encoded == images.Encoded(b"picture of a.jpg", "image/jpeg", 128, 128)
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
    return images.Encoded(bytes(count), "image/png", 3, 2)


def state(name, mtime_ns=1):
    return File(f"/photos/{name}", mtime_ns, 9)


@pytest.fixture
def cache(tmp_path):
    with closing(Cache(tmp_path / "cache", 10_000_000)) as cache:
        yield cache


@pytest.mark.parametrize("flushed", [False, True])
def test_cache_gives_what_was_put(cache, flushed):
    cache.put(state("a"), 128, encoded(5))
    if flushed:
        cache.flush()
    wanted = [state("a"), state("a", mtime_ns=2), state("b")]
    assert cache.get(wanted, 128) == {state("a"): encoded(5)}
    assert cache.get(wanted, 256) == {}


def test_cache_answers_for_many_files_at_once(cache):
    many = [state(number) for number in range(40_000)]
    for file in many[::10_000]:
        cache.put(file, 128, encoded(1))
    assert set(cache.get(many, 128)) == set(many[::10_000])


def test_a_new_state_of_a_file_replaces_the_old(cache):
    for mtime_ns in (1, 2):
        cache.put(state("a", mtime_ns), 128, encoded(mtime_ns))
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
    assert (tmp_path / "thumbnails-1.sqlite").stat().st_size < 1_200_000


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
    path = tmp_path / "thumbnails-1.sqlite"
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
    monkeypatch.setattr(disk_cache, "_BUSY_S", 0)
    with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
        ask(pool, files("a.jpg")).wait()
        pool._cache.flush()
        path = tmp_path / "cache" / "thumbnails-1.sqlite"
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
    thumbnails._of_process.cache_clear()
    yield
    shared().close()
    thumbnails._of_process.cache_clear()


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
