"""Datasets in memory, made of any DataFrame with a column of paths."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import framegrid as fg
from framegrid.dataset.adding import frames


def make(columns, **options):
    return fg.ImageDataset.from_dataframe(pd.DataFrame(columns), **options)


SIZE = {"width": 64, "height": 48}
PATHS = ["/photos/a.jpg", "/photos/b.PNG"]


def test_paths_sizes_and_metadata():
    dataset = make({"path": PATHS, "width": [64, 65], "height": 48.0, "score": [0.5, None]})
    sample = dataset.get_sample(1)
    assert (sample.file_name, sample.file_path_abs) == ("b.PNG", "/photos/b.PNG")
    assert (sample.width, sample.height) == (65, 48)
    assert [dict(sample.metadata) for sample in dataset] == [{"score": 0.5}, {}]
    assert (dataset.path, repr(dataset)) == (
        None, "ImageDataset 'untitled': 2 samples, 1 metadata key (in memory)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "others"),
    [
        ("where", {"label": ["a", "b"]}),
        ("where", {"caption": ["a.jpg", "no name"]}),
        ("where", {"url": ["https://x.org/a.jpg", "https://x.org/b.jpg"]}),
        ("image_path", {"thumb": ["a.jpg", "b.jpg"]}),
        ("file_path_abs", {"file_name": ["a.jpg", "b.PNG"]}),
    ],
)
@pytest.mark.parametrize("make_column", [list, pd.Categorical, lambda paths: [*map(Path, paths)]])
def test_the_column_of_paths_is_found(column, others, make_column):
    dataset = make({**others, column: make_column(PATHS), **SIZE})
    assert [sample.file_path_abs for sample in dataset] == PATHS


def test_a_column_of_existing_files_is_preferred(photos):
    found = sorted(map(str, photos.iterdir()))
    dataset = make({"old_path": [f"/gone{path}" for path in found], "x": found})
    assert [sample.file_path_abs for sample in dataset] == found
    assert set(dataset.schema) == {"old_path"}


def test_the_column_of_paths_can_be_named():
    dataset = make({"path": PATHS, "other": ["/x/1.bin", "/x/2.bin"], **SIZE}, path_column="other")
    assert [sample.file_name for sample in dataset] == ["1.bin", "2.bin"]
    assert dataset.schema == {"path": "string"}


@pytest.mark.parametrize(
    "columns",
    [{"label": ["a", "b"], "n": [1, 2]}, {"label": [], "n": []}, {"label": [None], "n": 1}],
)
def test_no_column_of_paths_lists_the_columns(columns):
    message = r"no column holds paths of images.*'label', 'n'.*path_column"
    with pytest.raises(ValueError, match=message):
        make(columns)


def test_an_unknown_column_of_paths_lists_the_columns():
    with pytest.raises(KeyError, match=r"no column 'file'.*'path'"):
        make({"path": PATHS}, path_column="file")


def test_a_missing_path_names_the_row():
    with pytest.raises(
        ValueError, match=r"column 'path' has (None|nan) in row 2, not a path.*dropna"
    ):
        make({"path": [*PATHS, None], **SIZE})


def test_relative_paths_start_from_the_working_folder(photos):
    dataset = make({"path": ["photos/photo-0.jpg"]})
    assert dataset.get_sample(0).file_path_abs == str(photos / "photo-0.jpg")


def test_sizes_that_are_not_given_are_read(photos, broken_photos):
    paths = [photos / "photo-0.jpg", photos / "empty.jpg", photos / "photo-1.png"]
    dataset = make({"path": paths, "width": [None, None, 7], "height": [None, None, 5]})
    sizes = [(sample.width, sample.height) for sample in dataset]
    assert sizes == [(64, 48), (None, None), (7, 5)]


def test_very_many_sizes_are_read_when_asked_for(photos, broken_photos, monkeypatch):
    monkeypatch.setattr(frames, "SIZES_READ_AT_ONCE", 1)
    dataset = make({"path": [photos / "photo-0.jpg", photos / "empty.jpg"]})
    assert dataset.df["width"].isna().all()
    assert dataset.get_sample(0).width == 64
    ((path, reason),) = dataset.read_sizes()
    assert (Path(path).name, reason[:10]) == ("empty.jpg", "empty file")
    assert dataset.df["width"].tolist() == [64, pd.NA]


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("width", [0, 5], "width is in px and at least 1, got 0"),
        ("height", [1.5, 5], "'height' is a built-in column of type int64"),
        ("width", ["wide", "5"], "'width' is a built-in column of type int64"),
        ("sample_id", [3, 3], "sample ids are unique, got 3"),
        ("sample_id", [-1, 3], r"sample ids are from 0 to .* got -1"),
    ],
)
def test_built_in_columns_are_checked(column, values, message):
    with pytest.raises(ValueError, match=message):
        make({"path": PATHS, **SIZE, column: values})


def test_columns_that_cannot_be_metadata_are_named():
    with pytest.raises(TypeError, match="shape"):
        make({"path": PATHS, **SIZE, "shape": [object(), object()]})


@pytest.mark.parametrize(
    ("values", "dtype", "instead"),
    [
        (pd.to_timedelta([1, None], "s"), "timedelta64", "total_seconds"),
        (pd.array([1, None], pd.ArrowDtype(pa.duration("s"))), "duration", "total_seconds"),
        (pd.period_range("2026-01", periods=2, freq="M"), "period", "to_timestamp"),
        (np.array([1j, 2]), "complex128", "numpy.real"),
        (pd.interval_range(0, 2), "interval", "astype"),
        (pd.cut([1, 2], 2), "interval", "astype"),
    ],
)
def test_dtypes_that_cannot_be_metadata_say_what_to_do(values, dtype, instead):
    with pytest.raises(TypeError, match=rf"metadata odd: .* {re.escape(dtype)}.*{instead}"):
        make({"path": PATHS, **SIZE, "odd": values})


def test_what_the_message_says_can_be_done():
    spans, months = pd.to_timedelta([1, None], "s"), pd.period_range("2026-01", periods=2, freq="M")
    frame = pd.DataFrame({"path": PATHS, **SIZE, "span": spans, "month": months})
    frame["complex"], frame["bin"] = [1j, 2], pd.cut([1, 2], 2)
    frame["span"], frame["month"] = frame["span"].dt.total_seconds(), months.to_timestamp()
    frame["complex"], frame["bin"] = np.real(frame["complex"]), frame["bin"].astype(str)
    schema = fg.ImageDataset.from_dataframe(frame).schema
    assert schema == {"span": "float", "month": "datetime", "complex": "float", "bin": "string"}


def test_a_column_labelled_by_a_number_becomes_a_key():
    assert make({"path": PATHS, **SIZE, 7: 1}).schema == {"7": "integer"}


def test_an_empty_frame_is_an_empty_dataset():
    assert len(make({"path": []})) == 0


def test_every_dtype_becomes_its_type():
    when = pd.to_datetime(["2026-01-02", None])
    dataset = make(
        {
            "path": PATHS,
            **SIZE,
            "integer": [1, 2],
            "gap": pd.array([2**53 + 1, None], "Int64"),
            "float": np.array([0.5, np.nan], "f4"),
            "flag": [True, None],
            "label": pd.Categorical(["cat", None]),
            "when": when,
            "seen": when.tz_localize("Europe/Zurich"),
            "boxes": [[1, 2], np.array([3])],
            "gps": [{"lat": 46.5}, None],
            "empty": [None, None],
            "no number": [np.nan, np.nan],
        }
    )
    assert dataset.schema == {
        "integer": "integer", "gap": "integer", "float": "float", "flag": "boolean",
        "label": "string", "when": "datetime", "seen": "datetime", "boxes": "list",
        "gps": "dict", "no number": "float",
    }  # fmt: skip
    assert dict(dataset.get_sample(1).metadata) == {"integer": 2, "boxes": [3]}
    assert dataset.get_sample(0).metadata["gap"] == 2**53 + 1


def test_a_part_of_a_dataset_keeps_its_ids():
    dataset = make({"path": [f"/photos/{n}.jpg" for n in range(9)], **SIZE, "rank": range(9)})
    part = fg.ImageDataset.from_dataframe(
        dataset.df.query("rank > 5").sort_values("rank", ascending=False)
    )
    assert {sample.sample_id: sample.metadata["rank"] for sample in part} == {6: 6, 7: 7, 8: 8}
    pd.testing.assert_frame_equal(part.df, dataset.df.query("rank > 5"))


def test_names_of_the_index_become_keys():
    index = pd.MultiIndex.from_arrays([["x", "y"], [5, 7]], names=["batch", "sample_id"])
    dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": PATHS, **SIZE}, index))
    assert {sample.sample_id: dict(sample.metadata) for sample in dataset} == {
        5: {"batch": "x"}, 7: {"batch": "y"},
    }  # fmt: skip


def test_file_names_may_be_given():
    dataset = make({"path": PATHS, **SIZE, "file_name": ["first", None]})
    assert [sample.file_name for sample in dataset] == ["first", "b.PNG"]


def test_file_names_may_be_the_paths(photos):
    frame = pd.DataFrame({"file_name": ["photos/photo-0.jpg"]})
    (sample,) = fg.ImageDataset.from_dataframe(frame)
    assert (sample.file_name, sample.width) == ("photo-0.jpg", 64)


def test_several_rows_may_share_an_image():
    dataset = make({"path": [PATHS[0]] * 2, **SIZE, "box": [[1], [2]]})
    assert [sample.metadata["box"] for sample in dataset] == [[1], [2]]


def test_the_frame_stays_as_it_is():
    frame = pd.DataFrame({"path": PATHS, **SIZE, "tags": [["a"], ["b"]]})
    before = frame.copy()
    fg.ImageDataset.from_dataframe(frame).get_sample(0).metadata["tags"] = ["c"]
    pd.testing.assert_frame_equal(frame, before)


def test_something_else_is_refused():
    with pytest.raises(TypeError, match="expected a pandas DataFrame, got list"):
        fg.ImageDataset.from_dataframe(PATHS)


def test_saving_needs_a_place():
    with pytest.raises(ValueError, match=r"in memory.*save\('photos'\)"):
        make({"path": PATHS, **SIZE}).save()


def test_a_saved_dataset_lives_in_its_file(tmp_path):
    dataset = make({"path": PATHS, **SIZE, "rank": [1, 2]})
    sample = dataset.get_sample(0)
    before = dataset.revision
    dataset.save(tmp_path / "saved")
    assert dataset.revision >= before
    sample.metadata["rank"] = 7
    assert (dataset.path, dataset.name) == (tmp_path / "saved.parquet", "saved")
    with fg.ImageDataset.load(tmp_path / "saved") as again:
        assert [sample.metadata["rank"] for sample in again] == [7, 2]
    dataset.close()
