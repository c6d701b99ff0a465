"""Datasets on object storage: a local S3 server, and memory."""

import pandas as pd
import pytest

import framegrid as fg
from framegrid import remote
from framegrid.base import ConflictError
from object_datasets_helpers import add, run, stored, values
from object_store import jpeg


def test_edits_of_two_machines_meet(url, there):
    with fg.ImageDataset.load(url) as mine:
        mine.get_sample(0).metadata["score"] = 1
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(1).metadata.update(score=2, label="cat")
        mine.get_sample(0).metadata["weight"] = 0.5
        mine.save()
        assert mine.df["score"].tolist() == [1, 2]
        assert mine.df["label"].tolist() == [None, "cat"] or mine.df["label"].isna()[0]
        mine.get_sample(1).metadata["weight"] = 1
    assert stored(url)["score"].tolist() == [1, 2]
    assert stored(url)["weight"].tolist() == [0.5, 1]


def test_what_met_another_machines_edits_is_not_undone(url, there):
    with fg.ImageDataset.load(url) as mine:
        mine.get_sample(0).metadata["score"] = 1
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(0).metadata["score"] = 2
        mine.save()
        with pytest.raises(ValueError, match="nothing to undo"):
            mine.undo()  # it would lose theirs
    assert stored(url)["score"].tolist()[0] == 1


def test_machines_take_turns(url, there):
    for turn in range(3):
        with fg.ImageDataset.load(url) as mine:
            mine.get_sample(0).metadata["turn"] = turn
        with there(), fg.ImageDataset.load(url) as theirs:
            assert theirs.get_sample(0).metadata["turn"] == turn
            theirs.get_sample(1).metadata["turn"] = turn
    assert stored(url)["turn"].tolist() == [2, 2]


def test_edits_of_a_killed_process_meet_those_of_another_machine(bucket, there):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        url = dataset.path
    kill = "dataset.get_sample(0).metadata['mine'] = 1; os.kill(os.getpid(), signal.SIGKILL)"
    run(kill, url)
    with there(), fg.ImageDataset.load(url) as theirs:
        theirs.get_sample(0).metadata["theirs"] = 2
    run(kill.replace("'mine'", "'more'"), url)
    with there(), fg.ImageDataset.load(url) as theirs:
        theirs.get_sample(0).metadata["theirs"] = 3
    with fg.ImageDataset.load(url) as mine:
        assert dict(mine.get_sample(0).metadata) == {"theirs": 3, "mine": 1, "more": 1}
    assert stored(url)[["mine", "theirs", "more"]].iloc[0].tolist() == [1, 3, 1]


def test_samples_that_two_machines_add(url, there):
    with fg.ImageDataset.load(url) as mine:
        add(mine, "mine.jpg")
        add(mine, "both.jpg")
        mine.get_sample(2).metadata["by"] = "me"
        mine.get_sample(3).metadata["seen"] = True
        with there(), fg.ImageDataset.load(url) as theirs:
            add(theirs, "theirs.jpg")
            add(theirs, "both.jpg")
            theirs.get_sample(2).metadata["by"] = "them"
        with pytest.warns(RuntimeWarning, match="other ids now, such as 4 instead of 2"):
            mine.save()
        names = ["0.jpg", "1.jpg", "theirs.jpg", "both.jpg", "mine.jpg"]
        assert mine.df["file_name"].tolist() == names
        add(mine, "later.jpg")
        mine.get_sample(4).metadata["by"] = "me again"
    by = values(fg.ImageDataset.load(url), "by")
    assert by["theirs.jpg"] == "them"
    assert by["mine.jpg"] == "me again"
    assert values(fg.ImageDataset.load(url), "seen")["both.jpg"]


def test_new_ids_hold_when_the_put_fails(bucket, there, monkeypatch):
    """Edits made before and after ids changed are told apart in the journal."""
    url = fg.ImageDataset.create(bucket.url("photos")).path
    mine = fg.ImageDataset.load(url)
    add(mine, "mine.jpg")
    mine.get_sample(0).metadata["by"] = "me"
    with there(), fg.ImageDataset.load(url) as theirs:
        add(theirs, "theirs.jpg")
    with monkeypatch.context() as patch:
        patch.setattr(remote, "replace", fail)
        with pytest.warns(RuntimeWarning, match="other ids"), pytest.raises(OSError, match="no n"):
            mine.save()
    assert mine.get_sample(1).file_name == "mine.jpg"
    mine.get_sample(0).metadata["note"] = "of theirs"
    mine.get_sample(1).metadata["note"] = "of mine"
    with there(), fg.ImageDataset.load(url) as theirs:
        add(theirs, "theirs-2.jpg")
    with pytest.warns(RuntimeWarning, match="other ids"):
        mine.close()
    with fg.ImageDataset.load(url) as merged:
        expected = {"theirs.jpg": "of theirs", "theirs-2.jpg": None, "mine.jpg": "of mine"}
        notes = {sample.file_name: sample.metadata["note"] for sample in merged}
        assert notes == expected
        assert merged.get_sample(2).metadata["by"] == "me"


def test_new_ids_hold_after_the_put(bucket, there):
    url = fg.ImageDataset.create(bucket.url("photos")).path
    remote.create(bucket.url("more/mine.jpg"), jpeg(30, 10))
    kill = "os.kill(os.getpid(), signal.SIGKILL)"
    run(f"dataset.add_images_from_path({bucket.url('more/mine.jpg')!r}); {kill}", url)
    with there(), fg.ImageDataset.load(url) as theirs:
        add(theirs, "theirs.jpg")
    run(f"dataset.save(); dataset.get_sample(1).metadata['note'] = 'of mine'; {kill}", url)
    with fg.ImageDataset.load(url) as merged:
        notes = {sample.file_name: sample.metadata["note"] for sample in merged}
        assert notes == {"theirs.jpg": None, "mine.jpg": "of mine"}


def fail(*_):
    raise OSError("no network")


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        ({"label": "cat"}, {"label": 1}, "'label' is integer there and string here"),
        ({"score": "high"}, "drop", "'score' was renamed or dropped"),
        ({"label": "cat"}, "remove", "1 samples edited here, such as 0, were removed"),
        ("cast", {"score": "low"}, "ReplaceKey is about what the dataset was before"),
    ],
)
def test_edits_that_do_not_fit(url, there, mine, theirs, why):
    with fg.ImageDataset.load(url) as dataset:
        dataset.get_sample(0).metadata["score"] = "low"
    dataset = fg.ImageDataset.load(url)
    edit(dataset, mine)
    dataset.get_sample(1).metadata["fits"] = True
    before = dataset.df
    with there(), fg.ImageDataset.load(url) as other:
        edit(other, theirs)
    put = remote.status(url)
    with pytest.raises(ConflictError, match=rf"{why}.*save\('another name'\).*repair=True"):
        dataset.save()
    pd.testing.assert_frame_equal(dataset.df, before)
    dataset.get_sample(1).metadata["more"] = True
    with pytest.warns(RuntimeWarning, match="not yet in the Parquet file"):
        dataset.close()
    assert remote.status(url) == put
    with pytest.raises(ConflictError, match=why):
        fg.ImageDataset.load(url)
    with pytest.warns(RuntimeWarning, match=r"edits made here do not fit.*kept in"):
        kept = fg.ImageDataset.load(url, repair=True)
    with kept:
        assert kept.get_sample(1).metadata["fits"] is True
        assert kept.get_sample(1).metadata["more"] is True
    with fg.ImageDataset.load(url) as kept:
        assert kept.get_sample(1).metadata["fits"] is True


def edit(dataset, what):
    if what == "drop":
        dataset.drop_metadata("score")
    elif what == "remove":
        dataset.remove_samples([0])
    elif what == "cast":
        dataset.cast_metadata("score", "list")
    else:
        dataset.get_sample(0).metadata.update(what)


def test_integers_and_floats_of_two_machines(url, there):
    with fg.ImageDataset.load(url) as mine:
        mine.get_sample(0).metadata.update(a=1, b=1.5)
        mine.update_metadata({1: {"c": 2}})
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(1).metadata.update(a=1.5, b=1, c=0.5)
    with fg.ImageDataset.load(url) as both:
        assert both.schema == {"a": "float", "b": "float", "c": "float"}
        assert dict(both.get_sample(0).metadata) == {"a": 1.0, "b": 1.5}
        assert dict(both.get_sample(1).metadata) == {"a": 1.5, "b": 1.0, "c": 2.0}


def test_what_both_did_alike(url, there):
    with fg.ImageDataset.load(url) as dataset:
        dataset.get_sample(0).metadata.update(old=1, gone=2)
    with fg.ImageDataset.load(url) as mine:
        mine.rename_metadata("old", "new")
        mine.drop_metadata("gone")
        mine.remove_samples([1])
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.rename_metadata("old", "new")
            theirs.drop_metadata("gone")
            theirs.remove_samples([1])
    with fg.ImageDataset.load(url) as both:
        assert (len(both), both.schema) == (1, {"new": "integer"})


def test_a_process_follows_when_another_of_this_machine_took_others_edits_in(bucket, there):
    url = fg.ImageDataset.create(bucket.url("photos")).path
    with fg.ImageDataset.load(url) as mine:
        add(mine, "0.jpg")
        mine.save()
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(0).metadata["theirs"] = 1
        code = "dataset.get_sample(0).metadata['theirs'] = 2; dataset.close()"
        assert run(code, url).returncode == 0
        assert mine.get_sample(0).metadata["theirs"] == 2


def test_open_grids_follow_a_save_that_took_something_in(url, there):
    heard = []
    with fg.ImageDataset.load(url) as mine:

        def listener():
            heard.append(mine.revision)

        mine.subscribe(listener)
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(0).metadata["score"] = 1
        mine.save()
        assert len(mine) == 2
        assert heard
        assert mine.get_sample(0).metadata["score"] == 1


def test_lists_of_numbers_of_two_machines_meet(url, there):
    with fg.ImageDataset.load(url) as mine:
        mine.update_metadata({0: {"vector": [0.5, 1.0]}, 1: {"vector": [0.25, 2.0]}})
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.update_metadata({1: {"vector": [1.5], "box": [1, 2, 3, 4]}})
        mine.save()
        assert mine.df["vector"].tolist()[0] == [0.5, 1.0]
        assert mine.get_sample(1).metadata["box"] == [1, 2, 3, 4]
    assert len(stored(url)["vector"]) == 2
