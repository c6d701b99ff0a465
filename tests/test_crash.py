"""Nothing is lost: killed processes, several processes, failing disks, Ctrl-C and damage."""

import errno
import os
import random
import shutil
import signal
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count as numbers
from itertools import cycle
from platform import node

import pytest

from crash_lives import (
    Model,
    Nursery,
    change_of,
    count,
    forget_first,
    hold,
    leave_orphan,
    live,
    lock_nothing,
    model_on_disk,
    new_samples,
    perform,
    share,
    snapshot_all_the_time,
)
from framegrid.errors import ConflictError, DatasetBusyError, DatasetCorruptError
from framegrid.journal import lock
from framegrid.store import Store
from framegrid.table import AddSamples, SetValues
from waiting import wait_until


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def path(tmp_path):
    """A dataset of three samples."""
    path = tmp_path / "photos.parquet"
    store = Store.create(path)
    store.commit(lambda _: AddSamples(new_samples([0, 1, 2]), {}))
    store.close()
    return path


# Killed processes. `make soak` kills more of them, and others in each run.

KILLS = int(os.environ.get("KILLS", "100"))
SEED = int(os.environ.get("SEED", "0"))


def after(model, rng, operations):
    """Apply so many operations as a life with this generator did."""
    for _ in range(operations):
        model.apply(model.draw(rng))
    return model


def kill_lives(nursery, path, lives, **options):
    """Let lives edit and be killed, some while they open, and check what each leaves behind."""
    model, rng = model_on_disk(path), random.Random(SEED)
    noted = path.with_name("acknowledged")
    for seed in range(SEED, SEED + lives):
        noted.write_bytes(b"")
        pid = nursery.start(live, path, noted, seed, **options)
        is_to_edit = rng.random() < 0.8
        while is_to_edit and not noted.stat().st_size:
            time.sleep(0.001)
        time.sleep(rng.expovariate(1 / 0.02))
        assert nursery.kill(pid) == -signal.SIGKILL
        done, generator = noted.stat().st_size, random.Random(seed)
        model = after(model, generator, done)
        found = model_on_disk(path)
        if found != model:
            model = after(model, generator, 1)  # it was under way: it may be there or not
        assert found == model, f"life {seed} lost one of its {done} edits"


@pytest.mark.parametrize(
    ("lives", "options"),
    [
        (KILLS * 7 // 10, {"change": snapshot_all_the_time}),
        (KILLS * 3 // 10, {"durability": "power"}),
    ],
    ids=["process", "power"],
)
def test_killed_processes_lose_no_edit(nursery, path, lives, options):
    kill_lives(nursery, path, lives, **options)
    assert not list(path.parent.glob("*.tmp"))


def test_the_test_notices_a_store_that_truncates_before_it_renames(nursery, path):
    with pytest.raises((AssertionError, ConflictError), match=r"lost one of|are in neither"):
        kill_lives(nursery, path, 200, change=forget_first)


# Several processes.


def counts(nursery, path, change=None):
    """Let four processes raise a number of their own to 1,000, and read where they got."""
    pids = [
        nursery.start(count, path, f"k{number}", number % 3, 1000, change=change)
        for number in range(4)
    ]
    ends = [nursery.wait(pid) for pid in pids]
    model = model_on_disk(path)
    return ends, [model.samples[number % 3].get(f"k{number}") for number in range(4)]


def test_four_processes_lose_no_edit_and_agree(nursery, path):
    watching = Store.open(path)
    assert counts(nursery, path) == ([0] * 4, [1000] * 4)
    watching.refresh()
    assert Model(watching.table) == model_on_disk(path)
    watching.close()


def test_the_test_notices_a_store_without_lock(nursery, path):
    with suppress(DatasetCorruptError, ConflictError):
        assert counts(nursery, path, lock_nothing) != ([0] * 4, [1000] * 4)


def test_a_stopped_process_is_named(nursery, path, monkeypatch):
    store = Store.open(path)
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.2)
    ready = path.with_name("ready")
    pid = nursery.start(hold, path, ready)
    wait_until(ready.exists)
    with pytest.raises(DatasetBusyError, match=f"locked by process {pid} on {node()} for 0.2 s"):
        store.commit(lambda _: None)
    os.kill(pid, signal.SIGCONT)
    assert nursery.wait(pid) == 0
    store.commit(lambda _: None)
    store.close()


def test_a_forked_child_holds_no_lock(nursery, path, monkeypatch):
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.2)
    orphan = path.with_name("orphan")
    assert nursery.wait(nursery.start(leave_orphan, path, orphan)) == -signal.SIGKILL
    store = Store.open(path)
    store.commit(lambda _: SetValues(0, {"a": 1}, {"a": "integer"}))
    store.close()
    os.kill(int(orphan.read_text()), signal.SIGKILL)


def test_forked_children_edit_with_the_store_of_their_parent(nursery, path):
    assert nursery.wait(nursery.start(share, path, 3, 50)) == 0
    assert model_on_disk(path).samples[0] == {f"k{number}": 49 for number in range(4)}


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
        store = Store.open(path, durability="power")
    except OSError:
        store = Store.open(path, durability="power")
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
            store = Store.open(path, durability="power")
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
    store, other = Store.open(path), Store.open(path)
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
    store = Store.open(path)

    def edit_and_snapshot():
        store.commit(set_score)
        store.snapshot()

    for hit in range(200):
        interrupts.during(edit_and_snapshot, within=0.02)
        if hit % 10 == 0:
            assert Model(store.table) == model_in_copy(path)
    store.close()


# Damage.


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A small dataset's Parquet file and journal, and the states that it went through since."""
    path = tmp_path_factory.mktemp("history") / "photos.parquet"
    store = Store.create(path)
    perform(store, ("add", [0, 1]))
    perform(store, ("set", {0: {"score": 0.5, "note": "x"}}))
    store.snapshot()
    states = [Model(store.table)]
    for number in range(6):
        perform(store, ("set", {number % 2: {"score": number / 2, "box": [number]}}))
        states.append(Model(store.table))
    files = path.read_bytes(), path.with_name("photos.parquet.journal").read_bytes()
    store.close()
    return *files, states


def damages(data):
    """Every way to flip a bit of a byte, and to cut the file."""
    rng = random.Random(1)
    for place in range(len(data)):
        yield data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
        yield data[:place]


def state_of(folder, parquet, journal):
    """Open files as they are; the state, or None if they are refused as damaged."""
    for file in folder.iterdir():
        file.unlink()
    path = folder / "photos.parquet"
    path.write_bytes(parquet)
    path.with_name("photos.parquet.journal").write_bytes(journal)
    try:
        return model_on_disk(path)
    except DatasetCorruptError:
        return None


def test_a_damaged_journal_gives_an_earlier_state_or_an_error(tmp_path, history):
    parquet, journal, states = history
    found = [state_of(tmp_path, parquet, damaged) for damaged in damages(journal)]
    assert all(state is None or state in states for state in found)
    assert any(state is None for state in found)
    assert state_of(tmp_path, parquet, journal) == states[-1]


def test_a_damaged_snapshot_is_always_noticed(tmp_path, history):
    parquet, journal, _ = history
    assert not any(state_of(tmp_path, damaged, journal) for damaged in damages(parquet))
