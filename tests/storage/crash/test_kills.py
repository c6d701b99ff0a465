"""Nothing is lost: killed processes, several processes, failing disks, Ctrl-C and damage."""

import os
import random
import shutil
import signal
import time
from contextlib import suppress
from platform import node

import pytest

from crash_lives import OPERATIONS as LIVING
from crash_lives import (
    Model,
    Nursery,
    count,
    forget_first,
    hold,
    leave_orphan,
    live,
    lock_nothing,
    model_on_disk,
    perform,
    share,
    snapshot_all_the_time,
    snapshot_often,
)
from framegrid.base import ConflictError, DatasetBusyError, DatasetCorruptError
from framegrid.storage import SetValues, open_store
from framegrid.storage.journal import lock
from waiting import wait_until


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as nursery:
        yield nursery


def after(model, rng, operations):
    """Apply so many operations as a life with this generator did; it could undo its own alone."""
    model.undoable.clear()
    return further(model, rng, operations)


def further(model, rng, operations):
    for _ in range(operations):
        model.apply(model.draw(rng))
    return model


# Killed processes. `make soak` kills more of them, and others in each run.

KILLS = int(os.environ.get("KILLS", "100"))
SEED = int(os.environ.get("SEED", "0"))


def kill_lives(nursery, path, lives, then=None, **options):
    """Let lives edit and be killed, some while they open, and check what each leaves behind.

    Args:
        then: what is done to the files after each life; it is given the model, and gives it.
    """
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
            model = further(model, generator, 1)  # it was under way: it may be there or not
        assert found == model, f"life {seed} lost one of its {done} edits"
        if then is not None:
            model = then(model)


@pytest.mark.parametrize(
    ("lives", "options"),
    [
        (KILLS * 5 // 10, {"change": snapshot_all_the_time}),
        (KILLS * 2 // 10, {"durability": "power"}),
    ],
    ids=["process", "power"],
)
def test_killed_processes_lose_no_edit(nursery, path, lives, options):
    kill_lives(nursery, path, lives, **options)
    assert not list(path.parent.glob("*.tmp"))


class Copies:
    """Files kept aside, edited elsewhere or not, and brought back later: one of them, or both.

    Whatever happens, what is there is one history as a whole, or a conflict.
    """

    def __init__(self, path):
        self.path, self.rng = path, random.Random(SEED + 1)
        self.kept = path.parent / "kept" / path.name
        self.kept.parent.mkdir()
        self.conflicts = 0

    def __call__(self, model):
        draw = self.rng.random()
        if draw < 0.3:
            self.keep()
        elif draw < 0.5 and self.kept.exists():
            self.edit_elsewhere()
        elif draw < 0.75 and self.kept.exists():
            return self.bring_back(model, with_journal=draw < 0.6)
        return model

    def keep(self):
        for file in beside(self.path):
            shutil.copy(file, self.kept.parent)

    def edit_elsewhere(self):
        store = open_store(self.kept)
        model = Model(store.table)
        for _ in range(self.rng.randrange(1, 20)):
            operation = model.draw(self.rng)
            perform(store, operation)
            model.apply(operation)
        if self.rng.random() < 0.7:
            store.close()
        else:
            store.is_closed = True

    def bring_back(self, model, *, with_journal):
        theirs = model_of_copy(self.kept, with_journal=with_journal)
        for file in beside(self.kept)[: 1 + with_journal]:
            shutil.copy(file, self.path.parent)
        try:
            found = model_on_disk(self.path)
        except ConflictError:
            assert not with_journal
            self.conflicts += 1
            found = model_on_disk(self.path, conflict="snapshot")
            assert found == theirs
        else:
            assert found in ([theirs] if with_journal else [model, theirs])
        return found


def beside(path):
    return [path, path.with_name(f"{path.name}.journal")]


def model_of_copy(path, *, with_journal):
    folder = path.parent.with_name("alone")
    folder.mkdir()
    for file in beside(path)[: 1 + with_journal]:
        shutil.copy(file, folder)
    model = model_on_disk(folder / path.name)
    shutil.rmtree(folder)
    return model


def test_copies_brought_back_are_never_mixed(nursery, path):
    copies = Copies(path)
    kill_lives(nursery, path, KILLS * 3 // 10, then=copies, change=snapshot_all_the_time)
    assert copies.conflicts or KILLS < 1000  # few lives may meet none; test_conflicts.py has each


def test_the_test_notices_a_store_that_truncates_before_it_renames(nursery, path, monkeypatch):
    monkeypatch.setitem(LIVING, "snapshot", LIVING["snapshot"])
    snapshot_often()
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
    watching = open_store(path)
    assert counts(nursery, path) == ([0] * 4, [1000] * 4)
    watching.refresh()
    assert Model(watching.table) == model_on_disk(path)
    watching.close()


def test_the_test_notices_a_store_without_lock(nursery, path):
    with suppress(DatasetCorruptError, ConflictError):
        assert counts(nursery, path, lock_nothing) != ([0] * 4, [1000] * 4)


def test_a_stopped_process_is_named(nursery, path, monkeypatch):
    store = open_store(path)
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
    store = open_store(path)
    store.commit(lambda _: SetValues(0, {"a": 1}, {"a": "integer"}))
    store.close()
    os.kill(int(orphan.read_text()), signal.SIGKILL)


def test_forked_children_edit_with_the_store_of_their_parent(nursery, path):
    assert nursery.wait(nursery.start(share, path, 3, 50)) == 0
    assert model_on_disk(path).samples[0] == {f"k{number}": 49 for number in range(4)}
