"""Frames of other libraries, and of every dtype backend of pandas, into ``update_metadata``."""

from datetime import UTC, datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import framegrid as fg
from framegrid.base import MetadataTypeError, UnknownSampleError

PATHS = ["/photos/a.jpg", "/photos/b.jpg", "/photos/c.jpg", "/more/c.jpg"]
TAKEN = datetime(2024, 5, 1, 12, 30)

COLUMNS = {
    "sample_id": [2, 0],
    "file_name": ["c.jpg", "a.jpg"],
    "visits": [3, None],
    "score": [0.5, 1.5],
    "open": [True, None],
    "city": ["Bern", "Zürich"],
    "taken": [TAKEN, None],
}
WRITTEN = {
    0: {"score": 1.5, "city": "Zürich"},
    2: {"visits": 3, "score": 0.5, "open": True, "city": "Bern", "taken": TAKEN},
}


@pytest.fixture
def dataset():
    """Four samples in memory, two of them with the same file name."""
    return fg.ImageDataset.from_dataframe(pd.DataFrame({"path": PATHS, "width": 64, "height": 48}))


def metadata(dataset):
    found = {sample.sample_id: dict(sample.metadata) for sample in dataset}
    return {sample_id: values for sample_id, values in found.items() if values}


def arrow():
    return pa.table(COLUMNS)


class OneBatch:
    """What offers its columns in one piece, and nothing else."""

    def __arrow_c_array__(self, requested_schema=None):
        return arrow().to_batches()[0].__arrow_c_array__(requested_schema)


FRAMES = {
    "pandas, numpy": lambda: pd.DataFrame(COLUMNS),
    "pandas, nullable": lambda: pd.DataFrame(COLUMNS).convert_dtypes(),
    "pandas, pyarrow": lambda: pd.DataFrame(COLUMNS).convert_dtypes(dtype_backend="pyarrow"),
    "pandas, objects": lambda: pd.DataFrame(COLUMNS, dtype=object),
    "polars": lambda: pl.DataFrame(COLUMNS),
    "pyarrow table": arrow,
    "pyarrow batch": lambda: arrow().to_batches()[0],
    "pyarrow reader": lambda: arrow().to_reader(max_chunksize=1),
    "another library": OneBatch,
    "duckdb": lambda: duckdb.from_arrow(arrow()),
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_every_frame_is_taken(dataset, make):
    dataset.update_metadata(make())
    assert metadata(dataset) == WRITTEN
    assert dataset.schema["visits"] in {"integer", "float"}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_every_frame_may_name_samples_by_file(dataset, make):
    dataset.remove_samples([3])
    dataset.update_metadata(make(), on="file_name")
    assert metadata(dataset) == WRITTEN


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)
def test_every_frame_is_all_or_nothing(dataset, make):
    dataset.remove_samples([2])
    with pytest.raises(UnknownSampleError, match="1 of 2 identifiers name no sample: sample_id 2;"):
        dataset.update_metadata(make())
    assert metadata(dataset) == {}


NESTED = {
    "list": (pl.Series([["a", "b"], None]), ["a", "b"], "list"),
    "list of numbers": (pl.Series([[1, 2], None]), [1, 2], "list"),
    "struct": (pl.Series([{"lat": 46.5}, None]), {"lat": 46.5}, "dict"),
    "category": (pl.Series(["x", None], dtype=pl.Categorical), "x", "string"),
    "small integer": (pl.Series([7, None], dtype=pl.UInt8), 7, "integer"),
    "large unsigned": (pl.Series([7, None], dtype=pl.UInt64), 7, "integer"),
    "float32": (pl.Series([0.5, None], dtype=pl.Float32), 0.5, "float"),
    "date": (pl.Series([TAKEN.date(), None]), datetime(2024, 5, 1), "datetime"),
    "aware": (
        pl.Series([TAKEN, None]).dt.replace_time_zone("Europe/Zurich"),
        datetime(2024, 5, 1, 10, 30, tzinfo=UTC),
        "datetime",
    ),
}


@pytest.mark.parametrize(("series", "value", "kind"), NESTED.values(), ids=NESTED)
def test_types_of_polars(dataset, series, value, kind):
    dataset.update_metadata(pl.DataFrame({"sample_id": [1, 2], "key": series}))
    assert metadata(dataset) == {1: {"key": value}}
    assert dataset.schema == {"key": kind}


def test_sums_of_sql_are_integers(dataset):
    relation = duckdb.sql("SELECT 1::BIGINT AS sample_id, sum(x) AS total FROM range(5) r(x)")
    dataset.update_metadata(relation)
    assert metadata(dataset) == {1: {"total": 10}}
    assert dataset.schema == {"total": "integer"}


def test_an_index_survives_the_way_through_arrow(dataset):
    frame = pd.DataFrame({"rank": [1]}, index=pd.Index([3], name="sample_id"))
    dataset.update_metadata(pa.Table.from_pandas(frame))
    assert metadata(dataset) == {3: {"rank": 1}}


def test_the_frame_of_the_dataset_comes_back_through_polars(dataset):
    dataset.update_metadata({0: {"rank": 1, "city": "Bern"}, 1: {"rank": 2}})
    before = metadata(dataset)
    dataset.update_metadata(pl.from_pandas(dataset.df.reset_index()))
    assert metadata(dataset) == before


def test_built_in_columns_of_other_frames_cannot_be_edited(dataset):
    frame = pl.DataFrame({"sample_id": [1], "width": [65]})
    with pytest.raises(ValueError, match=r"'width' is a built-in column .*sample 1 has 64, not 65"):
        dataset.update_metadata(frame)


def test_a_conflict_names_the_sample(dataset):
    dataset.update_metadata({0: {"rank": 1}})
    with pytest.raises(MetadataTypeError, match="sample 2 gets 'x'"):
        dataset.update_metadata(pl.DataFrame({"sample_id": [1, 2], "rank": [None, "x"]}))


def test_rows_of_one_sample_are_refused(dataset):
    with pytest.raises(ValueError, match="several rows are for the same sample: 1;"):
        dataset.update_metadata(pl.DataFrame({"sample_id": [1, 1], "rank": [1, 2]}))


@pytest.mark.parametrize("data", [pd.Series([1]), pl.Series([1]), pa.array([1])])
def test_one_column_is_no_frame(dataset, data):
    with pytest.raises(TypeError, match=r"expected (a frame of columns|pairs)"):
        dataset.update_metadata(data)


def test_a_frame_without_identifiers_lists_its_columns(dataset):
    with pytest.raises(ValueError, match=r"no column is named 'sample_id'.*'rank'"):
        dataset.update_metadata(pl.DataFrame({"rank": [1]}))


IDS = {
    "numpy": np.array([0, 3]),
    "unsigned": np.array([0, 3], np.uint64),
    "nullable": pd.array([0, 3], "Int32"),
    "pyarrow": pd.array([0, 3], "int64[pyarrow]"),
    "pyarrow, unsigned": pd.array([0, 3], "uint64[pyarrow]"),
    "objects": pd.array([0, 3], object),
    "categories": pd.Categorical([0, 3]),
}


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_ids_of_every_dtype(dataset, ids):
    dataset.update_metadata(pd.DataFrame({"sample_id": ids, "rank": [1, 2]}))
    assert metadata(dataset) == {0: {"rank": 1}, 3: {"rank": 2}}


@pytest.mark.parametrize(
    ("ids", "error", "message"),
    [
        ([0.0, 3.0], TypeError, r"sample ids are integers, got 0\.0"),
        ([True, False], TypeError, r"sample ids are integers, got True"),
        (pd.array([0, None], "Int64"), TypeError, "sample ids are integers, got <NA>"),
        (np.array([0, 2**64 - 1], np.uint64), UnknownSampleError, f"{2**64 - 1}"),
        (["0", "3"], TypeError, "sample ids are integers, got '0'"),
    ],
)
def test_what_is_no_id_is_refused(dataset, ids, error, message):
    with pytest.raises(error, match=message):
        dataset.update_metadata(pd.DataFrame({"sample_id": ids, "rank": [1, 2]}))


NAMES = {
    "text": pd.array(["a.jpg", "b.jpg"], "string"),
    "pyarrow": pd.array(["a.jpg", "b.jpg"], "string[pyarrow]"),
    "arrow": pd.array(["a.jpg", "b.jpg"], pd.ArrowDtype(pa.string())),
    "objects": pd.array(["a.jpg", "b.jpg"], object),
    "categories": pd.Categorical(["a.jpg", "b.jpg"]),
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_names_of_every_dtype(dataset, names):
    dataset.update_metadata(pd.DataFrame({"file_name": names, "rank": [1, 2]}), on="file_name")
    assert metadata(dataset) == {0: {"rank": 1}, 1: {"rank": 2}}


@pytest.mark.parametrize("name", [None, 7, b"a.jpg"])
def test_what_is_no_name_is_refused(dataset, name):
    frame = pd.DataFrame({"file_name": ["a.jpg", name], "rank": [1, 2]}, dtype=object)
    with pytest.raises(TypeError, match="file_name is a string, got "):
        dataset.update_metadata(frame, on="file_name")


# Names with folders


@pytest.mark.parametrize("name", ["more/c.jpg", "/more/c.jpg", "./more/c.jpg"])
def test_a_name_with_folders_tells_samples_apart(dataset, name):
    dataset.update_metadata({name: {"rank": 1}, "a.jpg": {"rank": 2}}, on="file_name")
    assert metadata(dataset) == {0: {"rank": 2}, 3: {"rank": 1}}


def test_a_name_at_the_root_is_that_of_any_folder(dataset):
    with pytest.raises(ValueError, match=r"file_name '/c\.jpg' is ambiguous"):
        dataset.update_metadata({"/c.jpg": {"rank": 1}}, on="file_name")


@pytest.mark.parametrize("name", ["re/c.jpg", "/photos/more/c.jpg", "more/", "x/more/c.jpg"])
def test_folders_match_as_a_whole(dataset, name):
    with pytest.raises(UnknownSampleError, match="file_name"):
        dataset.update_metadata({name: {"rank": 1}}, on="file_name")


def test_ambiguous_ends_of_paths_are_named():
    paths = ["/one/cats/1.jpg", "/two/cats/1.jpg", "/two/dogs/1.jpg"]
    frame = pd.DataFrame({"path": paths, "width": 1, "height": 1})
    dataset = fg.ImageDataset.from_dataframe(frame)
    message = (
        r"file_name 'cats/1\.jpg' is ambiguous, 2 samples have it: '/one/cats/1\.jpg', "
        r"'/two/cats/1\.jpg'; put more of its folders before it, or identify samples by sample_id"
    )
    with pytest.raises(ValueError, match=message):
        dataset.update_metadata({"cats/1.jpg": {"rank": 1}}, on="file_name")
    dataset.update_metadata({"two/cats/1.jpg": {"rank": 1}, "dogs/1.jpg": {}}, on="file_name")
    assert metadata(dataset) == {1: {"rank": 1}}


def test_one_sample_by_two_names_is_refused_in_a_frame(dataset):
    names = ["a.jpg", "photos/a.jpg"]
    with pytest.raises(ValueError, match=r"several rows are for the same sample: 'photos/a\.jpg'"):
        dataset.update_metadata(pl.DataFrame({"file_name": names, "rank": [1, 2]}), on="file_name")
