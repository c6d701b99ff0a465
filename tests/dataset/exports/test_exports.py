"""Ways out: CSV, folders of images, moved images, and the Parquet file in other programs."""

import csv
import errno
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import framegrid as fg
from framegrid.base import UnknownSampleError
from framegrid.storage import Block, SetBlocks
from samples import records

VALUES = [
    {
        "rank": 2**62, "score": 0.1, "open": True, "city": "Zürich, \"CH\"\r\n 'x'",
        "taken": datetime(2024, 5, 1, 12, 30, 0, 250), "sent": datetime(1969, 1, 1, tzinfo=UTC),
        "tags": ["a", "b,c"], "sizes": [1, 2], "mixed": [1, "a", None, {"b": []}],
        "gps": {"lat": 46.5, "name": "Zürich"},
    },
    {"score": float("inf"), "open": False, "city": "007", "tags": [], "gps": {}},
    {},
]  # fmt: skip


@pytest.fixture
def dataset(photos):
    """Six pictures."""
    with fg.ImageDataset.create("exports") as dataset:
        dataset.add_images_from_path(photos)
        yield dataset


# CSV


def test_a_csv_file_comes_back(dataset, tmp_path):
    dataset.update_metadata(list(enumerate(VALUES)))
    before = records(dataset)
    dataset.to_csv(tmp_path / "out.csv")
    for key in ("rank", "score", "open"):  # what is left tells the types
        dataset.update_metadata({0: {key: None}, 1: {key: None}})
    dataset.update_metadata({0: {"city": "x", "tags": ["x"], "gps": {"x": 1}}})
    report = dataset.update_metadata_from_csv(tmp_path / "out.csv", "sample_id")
    assert records(dataset) == before
    assert report.conflicts.empty


def test_a_csv_file_has_the_columns_of_the_frame(dataset, tmp_path):
    dataset.update_metadata({0: {"rank": 1, "gps": {"lat": 46.5}}})
    dataset.to_csv(tmp_path / "out.csv", [1, 0])
    frame = pd.read_csv(tmp_path / "out.csv", index_col="sample_id")
    assert list(frame.columns) == list(dataset.df.columns)
    assert frame.index.tolist() == [1, 0]
    assert json.loads(frame.loc[0, "gps"]) == {"lat": 46.5}


FORMULAS = ["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", " =1", "＝1", "\n=1"]  # noqa: RUF001
TEXTS = ["", "a=1", "1-2", "'=1", "naïve", "a\n=1"]


def test_formulas_are_escaped_on_request(dataset, tmp_path):
    values = [*FORMULAS, *TEXTS]
    paths = [f"/photos/{number}.jpg" for number in range(len(values))]
    frame = pd.DataFrame({"path": paths, "width": 1, "height": 1, "text": values, "=key": -1.5})
    frame["file_name"] = "=name.jpg"
    dataset = fg.ImageDataset.from_dataframe(frame, "path")
    dataset.to_csv(tmp_path / "plain.csv")
    dataset.to_csv(tmp_path / "escaped.csv", escape_formulas=True)
    plain, escaped = (
        pd.read_csv(tmp_path / name, keep_default_na=False, lineterminator=None, engine="python")
        for name in ("plain.csv", "escaped.csv")
    )
    assert list(plain.columns) == list(dataset.df.reset_index().columns)
    assert list(escaped.columns) == ["'=key" if c == "=key" else c for c in plain.columns]
    assert escaped["file_name"].tolist() == ["'=name.jpg"] * len(values)
    assert escaped["'=key"].tolist() == [-1.5] * len(values)
    with (tmp_path / "escaped.csv").open(newline="", encoding="utf-8") as file:
        written = [row["text"] for row in csv.DictReader(file)]
    assert written == [*(f"'{text}" for text in FORMULAS), *TEXTS]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_any_text_survives_csv(tmp_path_factory, texts):
    paths = [f"/photos/{number}.jpg" for number in range(len(texts))]
    frame = pd.DataFrame({"path": paths, "width": 1, "height": 1, "text": texts})
    dataset = fg.ImageDataset.from_dataframe(frame)
    path = tmp_path_factory.mktemp("csv") / "out.csv"
    dataset.to_csv(path)
    dataset.update_metadata({0: {"text": "x"}})
    dataset.update_metadata_from_csv(path, keep_default_na=False)
    assert [sample.metadata["text"] for sample in dataset] == texts


def test_a_csv_file_in_a_missing_folder(dataset, tmp_path):
    with pytest.raises(FileNotFoundError, match="none"):
        dataset.to_csv(tmp_path / "none" / "out.csv")


# Folders of images

ROWS = {
    "frame": (lambda dataset: dataset.df.loc[[4, 1]], [4, 1]),
    "some columns": (lambda dataset: dataset.df.loc[[4, 1], ["width"]], [4, 1]),
    "column of ids": (lambda dataset: dataset.df.loc[[4, 1]].reset_index(), [4, 1]),
    "ids": (lambda _: [4, 1, 4], [4, 1]),
    "array": (lambda _: np.array([4, 1]), [4, 1]),
    "series of ids": (lambda _: pd.Series([4, 1]), [4, 1]),
    "index": (lambda dataset: dataset.df.index[[4, 1]], [4, 1]),
    "mask": (lambda dataset: dataset.df["width"] > 80, [3, 4, 5]),
    "reordered mask": (lambda dataset: (dataset.df["width"] > 80)[::-1], [5, 4, 3]),
    "list mask": (lambda _: [True, False, False, True, False, False], [0, 3]),
    "array mask": (lambda _: np.arange(6) > 3, [4, 5]),
    "generator": (lambda _: (number for number in (2, 3)), [2, 3]),
    "nothing": (lambda _: [], []),
    "all": (lambda _: None, [0, 1, 2, 3, 4, 5]),
}


@pytest.mark.parametrize(("rows", "ids"), ROWS.values(), ids=ROWS)
def test_rows_are_chosen(dataset, tmp_path, rows, ids):
    exported = dataset.export_images(tmp_path / "out", rows(dataset))
    assert exported.index.tolist() == ids
    assert exported["file_name"].tolist() == [dataset.get_sample(id_).file_name for id_ in ids]
    assert exported["file_path_abs"].tolist() == [
        str(tmp_path / "out" / name) for name in exported["file_name"]
    ]
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(exported["file_name"])


def test_a_mask_leaves_missing_values_out(dataset, tmp_path):
    dataset.update_metadata({0: {"score": 1.0}, 1: {"score": 0.0}})
    exported = dataset.export_images(tmp_path / "out", dataset.df["score"] > 0.5)
    assert exported.index.tolist() == [0]


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([0, 77], UnknownSampleError, "sample_id 77"),
        (["photo-0.jpg"], TypeError, r"sample ids are integers, got 'photo-0\.jpg'"),
        ([True], ValueError, "the mask has 1 values, but the dataset 6 samples"),
        (pd.DataFrame({"x": [1]}, index=["a"]), ValueError, "no column is named 'sample_id'"),
    ],
)
def test_what_is_no_choice_is_refused(dataset, tmp_path, rows, error, message):
    with pytest.raises(error, match=message):
        dataset.export_images(tmp_path / "out", rows)
    assert not (tmp_path / "out").exists()


WAYS = {
    False: lambda path: not path.is_symlink() and path.stat().st_nlink == 1,
    True: Path.is_symlink,
    "symbolic": Path.is_symlink,
    "hard": lambda path: not path.is_symlink() and path.stat().st_nlink == 2,
}


@pytest.mark.parametrize(("link", "is_made"), WAYS.items(), ids=map(str, WAYS))
def test_images_are_copied_or_linked(dataset, photos, tmp_path, link, is_made):
    exported = dataset.export_images(tmp_path / "out", [0], link=link)
    path = Path(exported["file_path_abs"][0])
    assert is_made(path)
    assert path.read_bytes() == (photos / "photo-0.jpg").read_bytes()
    assert path.stat().st_mtime == (photos / "photo-0.jpg").stat().st_mtime


def test_another_kind_of_link_is_refused(dataset, tmp_path):
    with pytest.raises(ValueError, match="link='soft': choose one of False, True, 'symbolic'"):
        dataset.export_images(tmp_path / "out", link="soft")


@pytest.mark.parametrize("link", WAYS)
def test_nothing_is_overwritten(dataset, tmp_path, link):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/photo-0.jpg").write_text("mine")
    (tmp_path / "out/photo-0-1.jpg").symlink_to("nowhere")
    first = dataset.export_images("out", [0], link=link)
    second = dataset.export_images("out", [0], link=link)
    assert first["file_name"].tolist() == ["photo-0-2.jpg"]
    assert second["file_name"].tolist() == ["photo-0-3.jpg"]
    assert (tmp_path / "out/photo-0.jpg").read_text() == "mine"


def test_equal_names_keep_their_folders(dataset, photos, tmp_path, make_photos):
    make_photos(photos / "cats", 1)
    make_photos(photos / "dogs" / "big", 1)
    dataset.add_images_from_path(photos)
    exported = dataset.export_images(tmp_path / "out", dataset.df.query("sample_id > 4"))
    found = [str(Path(path).relative_to(tmp_path / "out")) for path in exported["file_path_abs"]]
    assert found == ["photo-5.png", "cats/photo-0.jpg", "dogs/big/photo-0.jpg"]
    assert exported["file_name"].tolist() == ["photo-5.png", "photo-0.jpg", "photo-0.jpg"]


def test_missing_images_are_counted_before_anything_is_written(dataset, photos, tmp_path):
    (photos / "photo-1.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"1 of 6 images do not exist: .*photo-1\.png"):
        dataset.export_images(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_half_image_is_left(dataset, tmp_path, monkeypatch):
    def full(_source, target, _size):
        target.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space left"):
        dataset.export_images(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_was_exported_is_a_dataset(dataset, tmp_path):
    dataset.update_metadata({1: {"rank": 1}})
    exported = dataset.export_images(tmp_path / "out", [1, 2])
    subset = fg.ImageDataset.from_dataframe(exported)
    assert records(subset) == [{"rank": 1}, {}]
    assert subset.get_sample(1).open().size == (72, 48)


def test_an_export_changes_nothing_in_the_dataset(dataset, tmp_path):
    before, revision = dataset.df, dataset.revision
    dataset.export_images(tmp_path / "out")
    assert dataset.df.equals(before)
    assert dataset.revision == revision


# Images that moved


def test_moved_images_are_found_again(dataset, photos, tmp_path):
    photos.rename(tmp_path / "moved")
    dataset.update_metadata({0: {"rank": 1}})
    before = dataset.revision
    assert dataset.relink(photos, "moved") == 6
    assert dataset.revision == before + 1
    assert dataset.get_sample(1).file_path_abs == str(tmp_path / "moved/photo-1.png")
    assert dataset.get_sample(0).open().size == (64, 48)
    dataset.close()
    again = fg.ImageDataset.load("exports")
    assert again.get_sample(1).file_path_abs == str(tmp_path / "moved/photo-1.png")
    assert again.add_images_from_path("moved").already_present == 6


def test_only_whole_folders_match(dataset, tmp_path, make_photos):
    make_photos(tmp_path / "photos-2", 1)
    dataset.add_images_from_path("photos-2")
    shutil.copytree("photos", "moved")
    assert dataset.relink(f"{tmp_path}/photos/", "moved") == 6
    assert dataset.get_sample(6).file_path_abs == str(tmp_path / "photos-2/photo-0.jpg")


def test_missing_files_refuse_all(dataset, photos, tmp_path, make_photos):
    make_photos(tmp_path / "moved", 4)
    before = dataset.df
    message = r"2 of 6 files do not exist under .*moved: .*photo-4\.jpg'.*; nothing changed"
    with pytest.raises(FileNotFoundError, match=message):
        dataset.relink(photos, tmp_path / "moved")
    assert dataset.df.equals(before)


def test_a_folder_that_no_path_has_is_refused(dataset, photos):
    with pytest.raises(ValueError, match=r"begins with '/nowhere'; the images are in '.*photos'"):
        dataset.relink("/nowhere", photos)


def test_paths_of_other_samples_are_refused(dataset, photos, tmp_path):
    shutil.copytree(photos, tmp_path / "copy")
    dataset.add_images_from_path("copy", limit=1)
    with pytest.raises(ValueError, match="1 of the new paths are those of other samples"):
        dataset.relink(photos, tmp_path / "copy")


def test_paths_of_windows_can_be_followed(dataset, photos):
    paths = [rf"C:\Users\me\photos\{sample.file_name}" for sample in dataset]
    block = Block(np.arange(6), {"file_path_abs": pa.array(paths, pa.large_string())})
    dataset._connection.commit(lambda _: SetBlocks((block,), {}))
    assert dataset.relink(r"C:\Users\me", photos.parent) == 6
    assert dataset.get_sample(1).file_path_abs == str(photos / "photo-1.png")


# The Parquet file in other programs


EXTREMES = [
    {
        "rank": 2**63 - 1, "score": -float("inf"), "city": "\U0001f4f7 e\u0301 \0",
        "taken": datetime(1, 1, 1), "sent": datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        "tags": ["", "\U0001f4f7\0\n"], "sizes": [-(2**63), 2**63 - 1, None],
        "mixed": [[float("inf")], 2**70, True], "gps": {"": {"a.b": [None, 5e-324]}},
    },
    {
        "rank": -(2**63), "score": 5e-324, "city": "",
        "taken": datetime(9999, 12, 31, 23, 59, 59, 999_999), "sent": datetime(1, 1, 1, tzinfo=UTC),
        "tags": [None], "sizes": [], "gps": {"lat": -0.0, "lon": 1.7976931348623157e308},
    },
    {"rank": 2**53 + 1, "score": -0.0},
]  # fmt: skip


@pytest.fixture
def parquet(dataset):
    dataset.update_metadata(list(enumerate([*VALUES, *EXTREMES])))
    dataset.save()
    return dataset.path


def with_pandas(path, **options):
    frame = pd.read_parquet(path, **options)
    frame = frame.reset_index() if frame.index.name == "sample_id" else frame
    return frame.astype(object).to_dict("records")


def with_duckdb(path):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return pa.table(connection.read_parquet(str(path))).to_pylist()


def with_dask(path):
    return dd.read_parquet(path).compute().reset_index().astype(object).to_dict("records")


READERS = {
    "pandas": with_pandas,
    "pandas, nullable": lambda path: with_pandas(path, dtype_backend="numpy_nullable"),
    "pandas, pyarrow": lambda path: with_pandas(path, dtype_backend="pyarrow"),
    "polars": lambda path: pl.read_parquet(path).to_dicts(),
    "duckdb": with_duckdb,
    "dask": with_dask,
}


def plain(value, expected):
    """A value as another program gives it, as Python has it."""
    if isinstance(value, str) and isinstance(expected, (list, dict)):
        return json.loads(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_other_programs_read_the_same_values(dataset, parquet, read):
    rows = read(parquet)
    assert [row["sample_id"] for row in rows] == [0, 1, 2, 3, 4, 5]
    for row, sample in zip(rows, dataset, strict=True):
        assert (row["file_name"], row["width"]) == (sample.file_name, sample.width)
        for key in dataset.schema:
            expected = sample.metadata[key]
            if expected is None:
                assert row[key] is None or pd.isna(row[key])
            else:
                assert plain(row[key], expected) == expected
