"""Taking edits back: everything is as it was before, or nothing changes."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import framegrid as fg
from framegrid.base import ConflictError
from undo_helpers import EDITS, content, set_values

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


def test_a_key_that_others_cast_stays_cast(saved, other):
    set_values(saved, label="x")
    other.cast_metadata("count", "float")
    saved.undo()
    assert saved.schema["count"] == "float"
    assert saved.df["label"].tolist()[0] == "cat"


@pytest.mark.parametrize("edit", ["drop", "cast", "rename"])
def test_keys_that_others_renamed_keep_their_places(saved, other, edit):
    EDITS[edit](saved)
    first = next(key for key in other.schema if key not in {"count", "label", "name"})
    other.rename_metadata(first, "other")
    expected = [key for key in saved.schema if key not in {"count", "label", "name"}]
    saved.undo()
    assert [key for key in saved.schema if key not in {"count", "label", "name"}] == expected


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
