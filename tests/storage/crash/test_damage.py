"""Nothing is lost: killed processes, several processes, failing disks, Ctrl-C and damage."""

import random
from functools import partial

import pytest

from crash_lives import (
    Model,
    model_on_disk,
    perform,
)
from framegrid.base import DatasetCorruptError
from framegrid.storage import create_store

# Damage.


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A small dataset's Parquet file and journal, and the states that it went through since."""
    path = tmp_path_factory.mktemp("history") / "photos.parquet"
    store = create_store(path)
    perform(store, ("add", [0, 1]))
    perform(store, ("set", {0: {"score": 0.5, "note": "x"}}))
    store.snapshot()
    states = [Model(store.table)]
    edits = [("set", {number % 2: {"score": number / 2, "box": [number]}}) for number in range(4)]
    for edit in [*edits, ("level", (0, 1)), ("cast", "string"), ("undo", None), ("remove", [1])]:
        perform(store, edit)
        states.append(Model(store.table))
    files = path.read_bytes(), path.with_name("photos.parquet.journal").read_bytes()
    store.close()
    return *files, states


def damages(data):
    """Every way to flip a bit of a byte, and to cut the file."""
    rng = random.Random(1)
    for place in filter(partial(is_worth_it, data), range(len(data))):
        yield data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
        yield data[:place]


def is_worth_it(data, place):
    """Whether a byte is no padding, of which a journal has thousands."""
    return place % 64 == 0 or any(data[max(0, place - 8) : place + 8])


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
