"""Parts of what Spark, Dask and others wrote as Parquet, opened as read-only datasets."""

import datetime as dt
import uuid
import warnings
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pds
import pyarrow.parquet as pq
import pytest

import framegrid as fg
from framegrid.errors import DatasetCorruptError, NotADatasetError, ReadOnlyDatasetError
from framegrid.store import budget

COUNT = 12
PATHS = [f"/photos/{number:02}.jpg" for number in range(COUNT)]
FRAME = pd.DataFrame(
    {
        "path": PATHS,
        "width": 64,
        "height": 48,
        "score": np.arange(COUNT) / 10,
        "label": ["cat", "dog", "bird"] * 4,
        "taken": pd.date_range("2026-01-01", periods=COUNT, freq="D"),
    }
)
TABLE = pa.Table.from_pandas(FRAME, preserve_index=False)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(path, **options):
    return fg.ImageDataset.load(path, **({"filters": []} | options))


def values(dataset, key):
    return {sample.file_path_abs: sample.metadata[key] for sample in dataset}


def expected(key, rows=slice(None)):
    return dict(zip(PATHS[rows], FRAME[key][rows], strict=True))


def write(columns, name="table.parquet", **options):
    """A file of two rows, which have paths and sizes."""
    table = {"path": PATHS[:2], "width": [64, 64], "height": [48, 48]} | columns
    pq.write_table(pa.table(table), name, **options)
    return name


# Who wrote it


def write_dask(partition_on):
    dd.from_pandas(FRAME, npartitions=11).to_parquet(
        "table", partition_on=partition_on, write_metadata_file=True
    )


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
        ("x", pa.array([1, 2**63], pa.uint64()), "sample 1: .*does not fit in 64 bits"),
        ("x", pa.array([[float("nan")], None]), r"metadata x\[0\] is NaN"),
        ("File_Name", ["a", "b"], "differs from 'file_name' only in case"),
        ("sample_id", [3, 3], "sample ids are unique, got 3"),
        ("sample_id", ["a", "b"], "sample ids are integers"),
        ("width", [0, 64], "width is in px and at least 1"),
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


# Read-only, until it is saved


def test_edits_are_refused_until_it_is_saved(folder):
    write({"rank": [1, 2]})
    dataset = load("table")
    assert repr(dataset) == (
        f"ImageDataset 'table': 2 samples, 1 metadata key (of {folder}/table.parquet, in memory, "
        "read-only)"
    )
    for edit in (
        lambda: dataset.get_sample(0).metadata.update(rank=3),
        lambda: dataset.update_metadata({0: {"rank": 3}}),
        lambda: dataset.drop_metadata("rank"),
        lambda: dataset.compute_metadata(dict, progress=False),
    ):
        with pytest.raises(ReadOnlyDatasetError, match=r"read-only: .* save\('new name'\)"):
            edit()
    with pytest.raises(FileExistsError):
        dataset.save("table")
    dataset.save("copy")
    dataset.get_sample(0).metadata["rank"] = 3
    dataset.close()
    with fg.ImageDataset.load("copy") as copy:
        assert [sample.metadata["rank"] for sample in copy] == [3, 2]


def test_a_part_of_a_dataset_has_the_edits_in_its_journal(folder):
    with fg.ImageDataset.from_dataframe(FRAME) as dataset:
        dataset.save("mine")
        dataset.update_metadata({5: {"score": 9, "tags": ["a"], "gps": {"lat": 1}}})
        before = {file: file.read_bytes() for file in folder.iterdir()}
        part = fg.ImageDataset.load("mine", columns=["tags", "gps"], filters=[("score", ">", 0.95)])
        assert {s.sample_id: dict(s.metadata) for s in part} == {
            5: {"tags": ["a"], "gps": {"lat": 1}}, 10: {}, 11: {},
        }  # fmt: skip
        assert part.schema == {"tags": "list", "gps": "dict"}
        assert {file: file.read_bytes() for file in folder.iterdir()} == before
        with pytest.raises(ReadOnlyDatasetError, match=r"save\('new name'\)"):
            part.get_sample(5).metadata["tags"] = ["b"]
        with pytest.raises(KeyError, match="no key 'x'; there are score, label, taken"):
            fg.ImageDataset.load("mine", columns=["x"])


# What is no table


@pytest.mark.parametrize("name", ["table.parquet", "folder.parquet"])
def test_without_options_the_message_names_the_way(name):
    pq.write_table(TABLE, "table.parquet")
    pq.write_to_dataset(TABLE, "folder.parquet")
    message = r"no framegrid dataset.*load\('.*', filters=\[\]\).*columns=.*from_dataframe"
    with pytest.raises(NotADatasetError, match=message):
        fg.ImageDataset.load(name)


def test_nothing_there():
    Path("empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no such file or folder: '.*table'"):
        load("table")
    with pytest.raises(NotADatasetError, match="empty is a folder without Parquet files"):
        load("empty")


def test_other_files_and_damage_are_told_apart():
    Path("text.parquet").write_text("path,label\n")
    with pytest.raises(NotADatasetError, match="is no Parquet file: it begins with b'path,lab'"):
        load("text")
    whole = Path(write({"x": [1, 2]})).read_bytes()
    Path("table.parquet").write_bytes(whole[:-20])
    with pytest.raises(DatasetCorruptError, match=r"table\.parquet is damaged"):
        load("table")


def test_names_that_are_no_text_are_damage():
    whole = Path(write({"label": [1, 2]})).read_bytes()
    Path("table.parquet").write_bytes(whole.replace(b"label", b"l\xffbel"))
    with pytest.raises(DatasetCorruptError, match=r"table\.parquet is damaged"):
        load("table")


def test_the_damaged_file_of_many_is_named():
    write_dask(None)
    file = Path("table/part.3.parquet")
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(DatasetCorruptError, match=r"part\.3\.parquet is damaged"):
        load("table")


def test_any_flipped_byte_is_read_as_it_is_or_refused():
    """There need not be checksums, so that a value can be another one; nothing worse may happen."""
    whole = Path(write({"x": ["ä", "b"]}, compression="none")).read_bytes()
    for position in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[position] ^= 0x81
        Path("table.parquet").write_bytes(flipped)
        with (
            warnings.catch_warnings(action="ignore"),
            suppress(ValueError, KeyError, OSError, MemoryError),
        ):
            load("table", filters=[("width", ">", 0)])


def test_what_unpacks_to_too_much_is_refused(monkeypatch):
    rows = 1_000_000
    bomb = pa.table(
        {"path": ["/photos/a.jpg"] * rows, "x": pa.nulls(rows, pa.int64()).fill_null(7)}
    )
    pq.write_table(bomb, "bomb.parquet")
    assert Path("bomb.parquet").stat().st_size < 100_000
    monkeypatch.setattr(budget, "memory_limit", lambda: 4_000_000)
    with pytest.raises(MemoryError, match=r"bomb\.parquet unpacks to more than half of the memory"):
        load("bomb")
