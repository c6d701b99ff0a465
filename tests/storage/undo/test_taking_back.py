"""Taking edits back: everything is as it was before, or nothing changes."""

import os

import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

import framegrid as fg
from framegrid.base import BUILTIN_TYPES
from framegrid.storage import Table, store_in_memory
from framegrid.storage.records.records import decode, encode
from framegrid.storage.undo import undo_log
from table_machine import TableMachine
from undo_helpers import EDITS, content, set_values


def state(table):
    """All that is to come back: samples, keys with their types in order, and values."""
    columns = [table.column(key).to_pylist() for key in [*BUILTIN_TYPES, *table.schema]]
    return table.ids.tolist(), list(table.schema.items()), repr(columns)


class Edited:
    """A table whose changes are edits that can be undone, and one that replays their records."""

    def __init__(self):
        self.store, self.replay = store_in_memory(), Table()
        self.states = []

    def __getattr__(self, name):
        return getattr(self.store.table, name)

    def __len__(self):
        return len(self.store.table)

    def apply(self, change):
        self.states.append(state(self.store.table))
        self._follow(self.store.commit(lambda _: change))

    def undo(self, count):
        self._follow(self.store.commit(lambda table: self.store.log.undo(table, count)))
        del self.states[len(self.states) - count + 1 :]
        assert state(self.store.table) == self.states.pop()

    def _follow(self, change):
        self.replay.apply(decode(*encode(change)))
        assert state(self.replay) == state(self.store.table)


class UndoMachine(TableMachine):
    """Random changes, which are taken back at the end in steps of random size."""

    def __init__(self):
        super().__init__()
        self.table, self.steps = Edited(), []

    @rule()
    def store_and_load(self):
        """Nothing: here the table has to stay."""

    @rule(step=st.integers(1, 4))
    def draw_step(self, step):
        self.steps.append(step)

    def teardown(self):
        table = self.table
        for step in [*self.steps, *[1] * len(table.states)]:
            if step <= len(table.states):
                table.undo(step)
        assert state(table) == state(Table())
        with pytest.raises(ValueError, match="nothing to undo"):
            table.store.undo(1)


TestUndo = UndoMachine.TestCase
TestUndo.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_taken_back(dataset, edit):
    before = content(dataset)
    EDITS[edit](dataset)
    line = dataset.history().iloc[-1]
    assert content(dataset) != before
    undone = dataset.undo()
    assert content(dataset) == before
    assert undone.to_dict("records") == [line.to_dict()]
    last = dataset.history().iloc[-1]
    assert (last["what"], last["keys"], last["rows"]) == (
        "undo",
        line["keys"],
        line["rows"],
    )


def test_all_edits_are_taken_back_one_by_one_or_at_once(dataset):
    edits = [edit for name, edit in EDITS.items() if name != "drop"]  # the key has another name
    for step in (1, len(edits)):
        states = []
        for edit in edits:
            states.append(content(dataset))
            edit(dataset)
        while states:
            dataset.undo(step)
            del states[len(states) - step + 1 :]
            assert content(dataset) == states.pop()


def test_added_images_leave_and_their_ids_are_not_given_again(photos):
    with fg.ImageDataset.create("album") as dataset:
        dataset.add_images_from_path(photos / "photo-0.jpg")
        dataset.add_images_from_path(photos)
        assert dataset.undo()["rows"].tolist() == [5]
        assert [sample.file_name for sample in dataset] == ["photo-0.jpg"]
        dataset.add_images_from_path(photos / "photo-1.png")
        assert [sample.sample_id for sample in dataset] == [0, 6]


def test_computed_and_imported_values_leave(photos):
    with fg.ImageDataset.create("album") as dataset:
        dataset.add_images_from_path(photos)
        before = content(dataset)
        dataset.compute_metadata(fg.features.luminance, progress=False)
        (photos / "labels.csv").write_text("file_name,label\nphoto-0.jpg,cat\n")
        dataset.update_metadata_from_csv(photos / "labels.csv", on="file_name")
        dataset.undo(2)
        assert content(dataset) == before


def test_notes_of_what_was_computed_come_and_go_with_the_values(photos):
    with fg.ImageDataset.create("album") as dataset:
        dataset.add_images_from_path(photos)

        def compute():
            report = dataset.compute_metadata(
                fg.features.luminance, keys="luminance", progress=False
            )
            return report.computed, report.up_to_date

        assert compute() == (6, 0)
        for edit in (
            lambda: dataset.drop_metadata("luminance"),
            lambda: dataset.rename_metadata("luminance", "light"),
            lambda: dataset.cast_metadata("luminance", "string"),
        ):
            edit()
            dataset.undo()
            os.utime(photos / "photo-0.jpg", (1, 1 + len(dataset.history())))
            assert compute() == (1, 5)
        assert set(dataset.history()["keys"].explode().dropna()) == {"luminance", "light"}
        dataset.undo(4)
        assert dataset.schema == {}


def test_notes_alone_are_no_edit(photos):
    with fg.ImageDataset.create("album") as dataset:
        dataset.add_images_from_path(photos)
        dataset.update_metadata([(id_, {"luminance": 0.5}) for id_ in range(6)])
        dataset.compute_metadata(fg.features.luminance, keys="luminance", progress=False)
        assert dataset.history()["what"].tolist() == ["add samples", "update"]
        dataset.undo()
        assert dataset.schema == {}


def test_an_undo_is_saved_and_seen_by_others(saved, other):
    before = content(saved)
    heard = []
    listener = lambda: heard.append(content(saved))  # noqa: E731 - it has to be kept alive
    saved.subscribe(listener)
    set_values(saved, label="x", new=1)
    saved.save()
    saved.undo()
    assert heard[1:] == [before]
    assert content(other) == before
    saved.close()
    with fg.ImageDataset.load(saved.path) as again:
        assert content(again) == before


def test_undo_goes_no_further_back_than_when_the_dataset_was_opened(saved, other):
    set_values(saved, label="x")
    with pytest.raises(ValueError, match="nothing to undo"):
        other.undo()
    saved.undo()
    with pytest.raises(ValueError, match="nothing to undo: it takes back only what"):
        saved.undo()


def test_too_many_edits_are_refused(dataset):
    set_values(dataset, label="x")
    with pytest.raises(ValueError, match="only 1 of 2 edits can be undone"):
        dataset.undo(2)
    with pytest.raises(ValueError, match="edits=0: at least 1"):
        dataset.undo(0)
    assert dataset.get_sample(0).metadata["label"] == "x"


def test_undo_goes_back_a_thousand_edits(dataset, monkeypatch):
    monkeypatch.setattr(undo_log, "MOST_EDITS", 3)
    for number in range(5):
        set_values(dataset, count=number)
    dataset.undo(3)
    assert dataset.get_sample(0).metadata["count"] == 1
    with pytest.raises(ValueError, match="nothing to undo: older edits are beyond the last 3"):
        dataset.undo()


@pytest.mark.parametrize(
    "edit",
    [
        lambda ds, text: set_values(ds, label=text),
        lambda ds, text: ds.update_metadata({0: {"label": text}}),
    ],
    ids=["set", "update"],
)
def test_undo_keeps_so_many_bytes(dataset, edit, monkeypatch):
    monkeypatch.setattr(undo_log, "MOST_BYTES", 4 << 20)
    for letter in "abcdef":
        edit(dataset, letter * (1 << 20))
    dataset.undo()
    assert dataset.get_sample(0).metadata["label"][0] == "e"
    with pytest.raises(ValueError, match="the 4 MB that are kept"):
        dataset.undo(4)


def test_a_dataset_saved_from_memory_can_undo_as_before(tmp_path):
    frame = pd.DataFrame({"path": ["/a.jpg"], "width": 4, "height": 3, "score": 0.5})
    dataset = fg.ImageDataset.from_dataframe(frame)
    before = content(dataset)
    set_values(dataset, score=1.5)
    dataset.save(tmp_path / "photos")
    dataset.undo()
    assert content(dataset) == before
    dataset.close()
    with fg.ImageDataset.load(tmp_path / "photos") as again:
        assert content(again) == before
        assert again.history()["what"].tolist() == ["set", "undo"]
