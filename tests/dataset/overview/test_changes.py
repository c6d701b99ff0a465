"""What changed: since edits of this session, and since a copy."""

import os
import shutil

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg
from framegrid.base import ConflictError
from samples import in_memory
from undo_helpers import EDITS, set_values

PATHS = [f"/photos/{number}.jpg" for number in range(4)]
BUILTINS = ["file_name", "file_path_abs", "width", "height"]


def described():
    return in_memory(PATHS, count=[1, 2, None, 4], score=[0.5, None, 1.5, 2.0], label=list("abcd"))


def state(dataset):
    """Everything by sample and key, of the types that values have."""
    rows = {}
    for sample in dataset:
        fields = {key: getattr(sample, key) for key in BUILTINS}
        rows[sample.sample_id] = {**fields, **sample.metadata}
    return rows, dataset.schema


def cells(before, now, *, keys=None):
    """The cells in which two states differ, of the samples that both have."""
    (old, old_types), (new, new_types) = before, now
    numbers = {"integer", "float"}
    found = {}
    for sample_id in old.keys() & new.keys():
        for key in {*old[sample_id], *new[sample_id]}:
            values = old[sample_id].get(key), new[sample_id].get(key)
            kinds = {old_types.get(key), new_types.get(key)}
            is_other = len(kinds) > 1 and kinds != numbers
            if (values[0] != values[1] or is_other) and (keys is None or key in keys):
                found[sample_id, key] = values
    return found


def told(changes):
    assert list(changes) == ["sample_id", "key", "old", "new"]
    assert not changes.duplicated(["sample_id", "key"]).any()
    rows = changes.itertuples(index=False)
    return {(sample_id, key): (old, new) for sample_id, key, old, new in rows}


def same(found, expected):
    return repr(sorted(found.items())) == repr(sorted(expected.items()))


# Since edits of this session

KEYS = st.sampled_from(["count", "score", "label", "new"])
VALUES = st.sampled_from([None, 0, 1, 2.5, True, "x", [1, "a"], {"a": {"b": 1}}, 1.0])


@st.composite
def edits(draw):
    """An edit of any kind, which may be refused."""
    key, other, value = draw(KEYS), draw(KEYS), draw(VALUES)
    ids = draw(st.lists(st.integers(0, 5), unique=True, max_size=3))
    return draw(
        st.sampled_from(
            [
                lambda ds: ds.get_sample(min(ids, default=0)).metadata.update({key: value}),
                lambda ds: ds.update_metadata({i: {key: value, "score": 0.25} for i in ids}),
                lambda ds: ds.update_metadata({i: {key: None} for i in ids}),
                lambda ds: ds.remove_samples(ids),
                lambda ds: ds.rename_metadata(key, other),
                lambda ds: ds.drop_metadata(key),
                lambda ds: ds.cast_metadata(key, "string"),
                lambda ds: ds.add_images([f"/photos/new/{i}.jpg" for i in ids], metadata=None),
            ]
        )
    )


@given(st.lists(st.one_of(edits(), st.just("undo")), max_size=8))
@settings(deadline=None, max_examples=60)
def test_changes_are_those_between_two_states(steps):
    dataset = described()
    before = []
    for step in steps:
        held, revision = state(dataset), dataset.revision
        if step == "undo":
            if before:
                dataset.undo()
                before.pop()
            continue
        try:
            step(dataset)
        except (KeyError, TypeError, ValueError, OSError):
            continue
        if dataset.revision != revision:
            before.append(held)
    now = state(dataset)
    for edits_back, held in enumerate(reversed(before), 1):
        changes = dataset.changes(edits_back)
        assert same(told(changes), cells(held, now))
        assert set(changes.added.index) == now[0].keys() - held[0].keys()
        assert set(changes.removed.index) == held[0].keys() - now[0].keys()


@pytest.mark.parametrize("edit", EDITS)
def test_each_kind_of_edit_is_told(edit):
    dataset = in_memory(PATHS[:3], count=[1, 2, None], score=[0.5, None, 1.5], label=list("abc"))
    dataset.update_metadata({0: {"tags": ["a"], "gps": {"lat": 1.5}, "sent": pd.Timestamp("2024")}})
    held = state(dataset)
    EDITS[edit](dataset)
    assert same(told(dataset.changes(1)), cells(held, state(dataset)))


def test_rows_are_by_sample_and_then_by_key():
    dataset = described()
    dataset.update_metadata({3: {"label": "x", "count": 9}, 0: {"label": "y"}})
    changes = dataset.changes(1)
    assert changes[["sample_id", "key"]].to_numpy().tolist() == [
        [0, "label"],
        [3, "count"],
        [3, "label"],
    ]
    assert changes["sample_id"].dtype == "int64"


def test_a_line_of_the_history_is_a_moment():
    dataset = described()
    for value in "vwxyz":
        dataset.get_sample(0).metadata["label"] = value
    lines = dataset.history()
    assert told(dataset.changes(lines.iloc[-2])) == {(0, "label"): ("x", "z")}
    dataset.undo()
    assert told(dataset.changes(lines.iloc[-2])) == {(0, "label"): ("x", "y")}
    assert told(dataset.changes(lines.iloc[-1])) == {}
    dataset.undo(2)
    with pytest.raises(ValueError, match="undo took back"):
        dataset.changes(lines.iloc[-2])


def test_what_undo_no_longer_reaches_says_what_to_do(tmp_path):
    with described() as made:
        made.get_sample(0).metadata["label"] = "x"
        made.save(tmp_path / "photos")
    with fg.ImageDataset.load(tmp_path / "photos") as dataset:
        with pytest.raises(ValueError, match=r"nothing to undo.*changes\('photos.parquet.bak'\)"):
            dataset.changes(1)
        with pytest.raises(ValueError, match=r"before .*opened.*changes\('photos.parquet.bak'\)"):
            dataset.changes(dataset.history().iloc[-1])


@pytest.mark.parametrize("since", [True, None, 1.5, {"a": 1}])
def test_what_is_no_moment_is_refused(since):
    with pytest.raises(TypeError, match="a number of edits, a line of history"):
        described().changes(since)


def test_what_others_changed_since_is_a_conflict(tmp_path):
    described().save(tmp_path / "photos")
    with fg.ImageDataset.load(tmp_path / "photos") as one:
        with fg.ImageDataset.load(tmp_path / "photos") as two:
            set_values(one, label="x")
            set_values(two, label="y")
        with pytest.raises(ConflictError, match=r"somebody else.*changes\('photos.parquet.bak'\)"):
            one.changes(1)


# Since a copy


def test_the_snapshot_before_is_one(tmp_path):
    dataset = described()
    dataset.save(tmp_path / "photos")
    before = state(dataset)
    set_values(dataset, 1, label="x", new=[1])
    dataset.remove_samples([0])
    dataset.save()
    changes = dataset.changes(tmp_path / "photos.parquet.bak")
    assert same(told(changes), cells(before, state(dataset)))
    assert changes.removed["file_path_abs"].to_dict() == {0: "/photos/0.jpg"}
    assert len(changes.added) == 0
    assert "1 sample removed" in repr(changes)
    assert "1 sample removed" in changes._repr_html_()
    dataset.close()


def test_a_journal_beside_a_copy_counts(tmp_path):
    dataset = described()
    dataset.save(tmp_path / "mine")
    with fg.ImageDataset.load(tmp_path / "mine") as mine:
        mine.save(tmp_path / "theirs")
        with fg.ImageDataset.load(tmp_path / "theirs") as theirs:
            theirs.get_sample(2).metadata["label"] = "x"
            assert told(mine.changes(tmp_path / "theirs")) == {(2, "label"): ("x", "c")}
            assert told(mine.changes(theirs)) == {(2, "label"): ("x", "c")}
            assert told(theirs.changes(mine)) == {(2, "label"): ("c", "x")}


def test_samples_are_matched_by_their_paths():
    mine = in_memory(PATHS, label=list("abcd"))
    theirs = in_memory(["/photos/9.jpg", *PATHS[:0:-1]], label=list("zdxb"))
    changes = mine.changes(theirs)
    assert told(changes) == {(2, "label"): ("x", "c")}
    assert changes.added["file_path_abs"].to_dict() == {0: "/photos/0.jpg"}
    assert changes.removed["file_path_abs"].to_dict() == {0: "/photos/9.jpg"}


def test_a_copy_of_another_machine_is_matched_by_the_ends_of_its_paths():
    mine = in_memory([f"/data/photos/{name}" for name in ("a/1.jpg", "b/1.jpg")], label=list("ab"))
    theirs = in_memory([f"/home/ann/{name}" for name in ("b/1.jpg", "a/1.jpg")], label=list("bx"))
    changes = mine.changes(theirs)
    assert told(changes) == {(0, "label"): ("x", "a")}
    assert len(changes.added) == len(changes.removed) == 0


def test_where_some_paths_agree_no_others_are_guessed():
    mine = in_memory(["/photos/a/1.jpg", "/photos/new/2.jpg"], label=list("ab"))
    theirs = in_memory(["/photos/old/2.jpg", "/photos/a/1.jpg"], label=list("yx"))
    changes = mine.changes(theirs)
    assert told(changes) == {(0, "label"): ("x", "a")}
    assert (len(changes.added), len(changes.removed)) == (1, 1)


def test_images_that_moved_since_have_their_ids_and_names():
    mine = in_memory(["/photos/a/1.jpg", "/photos/new/2.jpg"], label=list("ab"))
    theirs = in_memory(["/photos/a/1.jpg", "/photos/old/2.jpg"], label=list("ay"))
    assert told(mine.changes(theirs)) == {(1, "label"): ("y", "b")}


def test_samples_of_one_file_are_told_apart_by_their_ids():
    mine = in_memory(["/photos/a.jpg"] * 3, label=list("abc"))
    theirs = in_memory(["/photos/a.jpg"] * 3, label=list("axc"))
    assert told(mine.changes(theirs)) == {(1, "label"): ("x", "b")}
    theirs.remove_samples([0])
    assert mine.changes(theirs).added.index.tolist() == [0]


def test_numbers_of_two_types_are_compared_by_value():
    mine = in_memory(PATHS[:2], count=[1.0, 2.5])
    theirs = in_memory(PATHS[:2], count=[1, 2])
    assert told(mine.changes(theirs)) == {(1, "count"): (2, 2.5)}


def test_files_that_are_none_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        described().changes(tmp_path / "nowhere")
    tmp_path.joinpath("notes.txt").write_text("x")
    with pytest.raises(ValueError, match=r"notes.txt is no Parquet file"):
        described().changes(tmp_path / "notes.txt")


def test_parts_of_the_result_are_plain_frames():
    dataset = described()
    set_values(dataset, label="x")
    changes = dataset.changes(1)
    assert type(changes[changes["key"] == "label"]) is pd.DataFrame
    assert type(pd.concat([changes, changes])) is pd.DataFrame


@pytest.mark.skipif(os.name == "nt", reason="files that are open")
def test_comparing_writes_nothing(tmp_path):
    described().save(tmp_path / "photos")
    shutil.copy(tmp_path / "photos.parquet", tmp_path / "copy.parquet")
    files = sorted(tmp_path.iterdir())
    held = [path.read_bytes() for path in files]
    described().changes(tmp_path / "copy.parquet")
    assert sorted(tmp_path.iterdir()) == files
    assert [path.read_bytes() for path in files] == held
