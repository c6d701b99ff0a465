"""Adding pictures that are in memory, and files by their paths."""

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image

import framegrid as fg
from framegrid import images
from framegrid.base import MetadataTypeError, ReadOnlyDatasetError
from framegrid.dataset.compute import run
from framegrid.dataset.ingest import handed_over
from image_functions import mean_grey
from thumbnails_helpers import thumbnails_of


def photo(colour="teal", size=(40, 20), format_="JPEG", **options):
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, format_, **options)
    return file.getvalue()


def greys(count=3):
    return [np.full((4, 6), number * 10 % 250, np.uint8) for number in range(count)]


def names_in(folder):
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture(params=["in memory", "on disk"])
def dataset(request, tmp_path):
    if request.param == "on disk":
        with fg.ImageDataset.create(tmp_path / "photos") as dataset:
            yield dataset
    else:
        dataset = fg.ImageDataset.from_dataframe([np.zeros((2, 2))])
        dataset.remove_samples([0])
        yield dataset


def test_pictures_of_all_kinds_are_added_in_one_edit(dataset, tmp_path):
    (tmp_path / "file.jpg").write_bytes(photo())
    before = len(dataset.history())
    given = [photo(), Image.new("L", (3, 5)), *greys(), tmp_path / "file.jpg"]
    report = dataset.add_images(given)
    assert (report.added, report.broken) == (6, [])
    assert len(dataset.history()) == before + 1
    assert [sample.open().size for sample in dataset] == [
        (sample.width, sample.height) for sample in dataset
    ]
    assert dataset.df["width"].tolist() == [40, 3, 6, 6, 6, 40]


def test_samples_have_the_names_that_are_given_or_their_own(dataset, tmp_path):
    (tmp_path / "own.png").write_bytes(photo(format_="PNG"))
    with Image.open(tmp_path / "own.png") as opened:
        dataset.add_images([opened, {"bytes": photo(), "path": "x/struct.jpg"}, photo()])
    dataset.add_images([photo(), tmp_path / "own.png"], names=["café", "other.png"])
    first, *names = dataset.df["file_name"]
    assert first == "own.png"
    assert names[0] == "struct.jpg"
    assert names[1].startswith("image-")
    assert names[1].endswith(".jpg")
    assert names[2:] == ["café", "other.png"]


def test_what_is_no_picture_is_named_by_its_place_and_the_others_are_taken(dataset, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    odd = [None, np.zeros((2, 2, 2)), b"", b"no picture", np.zeros((0, 3)), np.zeros((3, 3), int)]
    files = [tmp_path / "broken.jpg", tmp_path / "gone.jpg"]
    report = dataset.add_images([*greys(1), *odd, *files, *greys(1)])
    assert report.added == 2
    assert [where for where, _ in report.broken] == [
        *(f"images[{place}]" for place in range(1, 7)),
        *map(str, files),
    ]
    reasons = [reason for _, reason in report.broken]
    assert "shape (2, 2, 2)" in reasons[1]
    assert "empty file" in reasons[2]
    assert "not an image" in reasons[3]
    assert "broken 8" in repr(report)


def test_nothing_is_added_if_nothing_can_be_taken(dataset):
    with pytest.raises(ValueError, match=r"none of 2 images can be taken:\n.*images\[0\]"):
        dataset.add_images([None, b"no picture"])
    assert len(dataset) == 0


def test_the_report_says_what_became_of_pixels(dataset):
    report = dataset.add_images([np.array([[0.0, 2.0]]), np.array([[0.0, 9.0]]), np.eye(3)])
    assert list(report.notes.values()) == [2]
    assert "2 images of float pixels beyond [0, 1], stretched" in repr(report)


def test_files_that_are_there_are_skipped(dataset, tmp_path):
    (tmp_path / "a.jpg").write_bytes(photo())
    report = dataset.add_images([tmp_path / "a.jpg", str(tmp_path / "." / "a.jpg")])
    assert (report.added, report.already_present) == (1, 1)
    report = dataset.add_images([tmp_path / "a.jpg"])
    assert (report.added, report.already_present) == (0, 1)


METADATA = {
    "columns": lambda values: {"n": values},
    "dicts": lambda values: [{"n": value} for value in values],
    "pandas": lambda values: pd.DataFrame({"n": values}, index=[9] * len(values)),
    "polars": lambda values: pl.DataFrame({"n": values}),
}


@pytest.mark.parametrize("kind", METADATA)
def test_metadata_comes_by_place(dataset, kind):
    given = [*greys(1), None, *greys(1)]
    dataset.add_images(given, metadata=METADATA[kind]([1, 2, 3]))
    assert dataset.df["n"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"names": ["a"]}, ValueError, "names has 1 entries for 3 images"),
        ({"names": "abc"}, TypeError, "names is a list of 3 names, got 'abc'"),
        ({"names": ["a", "", "c"]}, TypeError, "texts that are not empty, got ''"),
        ({"metadata": {"n": [1]}}, ValueError, r"metadata\['n'\] has 1 entries for 3 images"),
        ({"metadata": [{"n": 1}]}, ValueError, "metadata has 1 entries for 3 images"),
        ({"metadata": [1, 2, 3]}, TypeError, "a dict for each image, got 1, 2"),
        ({"metadata": {"kept": ["text"] * 3}}, MetadataTypeError, "kept"),
        ({"metadata": {"width": [1] * 3}}, ValueError, "width"),
    ],
)
def test_what_does_not_fit_changes_nothing(dataset, options, error, message):
    dataset.add_images(greys(1), metadata={"kept": [1]})
    before = dataset.df
    with pytest.raises(error, match=message):
        dataset.add_images(greys(), **options)
    pd.testing.assert_frame_equal(dataset.df, before)
    if dataset.path:
        assert len(list(dataset.path.with_name("photos.images").iterdir())) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("photos", r"pass \['photos'\], or call add_images_from_path"),
        (17, "images is a list of pictures or paths, got 17"),
        (pd.DataFrame({"a": [1]}), "from_dataframe takes it"),
    ],
)
def test_images_are_a_list(dataset, given, message):
    with pytest.raises(TypeError, match=message):
        dataset.add_images(given)


def test_more_than_memory_may_hold_is_refused_before_anything_changes(dataset, monkeypatch):
    monkeypatch.setattr(handed_over, "MOST_BYTES", 2_000)
    rows = [np.random.default_rng(n).integers(0, 256, (20, 20), np.uint8) for n in range(6)]
    dataset.add_images(rows[:2])
    with pytest.raises(ValueError, match=r"nothing was added\. Add them in several calls"):
        dataset.add_images(rows)
    assert len(dataset) == 2
    if dataset.path is None:  # what is there already counts
        with pytest.raises(ValueError, match="nothing was added"):
            dataset.add_images(rows[:4])
    else:
        dataset.add_images(rows[:4])


def test_a_dataset_that_is_read_only_says_so_before_the_work(tmp_path):
    fg.ImageDataset.create(tmp_path / "photos").close()
    follower = pickle.loads(pickle.dumps(fg.ImageDataset.load(tmp_path / "photos")))
    with pytest.raises(ReadOnlyDatasetError):
        follower.add_images(greys())


# Workers and files


def test_thumbnails_and_computing_in_processes_have_the_pictures(dataset, tmp_path):
    dataset.add_images(greys())
    paths = dataset.df["file_path_abs"].tolist()
    assert [made.error for made in thumbnails_of(paths, tmp_path / "cache")] == [None] * 3
    report = dataset.compute_metadata(mean_grey, keys="mean_grey")
    assert report.failures == []
    assert dataset.df["mean_grey"].tolist() == [0, 10, 20]
    with ThreadPoolExecutor(2) as executor:
        assert dataset.compute_metadata(mean_grey, executor=executor, force=True).computed == 3


def test_pictures_travel_in_small_tasks(monkeypatch):
    dataset = fg.ImageDataset.from_dataframe(greys(40))
    paths = dataset.df["file_path_abs"].tolist()
    assert [len(batch) for batch in run._batches(paths)] == [8] * 5
    size = len(images.carried(paths[0]).data)
    monkeypatch.setattr(run, "_CARRIED_BYTES", 3 * size)
    batches = list(run._batches(paths))
    assert [place for batch in batches for place in batch] == list(range(40))
    assert max(map(len, batches)) <= 3


def test_pictures_are_exported_as_files(dataset, tmp_path):
    dataset.add_images([photo("red"), *greys(1)], names=["cat", "deep/grey.png"])
    exported = dataset.export_images(tmp_path / "out")
    assert exported["file_name"].tolist() == ["cat.jpg", "grey.png"]
    assert (tmp_path / "out" / "cat.jpg").read_bytes() == photo("red")


def test_pictures_go_by_their_names_in_coco(dataset, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "file.jpg").write_bytes(photo())
    given = [*greys(2), tmp_path / "photos" / "file.jpg"]
    dataset.add_images(given, names=["a.png", "b.png", "file.jpg"], metadata={"n": [1, 2, 3]})
    dataset.to_coco(tmp_path / "coco.json")
    written = json.loads((tmp_path / "coco.json").read_text())["images"]
    assert [entry["file_name"] for entry in written] == ["a.png", "b.png", "file.jpg"]
    before = dataset.df
    dataset.drop_metadata("n")
    dataset.update_metadata_from_coco(tmp_path / "coco.json")
    pd.testing.assert_frame_equal(dataset.df, before)


def test_pictures_with_names_that_no_folder_takes_are_exported(dataset, tmp_path):
    dataset.add_images(greys(2), names=["x" * 10_000 + ".png"] * 2)
    exported = dataset.export_images(tmp_path / "out")
    assert {Path(path).read_bytes()[:4] for path in exported["file_path_abs"]} == {b"\x89PNG"}
    assert len(list((tmp_path / "out").rglob("xxx*.png"))) == 2


def test_exif_of_pictures_is_read(dataset):
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Camera", 6
    dataset.add_images([photo(exif=exif)])
    assert dataset.df["width"].tolist() == [20]
    assert dataset.add_exif_metadata().with_exif == 1


def test_pictures_share_no_folder_until_files_join_them(dataset, tmp_path):
    dataset.add_images(greys())
    dataset.add_images(greys())
    assert set(dataset.df["folder"]) == {""}
