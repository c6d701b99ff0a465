"""What cameras wrote into files, added to a dataset as metadata."""

from datetime import UTC, datetime

import pytest
from PIL import Image

import framegrid as fg
from exif_blocks import EXPECTED, PLACE, SHOT, block
from framegrid import images
from framegrid.base import MetadataTypeError
from framegrid.dataset.ingest.exif_keys import EXIF_TYPES

# In a dataset


@pytest.fixture
def shots(photos):
    """Photos of which two have EXIF values, one of those without a place."""
    for name, directories in {"with": {"gps": PLACE}, "without-gps": {}}.items():
        exif = b"Exif\0\0" + block(exif=SHOT, **directories)
        Image.new("RGB", (64, 48)).save(photos / f"{name}.jpg", exif=exif)
    return photos


@pytest.fixture
def dataset(shots):
    with fg.ImageDataset.create("shots") as dataset:
        yield dataset


def named(dataset, name):
    return next(sample for sample in dataset if sample.file_name == name)


def test_adding_exif_to_a_dataset(dataset, shots):
    dataset.add_images_from_path(shots)
    assert dataset.schema == {}
    report = dataset.add_exif_metadata()
    assert dict(named(dataset, "with.jpg").metadata) == EXPECTED
    assert "gps" not in named(dataset, "without-gps.jpg").metadata
    assert dict(named(dataset, "photo-0.jpg").metadata) == {}
    assert (report.with_exif, report.without_exif, report.broken) == (2, 6, [])
    assert report.found == dict.fromkeys(EXPECTED, 2) | {"gps": 1}
    assert dataset.schema == EXIF_TYPES


def test_adding_images_with_exif_is_the_same(dataset, shots):
    revision = dataset.revision
    assert dataset.add_images_from_path(shots, exif=True).added == 8
    assert dataset.revision == revision + 1
    found = dataset.df
    dataset.add_exif_metadata()
    assert found.equals(dataset.df)


def test_exif_is_saved(dataset, shots):
    dataset.add_images_from_path(shots, exif=True)
    dataset.close()
    with fg.ImageDataset.load("shots") as again:
        assert dict(named(again, "with.jpg").metadata) == EXPECTED


def test_adding_images_without_exif_keeps_the_keys_there_are(dataset, shots):
    dataset.add_images_from_path(shots / "with.jpg", exif=True)
    dataset.add_images_from_path(shots)
    assert named(dataset, "without-gps.jpg").metadata["camera"] is None
    assert dict(named(dataset, "with.jpg").metadata) == EXPECTED


def test_only_exif_values_are_overwritten(dataset, shots):
    dataset.add_images_from_path(shots)
    mine = {"camera": "mine", "iso": 50, "label": "cat"}
    dataset.update_metadata([(sample.sample_id, mine) for sample in dataset])
    dataset.add_exif_metadata()
    assert dict(named(dataset, "with.jpg").metadata) == EXPECTED | {"label": "cat"}
    assert dict(named(dataset, "photo-0.jpg").metadata) == mine


def test_places_can_be_filtered_by(dataset, shots):
    dataset.add_images_from_path(shots, exif=True)
    shown = dataset.show(filters={"gps.lat": (47, 48)}).filtered
    assert shown["file_name"].tolist() == ["with.jpg"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("May 2008", "'captured' are of type datetime, and the dataset's 'captured' is string"),
        (datetime(2008, 5, 30, tzinfo=UTC), "'captured' is datetime with time zone"),
    ],
)
@pytest.mark.parametrize(
    "add",
    [
        lambda dataset: dataset.add_images_from_path("photos", exif=True),
        lambda dataset: dataset.add_exif_metadata(),
    ],
    ids=["images", "metadata"],
)
def test_a_key_of_another_type_is_refused_before_reading(dataset, monkeypatch, value, message, add):
    dataset.add_images_from_path("photos/with.jpg")
    dataset.get_sample(0).metadata["captured"] = value
    monkeypatch.setattr(images, "read_header", None)
    before = dataset.df
    with pytest.raises(MetadataTypeError, match=rf"{message}.*rename_metadata\('captured'"):
        add(dataset)
    assert dataset.df.equals(before)


def test_a_key_that_differs_in_case_is_refused(dataset, shots):
    dataset.add_images_from_path(shots / "with.jpg")
    dataset.get_sample(0).metadata["ISO"] = 100
    with pytest.raises(ValueError, match=r"need the key 'iso', and the dataset's 'ISO' differs"):
        dataset.add_exif_metadata()


def test_integers_and_floats_of_the_user_are_taken(dataset, shots):
    dataset.add_images_from_path(shots)
    dataset.update_metadata({0: {"iso": 99.5, "f_number": 8}})
    dataset.add_exif_metadata()
    assert (dataset.schema["iso"], dataset.schema["f_number"]) == ("float", "float")
    assert dataset.get_sample(0).metadata["iso"] == 99.5


def test_files_that_are_gone_are_reported(dataset, shots):
    dataset.add_images_from_path(shots, exif=True)
    (shots / "with.jpg").unlink()
    report = dataset.add_exif_metadata()
    assert report.broken == [(str(shots / "with.jpg"), "file not found")]
    assert named(dataset, "with.jpg").metadata["iso"] == 100
    text = repr(report)
    assert text.startswith("with EXIF 1, without 6, broken 1: captured 1, camera 1, lens 1, ")
    assert text.endswith("with.jpg: file not found")


def test_a_dataset_without_any_exif_gets_no_keys(photos):
    with fg.ImageDataset.create("plain") as dataset:
        assert repr(dataset.add_exif_metadata()) == "with EXIF 0, without 0, broken 0"
        dataset.add_images_from_path(photos, exif=True)
        revision = dataset.revision
        dataset.add_exif_metadata()
        assert (dataset.schema, dataset.revision) == ({}, revision)


def test_samples_removed_meanwhile_are_left_alone(dataset, shots, monkeypatch):
    dataset.add_images_from_path(shots)
    read_header = images.read_header
    gone = named(dataset, "with.jpg").sample_id

    def read_while_another_removes(path, **options):
        if path.endswith("with.jpg"):
            dataset.remove_samples([gone])
        return read_header(path, **options)

    monkeypatch.setattr(images, "read_header", read_while_another_removes)
    dataset.add_exif_metadata()
    assert gone not in dataset
    assert named(dataset, "without-gps.jpg").metadata["iso"] == 100
