"""The journal by itself: bytes, lock, replay and repair."""

import re
from contextlib import nullcontext

import pytest

from framegrid.base import DatasetCorruptError
from framegrid.storage.journal import framing as frames
from framegrid.storage.journal.framing import HEADER_SIZE, MARK_SIZE, OWNER_AT, SECOND_AT
from journal_memory import Memory, asides, change, read, repaired


def size_of(payload):
    """Size of a record."""
    return len(frames.pack_record(1, 1, 0, payload, bytes(16))[0]) - MARK_SIZE


# Damage.


def test_an_unfinished_record_is_dropped_and_kept_aside(path, memory):
    whole, end = path.read_bytes(), HEADER_SIZE + 2 * size_of(b"one")
    for size in range(end + 1, len(whole) - MARK_SIZE):
        path.write_bytes(whole[:size])
        with pytest.warns(RuntimeWarning, match="no whole edit"):
            assert read(path) == [b"one", b"two"]
        assert path.read_bytes()[:end] == whole[:end][:OWNER_AT] + path.read_bytes()[OWNER_AT:end]
        assert path.stat().st_size == end + MARK_SIZE
        assert asides(path)[-1].read_bytes() == whole[end:size]


def test_an_unfinished_mark_loses_nothing(path, memory):
    whole = path.read_bytes()
    for size in range(len(whole) - MARK_SIZE + 1, len(whole)):
        path.write_bytes(whole[:size])
        with pytest.warns(RuntimeWarning, match="no whole edit"):
            assert read(path) == [b"one", b"two", b"three"]
        assert path.stat().st_size == len(whole)


@pytest.mark.parametrize("left", range(3))
def test_a_file_cut_between_records_is_refused(path, memory, left):
    end = HEADER_SIZE + left * size_of(b"one")
    whole = path.read_bytes()
    path.write_bytes(whole[:end])
    with pytest.raises(DatasetCorruptError, match=rf"cut short at byte {end}: edits up to {left} "):
        read(path)
    assert path.read_bytes()[HEADER_SIZE:] == whole[HEADER_SIZE:end]
    with pytest.warns(RuntimeWarning, match="as if later edits had been cut off"):
        assert repaired(path) == memory.payloads[:left]
    Memory(path).write(b"four")
    assert read(path) == [*memory.payloads[:left], b"four"]


@pytest.mark.parametrize("size", [0, 1, 63, 84, 128, 256, 1000, SECOND_AT, HEADER_SIZE - 1])
def test_a_file_cut_in_its_header_is_refused(path, memory, size):
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(DatasetCorruptError, match=r"cut short: it has|neither copy of its header"):
        read(path)
    assert path.stat().st_size == size
    with pytest.warns(RuntimeWarning) if size else nullcontext():
        assert repaired(path) == []
    Memory(path).write(b"four")
    assert read(path) == [b"four"]


def test_a_cut_where_a_write_may_have_ended_is_told(path):
    memory = Memory(path)
    memory.write(b"x" * (512 - size_of(b"")), b"y")
    path.write_bytes(path.read_bytes()[: HEADER_SIZE + 512])
    with pytest.warns(RuntimeWarning, match="as if later edits had been cut off"):
        assert read(path) == memory.payloads[:1]


def test_damage_before_whole_records_is_refused(path, memory):
    start = HEADER_SIZE + size_of(b"one")
    change(path, start + 10, b"?")
    with pytest.raises(DatasetCorruptError, match=rf"at byte {start}: edits up to 1 are intact"):
        read(path)
    assert memory.payloads == [b"one", b"two", b"three"]


def test_repair_keeps_what_stands_before_damage(path, memory):
    start = HEADER_SIZE + size_of(b"one")
    change(path, start + 10, b"?")
    damaged = path.read_bytes()
    with pytest.warns(RuntimeWarning, match=re.escape(str(path))):
        assert repaired(path) == [b"one"]
    assert read(path) == [b"one"]
    assert asides(path)[0].read_bytes() == damaged[start:]
    assert memory.payloads == [b"one", b"two", b"three"]


def test_damage_that_the_snapshot_makes_good_is_passed_over(path, memory):
    change(path, HEADER_SIZE + 5, b"?")
    assert read(path, memory.payloads[:2]) == memory.payloads


@pytest.mark.parametrize("place", [0, 20, 63, 64, 83, SECOND_AT, SECOND_AT + 83])
def test_one_damaged_copy_of_the_header_does_no_harm(path, memory, place):
    change(path, place, b"?")
    assert read(path) == memory.payloads


def test_a_lost_header_is_refused(path, memory):
    change(path, 0, bytes(HEADER_SIZE))
    with pytest.raises(DatasetCorruptError, match=r"neither copy of its header.*repair=True"):
        read(path)
    assert memory.payloads


@pytest.mark.parametrize("size", [64, 128, 512, SECOND_AT])
def test_a_lost_beginning_does_no_harm(path, memory, size):
    change(path, 0, bytes(size))
    assert read(path) == memory.payloads


@pytest.mark.parametrize("saved", [0, 2, 3])
def test_repair_reads_records_without_a_header(path, memory, saved):
    change(path, 0, bytes(HEADER_SIZE))
    lost = path.read_bytes()
    with pytest.warns(RuntimeWarning, match=f"no whole header; {3 - saved} edits in them are read"):
        assert repaired(path, memory.payloads[:saved]) == memory.payloads
    assert asides(path)[0].read_bytes() == lost
    Memory(path, memory.payloads[:saved]).write(b"four")
    assert read(path, memory.payloads[:saved]) == [*memory.payloads, b"four"]


def test_repair_reads_no_records_of_another_history(path, memory):
    change(path, 0, bytes(HEADER_SIZE))
    with pytest.warns(RuntimeWarning, match="no whole header; 0 edits in them are read"):
        assert repaired(path, [b"other"]) == [b"other"]


def test_a_file_cut_while_it_is_open_is_refused(path, memory):
    with path.open("rb+") as file:
        file.truncate(HEADER_SIZE + 10)
    with pytest.raises(DatasetCorruptError, match="is cut short"):
        memory.write(b"four")
    assert memory.payloads == [b"one", b"two", b"three"]
