"""Parts of what Spark, Dask and others wrote as Parquet, opened as read-only datasets."""

import datetime as dt
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as pds
import pyarrow.parquet as pq
import pytest

import framegrid as fg
from framegrid.base import DatasetCorruptError
from slices_helpers import FRAME, PATHS, TABLE, load, values, write, write_dask


def expected(key, rows=slice(None)):
    return dict(zip(PATHS[rows], FRAME[key][rows], strict=True))


def write_pyarrow(partition_on):
    pq.write_to_dataset(TABLE, "table", partition_cols=partition_on)


def write_spark(partition_on):
    """Lay files out as Spark does, with its times of 96 bits."""
    kind = pds.ParquetFileFormat()
    schema = pa.schema([TABLE.schema.field(name) for name in partition_on or []])
    pds.write_dataset(
        TABLE,
        "table",
        format=kind,
        file_options=kind.make_write_options(use_deprecated_int96_timestamps=True),
        basename_template=f"part-0000{{i}}-{uuid.uuid4()}.c000.snappy.parquet",
        partitioning=pds.partitioning(schema, flavor="hive") if partition_on else None,
        max_rows_per_file=5,
        max_rows_per_group=5,
    )
    for name in ("_SUCCESS", "._SUCCESS.crc", "_committed_1"):
        Path("table", name).write_text("no Parquet")


@pytest.mark.parametrize("partition_on", [None, ["label"]])
@pytest.mark.parametrize("write_table", [write_dask, write_pyarrow, write_spark])
def test_all_that_others_wrote(write_table, partition_on):
    write_table(partition_on)
    dataset = load("table")
    for key in ("score", "label", "taken"):
        assert values(dataset, key) == expected(key)
    assert dataset.schema == {"score": "float", "taken": "datetime", "label": "string"}


def test_parts_come_in_the_order_in_which_they_were_written():
    write_dask(None)
    assert [sample.file_path_abs for sample in load("table")] == PATHS


@pytest.mark.parametrize("path", ["table/label=cat", "table/label=cat/part-0.parquet"])
def test_one_partition_keeps_its_key(path):
    pds.write_dataset(
        TABLE, "table", format="parquet", partitioning=["label"], partitioning_flavor="hive"
    )
    assert values(load(path), "label") == dict.fromkeys(PATHS[::3], "cat")


def test_names_of_partitions_are_decoded():
    labels = ["c=/ä", None]
    frame = FRAME.iloc[:2].assign(x=labels)
    pq.write_to_dataset(pa.Table.from_pandas(frame), "table", partition_cols=["x"])
    assert values(load("table"), "x") == dict(zip(PATHS, labels, strict=False))


def test_a_key_may_be_in_the_files_as_well():
    Path("table/year=2020").mkdir(parents=True)
    write({"year": [2020, 2020], "rank": [1, 2]}, "table/year=2020/part-0.parquet")
    dataset = load("table", filters=[("year", "==", 2020)])
    assert dataset.schema == {"year": "integer", "rank": "integer"}
    assert len(dataset) == 2


def test_files_may_lack_columns_and_have_wider_types():
    Path("table").mkdir()
    write({"rank": pa.array([1, 2], pa.int32()), "gap": pa.nulls(2)}, "table/0.parquet")
    write({"path": PATHS[2:4], "gap": ["x", "y"]}, "table/1.parquet")
    write({"path": PATHS[4:6], "rank": pa.array([2**40, None])}, "table/2.parquet")
    dataset = load("table")
    assert list(values(dataset, "rank").values()) == [1, 2, None, None, 2**40, None]
    assert list(values(dataset, "gap").values()) == [None, None, "x", "y", None, None]


def test_files_that_do_not_agree_are_refused():
    Path("table").mkdir()
    write({"x": [1, 2]}, "table/0.parquet")
    write({"x": ["a", "b"]}, "table/1.parquet")
    with pytest.raises(ValueError, match=r"the files of .*table do not agree about their columns"):
        load("table")


# How much of it


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ([("score", ">", 0.75)], slice(8, 12)),
        ([("score", ">=", 0.2), ("score", "<", 0.4)], slice(2, 4)),
        ([[("score", "<", 0.05)], [("score", "==", 0.1)]], slice(0, 2)),
        ([("label", "in", ["cat"]), ("score", "<", 0.2)], slice(0, 1)),
        ([("taken", ">", "2026-01-11")], slice(11, 12)),
        ([("taken", "<=", dt.datetime(2026, 1, 2))], slice(0, 2)),
        (pds.field("score") < 0.05, slice(0, 1)),
        ([("score", ">", 9)], slice(0, 0)),
        ([], slice(0, 12)),
    ],
)
@pytest.mark.parametrize("write_table", [write_dask, write_spark])
def test_filters(write_table, filters, rows):
    write_table(["label"])
    assert values(load("table", filters=filters), "score") == expected("score", rows)


def test_columns():
    write_pyarrow(None)
    dataset = fg.ImageDataset.load("table", columns=["label"], filters=[("score", ">", 1.05)])
    assert dataset.schema == {"label": "string"}
    assert values(dataset, "label") == expected("label", slice(11, 12))
    assert dataset.get_sample(0).width == 64


def damage(name, group, key):
    """Overwrite the values of one column in one row group."""
    chunk = pq.read_metadata(name).row_group(group).column(FRAME.columns.get_loc(key))
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    data = bytearray(Path(name).read_bytes())
    data[start : start + chunk.total_compressed_size] = bytes(chunk.total_compressed_size)
    Path(name).write_bytes(data)


def test_only_what_is_needed_is_read():
    pq.write_table(TABLE, "table.parquet", row_group_size=3)
    for group in (0, 1, 3):
        damage("table.parquet", group, "score")
    damage("table.parquet", 2, "label")
    wanted = {"columns": ["score"], "path_column": "path"}
    dataset = load("table", filters=[("score", ">", 0.55), ("score", "<", 0.75)], **wanted)
    assert values(dataset, "score") == expected("score", slice(6, 8))
    with pytest.raises(DatasetCorruptError, match=r"table\.parquet is damaged"):
        load("table", filters=[("taken", "<", "2026-01-10")], **wanted)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"columns": ["scor"]}, KeyError, "no column 'scor'; there are path, width"),
        ({"filters": [("scor", ">", 1)]}, KeyError, "no column 'scor'; there are path, width"),
        ({"path_column": "file"}, KeyError, "no column 'file'; there are path, width"),
        ({"path_column": "score"}, ValueError, "'score' is of type double: paths .* are text"),
        ({"columns": "score"}, TypeError, r"a list of names, got 'score': pass \['score'\]"),
        (
            {"filters": [("score", ">", "x")]},
            ValueError,
            "cannot be applied: .*float.*string|double",
        ),
        ({"filters": [("score", "~", 1)]}, ValueError, r"cannot be understood: .*write them as in"),
        ({"filters": [("score", 1)]}, ValueError, "cannot be understood"),
        ({"filters": ["score > 1"]}, ValueError, "cannot be understood"),
        ({"filters": pds.field("scor") > 1}, ValueError, "cannot be applied: No match.*scor"),
        ({"filters": [("taken", ">", "soon")]}, ValueError, "cannot be understood"),
    ],
)
def test_what_cannot_be_asked_is_explained(options, error, message):
    pq.write_table(TABLE, "table.parquet")
    with pytest.raises(error, match=message):
        fg.ImageDataset.load("table", **options)
