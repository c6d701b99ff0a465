"""Nothing is lost: killed processes, several processes, failing disks, Ctrl-C and damage."""

import errno
import os
import random
import shutil
import signal
import threading
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count as numbers
from itertools import cycle

import pytest

from crash_lives import (
    Model,
    change_of,
    model_on_disk,
    perform,
)
from framegrid.storage import open_store
from framegrid.storage.journal import lock

# Failing disks. Each call that changes a file fails once, in each way.

CALLS = ["open", "pwrite", "ftruncate", "fdatasync", "fsync", "replace", "link", "unlink"]
FAILURES = {"before": errno.EIO, "half": errno.ENOSPC, "after": errno.EIO}
OPERATIONS = [
    ("set", {0: {"score": 0.5}}),
    ("bulk", {1: {"label": "cat", "box": [1, 2]}, 2: {"label": None, "box": []}}),
    ("snapshot", None),
    ("add", [3, 4]),
    ("set", {0: {"score": 1.5, "count": 2**62}}),
    ("snapshot", None),
    ("set", {0: {"score": None}}),
]


class DeathError(BaseException):
    """Here, the process would be gone."""


class Disk:
    """Counts the calls that change files, and has one of them fail."""

    def __init__(self, monkeypatch):
        self.is_at_work, self.calls = False, 0
        for name in CALLS:
            monkeypatch.setattr(os, name, partial(self._call, getattr(os, name)))

    @contextmanager
    def failing(self, call, how, error):
        """Have a call fail, by its number, before or after its work or half-way through."""
        self.calls, self.number, self.how, self.error = 0, call, how, error
        self.is_at_work = True
        try:
            yield
        finally:
            self.is_at_work = False

    @contextmanager
    def paused(self):
        before, self.is_at_work = self.is_at_work, False
        yield
        self.is_at_work = before

    def _call(self, real, *args, **options):
        self.calls += self.is_at_work
        if not self.is_at_work or self.calls < self.number:
            return real(*args, **options)
        if self.calls > self.number:
            if self.error is DeathError:
                raise DeathError
            return real(*args, **options)
        if self.how == "half" and real.__name__ == "pwrite":
            fd, data, offset = args
            real(fd, data[: len(data) // 2], offset)
        elif self.how == "after":
            real(*args, **options)
        raise self.error


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


def model_in_copy(path):
    """What another process would find now, without disturbing this one."""
    copy = path.parent.with_name("copy")
    shutil.copytree(path.parent, copy)
    model = model_on_disk(copy / path.name)
    shutil.rmtree(copy)
    return model


def work(path, disk, expected):
    """Do all operations; a failed one has changed nothing, in memory as on disk."""
    try:
        store = open_store(path, durability="power")
    except OSError:
        store = open_store(path, durability="power")
    for operation in OPERATIONS:
        with suppress(OSError):
            perform(store, operation)
            expected.apply(operation)
        if disk.calls >= disk.number:
            with disk.paused():
                assert Model(store.table) == model_in_copy(path) == expected
    store.close()


def every_failure(disk, path, run):
    """Run for every call and each way in which it can fail, on a fresh copy of the dataset."""
    for call in numbers(1):
        for how in FAILURES:
            folder = path.parent.with_name("at-work")
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(path.parent, folder)
            run(folder / path.name, call, how)
        if disk.calls < call:
            break
    return call


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_edit_that_fails_on_disk_fails_in_memory(disk, path):
    def run(path, call, how):
        expected = model_on_disk(path)
        with disk.failing(call, how, OSError(FAILURES[how], os.strerror(FAILURES[how]))):
            work(path, disk, expected)
        assert model_on_disk(path) == expected

    assert every_failure(disk, path, run) > 40


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_process_that_dies_at_any_call_loses_no_edit(disk, path):
    def run(path, call, how):
        done = model_on_disk(path)
        under_way = model_on_disk(path)
        with disk.failing(call, how, DeathError), suppress(DeathError):
            store = open_store(path, durability="power")
            for operation in OPERATIONS:
                under_way.apply(operation)
                perform(store, operation)
                done.apply(operation)
        assert model_on_disk(path) in (done, under_way)

    assert every_failure(disk, path, run) > 40


# Ctrl-C.


class Interrupts:
    """Raises KeyboardInterrupt after a random time, at whatever the main thread does then."""

    def __init__(self, seed):
        self.rng, self.is_armed, self.hits = random.Random(seed), False, 0
        signal.signal(signal.SIGALRM, self._interrupt)

    def _interrupt(self, *_):
        if self.is_armed:
            self.is_armed = False
            self.hits += 1
            raise KeyboardInterrupt

    def during(self, work, within=3e-4):
        with suppress(KeyboardInterrupt):
            self._repeat(work, within)
        self.is_armed = False

    def _repeat(self, work, within):  # a function, as Python may miss an interrupt of a loop in try
        self.is_armed = True
        signal.setitimer(signal.ITIMER_REAL, self.rng.uniform(1e-6, within))
        while self.is_armed:
            work()


@pytest.fixture
def interrupts():
    before = signal.getsignal(signal.SIGALRM)
    yield Interrupts(1)
    signal.signal(signal.SIGALRM, before)


def set_score(table):
    return change_of(("set", {0: {"score": float(table.revision)}}), table)


def set_labels(table):
    return change_of(("bulk", {1: {"label": "cat"}, 2: {"label": None}}), table)


def add_sample(table):
    return change_of(("add", [table.next_id]), table)


def remove_sample(table):
    return change_of(("remove", [3]), table) if len(table) > 3 else None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_leaves_memory_as_the_disk_and_the_lock_free(path, interrupts, monkeypatch):
    monkeypatch.setattr(lock, "LOCK_SECONDS", 1.0)
    store, other = open_store(path), open_store(path)
    edits = cycle([set_score] * 5 + [set_labels, set_score, add_sample, remove_sample])
    for hit in range(3000):
        interrupts.during(lambda: store.commit(next(edits)))
        if hit % 100 == 0:
            assert Model(store.table) == model_in_copy(path)
            thread = threading.Thread(target=store.commit, args=[set_score])
            thread.start()
            thread.join(5)
            assert not thread.is_alive()
            other.commit(set_score)
    assert interrupts.hits == 3000
    store.close()
    other.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_during_snapshots_loses_nothing(path, interrupts):
    store = open_store(path)

    def edit_and_snapshot():
        store.commit(set_score)
        store.snapshot()

    for hit in range(200):
        interrupts.during(edit_and_snapshot, within=0.02)
        if hit % 10 == 0:
            assert Model(store.table) == model_in_copy(path)
    store.close()
