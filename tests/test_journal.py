"""The journal by itself: bytes, lock, replay and repair."""

import errno
import os
import re
import threading
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegrid.errors import (
    ConflictError,
    DatasetBusyError,
    DatasetCorruptError,
    NotADatasetError,
)
from framegrid.journal import Journal, files, frames, lock
from framegrid.journal.frames import COPIES_SIZE, HEADER_SIZE, OWNER_AT

DATASET = b"sixteen bytes id"


class Memory:
    """A store whose memory and snapshot are lists of payloads."""

    def __init__(self, path, saved=(), dataset=DATASET, **options):
        self.saved, self.payloads = list(saved), list(saved)
        self.journal = Journal(path, dataset, len(self.saved), **options)

    def _load(self):
        self.payloads = list(self.saved)
        return len(self.payloads)

    def _catch_up(self):
        return self.journal.catch_up(self._load, lambda r: self.payloads.append(r.payload))

    def catch_up(self):
        return self.journal.exclusively(self._catch_up)

    def _write(self, payload):
        if self.journal.is_behind():
            self._catch_up()
        self.journal.write(1, 0, payload, partial(self.payloads.append, payload))

    def write(self, *payloads):
        for payload in payloads:
            self.journal.exclusively(partial(self._write, payload))

    def mark(self):
        return self.journal.exclusively(self.journal.mark)

    def save(self, mark):
        """Make a snapshot of what is before the mark."""
        self.saved = self.payloads[: mark.seq]
        self.journal.exclusively(partial(self.journal.forget, mark))


def read(path, saved=(), **options):
    """What another process would find."""
    memory = Memory(path, saved, **options)
    memory.catch_up()
    memory.journal.close()
    return memory.payloads


@pytest.fixture
def path(tmp_path):
    return tmp_path / "photos.parquet.journal"


@pytest.fixture
def memory(path):
    """A journal of three records."""
    memory = Memory(path)
    memory.write(b"one", b"two", b"three")
    return memory


def change(path, place, data):
    content = bytearray(path.read_bytes())
    content[place : place + len(data)] = data
    path.write_bytes(content)


def asides(path):
    return sorted(path.parent.glob(f"{path.name}.tail-*"))


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
    with pytest.raises(ZeroDivisionError):
        memory.journal.exclusively(lambda: memory.journal.write(1, 0, b"bad", lambda: 1 / 0))
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
    assert path.stat().st_size == HEADER_SIZE
    assert memory.journal.size == 0
    assert memory.mark() is None
    memory.write(b"four")
    assert read(path, memory.saved) == [b"one", b"two", b"three", b"four"]


def test_edits_during_a_snapshot_move_to_the_front(path, memory):
    mark = memory.mark()
    memory.write(b"x")
    memory.save(mark)
    assert path.stat().st_size == HEADER_SIZE + memory.journal.size
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


# Damage.


def test_an_unfinished_record_is_dropped_and_kept_aside(path, memory):
    whole, end = path.read_bytes(), path.stat().st_size - memory.journal.size
    last = len(frames.pack_record(1, 3, 0, b"three"))
    for size in range(len(whole) - last + 1, len(whole)):
        path.write_bytes(whole[:size])
        with pytest.warns(RuntimeWarning, match="no whole edit"):
            assert read(path) == [b"one", b"two"]
        assert path.read_bytes() == whole[: len(whole) - last]
        assert asides(path)[-1].read_bytes() == whole[len(whole) - last : size]
    assert end == HEADER_SIZE


def test_damage_before_whole_records_is_refused(path, memory):
    start = HEADER_SIZE + len(frames.pack_record(1, 1, 0, b"one"))
    change(path, start + 10, b"?")
    with pytest.raises(DatasetCorruptError, match=rf"at byte {start}: edits up to 1 are intact"):
        read(path)
    assert memory.payloads == [b"one", b"two", b"three"]


def test_repair_keeps_what_stands_before_damage(path, memory):
    start = HEADER_SIZE + len(frames.pack_record(1, 1, 0, b"one"))
    change(path, start + 10, b"?")
    damaged = path.read_bytes()
    repaired = Memory(path)
    repaired.journal.repair = True
    with pytest.warns(RuntimeWarning, match=re.escape(str(path))):
        repaired.catch_up()
    assert repaired.payloads == read(path) == [b"one"]
    assert asides(path)[0].read_bytes() == damaged[start:]
    assert memory.payloads == [b"one", b"two", b"three"]


def test_damage_that_the_snapshot_makes_good_is_passed_over(path, memory):
    change(path, HEADER_SIZE + 5, b"?")
    assert read(path, memory.payloads[:2]) == memory.payloads


@pytest.mark.parametrize("place", [0, 20, 63, 64, 100, 127])
def test_one_damaged_copy_of_the_header_does_no_harm(path, memory, place):
    change(path, place, b"?")
    assert read(path) == memory.payloads


def test_a_lost_header_is_refused(path, memory):
    change(path, 0, bytes(COPIES_SIZE))
    with pytest.raises(DatasetCorruptError, match="neither copy of its header"):
        read(path)
    assert memory.payloads


def test_a_file_cut_while_it_is_open_is_refused(path, memory):
    with path.open("rb+") as file:
        file.truncate(HEADER_SIZE + 10)
    with pytest.raises(DatasetCorruptError, match="is cut short"):
        memory.write(b"four")
    assert memory.payloads == [b"one", b"two", b"three"]


# Files that do not belong together.


def test_the_journal_of_another_dataset_is_a_conflict(path, memory):
    with pytest.raises(ConflictError, match="another dataset"):
        read(path, dataset=b"another 16 bytes")
    assert memory.payloads


def test_a_newer_version_is_refused(path, monkeypatch):
    monkeypatch.setattr("framegrid.journal.header.VERSION", 3)
    Memory(path).write(b"one")
    monkeypatch.undo()
    with pytest.raises(NotADatasetError, match=r"journal version 3.*upgrade framegrid"):
        read(path)


def test_a_snapshot_older_than_the_journal_is_a_conflict(path, memory):
    memory.save(memory.mark())
    with pytest.raises(ConflictError, match="edits 2 to 3 are in neither"):
        read(path, [b"one"])


def test_repair_of_a_lost_snapshot_goes_on_from_the_one_before(path, memory):
    memory.save(memory.mark())
    memory.write(b"four")
    repaired = Memory(path, [b"one"])
    repaired.journal.repair = True
    with pytest.warns(RuntimeWarning, match="follow edits that are lost"):
        repaired.catch_up()
    repaired.write(b"five")
    assert read(path, [b"one"]) == [b"one", b"five"]
    assert len(asides(path)) == 1


def test_a_journal_that_ends_before_the_snapshot_starts_over(path, memory):
    saved = [*memory.payloads, b"four"]
    with pytest.warns(RuntimeWarning, match="end before the Parquet file does"):
        assert read(path, saved) == saved
    Memory(path, saved).write(b"five")
    assert read(path, saved) == [*saved, b"five"]


@pytest.mark.parametrize("again", [False, True])
def test_a_file_deleted_while_it_is_open_is_a_conflict(path, memory, again):
    path.unlink()
    if again:
        Memory(path).write(b"another")
    memory.journal.sync()  # the background thread does so once a second
    with pytest.raises(ConflictError, match="was deleted or replaced"):
        memory.write(b"four")
    assert memory.payloads == [b"one", b"two", b"three"]
    assert memory.journal.has_news()


def test_an_old_copy_in_its_place_is_a_conflict(path, memory):
    memory.journal.close()
    path.unlink()
    Memory(path).write(b"other")
    with pytest.raises(ConflictError, match="lacks edits that are in memory"):
        memory.write(b"four")


# Reading only.


def test_a_reader_needs_no_file_and_makes_none(path):
    reader = Memory(path, writable=False)
    assert not reader.catch_up()
    assert not path.exists()
    Memory(path).write(b"one")
    assert reader.journal.has_news()
    assert reader.catch_up()
    assert reader.payloads == [b"one"]


def test_a_reader_leaves_an_unfinished_record_to_the_writers(path, memory):
    path.write_bytes(path.read_bytes()[:-1])
    before = path.read_bytes()
    assert read(path, writable=False) == [b"one", b"two"]
    assert path.read_bytes() == before
    assert memory.payloads


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
