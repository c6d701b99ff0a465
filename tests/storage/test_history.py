"""The lines of what was done: of all sessions and processes, and of files of every version."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import framegrid as fg
from framegrid.storage.undo import history

FORMATS = Path(__file__).parents[1].joinpath("formats")


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("album") as dataset:
        dataset.add_images_from_path(photos)
        yield dataset


def lines(dataset):
    """What, keys and rows of each edit."""
    return dataset.history()[["what", "keys", "rows"]].to_numpy().tolist()


def whats(dataset):
    return dataset.history()["what"].tolist()


def test_every_kind_of_edit_has_a_line(dataset):
    dataset.get_sample(0).metadata.update(label="cat", score=1)
    dataset.update_metadata([(1, {"score": 2}), (2, {"score": 3, "label": "dog"})])
    dataset.rename_metadata("label", "animal")
    dataset.cast_metadata("score", "string")
    dataset.drop_metadata("animal")
    dataset.remove_samples([4, 5])
    dataset.undo(2)
    assert lines(dataset) == [
        ["add samples", [], 6],
        ["set", ["label", "score"], 1],
        ["update", ["score", "label"], 2],
        ["rename key", ["label", "animal"], 2],
        ["cast key", ["score"], 3],
        ["drop key", ["animal"], 2],
        ["remove samples", [], 2],
        ["undo", ["animal"], 4],
    ]


def test_lines_have_types_and_times(dataset):
    begin = datetime.now(UTC)
    dataset.get_sample(0).metadata["score"] = 1
    found = dataset.history()
    assert found.dtypes.astype(str).to_dict() | {"what": "str", "keys": "object"} == {
        "when": "datetime64[us, UTC]",
        "what": "str",
        "keys": "object",
        "rows": "int64",
    }
    assert begin - timedelta(milliseconds=1) <= found["when"].iloc[-1] <= datetime.now(UTC)
    assert isinstance(found["keys"].iloc[-1], list)


def test_a_new_dataset_has_no_lines(tmp_path):
    with fg.ImageDataset.create(tmp_path / "photos") as dataset:
        assert dataset.history().columns.tolist() == ["when", "what", "keys", "rows"]
        assert len(dataset.history()) == 0
        assert str(dataset.history()["when"].dtype) == "datetime64[us, UTC]"


def test_refused_edits_leave_no_line(dataset):
    dataset.get_sample(0).metadata["score"] = 1
    with pytest.raises(TypeError):
        dataset.get_sample(0).metadata["score"] = "high"
    dataset.update_metadata([])
    assert whats(dataset) == ["add samples", "set"]


def test_lines_stay_with_snapshots_and_sessions(dataset):
    dataset.save()
    dataset.get_sample(0).metadata["score"] = 1
    before = dataset.history()
    for session in range(3):
        dataset.close()
        dataset = fg.ImageDataset.load("album")
        assert dataset.history().iloc[: 2 + session].equals(before)
        dataset.update_metadata({0: {"score": session}})
        before = dataset.history()
    assert whats(dataset) == ["add samples", "set", "update", "update", "update"]
    dataset.close()


def test_processes_have_the_lines_of_each_other(dataset):
    other = fg.ImageDataset.load("album")
    for number in range(6):
        (dataset, other)[number % 2].get_sample(0).metadata[f"k{number}"] = number
        if number in (2, 3):
            other.save()
    assert [keys for _, keys, _ in lines(dataset)[1:]] == [[f"k{number}"] for number in range(6)]
    assert dataset.history().equals(other.history())
    other.close()


def test_a_killed_process_leaves_its_lines(dataset):
    dataset.close()
    code = (
        "import os, signal, framegrid as fg\n"
        "dataset = fg.ImageDataset.load('album')\n"
        "dataset.get_sample(1).metadata['score'] = 1\n"
        "dataset.save()\n"
        "dataset.update_metadata({2: {'score': 2}})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    search = os.pathsep.join([str(Path(fg.__file__).parents[1]), *sys.path])
    subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": search}, check=False
    )
    with fg.ImageDataset.load("album") as again:
        assert whats(again) == ["add samples", "set", "update"]
        assert again.history()["when"].is_monotonic_increasing


def test_copies_keep_the_lines(dataset):
    dataset.get_sample(0).metadata["score"] = 1
    dataset.save("copy")
    with fg.ImageDataset.load("copy") as copy:
        assert copy.history().equals(dataset.history())
        copy.get_sample(0).metadata["score"] = 2
        assert len(copy.history()) == len(dataset.history()) + 1


def test_a_dataset_in_memory_has_lines_too():
    dataset = fg.ImageDataset.from_dataframe(
        pd.DataFrame({"path": ["/a.jpg"], "width": 4, "height": 3})
    )
    dataset.get_sample(0).metadata["score"] = 1
    assert lines(dataset) == [["set", ["score"], 1]]


def test_only_the_last_lines_are_kept(dataset, monkeypatch):
    monkeypatch.setattr(history, "LENGTH", 4)
    for number in range(3):
        dataset.get_sample(0).metadata[f"k{number}"] = number
    dataset.close()
    with fg.ImageDataset.load("album") as again:
        again.update_metadata({0: {"score": 1}})
        again.save()
        expected = [["k0"], ["k1"], ["k2"], ["score"]]
        assert again.history()["keys"].tolist() == expected


def test_lines_of_very_many_keys_take_bounded_space(dataset, monkeypatch):
    monkeypatch.setattr(history, "_MOST_BYTES", 3000)
    for number in range(100):
        dataset.get_sample(0).metadata["score"] = number
    dataset.close()
    with fg.ImageDataset.load("album") as again:
        assert 10 < len(again.history()) < 60
        assert set(whats(again)) == {"set"}


@pytest.mark.parametrize("packed", [b"nonsense", b"!", "é".encode()])
def test_lines_that_make_no_sense_are_none(packed):
    assert len(history.History(packed).table()) == 0


def test_lines_are_text_in_the_footer(dataset):
    dataset.save()
    packed = pq.read_metadata("album.parquet").metadata[b"framegrid.history"]
    assert packed.isascii()
    assert len(history.History(packed).table()) == 1


@pytest.mark.parametrize(
    ("version", "expected"),
    [("version-1", [["set", ["score"], 1]]), ("version-2", None), ("version-3", None)],
)
def test_files_of_every_version_have_lines(version, expected, tmp_path):
    shutil.copytree(FORMATS / version, tmp_path / "copy")
    for _ in range(2):
        with fg.ImageDataset.load(tmp_path / "copy" / "photos") as dataset:
            dataset.get_sample(0).metadata["score"] = 2.5
    with fg.ImageDataset.load(tmp_path / "copy" / "photos") as dataset:
        found = lines(dataset)
        whens = dataset.history()["when"]
    added = [["set", ["score"], 1]] * 2
    if version == "version-1":  # its records have no time
        assert found == [["set", ["score"], 1], *added]
        assert whens.isna().tolist() == [True, False, False]
    else:
        assert found[0] == ["add samples", [], 3]
        assert found[-3:] == [["set", ["score"], 1], *added]
        assert not whens.isna().any()
