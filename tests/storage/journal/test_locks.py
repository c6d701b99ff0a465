"""The journal by itself: bytes, lock, replay and repair."""

import errno
import os
import threading

import pytest

from framegrid.base import (
    DatasetBusyError,
)
from framegrid.storage.files import system as files
from framegrid.storage.journal import lock
from framegrid.storage.journal.framing import OWNER_AT
from journal_memory import Memory, change, read

# The lock.


def test_a_held_lock_is_reported_with_its_owner(path, memory, monkeypatch):
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.05)
    waiting = Memory(path)
    owner = rf"locked by process {os.getpid()} on \S+ for 0.05 s"
    with pytest.raises(DatasetBusyError, match=owner):
        memory.journal.exclusively(waiting.catch_up)
    waiting.catch_up()
    assert waiting.payloads == memory.payloads


def test_the_last_to_take_the_lock_signs(path, memory):
    change(path, OWNER_AT, b"process 1 on elsewhere".ljust(128, b"\0"))
    memory.write(b"four")
    assert path.read_bytes()[OWNER_AT:].startswith(b"process %d on " % os.getpid())


def test_threads_and_open_files_take_turns(path):
    memories = [Memory(path), Memory(path)]
    threads = [
        threading.Thread(target=memory.write, args=[b"%d" % number for number in range(100)])
        for memory in memories * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = read(path)
    assert sorted(found) == sorted([b"%d" % number for number in range(100)] * 4)
    for memory in memories:
        memory.catch_up()
        assert memory.payloads == found


def test_a_place_without_locks_refuses_to_write(path, memory, monkeypatch):
    memory.journal.close()

    def fail():
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "lock_functions", lambda _, **__: (fail, int))
    with pytest.raises(OSError, match="No locks available"):
        memory.write(b"four")
    assert read(path, writable=False) == [b"one", b"two", b"three"]


def test_a_platform_without_locks_can_still_write(path, monkeypatch):
    monkeypatch.setattr(files, "fcntl", None)
    monkeypatch.setattr(files, "_FULL_SYNC", None)
    Memory(path).write(b"one")
    assert read(path) == [b"one"]
