"""The journal by itself: bytes, lock, replay and repair."""

import pytest

from framegrid.base import ConflictError, DivergedError, NotADatasetError
from framegrid.storage.journal import framing as frames
from framegrid.storage.journal.framing import HEADER_SIZE, MARK_SIZE
from framegrid.storage.journal.journal import Journal
from journal_memory import DATASET, Memory, asides, position_of, read, repaired

# Files that do not belong together.


@pytest.mark.parametrize("saved", [[b"A", b"B"], [b"A", b"B", b"C"], [b"A", b"B", b"C", b"D"]])
def test_a_snapshot_of_another_history_is_a_conflict(path, saved):
    Memory(path, [b"A"]).write(b"x", b"y")
    before = path.read_bytes()
    with pytest.raises(DivergedError, match=r"two histories that differ up to edit 2"):
        read(path, saved)
    assert path.read_bytes()[HEADER_SIZE:] == before[HEADER_SIZE:]
    with pytest.raises(DivergedError):
        read(path, saved, writable=False)


def test_a_snapshot_of_another_history_is_one_with_an_empty_journal_too(path):
    memory = Memory(path, [b"A"])
    memory.write(b"x")
    memory.save(memory.mark())
    assert path.stat().st_size == HEADER_SIZE + MARK_SIZE
    for saved in ([b"A", b"B"], [b"A", b"B", b"C"]):
        with pytest.raises(DivergedError, match="two histories"):
            read(path, saved)
    assert read(path, [b"A", b"x", b"more"]) == [b"A", b"x", b"more"]


def test_edits_that_may_be_in_neither_are_a_conflict(path, monkeypatch):
    """The snapshot is far ahead, and does not tell any more whether it has the journal's edits."""
    monkeypatch.setattr("framegrid.storage.journal.chain._STEPS", 4)
    Memory(path, [b"A"]).write(b"x")
    saved = [b"A", b"x", *[b"later"] * 9]
    position = position_of(saved)
    memory = Memory(path, saved)
    memory.journal = Journal(path, DATASET, position._replace(trail=position.trail[-32:]))
    with pytest.raises(DivergedError, match="its edits 2 to 2 may not be in there"):
        memory.catch_up()


def test_edits_of_two_histories_in_one_file_are_a_conflict(path):
    memory = Memory(path)
    memory.write(b"one")
    with path.open("r+b") as file:
        file.seek(-MARK_SIZE, 2)
        file.write(frames.pack_record(1, 2, 0, b"two", bytes(16))[0])
    with pytest.raises(DivergedError, match="two histories that differ up to edit 2"):
        read(path)
    with pytest.raises(DivergedError):
        memory.write(b"four")
    assert memory.payloads == [b"one"]


def test_the_same_edits_at_other_times_are_one_history(path):
    memory = Memory(path)
    memory.write(b"one")
    memory.journal.exclusively(memory.journal.append, 1, 12345, b"two")
    assert read(path, [b"one", b"two", b"three"]) == [b"one", b"two", b"three"]


def test_files_replaced_while_it_is_open_are_a_conflict(path, memory):
    """The other copy made a snapshot, too."""
    other = path.with_name("other")
    copy = Memory(other)
    copy.write(b"A", b"B", b"C", b"D")
    copy.save(copy.mark())
    path.write_bytes(other.read_bytes())  # as cp does it: the same file
    memory.saved = copy.saved
    with pytest.raises(DivergedError, match="were replaced by those of another history"):
        memory.write(b"four")
    assert memory.payloads == [b"one", b"two", b"three"]


def test_a_journal_of_a_copy_in_its_place_is_a_conflict(path, memory):
    other = path.with_name("other")
    Memory(other).write(b"one", b"two", b"3333", b"four")
    path.write_bytes(other.read_bytes())
    with pytest.raises(DivergedError, match="differ up to edit 3"):
        memory.write(b"five")
    assert memory.payloads == [b"one", b"two", b"three"]


def test_the_journal_of_another_dataset_is_a_conflict(path, memory):
    with pytest.raises(ConflictError, match="another dataset"):
        read(path, dataset=b"another 16 bytes")
    assert memory.payloads


def test_a_newer_version_is_refused(path, monkeypatch):
    monkeypatch.setattr("framegrid.storage.journal.header.VERSION", 4)
    Memory(path).write(b"one")
    monkeypatch.undo()
    with pytest.raises(NotADatasetError, match=r"journal version 4.*upgrade framegrid"):
        read(path)


def test_a_snapshot_older_than_the_journal_is_a_conflict(path, memory):
    memory.save(memory.mark())
    with pytest.raises(ConflictError, match="edits 2 to 3 are in neither"):
        read(path, [b"one"])


def test_repair_of_a_lost_snapshot_goes_on_from_the_one_before(path, memory):
    memory.save(memory.mark())
    memory.write(b"four")
    with pytest.warns(RuntimeWarning, match="follow edits that are lost"):
        repaired(path, [b"one"])
    Memory(path, [b"one"]).write(b"five")
    assert read(path, [b"one"]) == [b"one", b"five"]
    assert len(asides(path)) == 1


def test_a_journal_that_the_snapshot_has_as_a_whole_starts_over(path, memory):
    """As when the Parquet file of another machine came, which had the journal, too."""
    saved = [*memory.payloads, b"four"]
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
    Memory(path).write(b"one")
    with pytest.raises(ConflictError, match="lacks edits that are in memory"):
        memory.write(b"four")
    assert memory.payloads == [b"one", b"two", b"three"]
    assert read(path) == [b"one"]


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
    path.write_bytes(path.read_bytes()[: -MARK_SIZE - 1])
    before = path.read_bytes()
    assert read(path, writable=False) == [b"one", b"two"]
    assert path.read_bytes() == before
    assert memory.payloads
