"""Creating, opening, naming and closing a dataset."""

import pandas as pd
import pytest

import framegrid as fg
from framegrid.base import NotADatasetError

# Opening


@pytest.mark.parametrize("name", ["photos", "photos.parquet", "./photos", "~/photos"])
def test_a_name_is_a_path_with_or_without_its_extension(folder, monkeypatch, name):
    monkeypatch.setenv("HOME", str(folder))
    with fg.ImageDataset.create(name) as dataset:
        assert (dataset.path, dataset.name) == (folder / "photos.parquet", "photos")
    with fg.ImageDataset.load(folder / "photos"):
        pass


@pytest.mark.parametrize(("name", "file"), [("v1.2", "v1.2.parquet"), ("a/b", "a/b.parquet")])
def test_other_dots_and_folders_stay(folder, name, file):
    (folder / "a").mkdir()
    with fg.ImageDataset.create(name) as dataset:
        assert dataset.path == folder / file


def test_the_name_is_optional(folder):
    with fg.ImageDataset.create() as dataset:
        assert dataset.path == folder / "dataset.parquet"
    with fg.ImageDataset.load_or_create() as dataset:
        assert dataset.name == "dataset"


@pytest.mark.parametrize("name", ["", ".", "..", "/", "s3://", "s3://bucket/"])
def test_a_name_names_a_file(folder, name):
    with pytest.raises(ValueError, match="names no file"):
        fg.ImageDataset.create(name)


def test_the_file_stays_the_same_in_another_working_folder(folder, monkeypatch):
    with fg.ImageDataset.create("photos") as dataset:
        monkeypatch.chdir("/")
        assert dataset.path == folder / "photos.parquet"


def test_create_refuses_what_is_there(folder):
    fg.ImageDataset.create("photos").close()
    with pytest.raises(FileExistsError, match=r"photos\.parquet"):
        fg.ImageDataset.create("photos")


def test_create_needs_the_folder(folder):
    with pytest.raises(FileNotFoundError, match="missing"):
        fg.ImageDataset.create("missing/photos")


def test_load_never_creates(folder):
    with pytest.raises(FileNotFoundError, match=r"photos\.parquet"):
        fg.ImageDataset.load("photos")
    assert list(folder.iterdir()) == []


def test_load_or_create_does_either(folder):
    with fg.ImageDataset.load_or_create("photos") as dataset:
        dataset.update_metadata({})
    with fg.ImageDataset.load_or_create("photos") as dataset:
        assert len(dataset) == 0


def test_a_parquet_of_something_else_is_refused(folder):
    pd.DataFrame({"a": [1]}).to_parquet("other.parquet")
    for opening in (fg.ImageDataset.load, fg.ImageDataset.load_or_create):
        with pytest.raises(NotADatasetError, match=r"other\.parquet"):
            opening("other")
    assert pd.read_parquet("other.parquet")["a"].tolist() == [1]
