"""The import that forgives: other column names, several rows for a sample, and what it suggests."""

import json
import re
from datetime import datetime
from decimal import Decimal

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import framegrid as fg
from samples import values as values_of

PATHS = ["/photos/a.jpg", "/photos/b.jpg", "/photos/cats/1.jpg", "/photos/dogs/1.jpg"]


@pytest.fixture
def dataset():
    """Four samples in memory, two of them with the same file name."""
    frame = pd.DataFrame({"path": PATHS, "width": 64, "height": 48})
    return fg.ImageDataset.from_dataframe(frame, "path")


NAMES = ["a.jpg", "x.jpg", r"C:\photos\cats\1.jpg"]
FRAMES = {
    "pandas": lambda: pd.DataFrame({"filename": NAMES, "rank": [1, 2, 3]}),
    "index": lambda: pd.DataFrame({"rank": [1, 2, 3]}, pd.Index(NAMES, name="filename")),
    "polars": lambda: pl.DataFrame({"filename": NAMES, "rank": [1, 2, 3]}),
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_a_frame_comes_in_as_far_as_it_fits(dataset, make):
    report = dataset.import_metadata(make(), on={"filename": "file_name"})
    assert values_of(dataset, "rank") == [1, None, 3, None]
    assert dataset.schema == {"rank": "integer"}
    assert report.matched.index.tolist() == [0, 2]
    assert report.unmatched_rows["rank"].tolist() == [2]
    assert report.unmatched_samples.index.tolist() == [1, 3]
    assert str(report) == "rank: set on 2 of 4 samples; 1 row without a sample"


def test_an_update_takes_a_column_of_another_name_too(dataset):
    dataset.update_metadata(
        pd.DataFrame({"filename": ["a.jpg"], "rank": [1]}), on={"filename": "file_name"}
    )
    assert values_of(dataset, "rank") == [1, None, None, None]
    assert dataset.schema == {"rank": "integer"}


@pytest.mark.parametrize(
    ("write", "update"),
    [
        (lambda frame, path: frame.to_csv(path, index=False), "csv"),
        (lambda frame, path: frame.to_json(path, orient="records"), "json"),
        (lambda frame, path: frame.to_parquet(path), "parquet"),
    ],
)
def test_files_take_a_column_of_another_name(dataset, tmp_path, write, update):
    path = tmp_path / f"rows.{update}"
    write(pd.DataFrame({"img": ["a.jpg", "b.jpg", "b.jpg"], "score": [0.5, 0.25, 0.75]}), path)
    call = getattr(dataset, f"update_metadata_from_{update}")
    call(path, on={"img": "file_name"}, aggregate="mean")
    assert values_of(dataset, "score") == [0.5, 0.5, None, None]
    assert dataset.schema == {"score": "float"}


@pytest.mark.parametrize(
    ("on", "message"),
    [
        ({}, "one column names samples"),
        ({"a": "file_name", "b": "file_name"}, "one column names samples"),
        ({"a": "name"}, "on='name': samples are identified by"),
        ({"file": "file_name"}, r"no column is named 'file'.*on=\{'filename': 'file_name'\}"),
    ],
)
def test_what_names_no_column_is_refused(dataset, on, message):
    with pytest.raises(ValueError, match=message):
        dataset.import_metadata(FRAMES["pandas"](), on=on)


def test_ids_are_ids_as_text_and_as_numbers(dataset):
    frame = pd.DataFrame({"sample_id": ["0", 1, 2.0, "003", "x", None], "rank": range(6)})
    report = dataset.import_metadata(frame)
    assert values_of(dataset, "rank") == [0, 1, 2, None]
    assert report.unmatched_rows["rank"].tolist() == [3, 4, 5]
    assert report.suggested.index.tolist() == [3]


def test_the_same_row_twice_is_left_out_and_counted(dataset):
    frame = pd.DataFrame({"file_name": ["a.jpg", "a.jpg", "b.jpg"], "rank": [1, 1, 2]})
    report = dataset.import_metadata(frame, on="file_name")
    assert values_of(dataset, "rank") == [None, 2, None, None]
    assert report.repeated.index.tolist() == [0, 0]


@pytest.mark.parametrize("values", [[2**70, 2**71], [{1}, {2}], [None, None]])
def test_a_column_that_fails_as_a_whole_leaves_no_key(dataset, values):
    frame = pd.DataFrame({"file_name": ["a.jpg", "b.jpg"]})
    frame["bad"] = pd.Series(values, dtype=object)
    frame["rank"] = [1, 2]
    dataset.import_metadata(frame, on="file_name")
    assert set(dataset.schema) <= {"rank", "bad"}
    assert "bad" not in dataset.schema or any(v is not None for v in values_of(dataset, "bad"))
    keys = {column["key"] for column in dataset.show()._answers.describe()["columns"]}
    assert ("bad" in keys) == ("bad" in dataset.schema)


# Several rows for a sample

DETECTIONS = {
    "file_name": ["a.jpg", "b.jpg", "a.jpg", "a.jpg"],
    "score": [0.5, 0.25, 0.75, None],
    "label": ["cat", "dog", "cat", "owl"],
    "scene": ["park", "street", "park", None],
}
AGGREGATES = {
    "count": ("count", {"score": [2, 1], "label": [3, 1], "scene": [2, 1]}),
    "first": ("first", {"score": [0.5, 0.25], "label": ["cat", "dog"]}),
    "list": ("list", {"score": [[0.5, 0.75], [0.25]], "label": [["cat", "cat", "owl"], ["dog"]]}),
    "max": ("max", {"score": [0.75, 0.25], "label": ["owl", "dog"]}),
    "by key": (
        {"score": "mean", "label": "count"},
        {"score": [0.625, 0.25], "label": [3, 1], "scene": ["park", "street"]},
    ),
}


@pytest.mark.parametrize(("aggregate", "expected"), AGGREGATES.values(), ids=AGGREGATES)
def test_rows_of_a_sample_become_one(dataset, aggregate, expected):
    frame = pd.DataFrame(DETECTIONS)
    report = dataset.import_metadata(frame, on="file_name", aggregate=aggregate)
    assert {key: values_of(dataset, key)[:2] for key in expected} == expected
    assert report.repeated.empty
    assert report.conflicts.empty
    assert report.matched.index.tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("aggregate", ["mean", {"score": "max"}])
def test_what_cannot_become_one_is_left_out_and_told(dataset, aggregate):
    report = dataset.import_metadata(pd.DataFrame(DETECTIONS), on="file_name", aggregate=aggregate)
    assert values_of(dataset, "label")[0] is None
    assert "label" in set(report.conflicts.loc[[0], "key"])
    assert report.conflicts.loc[[0]].set_index("key").loc["label", "value"] == ["cat", "cat", "owl"]


def test_text_in_a_file_is_read_before_it_becomes_one(dataset, tmp_path):
    dataset.update_metadata({0: {"score": 1.5, "seen": pd.Timestamp("2024-01-01")}})
    (tmp_path / "rows.csv").write_text(
        "file_name,score,seen\nb.jpg,2,2024-05-01\nb.jpg,10,2024-04-01\n"
    )
    dataset.update_metadata_from_csv(tmp_path / "rows.csv", aggregate="max")
    assert values_of(dataset, "score")[1] == 10
    assert values_of(dataset, "seen")[1] == pd.Timestamp("2024-05-01")


@pytest.mark.parametrize(
    ("aggregate", "message"),
    [
        ("sum", r"aggregate='sum'.*'count', 'first', 'max', 'mean', 'list'"),
        ({"score": "last"}, "aggregate='last'"),
        ({"scores": "max"}, "aggregate names no column 'scores'; there are 'score'"),
    ],
)
def test_no_other_way_is_known(dataset, aggregate, message):
    with pytest.raises(ValueError, match=message):
        dataset.import_metadata(pd.DataFrame(DETECTIONS), on="file_name", aggregate=aggregate)
    assert dataset.schema == {}


# What is suggested

SUGGESTED = {
    "the last part": (["/x/a.jpg", "/x/b.jpg"], "by their last path part", [0, 1]),
    "two parts": (
        ["x/cats/1.jpg", "x/dogs/1.jpg"], "by their last 2 path parts", [2, 3],
    ),
    "the extension": (["a", "b.png"], "by their last path part, without the extension", [0, 1]),
    "case": (["A.JPG", "B.jpg"], "by their last path part, if case does not count", [0, 1]),
}  # fmt: skip


@pytest.mark.parametrize(("names", "how", "ids"), SUGGESTED.values(), ids=SUGGESTED)
def test_what_would_match_is_suggested_and_the_call_works(dataset, names, how, ids):
    frame = pd.DataFrame({"img": names, "rank": range(len(names)), "width": 1})
    report = dataset.import_metadata(frame, on={"img": "file_name"})
    assert dataset.schema == {}
    (note,) = report.notes
    assert how in note
    assert note in repr(report)
    call = note[note.index("dataset.import_metadata") :]
    again = eval(call, {"dataset": dataset, "report": report})
    assert again.matched.index.tolist() == ids
    assert [values_of(dataset, "rank")[i] for i in ids] == list(range(len(ids)))
    assert dataset.schema == {"rank": "integer"}


def test_a_file_suggests_too(dataset, tmp_path):
    rows = [f"D:\\old\\{name}.jpg,{name}\n" for name in "ab"]
    (tmp_path / "rows.csv").write_text("path,letter\n" + "".join(rows))
    report = dataset.update_metadata_from_csv(tmp_path / "rows.csv", on={"path": "file_path_abs"})
    assert "2 of 2 rows without a sample match by their last path part" in repr(report)
    dataset.import_metadata(report.suggested, on="sample_id")
    assert values_of(dataset, "letter") == ["a", "b", None, None]


def test_nothing_is_suggested_twice_for_a_sample_or_for_one_with_a_row(dataset):
    frame = pd.DataFrame({"file_name": ["a.jpg", "x/a.jpg", "x/b.jpg", "y/b.jpg"], "rank": 1})
    report = dataset.import_metadata(frame, on="file_name")
    assert report.suggested.empty
    assert report.notes == ()


def test_entries_of_a_coco_file_for_one_image_become_one(dataset, tmp_path):
    images = [{"id": n, "file_name": "a.jpg", "license": n} for n in (1, 4)]
    (tmp_path / "coco.json").write_text(json.dumps({"images": images}))
    assert len(dataset.update_metadata_from_coco(tmp_path / "coco.json").repeated) == 2
    dataset.update_metadata_from_coco(tmp_path / "coco.json", aggregate="max")
    assert values_of(dataset, "license")[0] == 4


# Columns named like built-in ones, and frames that name no sample


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("height", [1.85, 1.6], r"1\.85 \(2 rows\)"),
        ("width", ["wide", ""], r"'wide' \(1 row\)"),
        ("sample_id", ["s-1", None], r"'s-1' \(1 row\)"),
        ("folder", ["batch 7", "batch 7"], r"'batch 7' \(2 rows\)"),
        ("file_path_abs", ["/x/a.jpg", "/x/b.jpg"], r"'/x/a\.jpg' \(2 rows\)"),
    ],
)
def test_a_column_named_like_a_built_in_one_is_left_out_by_name(dataset, column, values, said):
    frame = pd.DataFrame({"file_name": ["a.jpg", "b.jpg"], column: values, "rank": [1, 2]})
    report = dataset.import_metadata(frame, on="file_name")
    assert re.search(f"column '{column}' is left out: .*{said}", repr(report))
    assert values_of(dataset, "rank")[:2] == [1, 2]


def test_built_in_columns_that_say_what_the_dataset_says_are_no_news(dataset):
    assert dataset.import_metadata(dataset.df.reset_index(), on="file_path_abs").notes == ()
    assert dataset.import_metadata(dataset.df.astype(str), on="file_path_abs").notes == ()


@pytest.mark.parametrize(("column", "on"), [("file_name", "'file_name'"), ("image", "{'image': ")])
def test_numbers_of_rows_are_no_ids_beside_names_of_images(dataset, column, on):
    frame = pd.DataFrame({column: ["b.jpg", "a.jpg"], "rank": [1, 2]})
    with pytest.raises(ValueError, match=f"'{column}' names the images.* pass on={on}"):
        dataset.import_metadata(frame)
    assert not dataset.schema
    dataset.import_metadata(frame.rename_axis("sample_id"))
    assert values_of(dataset, "rank")[:2] == [1, 2]


def test_columns_with_numbers_for_names_are_keys_as_text(dataset):
    frame = pd.DataFrame({"file_name": ["a.jpg", "b.jpg"], 0: [1, 2], ("a", 1): [3, 4]})
    dataset.import_metadata(frame, on="file_name")
    assert set(dataset.schema) == {"0", "('a', 1)"}
    made = fg.ImageDataset.from_dataframe(frame.assign(file_name=PATHS[:2]), "file_name")
    assert set(made.schema) == set(dataset.schema)


@pytest.mark.parametrize(
    ("given", "on"),
    [
        ([(0, {"p": 1}), (9, {"p": 2})], "sample_id"),
        ({0: {"p": 1}, 9: {"p": 2}}, "sample_id"),
        ([{"sample_id": 0, "p": 1}, {"sample_id": 9, "p": 2}], "sample_id"),
        ({"sample_id": [0, 9], "p": [1, 2]}, "sample_id"),
        (((n, {"p": 1}) for n in (0, 9)), "sample_id"),
    ],
)
def test_all_that_update_metadata_takes_is_imported(dataset, given, on):
    report = dataset.import_metadata(given, on=on)
    assert (report.set_on, len(report.unmatched_rows)) == ({"p": 1}, 1)
    assert dataset.get_sample(0).metadata["p"] == 1


@pytest.mark.parametrize("given", ["labels.csv", None, 3])
def test_what_holds_no_rows_is_refused(dataset, given):
    with pytest.raises(TypeError, match=r"pairs of these or a list of records, got .*_from_csv"):
        dataset.import_metadata(given)


@pytest.mark.parametrize(
    ("values", "kept", "said"),
    [
        ([1, "a"], ["1", "a"], "1 integer, 1 string, such as 'a'"),
        ([True, 2], ["True", "2"], "1 boolean, 1 integer"),
        ([2**60 + 1, 0.5], [str(2**60 + 1), "0.5"], "1 integer, 1 float"),
        ([Decimal("1.10"), "x"], ["1.10", "x"], "1 float, 1 string"),
        ([datetime(2020, 1, 2), "x"], ["2020-01-02T00:00:00", "x"], "1 datetime, 1 string"),
    ],
)
def test_columns_of_several_types_become_text_alike_in_frames_and_imports(
    dataset, values, kept, said
):
    column = pd.Series(values, dtype=object)
    (note,) = dataset.import_metadata({"k": column}).notes
    frame = pd.DataFrame({"path": ["/a.jpg", "/b.jpg"], "k": column, "width": 1, "height": 1})
    with pytest.warns(RuntimeWarning, match="are text") as warned:
        shown = fg.ImageDataset.from_dataframe(frame)
    assert said in note
    assert said in str(warned[0].message)
    assert dataset.df["k"].tolist()[:2] == shown.df["k"].tolist() == kept


@pytest.mark.parametrize("is_arrow", [True, False])
def test_decimals_that_are_rounded_are_counted_and_named(dataset, is_arrow):
    values = [Decimal("0.1"), Decimal("0.12345678901234567891")]
    column = pa.array(values, pa.decimal128(30, 20)) if is_arrow else values
    given = pa.table({"sample_id": [0, 1], "k": column}) if is_arrow else {"k": values}
    (note,) = dataset.import_metadata(given).notes
    assert "1 of 2 decimals are rounded" in note
    assert "0.12345678901234567891" in note
    assert dataset.get_sample(0).metadata["k"] == 0.1


def test_a_decimal_beyond_the_floats_is_no_infinity(dataset):
    huge = Decimal("1e400")
    report = dataset.import_metadata([(0, {"k": huge}), (1, {"k": Decimal(1)})])
    assert report.conflicts["value"].tolist() == [huge]
    with pytest.raises(OverflowError, match="beyond the floats; store it as a string"):
        dataset.update_metadata({0: {"k": huge}})
