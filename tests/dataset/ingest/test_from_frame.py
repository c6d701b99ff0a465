"""Datasets in memory, made of any DataFrame with a column of paths."""

import datetime as dt
import re
import uuid
import warnings
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import framegrid as fg
from framegrid.dataset.ingest import from_frame as frames


def make(columns, **options):
    return fg.ImageDataset.from_dataframe(pd.DataFrame(columns), **options)


SIZE = {"width": 64, "height": 48}
PATHS = ["/photos/a.jpg", "/photos/b.PNG"]


def test_missing_paths_do_not_hide_the_column_of_paths():
    frame = {"path": [PATHS[0], None, "", float("nan"), None], "note": list("abcde"), **SIZE}
    with pytest.warns(RuntimeWarning, match="4 .*left out"):
        assert len(make(frame)) == 1


@pytest.mark.parametrize("ids", [[3.0, 4.0], ["3", "4"], [Decimal(3), 4]])
def test_whole_numbers_in_any_form_are_ids(ids):
    assert make({"path": PATHS, "sample_id": ids, **SIZE}).df.index.tolist() == [3, 4]


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


def test_bytes_that_are_no_image_are_left_out_and_counted():
    paths = pd.Series([PATHS[0], b"a.jpg", PATHS[1]], dtype=object)
    with pytest.warns(
        RuntimeWarning, match="path: 1 of 3 rows hold no image: left out.*first is 1"
    ):
        assert len(make({"path": paths, "width": [64] * 3, "height": [48] * 3})) == 2


@pytest.mark.parametrize("no_path", [None, "", 7, "\ud800.jpg"])
def test_rows_without_a_path_are_left_out_and_counted(no_path):
    paths = pd.Series([PATHS[0], no_path, PATHS[1]], dtype=object)
    with pytest.warns(RuntimeWarning, match="path: 1 rows hold no path: left out, the first is 1"):
        dataset = make({"path": paths, "n": [0, 1, 2], **SIZE})
    assert [sample.metadata["n"] for sample in dataset] == [0, 2]


def test_a_frame_in_which_no_row_has_a_path_is_refused():
    with pytest.raises(ValueError, match=r"no row of column 'path' holds a path.*(None|nan)"):
        make({"path": [None, None], **SIZE}, path_column="path")


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
        ("height", [1.5, 5], "'height' is a built-in column of type int64"),
        ("width", ["wide", "5"], "'width' is a built-in column of type int64"),
        ("sample_id", [3, 3], "sample ids are unique, got 3"),
        ("sample_id", [-1, 3], r"sample ids are from 0 to .* got -1"),
    ],
)
def test_what_a_built_in_column_cannot_hold_is_left_out(column, values, message):
    with pytest.warns(RuntimeWarning, match=f"{column}: .*{message}"):
        dataset = make({"path": PATHS, **SIZE, column: values, "n": [0, 1]})
    assert dataset.schema == {"n": "integer"}
    assert [sample.sample_id for sample in dataset] == [0, 1]


def test_one_wrong_size_does_not_cost_the_others():
    with pytest.warns(RuntimeWarning, match="1 values are left out, 0"):
        dataset = make({"path": PATHS, "width": [0, 5], "height": 3})
    assert [sample.width for sample in dataset] == [None, 5]


def test_columns_that_cannot_be_metadata_are_left_out_by_name():
    with pytest.warns(RuntimeWarning, match="not all of the DataFrame is here:\n  shape: left out"):
        dataset = make({"path": PATHS, **SIZE, "shape": [object(), object()], "n": 1})
    assert dataset.schema == {"n": "integer"}


ID = uuid.uuid4()


@pytest.mark.parametrize(
    ("values", "kind", "kept", "said"),
    [
        ([ID, None], "string", [str(ID), None], None),
        ([[0.5, float("nan")], [1]], "list", [[0.5, None], [1]], "NaN inside lists"),
        ([{"a": {"b": float("nan")}}, None], "dict", [{"a": {"b": None}}, None], "NaN inside"),
        ([np.array([np.nan, 1]), None], "list", [[None, 1.0], None], "NaN inside lists"),
        ([2**63, 5], "string", [str(2**63), "5"], "integers beyond 64 bits: all are text"),
        (np.array([2**64 - 1, 1], "uint64"), "string", [str(2**64 - 1), "1"], "beyond 64 bits"),
        ([1, "x"], "string", ["1", "x"], "all are text"),
        (["x", b"x"], "string", ["x", None], r"1 of 2 values are left out, the first in row 1"),
        (
            pd.to_datetime(pd.Series([1_999, None]), unit="ns"),
            "datetime",
            [dt.datetime(1970, 1, 1, 0, 0, 0, 1), None],
            "nanoseconds are cut off",
        ),
    ],
    ids=["uuid", "list", "dict", "array", "big", "uint64", "mixed", "bytes", "ns"],
)
def test_odd_columns_are_converted_as_far_as_they_can_be(values, kind, kept, said):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dataset = make({"path": PATHS, **SIZE, "odd": values})
    assert dataset.schema == {"odd": kind}
    assert [sample.metadata["odd"] for sample in dataset] == kept
    messages = "".join(str(warning.message) for warning in caught)
    assert re.search(said, messages) if said else not caught


def test_a_few_integers_beyond_64_bits_do_not_cost_a_slider():
    values = [*range(199), 2**70]
    with pytest.warns(RuntimeWarning, match=r"n: 1 of 200 values are left out.*does not fit"):
        dataset = make({"path": ["/a.jpg"] * 200, **SIZE, "n": values})
    assert dataset.schema == {"n": "integer"}
    assert dataset.df["n"].tolist() == [*range(199), pd.NA]


@pytest.mark.parametrize(
    "values", [[b"a", b"b"], [{1}, {2}], [bytearray(b"a"), None]], ids=["bytes", "sets", "arrays"]
)
def test_columns_of_a_kind_that_is_no_metadata_are_left_out(values):
    with pytest.warns(RuntimeWarning, match="odd: left out: .*cannot be stored"):
        assert make({"path": PATHS, **SIZE, "odd": values}).schema == {}


def test_a_second_spelling_of_a_key_is_left_out_and_two_columns_of_one_name_are_refused():
    with pytest.warns(RuntimeWarning, match="Score: left out: .*only in case"):
        assert make({"path": PATHS, **SIZE, "score": 1, "Score": 2}).schema == {"score": "integer"}
    with pytest.raises(ValueError, match="several columns are named '1'"):
        make({"path": PATHS, **SIZE, 1: 1, "1": 2})


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
    message = rf"odd: left out: metadata odd: .* {re.escape(dtype)}.*{instead}"
    with pytest.warns(RuntimeWarning, match=message):
        assert make({"path": PATHS, **SIZE, "odd": values}).schema == {}


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
    with pytest.raises(TypeError, match="there are no images in 17: pass a dataset; a folder"):
        fg.ImageDataset.from_dataframe(17)


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
