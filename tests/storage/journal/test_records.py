"""The journal by itself: bytes, lock, replay and repair."""

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegrid.storage.journal.framing import HEADER_SIZE, MARK_SIZE
from journal_memory import Memory, read

# Writing and reading.


@given(payloads=st.lists(st.binary(max_size=300)))
def test_records_come_back_as_they_were_written(tmp_path_factory, payloads):
    path = tmp_path_factory.mktemp("journal") / "journal"
    Memory(path).write(*payloads)
    assert read(path) == payloads


def test_a_record_may_be_larger_than_the_read_buffer(path):
    payloads = [b"small", os.urandom(3 << 20), b"small again"]
    Memory(path).write(*payloads)
    assert read(path) == payloads


def test_others_are_heard_of(path, memory):
    other = Memory(path)
    assert other.catch_up()
    assert not other.journal.has_news()
    memory.write(b"four")
    assert other.journal.has_news()
    other.write(b"five")
    assert other.payloads == [b"one", b"two", b"three", b"four", b"five"]
    assert memory.catch_up()
    assert memory.payloads == other.payloads
    assert not memory.catch_up()


def test_a_record_that_memory_cannot_apply_is_taken_back(path, memory):
    memory.journal.exclusively(memory.journal.append, 1, 0, b"bad")
    memory.journal.exclusively(memory.journal.take_back)
    assert not memory.journal.settled
    memory.write(b"four")
    assert memory.payloads == read(path) == [b"one", b"two", b"three", b"four"]


def test_closing_lets_the_next_use_open_again(path, memory):
    memory.journal.close()
    memory.write(b"four")
    assert read(path) == [b"one", b"two", b"three", b"four"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_failed_write_says_that_the_edit_is_not_saved(path, memory, monkeypatch, number):
    before = path.read_bytes()

    def fail(fd, data, offset):
        if len(data) <= MARK_SIZE:  # which goes back to its place
            return real(fd, data, offset)
        real(fd, data[:5], offset)
        raise OSError(number, os.strerror(number))

    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", fail)
    with pytest.raises(OSError, match="edit NOT saved") as caught:
        memory.write(b"four")
    monkeypatch.undo()
    assert (caught.value.errno, caught.value.filename) == (number, str(path))
    assert memory.journal.settled
    assert path.read_bytes() == before
    memory.write(b"five")
    assert read(path) == memory.payloads == [b"one", b"two", b"three", b"five"]


def test_a_short_write_is_continued(path, monkeypatch):
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, offset: real(fd, data[:7], offset))
    Memory(path).write(b"one", b"two" * 50)
    assert read(path) == [b"one", b"two" * 50]


def test_power_durability_syncs_every_record(path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    memory = Memory(path, power=True)
    memory.catch_up()
    before = len(synced)
    memory.write(b"one", b"two")
    assert len(synced) == before + 2
    assert memory.journal.is_synced


def test_sync_makes_up_for_what_was_not(memory):
    assert not memory.journal.is_synced
    memory.journal.sync()
    assert memory.journal.is_synced


# Snapshots.


def test_a_snapshot_empties_the_file(path, memory):
    memory.save(memory.mark())
    assert path.stat().st_size == HEADER_SIZE + MARK_SIZE
    assert memory.journal.size == 0
    assert memory.mark() is None
    memory.write(b"four")
    assert read(path, memory.saved) == [b"one", b"two", b"three", b"four"]


def test_edits_during_a_snapshot_move_to_the_front(path, memory):
    mark = memory.mark()
    memory.write(b"x")
    memory.save(mark)
    assert path.stat().st_size == HEADER_SIZE + memory.journal.size + MARK_SIZE
    memory.write(b"y")
    assert read(path, memory.saved) == memory.payloads == [b"one", b"two", b"three", b"x", b"y"]


def test_edits_that_do_not_fit_in_front_stay(path, memory):
    mark = memory.mark()
    memory.write(b"x" * 1000)
    memory.save(mark)
    memory.write(b"y")
    assert read(path, memory.saved) == [b"one", b"two", b"three", b"x" * 1000, b"y"]


@pytest.mark.parametrize("heard", [1, 3, 4], ids=["behind", "level", "ahead"])
def test_others_follow_a_snapshot(path, heard):
    writer, other = Memory(path), Memory(path)
    for number in range(4):
        if number == heard:
            other.catch_up()
        if number == 3:
            mark = writer.mark()
        writer.write(b"%d" % number)
    other.catch_up() if heard == 4 else None
    writer.save(mark)
    other.saved = writer.saved
    other.write(b"4")
    assert other.payloads == read(path, writer.saved) == [b"0", b"1", b"2", b"3", b"4"]
    writer.catch_up()
    assert writer.payloads == other.payloads


def test_a_mark_ends_with_the_next_snapshot(path, memory):
    other = Memory(path)
    other.catch_up()
    mark = memory.mark()
    other.save(other.mark())
    assert not memory.journal.is_current(mark)
    assert memory.mark() is None
