"""Parts of what Spark, Dask and others wrote as Parquet, opened as read-only datasets."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import dask.dataframe as dd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import framegrid as fg
from slices_helpers import FRAME, load, values, write

# What becomes of the columns

UTC_DAY = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("dtype", "given", "kind", "found"),
    [
        (pa.int8(), -5, "integer", -5),
        (pa.uint64(), 7, "integer", 7),
        (pa.float16(), np.float16(0.5), "float", 0.5),
        (pa.float32(), 0.5, "float", 0.5),
        (pa.decimal128(9, 2), Decimal("1.25"), "float", 1.25),
        (pa.decimal256(40, 0), Decimal(12), "integer", 12),
        (pa.date32(), dt.date(2026, 1, 2), "datetime", dt.datetime(2026, 1, 2)),
        (pa.date64(), dt.date(2026, 1, 2), "datetime", dt.datetime(2026, 1, 2)),
        (pa.timestamp("ns"), dt.datetime(2026, 1, 2), "datetime", dt.datetime(2026, 1, 2)),
        (pa.timestamp("ms", "Europe/Zurich"), UTC_DAY, "datetime", UTC_DAY),
        (pa.dictionary(pa.int8(), pa.string()), "cat", "string", "cat"),
        (pa.large_string(), "cat", "string", "cat"),
        (pa.list_(pa.float32()), [0.5, None], "list", [0.5, None]),
        (pa.large_list(pa.string()), ["a"], "list", ["a"]),
        (pa.struct({"lat": pa.float64()}), {"lat": 46.5}, "dict", {"lat": 46.5}),
        (pa.list_(pa.struct({"box": pa.list_(pa.int8())})), [{"box": [1]}], "list", [{"box": [1]}]),
        (pa.map_(pa.string(), pa.int64()), {"a": 1}, "dict", {"a": 1}),
        (pa.bool_(), False, "boolean", False),
    ],
    ids=str,
)
def test_any_type_becomes_one_of_ours(dtype, given, kind, found):
    array = [list(given.items()) if pa.types.is_map(dtype) else given, None]
    dataset = load(write({"x": pa.array(array, dtype)}))
    assert dataset.schema == {"x": kind}
    assert [sample.metadata["x"] for sample in dataset] == [found, None]


@pytest.mark.parametrize(
    ("name", "items", "reason"),
    [
        ("x", pa.array([b"a", None]), "binary data is no metadata"),
        ("x", pa.array([{"bytes": b"a"}, None]), "binary data is no metadata"),
        ("x", pa.array([1, 2], pa.duration("s")), "store its seconds"),
        ("x", pa.array([dt.time(1), None]), "store it as text"),
        ("File_Name", ["a", "b"], "differs from 'file_name' only in case"),
        ("sample_id", [3, 3], "sample ids are unique, got 3"),
        ("sample_id", ["a", "b"], "sample ids are integers"),
        ("width", [0, 64], "it is in px and at least 1"),
    ],
)
def test_a_column_that_cannot_be_kept_is_named(name, items, reason):
    write({"rank": [1, 2], name: items})
    with pytest.warns(
        RuntimeWarning, match=rf"not all of .*table.parquet .*\n  {name}: .*{reason}"
    ):
        dataset = load("table")
    assert dataset.schema == {"rank": "integer"}
    assert [sample.sample_id for sample in dataset] == [0, 1]


@pytest.mark.parametrize(
    ("items", "kept", "reason"),
    [
        (pa.array([1, 2**63], pa.uint64()), ["1", str(2**63)], "all are text"),
        (pa.array([[float("nan")], None]), [[None], None], "NaN inside lists"),
    ],
)
def test_a_column_that_can_be_converted_is(items, kept, reason):
    write({"rank": [1, 2], "x": items})
    with pytest.warns(RuntimeWarning, match=rf"not all of .*table.parquet .*\n  x: .*{reason}"):
        dataset = load("table")
    assert [sample.metadata["x"] for sample in dataset] == kept


def test_nanoseconds_are_cut_off_with_a_warning():
    write({"x": pa.array([1_999, None], pa.timestamp("ns"))})
    with pytest.warns(RuntimeWarning, match="x: its nanoseconds are cut off"):
        dataset = load("table")
    assert dataset.get_sample(0).metadata["x"] == dt.datetime(1970, 1, 1, 0, 0, 0, 1)


def test_rows_without_a_path_are_left_out():
    write({"path": ["/photos/a.jpg", None], "rank": [1, 2]})
    with pytest.warns(RuntimeWarning, match="path: 1 of the rows hold no path: left out"):
        assert values(load("table"), "rank") == {"/photos/a.jpg": 1}


def test_sample_ids_are_kept():
    write({"sample_id": [7, 5], "rank": [1, 2]})
    assert {s.sample_id: s.metadata["rank"] for s in load("table")} == {5: 2, 7: 1}


def test_the_index_of_others_is_no_key():
    FRAME.iloc[[5, 3]].to_parquet("table.parquet")
    dd.from_pandas(FRAME, npartitions=2).to_parquet("dask")
    assert set(load("table").schema) == set(load("dask").schema) == {"score", "label", "taken"}


# Where the images are


@pytest.mark.parametrize("place", ["data/table.parquet", "data/images/table", "data/table"])
@pytest.mark.parametrize("given", ["images/a.jpg", "./images/a.jpg"])
def test_relative_paths_start_from_the_folder_of_the_parquet(folder, place, given, make_photos):
    make_photos(folder / "data/images", 1).joinpath("photo-0.jpg").rename("data/images/a.jpg")
    table = pa.table({"file_name": ["a.jpg"], "where": [given]})
    if "images" in place:
        table = pa.table({"where": ["a.jpg"]})
    pq.write_to_dataset(table, place) if "." not in place else pq.write_table(table, place)
    (sample,) = load(place)
    assert Path(sample.file_path_abs).resolve() == (folder / "data/images/a.jpg").resolve()
    assert sample.width == 64


def test_urls_of_local_files_are_paths():
    write({"path": ["file:///photos/a%20b.jpg", "file:/photos/c.jpg"], "rank": [1, 2]})
    assert values(load("table"), "rank") == {"/photos/a b.jpg": 1, "/photos/c.jpg": 2}


def test_urls_of_object_storage_stay():
    write({"path": ["s3://photos/a.jpg", "s3://photos/b.jpg"], "rank": [1, 2]})
    assert values(load("table"), "rank") == {"s3://photos/a.jpg": 1, "s3://photos/b.jpg": 2}


def test_the_column_of_paths_can_be_named():
    write({"other": ["/x/1.bin", "/x/2.bin"]})
    dataset = fg.ImageDataset.load("table", path_column="other")
    assert [sample.file_name for sample in dataset] == ["1.bin", "2.bin"]


def test_no_column_of_paths_lists_the_columns():
    pq.write_table(pa.table({"label": ["a"], "n": [1]}), "table.parquet")
    with pytest.raises(ValueError, match=r"no column holds paths of images.*'label', 'n'"):
        load("table")
