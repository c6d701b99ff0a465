"""Requests for thumbnails: in which order they are made, delivered and dropped."""

import io
import os
import threading
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from framegrid.base import BrokenImageError
from framegrid.images import pixels
from framegrid.images.thumbnails.making import _TASK_FILES, Thumbnails, bucket
from thumbnails_helpers import LONG, Receiver, ask

TASK = _TASK_FILES


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

    monkeypatch.setattr(pixels, "thumbnail", fail)
    (answer,) = ask(pool, files("a.jpg")).wait().answers
    assert (answer.encoded, answer.error) == (
        None,
        "truncated: the file ends before the image does",
    )
    monkeypatch.setattr(pixels, "thumbnail", maker)
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
            assert answer.encoded.data == b"\xff\xd8\xff picture of " + name.encode()
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
