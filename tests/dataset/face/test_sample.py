"""Samples, and their metadata as a mapping."""

import pandas as pd
import pytest

import framegrid as fg
from framegrid.base import BrokenImageError, MetadataTypeError, UnknownSampleError


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("samples") as dataset:
        dataset.add_images_from_path(photos)
        yield dataset


@pytest.fixture
def sample(dataset):
    return dataset.get_sample(0)


@pytest.fixture
def metadata(sample):
    sample.metadata.update(temperature=25.3, city="Zurich")
    return sample.metadata


def test_built_in_fields(sample, photos):
    assert sample.sample_id == 0
    assert sample.file_name == "photo-0.jpg"
    assert sample.file_path_abs == str(photos / "photo-0.jpg")
    assert (sample.width, sample.height) == (64, 48)


@pytest.mark.parametrize("field", ["sample_id", "file_name", "width", "metadata"])
def test_built_in_fields_cannot_be_set(sample, field):
    with pytest.raises(AttributeError):
        setattr(sample, field, 1)


def test_open_gives_the_picture(sample):
    with sample.open() as picture:
        assert picture.size == (64, 48)


def test_open_says_what_is_wrong_with_the_file(sample, photos):
    (photos / "photo-0.jpg").unlink()
    with pytest.raises(BrokenImageError, match="file not found"):
        sample.open()


def test_repr_shows_everything(sample):
    sample.metadata["city"] = "Zurich"
    assert repr(sample) == (
        "Sample(sample_id=0, file_name='photo-0.jpg', width=64, height=48, "
        "metadata={'city': 'Zurich'})"
    )


def test_samples_of_one_dataset_are_equal_by_id(dataset):
    assert dataset.get_sample(1) == dataset.get_sample(1) != dataset.get_sample(2)
    assert len({dataset.get_sample(1), dataset.get_sample(1), dataset.get_sample(2)}) == 2
    assert dataset.get_sample(1) != 1


def test_samples_of_two_datasets_differ(sample):
    other = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": [sample.file_path_abs]}))
    assert sample != other.get_sample(0)


@pytest.mark.parametrize(
    "access",
    [
        lambda sample: sample.width,
        lambda sample: sample.file_name,
        lambda sample: sample.metadata["city"],
        lambda sample: dict(sample.metadata),
        lambda sample: sample.metadata.update(city="Bern"),
        lambda sample: sample.open(),
    ],
)
def test_a_removed_sample_says_so(dataset, sample, access):
    dataset.remove_samples([0])
    with pytest.raises(UnknownSampleError, match="no sample 0"):
        access(sample)


def test_a_key_that_the_sample_lacks_is_none(dataset, metadata):
    dataset.get_sample(1).metadata["humidity"] = 0.4
    assert metadata["humidity"] is None
    assert metadata["nobody has it"] is None
    assert "humidity" not in metadata


@pytest.mark.parametrize("key", ["width", "file_name", "sample_id"])
def test_built_in_columns_are_no_metadata(metadata, key):
    assert metadata[key] is None
    assert key not in metadata
    with pytest.raises(ValueError, match=f"'{key}' is a built-in column"):
        metadata[key] = 1


def test_reading_as_a_dict(metadata):
    assert dict(metadata) == metadata == {"temperature": 25.3, "city": "Zurich"}
    assert list(metadata.keys()) == ["temperature", "city"]
    assert list(metadata.items()) == [("temperature", 25.3), ("city", "Zurich")]
    assert (len(metadata), "city" in metadata, 5 in metadata) == (2, True, False)
    assert (metadata.get("city"), metadata.get("x", "-")) == ("Zurich", "-")
    assert repr(metadata) == "{'temperature': 25.3, 'city': 'Zurich'}"


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_setting_a_missing_value_removes(metadata, missing):
    metadata["city"] = missing
    assert dict(metadata) == {"temperature": 25.3}


def test_removing_as_from_a_dict(metadata):
    assert metadata.pop("city") == "Zurich"
    assert metadata.pop("city", "gone") == "gone"
    with pytest.raises(KeyError, match="sample 0 has no metadata key 'city'"):
        metadata.pop("city")
    with pytest.raises(KeyError, match="sample 0 has no metadata key 'city'"):
        del metadata["city"]
    del metadata["temperature"]
    assert not metadata


def test_setdefault_sets_only_what_is_missing(metadata):
    assert metadata.setdefault("city", "Bern") == "Zurich"
    assert metadata.setdefault("country", "CH") == "CH"
    assert metadata["country"] == "CH"


def test_clear_is_one_edit(dataset, metadata):
    before = dataset.revision
    metadata.clear()
    assert (dict(metadata), dataset.revision) == ({}, before + 1)


def test_update_takes_what_dict_takes_in_one_edit(dataset, metadata):
    before = dataset.revision
    metadata.update([("city", "Bern")], rank=3, reviewed=True)
    assert metadata == {"temperature": 25.3, "city": "Bern", "rank": 3, "reviewed": True}
    assert dataset.revision == before + 1


def test_update_is_all_or_nothing(dataset, metadata):
    before = dataset.revision
    with pytest.raises(MetadataTypeError, match="'temperature' is float, but sample 0 gets 'warm'"):
        metadata.update(city="Bern", temperature="warm")
    assert (metadata["city"], dataset.revision) == ("Zurich", before)


def test_update_with_nothing_changes_nothing(dataset, metadata):
    before = dataset.revision
    metadata.update()
    metadata.update(nobody_has_it=None)
    assert (dataset.revision, dict(dataset.schema)) == (
        before, {"temperature": "float", "city": "string"},
    )  # fmt: skip


def test_keys_that_differ_only_in_case_are_refused_together(metadata):
    with pytest.raises(ValueError, match="'Rank' differs from 'rank' only in case"):
        metadata.update({"rank": 1, "Rank": 2})
    assert "rank" not in metadata


def test_integers_and_floats_mix(dataset, metadata):
    metadata["temperature"] = 26
    assert repr(metadata["temperature"]) == "26.0"
    metadata["rank"] = 1
    dataset.get_sample(1).metadata["rank"] = 2.0
    assert repr(dataset.get_sample(1).metadata["rank"]) == "2"
    dataset.get_sample(1).metadata["rank"] = 2.5
    assert (dataset.schema["rank"], repr(metadata["rank"])) == ("float", "1.0")


def test_an_integer_that_no_float_can_hold_keeps_its_key_an_integer(dataset, metadata):
    metadata["big"] = 2**53 + 1
    with pytest.raises(MetadataTypeError, match=f"{2**53 + 1}"):
        dataset.get_sample(1).metadata["big"] = 0.5
    assert (dataset.schema["big"], metadata["big"]) == ("integer", 2**53 + 1)


def test_lists_and_dicts_are_given_out_as_copies(metadata):
    metadata["tags"] = ["outdoor"]
    metadata["tags"].append("daytime")
    assert metadata["tags"] == ["outdoor"]


def test_views_show_the_dataset_as_it_is_now(dataset, metadata):
    dataset.update_metadata({0: {"city": "Basel"}})
    dataset.rename_metadata("temperature", "celsius")
    assert metadata == {"celsius": 25.3, "city": "Basel"}
