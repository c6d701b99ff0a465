"""Bulk updates: pairs, dicts, DataFrames and CSV files."""

import random
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import framegrid as fg
from framegrid.base import MetadataTypeError, UnknownSampleError
from framegrid.dataset.edits import updates
from samples import metadata


@pytest.fixture
def dataset():
    """Four samples in memory, two of them with the same file name."""
    paths = ["/photos/a.jpg", "/photos/b.jpg", "/photos/c.jpg", "/more/c.jpg"]
    frame = pd.DataFrame({"path": paths, "width": 64, "height": 48, "rank": [1, 2, 3, 4]})
    return fg.ImageDataset.from_dataframe(frame)


# All forms

FORMS = {
    "pairs": [(1, {"rank": 20, "city": "Bern"}), (0, {"rank": 10, "city": None})],
    "generator": lambda: ((id_, {"rank": 10 * (id_ + 1)}) for id_ in (0, 1)),
    "dict": {0: {"rank": 10}, 1: {"rank": 20, "city": "Bern"}},
    "frame with ids as index": pd.DataFrame({"rank": [20, 10], "city": ["Bern", None]}, [1, 0]),
    "frame with a column of ids": pd.DataFrame({"sample_id": [0, 1], "rank": [10, 20]}),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_every_form_merges(dataset, data):
    dataset.get_sample(0).metadata["note"] = "stays"
    dataset.update_metadata(data() if callable(data) else data)
    assert [sample.metadata["rank"] for sample in dataset] == [10, 20, 3, 4]
    assert dataset.get_sample(0).metadata == {"rank": 10, "note": "stays"}


@pytest.mark.parametrize(
    ("on", "data"),
    [
        ("file_name", {"a.jpg": {"rank": 10}}),
        ("file_path_abs", [(Path("/photos/a.jpg"), {"rank": 10})]),
        ("file_name", pd.DataFrame({"file_name": ["a.jpg"], "rank": [10]})),
        ("file_path_abs", pd.DataFrame({"file_path_abs": ["/photos/a.jpg"], "rank": [10]})),
        ("file_name", pd.DataFrame({"rank": [10]}, pd.Index(["a.jpg"], name="file_name"))),
    ],
)
def test_samples_can_be_named_otherwise(dataset, on, data):
    dataset.update_metadata(data, on=on)
    assert [sample.metadata["rank"] for sample in dataset] == [10, 2, 3, 4]


@pytest.mark.parametrize("data", [[], {}, pd.DataFrame({"x": []}, pd.Index([], int)), [(0, {})]])
def test_nothing_to_update_is_no_change(dataset, data):
    before = dataset.revision
    dataset.update_metadata(data)
    assert dataset.revision == before


@pytest.mark.parametrize("many", [0, 10**9], ids=["sorted by address", "as given"])
def test_the_order_of_pairs_does_not_matter(many, monkeypatch):
    monkeypatch.setattr(updates, "_MANY", many)
    frame = pd.DataFrame({"path": [f"/{number}.jpg" for number in range(100)], "width": 1})
    dataset = fg.ImageDataset.from_dataframe(frame.assign(height=1))
    pairs = [(id_, {"rank": id_, "label": str(id_)}) for id_ in range(100)]
    random.Random(1).shuffle(pairs)
    dataset.update_metadata(pairs)
    assert dataset.df["rank"].tolist() == list(range(100))
    assert dataset.df["label"].tolist() == [str(id_) for id_ in range(100)]
    dataset.update_metadata([(1, {"rank": 5}), (0, {"rank": 6}), (1, {"rank": 7})])
    assert dataset.df["rank"].tolist()[:3] == [6, 7, 2]


def test_an_update_is_one_change(dataset):
    before = dataset.revision
    dataset.update_metadata({id_: {f"key {id_}": id_, "all": 1} for id_ in range(4)})
    assert dataset.revision == before + 1


def test_missing_values_remove(dataset):
    dataset.update_metadata({0: {"rank": None}, 1: {"rank": np.nan}, 2: {"rank": pd.NA}})
    assert metadata(dataset) == {0: {}, 1: {}, 2: {}, 3: {"rank": 4}}
    assert dataset.schema == {"rank": "integer"}


def test_a_missing_value_makes_no_key(dataset):
    dataset.update_metadata({0: {"city": None}, 1: {"city": None}})
    assert dataset.schema == {"rank": "integer"}


ALL_OR_NOTHING = {
    "one unknown sample": (
        {0: {"rank": 10}, 77: {"rank": 20}, 78: {}},
        UnknownSampleError,
        r"2 of 3 identifiers name no sample: sample_id 77, 78; the dataset has 4 samples",
    ),
    "one value of another type": (
        {0: {"rank": 10}, 1: {"rank": "second"}},
        MetadataTypeError,
        "sample 1 gets 'second'",
    ),
    "one value that has no type": ({0: {"rank": 10}, 1: {"x": object()}}, TypeError, "sample 1"),
    "one bad key": ({0: {"rank": 10, "": 1}}, ValueError, "is empty"),
    "one built-in key": ({0: {"rank": 10, "width": 1}}, ValueError, "built-in column"),
    "keys that differ in case": ({0: {"city": 1}, 1: {"City": 1}}, ValueError, "only in case"),
    "an id of another type": ({0: {"rank": 10}, "1": {"rank": 2}}, TypeError, r"got '1' \(str\)"),
    "a boolean id": ([(True, {"rank": 10})], TypeError, r"got True \(bool\)"),
    "an id beyond 64 bits": ({2**64: {"rank": 10}}, UnknownSampleError, f"{2**64}"),
    "no mapping": ([(0, {"rank": 10}), (1, 20)], TypeError, "got 20 for 1"),
    "no pairs": ([(0, {"rank": 10}), (1, {"rank": 2}, 3)], TypeError, "expected pairs"),
    "no pairs at all": (7, TypeError, "expected pairs"),
    "a string": ("rank", TypeError, "expected pairs"),
}


@pytest.mark.parametrize(("data", "error", "message"), ALL_OR_NOTHING.values(), ids=ALL_OR_NOTHING)
def test_what_is_refused_changes_nothing(dataset, data, error, message):
    before, revision = metadata(dataset), dataset.revision
    with pytest.raises(error, match=message):
        dataset.update_metadata(data)
    assert (metadata(dataset), dataset.revision) == (before, revision)


def test_integers_that_floats_cannot_hold_refuse_a_fraction(dataset):
    dataset.get_sample(3).metadata["rank"] = 2**53 + 1
    with pytest.raises(MetadataTypeError, match=r"sample 3"):
        dataset.update_metadata({0: {"rank": 0.5}, 1: {"rank": 1}})
    assert dataset.schema == {"rank": "integer"}


def test_integers_turn_into_floats_with_the_first_fraction(dataset):
    dataset.update_metadata({0: {"rank": 0.5}, 1: {"rank": 7}})
    assert repr([sample.metadata["rank"] for sample in dataset]) == "[0.5, 7.0, 3.0, 4.0]"


def test_an_unknown_identifier_lists_what_can_be_used(dataset):
    with pytest.raises(ValueError, match=r"on='name': .*'sample_id', 'file_name', 'file_path_abs'"):
        dataset.update_metadata({}, on="name")


def test_an_unknown_file_name_is_named(dataset):
    with pytest.raises(UnknownSampleError, match=r"1 of 1 .*: file_name 'x\.jpg'"):
        dataset.update_metadata({"x.jpg": {"rank": 1}}, on="file_name")


def test_an_ambiguous_file_name_lists_the_paths(dataset):
    message = r"'c\.jpg' is ambiguous, 2 samples .* '/photos/c\.jpg', '/more/c\.jpg'.*file_path_abs"
    with pytest.raises(ValueError, match=message):
        dataset.update_metadata({"a.jpg": {"rank": 1}, "c.jpg": {"rank": 1}}, on="file_name")


def test_a_file_name_is_a_string(dataset):
    with pytest.raises(TypeError, match=r"file_name is a string, got 1 \(int\)"):
        dataset.update_metadata({1: {"rank": 1}}, on="file_name")


# Pairs and dicts


def test_pairs_may_have_different_keys(dataset):
    pairs = {0: {"a": 1, "b": "x"}, 1: {"b": "y", "a": 2}, 2: {"c": [1]}, 3: OrderedDict(a=3)}
    dataset.update_metadata(pairs)
    dataset.drop_metadata("rank")
    assert metadata(dataset) == {
        0: {"a": 1, "b": "x"},
        1: {"a": 2, "b": "y"},
        2: {"c": [1]},
        3: {"a": 3},
    }


def test_pairs_of_one_sample_merge_in_order(dataset):
    dataset.update_metadata([(0, {"rank": 5, "x": 1}), (1, {"x": 2}), (0, {"rank": 6, "y": 3})])
    assert dataset.get_sample(0).metadata == {"rank": 6, "x": 1, "y": 3}
    assert dataset.get_sample(1).metadata["x"] == 2


def test_numpy_values_and_ids(dataset):
    dataset.update_metadata({np.int64(id_): {"score": np.float32(id_ / 4)} for id_ in range(4)})
    assert dataset.schema["score"] == "float"
    assert type(dataset.get_sample(3).metadata["score"]) is float


def test_what_was_given_is_not_kept(dataset):
    tags = ["a"]
    dataset.update_metadata({0: {"tags": tags}})
    tags.append("b")
    assert dataset.get_sample(0).metadata["tags"] == ["a"]


# DataFrames


def test_the_whole_frame_round_trips(dataset):
    dataset.update_metadata({0: {"tags": ["a"], "gps": {"lat": 46.5}, "city": "Bern"}})
    before = metadata(dataset)
    dataset.update_metadata(dataset.df)
    dataset.update_metadata(dataset.df.reset_index(), on="file_path_abs")
    assert metadata(dataset) == before


def test_edits_of_a_frame_come_back(dataset):
    frame = dataset.df
    frame["score"] = frame["rank"] / 4
    frame.loc[2, "rank"] = pd.NA
    dataset.update_metadata(frame[["score", "rank"]])
    assert metadata(dataset)[1] == {"rank": 2, "score": 0.5}
    assert metadata(dataset)[2] == {"score": 0.75}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("width", 65, "'width' is a built-in column and cannot be edited: sample 1 has 64, not 65"),
        ("file_name", "x.jpg", r"sample 1 has 'b\.jpg', not 'x\.jpg'.* pass on='file_name'"),
        ("height", pd.NA, "sample 1 has 48, not None"),
    ],
)
def test_built_in_columns_cannot_be_edited(dataset, column, value, message):
    frame = dataset.df
    frame.loc[1, column] = value
    frame["rank"] = 0
    with pytest.raises(ValueError, match=message):
        dataset.update_metadata(frame)
    assert dataset.get_sample(1).metadata["rank"] == 2


def test_several_rows_for_a_sample_are_refused(dataset):
    frame = pd.DataFrame({"file_name": ["a.jpg", "b.jpg", "a.jpg"], "rank": [1, 2, 3]})
    with pytest.raises(ValueError, match=r"several rows are for the same sample: 'a\.jpg'"):
        dataset.update_metadata(frame, on="file_name")


def test_several_columns_of_one_name_are_refused(dataset):
    frame = pd.DataFrame([[1, 2]], columns=["rank", "rank"])
    with pytest.raises(ValueError, match="several columns are named 'rank'"):
        dataset.update_metadata(frame)


@pytest.mark.parametrize(
    ("frame", "on"),
    [
        (pd.DataFrame({"name": ["a.jpg"], "rank": [1]}), "file_name"),
        (pd.DataFrame({"name": [1], "rank": [1]}, index=["a.jpg"]), "sample_id"),
        (pd.DataFrame({"name": [1], "rank": [1]}, pd.Index([1], name="id")), "sample_id"),
    ],
)
def test_a_frame_without_identifiers_lists_its_columns(dataset, frame, on):
    with pytest.raises(ValueError, match=f"no column is named '{on}'.* 'name', 'rank'"):
        dataset.update_metadata(frame, on=on)


def test_keys_of_a_frame_are_strings(dataset):
    with pytest.raises(TypeError, match="key 0 is a int"):
        dataset.update_metadata(pd.DataFrame([[1]]))


# CSV files


def write(path, text):
    path.write_text(text)
    return path


def test_a_csv_file_is_matched_by_file_name(dataset, tmp_path):
    text = "file_name,temperature,visits,open,note\nb.jpg,21.5,3,True,x\na.jpg,,,False,\n"
    report = dataset.update_metadata_from_csv(write(tmp_path / "weather.csv", text))
    assert dataset.schema == {
        "rank": "integer", "temperature": "float", "visits": "integer", "open": "boolean",
        "note": "string",
    }  # fmt: skip
    assert metadata(dataset)[0] == {"rank": 1, "open": False}
    assert metadata(dataset)[1]["visits"] == 3
    assert list(report.matched.index) == [1, 0]
    assert list(report.unmatched_samples["file_path_abs"]) == ["/photos/c.jpg", "/more/c.jpg"]
    line = "temperature: set on 1, visits: on 1, open: on 2, note: on 1 of 4 samples"
    assert repr(report) == str(report) == line


def test_rows_that_name_no_sample_are_reported(dataset, tmp_path):
    text = "file_name,rank\nb.jpg,20\nx.jpg,30\n,40\n"
    report = dataset.update_metadata_from_csv(write(tmp_path / "ranks.csv", text))
    assert dataset.get_sample(1).metadata["rank"] == 20
    assert list(report.unmatched_rows["rank"]) == [30, 40]


@pytest.mark.parametrize("on", ["sample_id", "file_path_abs"])
def test_a_csv_file_may_name_samples_otherwise(dataset, tmp_path, on):
    text = "sample_id;file_path_abs;rank\n3;/more/c.jpg;40\n"
    path = write(tmp_path / "ranks.csv", text)
    report = dataset.update_metadata_from_csv(path, on, sep=";")
    assert dataset.get_sample(3).metadata["rank"] == 40
    assert len(report.matched) == 1


def test_an_exported_frame_comes_back(dataset, tmp_path):
    dataset.df.to_csv(tmp_path / "export.csv")
    before = metadata(dataset)
    report = dataset.update_metadata_from_csv(tmp_path / "export.csv", "sample_id")
    assert (metadata(dataset), len(report.matched)) == (before, 4)


@pytest.mark.parametrize("on", ["file_name", "sample_id"])
def test_a_csv_file_without_the_column_lists_its_columns(dataset, tmp_path, on):
    path = write(tmp_path / "bad.csv", "name,rank\na.jpg,1\n")
    with pytest.raises(ValueError, match=rf"bad\.csv: no column is named '{on}'.*'name', 'rank'"):
        dataset.update_metadata_from_csv(path, on)


@pytest.mark.parametrize("text", ["", 'file_name,rank\na.jpg,"1\n'])
def test_a_malformed_csv_file_is_named(dataset, tmp_path, text):
    with pytest.raises(ValueError, match=r"bad\.csv: "):
        dataset.update_metadata_from_csv(write(tmp_path / "bad.csv", text))


def test_a_missing_csv_file(dataset, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        dataset.update_metadata_from_csv(tmp_path / "none.csv")


def test_a_value_in_a_csv_file_that_conflicts_is_left_out(dataset, tmp_path):
    path = write(tmp_path / "bad.csv", "file_name,city,rank\na.jpg,Bern,first\n")
    report = dataset.update_metadata_from_csv(path)
    assert metadata(dataset)[0] == {"rank": 1, "city": "Bern"}
    assert list(report.conflicts["value"]) == ["first"]


def test_new_keys_come_in_the_order_of_the_updates_wherever_these_lie_in_memory(monkeypatch):
    monkeypatch.setattr("framegrid.dataset.edits.updates._MANY", 4)
    mappings = sorted([{"x": 0} for _ in range(8)], key=id, reverse=True)
    for number, mapping in enumerate(mappings):
        mapping.clear()
        mapping[f"key{number}"] = number
    paths = [f"/{number}.jpg" for number in range(8)]
    dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": paths, "width": 1, "height": 1}))
    dataset.update_metadata(list(enumerate(mappings)))
    assert list(dataset.schema) == [f"key{number}" for number in range(8)]
