"""Worker processes: what they bound, what their death costs, and where there can be none."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections import UserDict
from concurrent.futures import Future
from contextlib import closing, suppress
from functools import partial

import pytest

import worker_tasks
from framegrid import images
from framegrid.base import BrokenImageError
from framegrid.images import Processes, Workers
from framegrid.images.workers import pool, process
from framegrid.images.workers.process import WorkerError
from framegrid.images.workers.serving import bounded
from waiting import wait_until

posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
LONG = 60


@pytest.fixture
def workers():
    with closing(Workers(2, prepare=images.load_formats)) as workers:
        yield workers


@pytest.fixture
def one():
    """One process, which ends when an item takes longer than half a second."""
    with closing(Workers(1, seconds=0.5)) as workers:
        yield workers


@pytest.fixture
def impossible(monkeypatch):
    """No process starts, as in a browser or a sandbox."""

    def refuse(*args, **kwargs):
        raise OSError(138, "emscripten does not support processes.")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(sys, "platform", "emscripten")


def results(workers, function, *items):
    """What came, with the texts of errors."""
    answers = workers.each(function, items)
    return [str(item) if isinstance(item, Exception) else item for item in answers]


def pids(workers):
    return {worker._process.pid for worker in workers._workers if worker._process}


def wait_for_end_of(pid):
    deadline = time.monotonic() + LONG
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.01)
        raise AssertionError(f"process {pid} goes on")


# What they do


def test_nothing_starts_before_there_is_something_to_do(workers):
    assert pids(workers) == set()


def test_answers_come_in_order(workers):
    assert results(workers, len, *("a" * n for n in range(50))) == list(range(50))


def test_a_thumbnail_made_elsewhere_is_the_same(workers, photos):
    paths = sorted(map(str, photos.iterdir()))
    make = partial(images.thumbnail, size=48)
    assert list(workers.each(make, paths)) == [images.thumbnail(path, 48) for path in paths]


def test_a_broken_image_comes_as_the_error_it_is(workers, photos):
    (photos / "empty.jpg").touch()
    whole, broken = workers.each(
        partial(images.thumbnail, size=48), [str(photos / "photo-0.jpg"), str(photos / "empty.jpg")]
    )
    assert whole.width == 48
    assert isinstance(broken, BrokenImageError)
    assert str(broken) == "empty file (0 bytes)"


def test_what_an_item_raises_costs_that_item(workers):
    assert results(workers, len, "ab", 7, "a") == [
        2, "TypeError: object of type 'int' has no len()", 1,
    ]  # fmt: skip


def test_who_stops_listening_disturbs_nobody(one):
    for answer in one.each(len, ["a"] * 9):
        assert answer == 1
        break
    assert results(one, len, "ab", "abc") == [2, 3]


def test_processes_can_be_started_ahead(workers):
    workers.start(2)
    wait_until(lambda: len(pids(workers)) >= 2)


def test_a_worker_is_small(workers, photos):
    photo = photos / "photo-0.jpg"
    cell = images.Carried("parquet://image/0::/a.parquet", photo.read_bytes())
    made = list(workers.each(partial(images.thumbnail, size=48), [str(photo), cell]))
    assert len({encoded.data for encoded in made}) == 1
    loaded = set(results(workers, eval, "list(__import__('sys').modules)")[0])
    assert not loaded & {"numpy", "pandas", "pyarrow", "IPython", "sqlite3", "__mp_main__"}


# Bounds


@pytest.mark.parametrize("items", [[0, 30, 0], [0, 0, 30], [30, 0, 0]])
def test_what_takes_too_long_is_ended_and_named(one, items):
    expected = ["took longer than 0.5 s" if item else None for item in items]
    assert results(one, time.sleep, *items) == expected


@posix
def test_a_stopped_process_is_replaced(one):
    (pid,) = results(one, worker_tasks.pid, 0)
    os.kill(pid, signal.SIGSTOP)
    assert results(one, worker_tasks.pid, 0) == ["took longer than 0.5 s"]
    assert results(one, worker_tasks.pid, 0) != [pid]


def test_each_item_has_the_time_for_itself(one):
    assert results(one, time.sleep, *[0.2] * 5) == [None] * 5


@pytest.mark.skipif(sys.platform != "linux", reason="bounds of memory")
def test_what_takes_too_much_memory_fails_alone(one):
    (first, second) = results(one, bytes, 4 << 30, 3)
    assert first.startswith("MemoryError")
    assert second == bytes(3)


def test_a_death_costs_one_item_and_one_process(workers):
    workers.start(2)
    assert results(workers, os._exit, 3) == ["the worker process ended with exit code 3"]
    (first, *_) = answers = list(workers.each(worker_tasks.die_of_two, [1, 2, 3, 4]))
    assert [isinstance(answer, WorkerError) for answer in answers] == [False, True, False, False]
    assert first == 1


def test_what_decoders_in_c_print_is_not_heard(workers, capfd):
    results(workers, partial(os.write, 2), b"libtiff has something to say")
    assert capfd.readouterr().err == ""


def test_outside_of_a_worker_nothing_is_bounded(capfd):
    with bounded():
        os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


def test_only_what_runs_bounded_is_bounded(capfd):
    with closing(Workers(1, seconds=0.5, bounds=False)) as workers:
        assert results(workers, worker_tasks.decode, (0, 1), (30, 0)) == [
            "done",
            "took longer than 0.5 s",
        ]
    assert capfd.readouterr().err == "heard"


@pytest.mark.skipif(sys.platform != "linux", reason="bounds of memory")
def test_only_decoding_is_bounded_in_memory():
    with closing(Workers(1, bounds=False)) as workers:
        assert results(workers, worker_tasks.decode_too_much, 0) == ["MemoryError: "]
        assert results(workers, len, bytes(9)) == [9]
        assert results(workers, worker_tasks.is_memory_unbounded, 0) == [True]


# Their end


ORPHANING = """
import os, signal, sys, time
from framegrid.images import Workers
workers = Workers(2)
workers.start(2)
list(workers.each(len, ["a"]))
print(*[worker._process.pid for worker in workers._workers if worker._process], flush=True)
if "fork" in sys.argv and os.fork() == 0:
    time.sleep(60)
os.kill(os.getpid(), signal.SIGKILL)
"""


@posix
@pytest.mark.parametrize("how", ["", "fork"])
def test_processes_end_with_the_one_that_asks(how):
    command = [sys.executable, "-W", "ignore", "-c", ORPHANING, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asking:
        started = [int(pid) for pid in asking.stdout.readline().split()]
        assert started
        for pid in started:
            wait_for_end_of(pid)
        asking.terminate()


# Where there are none


@pytest.mark.usefixtures("impossible")
def test_without_processes_functions_run_here(workers, caplog):
    assert results(workers, worker_tasks.pid, 0, 1) == [os.getpid()] * 2
    assert results(workers, len, 7, "a")[1:] == [1]
    assert caplog.text.count("emscripten") == 1


@pytest.mark.usefixtures("impossible")
def test_starting_ahead_fails_silently(workers, caplog):
    workers.start(2)
    assert results(workers, worker_tasks.pid, 0) == [os.getpid()]


def test_an_executable_that_is_no_python(workers, monkeypatch):
    monkeypatch.setattr(sys, "executable", None)
    assert results(workers, len, "a") == [1]


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOTSUP, errno.EPERM])
def test_a_sandbox_that_allows_no_processes(workers, monkeypatch, number):
    refuse_processes(monkeypatch, OSError(number, "no processes here"))
    assert results(workers, worker_tasks.pid, 0) == [os.getpid()]


# Where one does not start


def refuse_processes(monkeypatch, error, times=10**9):
    """Have the next processes not start."""
    real, left = subprocess.Popen, [times]

    def popen(*args, **kwargs):
        left[0] -= 1
        if left[0] >= 0:
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", popen)


@pytest.fixture
def at_once(monkeypatch):
    """No pauses between attempts."""
    monkeypatch.setattr(pool, "_PAUSES_S", (0, 0, 0))


MOMENTS = [
    OSError(errno.EMFILE, "Too many open files"),
    OSError(errno.ENFILE, "Too many open files in system"),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
    OSError(errno.ETXTBSY, "Text file busy"),
]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("error", MOMENTS, ids=str)
@pytest.mark.parametrize("times", [1, 3])
def test_a_start_that_fails_for_a_moment_is_tried_again(workers, monkeypatch, error, times):
    refuse_processes(monkeypatch, error, times)
    (pid,) = results(workers, worker_tasks.pid, 0)
    assert pid in pids(workers)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("error", MOMENTS, ids=str)
def test_nothing_is_done_here_while_no_process_starts(workers, monkeypatch, caplog, error):
    refuse_processes(monkeypatch, error, 9)
    for _ in range(6):  # four attempts at first, then one each
        (first, second) = results(workers, worker_tasks.pid, 0, 1)
        assert first == second == f"a worker process could not start: {error}"
    assert caplog.text.count("framegrid makes no pictures for now") == 1
    assert results(workers, worker_tasks.pid, 0)[0] in pids(workers)


@pytest.mark.usefixtures("at_once")
class Changing(UserDict):
    """An environment from which another thread takes a variable while it is looked through."""

    def __iter__(self):
        yield from [*self.data, "GONE"]


def test_the_environment_may_change_while_a_process_starts(workers, monkeypatch):
    monkeypatch.setattr(os, "environ", Changing(os.environ))
    for _ in range(2):  # the second one compares
        assert results(workers, len, "abc") == [3]
    os.environ["ADDED"] = "1"
    assert results(workers, os.getenv, "ADDED") == ["1"]


def test_a_process_that_dies_at_its_start_is_tried_again(workers, monkeypatch):
    commands = iter([["-c", "raise SystemExit(4)"]] * 4)
    real = process.command

    def command(*, bounds):
        return [sys.executable, *next(commands)] if commands else real(bounds=bounds)

    monkeypatch.setattr(process, "command", command)
    (reason,) = results(workers, worker_tasks.pid, 0)
    assert reason == ("a worker process could not start: the worker process ended with exit code 4")
    commands = None
    assert results(workers, worker_tasks.pid, 0)[0] in pids(workers)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("silent", ["time.sleep(600)", "print('x' * 8, flush=True); time.sleep(9)"])
def test_a_start_is_bounded_in_time(monkeypatch, silent):
    code = [sys.executable, "-c", f"import time; {silent}"]
    monkeypatch.setattr(process, "command", lambda **_: code)
    monkeypatch.setattr(process, "_START_S", 0.5)
    with closing(Workers(1, bounds=False)) as workers:
        assert results(workers, len, "a") == [
            "a worker process could not start: took longer than 0.5 s"
        ]


# Where there are no threads


@pytest.mark.usefixtures("impossible")
def test_without_threads_either_a_task_is_done_at_once(monkeypatch, photos):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    executor = Processes(Workers(1), 1)
    made = executor.submit(images.picture, str(photos / "photo-0.jpg"), 32, 10_000)
    assert isinstance(made, Future)
    assert made.result(0).width == 32
    assert isinstance(executor.submit(images.read_header, "nowhere").exception(0), BrokenImageError)


# As an executor


def test_a_future_has_the_result_or_the_error():
    executor = Processes(Workers(1), 1)
    assert executor.submit(divmod, 7, 2).result(LONG) == (3, 1)
    assert isinstance(executor.submit(images.thumbnail, "nowhere", 9).exception(LONG), OSError)
    assert isinstance(executor.submit(divmod, 7, 0).exception(LONG), WorkerError)
    executor.shutdown()
