"""The samples of a dataset: counted, found, changed and removed."""

import numpy as np
import pandas as pd
import pytest

import framegrid as fg
from framegrid.base import UnknownKeyError, UnknownSampleError

# Asking


def test_an_empty_dataset(folder):
    with fg.ImageDataset.create("photos") as dataset:
        assert (len(dataset), list(dataset), dataset.schema, 0 in dataset) == (0, [], {}, False)
        assert list(dataset.df) == ["file_name", "file_path_abs", "width", "height", "folder"]
        assert repr(dataset) == (
            f"ImageDataset 'photos': 0 samples, 0 metadata keys ({folder / 'photos.parquet'})"
        )


def test_samples_come_by_id(dataset):
    assert [sample.sample_id for sample in dataset] == [0, 1, 2, 3, 4]
    assert dataset.get_sample(3).file_name == "3.jpg"
    assert dataset.get_sample(np.int64(3)) == dataset.get_sample(3)
    assert (len(dataset), 3 in dataset, 5 in dataset, "3" in dataset) == (5, True, False, False)


@pytest.mark.parametrize("sample_id", [5, -1, "3", None, 2**70])
def test_an_unknown_sample(dataset, sample_id):
    with pytest.raises(UnknownSampleError, match="no sample"):
        dataset.get_sample(sample_id)


def test_samples_may_be_edited_and_removed_while_going_through_them(dataset):
    seen = []
    for sample in dataset:
        seen.append(sample.sample_id)
        sample.metadata["seen"] = True
        if sample.sample_id == 1:
            dataset.remove_samples([0, 1, 3])
    assert seen == [0, 1, 2, 4]


def test_images_added_while_going_through_come_next_time(dataset, photos):
    seen = 0
    for _ in dataset:
        dataset.add_images_from_path(photos)
        seen += 1
    assert (seen, len(dataset)) == (5, 11)


def test_the_schema_has_public_type_names(dataset):
    dataset.update_metadata({0: {"when": pd.Timestamp("2026-01-02", tz="UTC"), "tags": []}})
    assert dataset.schema == {"rank": "integer", "when": "datetime", "tags": "list"}


def test_the_frame_is_a_copy_of_ones_own(dataset):
    frame = dataset.df
    frame.loc[0, "rank"] = 77
    frame.loc[1, "file_name"] = "x.jpg"
    frame["new"] = 1
    frame.index += 1
    assert [sample.metadata["rank"] for sample in dataset] == [0, 1, 2, 3, 4]
    assert dataset.df.loc[1, "file_name"] == "1.jpg"
    assert "new" not in dataset.df


def test_a_frame_never_changes_with_the_dataset(dataset):
    frame = dataset.df
    before = frame.copy()
    dataset.get_sample(0).metadata["rank"] = 77
    dataset.remove_samples([1])
    pd.testing.assert_frame_equal(frame, before)


def test_a_frame_can_be_edited_after_the_dataset_changed(dataset):
    frame = dataset.df
    dataset.get_sample(0).metadata["rank"] = 77
    frame.loc[0, "rank"] = 5
    frame.loc[0, "width"] = 5
    frame["rank"] += 1
    assert frame["rank"].tolist() == [6, 2, 3, 4, 5]
    assert dataset.get_sample(0).metadata["rank"] == 77


# Changing


def test_removing_samples(dataset):
    dataset.remove_samples([1, 3, 1])
    assert [sample.sample_id for sample in dataset] == [0, 2, 4]
    assert dataset.df["rank"].tolist() == [0, 2, 4]


def test_removing_nothing_is_no_change(dataset):
    before = dataset.revision
    dataset.remove_samples([])
    assert dataset.revision == before


@pytest.mark.parametrize(
    ("ids", "error", "message"),
    [([1, 7], UnknownSampleError, "sample_id 7"), (["1"], TypeError, "got '1'")],
)
def test_removing_is_all_or_nothing(dataset, ids, error, message):
    with pytest.raises(error, match=message):
        dataset.remove_samples(ids)
    assert len(dataset) == 5


def test_renaming_a_key_keeps_its_values_and_its_place(dataset):
    dataset.update_metadata({0: {"city": "Bern"}})
    dataset.rename_metadata("rank", "Rank")
    assert dataset.schema == {"Rank": "integer", "city": "string"}
    assert dataset.get_sample(4).metadata == {"Rank": 4}


@pytest.mark.parametrize(
    ("new", "error", "message"),
    [
        ("city", ValueError, "there is a metadata key 'city' already"),
        ("City", ValueError, "only in case"),
        ("width", ValueError, "built-in column"),
        ("", ValueError, "is empty"),
        (7, TypeError, "must be strings"),
    ],
)
def test_a_new_name_must_be_free_and_valid(dataset, new, error, message):
    dataset.update_metadata({0: {"city": "Bern"}})
    with pytest.raises(error, match=message):
        dataset.rename_metadata("rank", new)
    assert set(dataset.schema) == {"rank", "city"}


def test_a_name_that_is_the_same_is_no_change(dataset):
    before = dataset.revision
    dataset.rename_metadata("rank", "rank")
    assert dataset.revision == before


def test_dropping_a_key(dataset):
    dataset.drop_metadata("rank")
    assert (dataset.schema, "rank" in dataset.df) == ({}, False)


@pytest.mark.parametrize(
    "change",
    [
        lambda dataset: dataset.drop_metadata("rnak"),
        lambda dataset: dataset.rename_metadata("rnak", "x"),
        lambda dataset: dataset.cast_metadata("rnak", "string"),
    ],
)
def test_an_unknown_key_lists_those_there_are(dataset, change):
    with pytest.raises(UnknownKeyError, match=r"no metadata key 'rnak': .* 'rank'"):
        change(dataset)


WHEN = pd.Timestamp("2026-01-02T03:04:05").to_pydatetime()
CASTS = [
    (3, "string", "3"), (3, "float", 3.0), (3, "list", [3]), (1, "boolean", True),
    (2.5, "string", "2.5"), (2.0, "integer", 2), (0.0, "boolean", False),
    (True, "string", "True"), (True, "integer", 1), (False, "float", 0.0),
    ("3", "integer", 3), ("2.5", "float", 2.5), ("nan", "float", None), ("True", "boolean", True),
    ("2026-01-02T03:04:05", "datetime", WHEN), ("a", "list", ["a"]), ('["a"]', "list", ["a"]),
    ('{"a":1}', "dict", {"a": 1}),
    (WHEN, "string", "2026-01-02T03:04:05"),
    (["a", 1], "string", '["a",1]'), ({"a": 1}, "string", '{"a":1}'),
    ({"a": 1}, "list", [{"a": 1}]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "target", "expected"), CASTS)
def test_casting_values_that_have_a_meaning(dataset, value, target, expected):
    dataset.get_sample(1).metadata["x"] = value
    dataset.cast_metadata("x", target)
    result = dataset.get_sample(1).metadata["x"]
    assert (result, type(result)) == (expected, type(expected))
    assert dataset.schema["x"] == target
    assert dataset.get_sample(0).metadata["x"] is None


@pytest.mark.parametrize(
    ("value", "target"),
    [
        (2.5, "integer"), (float("inf"), "integer"), (2**53 + 1, "float"), (2, "boolean"),
        ("a", "integer"), ("a", "float"), ("a", "boolean"), ("a", "datetime"), ("a", "dict"),
        ("[1]", "dict"), ([1], "integer"), ([1], "dict"), ({"a": 1}, "float"), (WHEN, "integer"),
        (1, "datetime"), (1, "dict"), ("9" * 20, "integer"),
    ],
)  # fmt: skip
def test_casting_what_has_no_meaning_changes_nothing(dataset, value, target):
    dataset.update_metadata({0: {"x": None}, 1: {"x": value}})
    before = dataset.schema
    with pytest.raises((ValueError, OverflowError), match="sample 1"):
        dataset.cast_metadata("x", target)
    assert (dataset.schema, dataset.get_sample(1).metadata["x"]) == (before, value)


def test_casting_a_key_without_values(dataset):
    dataset.get_sample(0).metadata["x"] = 1
    dataset.get_sample(0).metadata["x"] = None
    dataset.cast_metadata("x", "datetime")
    assert dataset.schema["x"] == "datetime"


def test_casting_to_the_same_type_is_no_change(dataset):
    before = dataset.revision
    dataset.cast_metadata("rank", "integer")
    assert dataset.revision == before


def test_casting_to_an_unknown_type_lists_the_types(dataset):
    with pytest.raises(ValueError, match="no type is named 'int': choose one of string, integer"):
        dataset.cast_metadata("rank", "int")
