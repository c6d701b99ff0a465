"""Taking edits back: everything is as it was before, or nothing changes."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

import framegrid as fg
from framegrid.errors import ConflictError
from framegrid.schema import BUILTIN_TYPES
from framegrid.store import MemoryStore
from framegrid.store.records import decode, encode
from framegrid.table import Table, undo_log
from test_table import TableMachine


def state(table):
    """All that is to come back: samples, keys with their types in order, and values."""
    columns = [table.column(key).to_pylist() for key in [*BUILTIN_TYPES, *table.schema]]
    return table.ids.tolist(), list(table.schema.items()), repr(columns)


class Edited:
    """A table whose changes are edits that can be undone, and one that replays their records."""

    def __init__(self):
        self.store, self.replay = MemoryStore(), Table()
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


# Datasets

VALUES = {
    "count": [1, 2, None],
    "score": [0.5, None, 1.5],
    "label": ["cat", "dög", None],
    "tags": [["a"], [], None],
    "gps": [{"lat": 1.5}, None, {}],
    "sent": [datetime(2024, 1, 1, tzinfo=UTC), None, None],
}


@pytest.fixture
def saved(tmp_path):
    """Three samples on disk, opened with their values."""
    paths = [f"/photos/{number}.jpg" for number in range(3)]
    frame = pd.DataFrame({"path": paths, "width": 4, "height": 3})
    made = fg.ImageDataset.from_dataframe(frame)
    rows = [{key: values[row] for key, values in VALUES.items()} for row in range(3)]
    made.update_metadata(enumerate(rows))
    made.save(tmp_path / "photos")
    made.close()
    with fg.ImageDataset.load(tmp_path / "photos") as dataset:
        yield dataset


@pytest.fixture(params=["on disk", "in memory"])
def dataset(request, saved):
    return saved if request.param == "on disk" else fg.ImageDataset.from_dataframe(saved.df)


@pytest.fixture
def other(saved):
    """The same dataset as another process has it."""
    with fg.ImageDataset.load(saved.path) as other:
        yield other


def content(dataset):
    return list(dataset.schema.items()), [repr(sample) for sample in dataset]


def set_values(dataset, sample_id=0, **values):
    dataset.get_sample(sample_id).metadata.update(values)


EDITS = {
    "set": lambda ds: set_values(ds, score=2.5),
    "set lists and dicts": lambda ds: set_values(ds, tags=["b", 1], gps={"lat": 2}),
    "set what was missing": lambda ds: set_values(ds, 2, label="x", tags=[1]),
    "set a new key": lambda ds: set_values(ds, new="x", score=None),
    "remove": lambda ds: set_values(ds, score=None, tags=None, sent=None),
    "turn integers into floats": lambda ds: set_values(ds, 1, count=0.5),
    "update": lambda ds: ds.update_metadata({0: {"label": "x"}, 2: {"rank": 1, "gps": {"a": 1}}}),
    "update to floats": lambda ds: ds.update_metadata({0: {"count": 0.5}, 1: {"count": None}}),
    "update all": lambda ds: ds.update_metadata(ds.df[["score"]] * 2),
    "rename": lambda ds: ds.rename_metadata("label", "name"),
    "drop": lambda ds: ds.drop_metadata("label"),
    "cast": lambda ds: ds.cast_metadata("count", "string"),
    "rename in case alone": lambda ds: ds.rename_metadata("count", "Count"),
    "remove samples": lambda ds: ds.remove_samples([2, 0]),
}


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


# Other processes


@pytest.mark.parametrize(
    ("edit", "others"),
    [
        ("set", lambda ds: set_values(ds, 1, score=9.0, label="x")),
        ("set a new key", lambda ds: set_values(ds, 1, label="x")),
        ("update", lambda ds: set_values(ds, 1, more=0.5)),
        ("rename", lambda ds: set_values(ds, 1, more=0.5)),
        ("drop", lambda ds: set_values(ds, 1, more=0.5)),
        ("cast", lambda ds: set_values(ds, 1, more=0.5)),
        ("remove samples", lambda ds: set_values(ds, 1, more=0.5)),
    ],
)
@pytest.mark.parametrize("is_saved", [False, True])
def test_what_others_did_meanwhile_stays(saved, other, edit, others, is_saved):
    others(saved)
    expected = content(saved)
    saved.undo()
    EDITS[edit](saved)
    others(other)
    if is_saved:
        other.save()
    saved.undo()
    assert dict(content(saved)[0]) == dict(expected[0])
    assert content(saved)[1] == expected[1]


def test_values_that_others_gave_a_renamed_key_get_its_old_name(saved, other):
    saved.rename_metadata("label", "name")
    set_values(other, 2, name="x")
    saved.undo()
    assert saved.df["label"].tolist() == ["cat", "dög", "x"]


def test_a_new_key_stays_where_others_use_it(saved, other):
    set_values(saved, new=1)
    set_values(other, 1, new=2)
    saved.undo()
    assert saved.df["new"].tolist() == [pd.NA, 2, pd.NA]


def test_a_key_stays_a_float_where_others_need_it(saved, other):
    set_values(saved, count=0.5)
    set_values(other, 1, count=1.5)
    saved.undo()
    assert saved.df["count"].tolist()[:2] == [1.0, 1.5]


@pytest.mark.parametrize(
    ("edit", "others", "message"),
    [
        ("set", lambda ds: set_values(ds, score=9.0), "'score' of sample 0 .* 2.5 to 9.0"),
        ("set", lambda ds: set_values(ds, score=None), "'score' of sample 0 .* to nothing"),
        ("set", lambda ds: ds.remove_samples([0]), "sample 0 was removed"),
        ("set", lambda ds: ds.drop_metadata("score"), "'score' was dropped or renamed"),
        ("set", lambda ds: ds.cast_metadata("score", "string"), "'score' was turned into string"),
        ("set lists and dicts", lambda ds: set_values(ds, tags=["c"]), "'tags' of sample 0"),
        ("update", lambda ds: set_values(ds, 2, rank=7), "'rank' of sample 2 .* 1 to 7"),
        ("rename", lambda ds: ds.rename_metadata("name", "title"), "'name' was dropped or renamed"),
        ("rename", lambda ds: set_values(ds, Label="x"), "'label' differs from 'Label'"),
        ("drop", lambda ds: set_values(ds, label="x"), "'label' was made again"),
        ("drop", lambda ds: ds.remove_samples([1]), "sample 1 was removed"),
        ("cast", lambda ds: set_values(ds, 2, count="x"), "'count' of sample 2 .* nothing to 'x'"),
        ("remove samples", lambda ds: ds.drop_metadata("label"), "'label' was dropped"),
    ],
)
def test_what_others_changed_is_not_taken_back(saved, other, edit, others, message):
    EDITS[edit](saved)
    others(other)
    expected, lines = content(other), len(other.history())
    with pytest.raises(ConflictError, match=f"{message}.* since, by somebody else; nothing was"):
        saved.undo()
    assert content(saved) == expected
    assert len(saved.history()) == lines


def test_added_samples_stay_when_others_described_them(photos):
    with fg.ImageDataset.create("album") as dataset, fg.ImageDataset.load("album") as other:
        dataset.add_images_from_path(photos)
        set_values(other, 3, label="x")
        with pytest.raises(ConflictError, match="'label' of sample 3 was changed from nothing"):
            dataset.undo()
        assert len(dataset) == 6


def test_lists_are_compared_by_their_values(saved, other):
    set_values(saved, tags=[1e-7, 1e16])
    set_values(saved, tags=[1e16, 1e-7])
    set_values(other, 1, score=1.0)
    other.save()  # from there, they come back with other text
    saved.undo(2)
    assert saved.get_sample(0).metadata["tags"] == ["a"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_not_undo_what_its_parent_did(saved):
    set_values(saved, label="x")
    pid = os.fork()
    if pid == 0:
        try:
            saved.undo()
        except ValueError:
            os._exit(0)
        os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0


def test_an_undo_survives_the_end_of_the_process(saved):
    before = content(saved)
    saved.close()
    code = (
        "import os, signal, sys, framegrid as fg\n"
        "dataset = fg.ImageDataset.load(sys.argv[1])\n"
        "dataset.drop_metadata('label')\n"
        "dataset.undo()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    search = os.pathsep.join([str(Path(fg.__file__).parents[1]), *sys.path])
    subprocess.run(
        [sys.executable, "-c", code, saved.path],
        env=os.environ | {"PYTHONPATH": search},
        check=False,
    )
    with fg.ImageDataset.load(saved.path) as again:
        assert content(again) == before
        assert again.history()["what"].tolist()[-2:] == ["drop key", "undo"]
