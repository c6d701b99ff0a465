import pickle
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from framegrid.base import (
    UnknownKeyError,
    UnknownSampleError,
    pandas_dtype,
)
from framegrid.storage import (
    AddSamples,
    Block,
    DropKey,
    RemoveSamples,
    SetBlocks,
    SetValues,
    Table,
)
from table_machine import filled, python_values, samples

# Frames

COLUMNS_TO_MUTATE = {
    "s": ("string", ["a", "b", None]),
    "i": ("integer", [1, 2, 3]),
    "f": ("float", [1.5, 2.5, 3.5]),
    "b": ("boolean", [True, False, True]),
    "d": ("datetime", [datetime(2024, 1, day) for day in (1, 2, 3)]),
    "z": ("datetime_utc", [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 3)]),
    "n": ("datetime_utc", [datetime(2024, 1, 1, tzinfo=UTC), None, None]),
    "l": ("list", [["a"], [], None]),
}


def write_array(frame, column):
    frame[column].array[0] = frame[column].iloc[1]


def write_numpy(frame, column):
    values = frame[column].to_numpy()
    values[0] = values[1]


def update(frame, column):
    frame.update(frame[[column]].shift(-1))


def write_loc(frame, column):
    frame.loc[[0], column] = frame.loc[[1], column].array


def write_column(frame, column):
    frame[column] = 5


def write_names(frame, _):
    frame.columns.to_numpy()[2] = "other"


def rename_index(frame, _):
    frame.index.name = "other"


def add_column(frame, column):
    frame.insert(0, "new", frame[column])


def drop_column(frame, column):
    del frame[column]


MUTATIONS = [
    write_array,
    write_numpy,
    update,
    write_loc,
    write_column,
    write_names,
    rename_index,
    add_column,
    drop_column,
]


@pytest.mark.parametrize("column", ["width", *COLUMNS_TO_MUTATE])
@pytest.mark.parametrize("mutate", MUTATIONS)
def test_mutating_a_frame_changes_nothing_else(mutate, column):
    table = filled(3, **COLUMNS_TO_MUTATE)
    before, stored = table.frame().copy(), table.to_arrow()
    other, mine = table.frame(), table.frame()
    try:
        mutate(mine, column)
    except ValueError as error:
        assert "read-only" in str(error)  # noqa: PT017 - either refused or without effect
    for frame in (table.frame(), other):
        pd.testing.assert_frame_equal(frame, before)
        assert frame.index.name == "sample_id"
    assert table.to_arrow().equals(stored)


@pytest.mark.parametrize("column", COLUMNS_TO_MUTATE)
def test_a_frame_can_be_written_when_the_table_went_on(column):
    table = filled(3, **COLUMNS_TO_MUTATE)
    frame = table.frame()
    given = python_values(frame[column])
    table.apply(SetValues(0, {column: None}, {}))
    stored = table.to_arrow()
    for row in (1, 2):
        frame.loc[row, column] = None
    assert python_values(frame[column]) == [given[0], None, None]
    assert table.to_arrow().equals(stored)


@pytest.mark.parametrize("column", COLUMNS_TO_MUTATE)
@pytest.mark.parametrize(
    "take",
    [
        lambda frame: frame.iloc[:2],
        pd.DataFrame.reset_index,
        lambda frame: pickle.loads(pickle.dumps(frame)),
    ],
    ids=["slice", "reset", "pickle"],
)
def test_a_part_of_a_frame_can_be_written_when_all_else_is_gone(take, column):
    part = take(filled(3, **COLUMNS_TO_MUTATE).frame())
    part.loc[0, column] = None
    assert python_values(part[column])[0] is None
    series = part[column]
    del part
    series.loc[1] = None
    assert python_values(series)[:2] == [None, None]


@pytest.mark.parametrize("total", ["cumsum", "cumprod", "cummin", "cummax"])
def test_pandas_can_run_totals_of_a_frame(total):
    values = [3, None, 1]
    table = filled(3, i=("integer", values), f=("float", values))
    numbers = table.frame()[["i", "f"]]
    pd.testing.assert_frame_equal(getattr(numbers, total)(), getattr(numbers.copy(), total)())
    assert python_values(table.frame()["i"]) == values


def test_an_edit_rebuilds_only_its_column():
    table = filled(3, **COLUMNS_TO_MUTATE)
    before = table.frame()
    table.apply(SetValues(1, {"i": 7}, {}))
    after = table.frame()
    assert after["i"].tolist() == [1, 7, 3]
    assert before["i"].tolist() == [1, 2, 3]
    assert after["l"].iloc[0] is before["l"].iloc[0]


def test_lists_and_dicts_from_get_are_the_callers_own():
    table = filled(1, k=("dict", [{"a": [1]}]))
    table.get(0, "k")["a"].append(2)
    table.metadata(0)["k"]["b"] = 3
    value = {"a": [5]}
    table.apply(SetValues(0, {"j": value}, {"j": "dict"}))
    value["a"].append(6)
    assert table.metadata(0) == {"k": {"a": [1]}, "j": {"a": [5]}}


def test_a_copy_stays_as_it_is():
    table = filled(3, i=("integer", [1, 2, 3]), f=("float", [1.5, 2.5, 3.5]))
    table.apply(SetValues(0, {"i": 7}, {}))
    copied, before = table.copy(), table.to_arrow()
    for change in (
        SetValues(1, {"i": 8}, {}),
        SetBlocks((Block(np.array([2]), {"f": pa.array([9.5])}),), {}),
        RemoveSamples(np.array([0])),
        DropKey("f"),
    ):
        table.apply(change)
        assert copied.to_arrow().equals(before)
    copied.apply(SetValues(2, {"i": 9}, {}))
    assert table.column("i").to_pylist() == [8, 3]


def test_an_empty_table_has_typed_columns():
    frame = Table().frame()
    assert list(frame.dtypes.astype(str).items()) == [
        ("file_name", str(pandas_dtype("string"))),
        ("file_path_abs", str(pandas_dtype("string"))),
        ("width", "Int64"),
        ("height", "Int64"),
        ("folder", str(pandas_dtype("string"))),
    ]
    assert frame.index.dtype == "int64"


# Rows and ids


@pytest.fixture
def gappy():
    """A table of samples 1, 2, 4, 5, 7, 8, ..."""
    table = filled(600)
    table.apply(RemoveSamples(np.arange(0, 600, 3)))
    return table


def test_rows_of_ids_in_any_order(gappy):
    wanted = [8, 1, 599, 4, 1]
    assert gappy.rows(wanted).tolist() == [gappy.row(sample_id) for sample_id in wanted]
    assert gappy.ids[gappy.rows(np.array(wanted, np.int16))].tolist() == wanted
    assert gappy.rows([]).tolist() == []


@pytest.mark.parametrize(
    "bad", [0, 3, 600, -1, 2**63, -(2**70), 1.5, "1", None, np.uint64(2**64 - 1)]
)
def test_unknown_ids(gappy, bad):
    with pytest.raises(
        UnknownSampleError, match=r"no sample .*has 400 samples with ids from 1 to 599"
    ):
        gappy.row(bad)
    with pytest.raises(UnknownSampleError, match="no sample"):
        gappy.rows([1, bad])


def test_unknown_ids_are_listed(gappy):
    with pytest.raises(UnknownSampleError, match="no sample 0, 3, 6, 9, 12 and 195 more; the"):
        gappy.rows(np.arange(600))


def test_an_empty_table_knows_no_id():
    with pytest.raises(UnknownSampleError, match="no sample 0; the dataset has no samples"):
        Table().row(0)
    with pytest.raises(UnknownSampleError, match="no sample 0; the dataset has no samples"):
        Table().rows(np.array([0]))


def test_ids_are_read_only(gappy):
    with pytest.raises(ValueError, match="read-only"):
        gappy.ids[0] = 5


# Columns and changes


def test_built_in_columns_are_columns_too():
    table = filled(2)
    assert table.column("sample_id").to_pylist() == [0, 1]
    assert table.column("width").to_pylist() == [640, 640]
    assert table.get(1, "sample_id") == 1
    table.apply(SetBlocks((Block(np.array([1]), {"height": pa.array([480])}),), {}))
    assert table.column("height").to_pylist() == [None, 480]


def test_a_column_never_changes():
    table = filled(2, k=("integer", [1, 2]))
    column = table.column("k")
    table.apply(SetValues(0, {"k": 5}, {}))
    assert (column.to_pylist(), table.column("k").to_pylist()) == ([1, 2], [5, 2])


def test_an_unknown_column():
    with pytest.raises(UnknownKeyError, match="no column 'nope'; there are sample_id, file_name"):
        Table().column("nope")
    assert filled(1).get(0, "nope") is None


def test_removing_a_key_that_nobody_has_changes_nothing():
    table = filled(1)
    table.apply(SetValues(0, {"nope": None}, {}))
    assert table.schema == {}


def test_values_take_the_type_of_their_key():
    table = filled(2, i=("integer", [1, 2]), f=("float", [0.5, 1.5]))
    table.apply(SetValues(0, {"i": 7.0, "f": 3}, {}))
    assert repr(table.metadata(0)) == "{'i': 7, 'f': 3.0}"
    table.apply(SetBlocks((Block(np.array([1]), {"i": pa.array([8.0]), "f": pa.array([4])}),), {}))
    assert repr(table.metadata(1)) == "{'i': 8, 'f': 4.0}"


def test_the_last_change_of_a_value_counts():
    table = filled(2, k=("integer", [1, 2]))
    table.apply(SetValues(0, {"k": 5}, {}))
    table.apply(SetBlocks((Block(np.array([0, 1]), {"k": pa.array([6, None])}),), {}))
    assert [table.get(row, "k") for row in (0, 1)] == [6, None]
    table.apply(SetValues(0, {"k": None}, {}))
    table.apply(SetValues(1, {"k": 7}, {}))
    assert [table.get(row, "k") for row in (0, 1)] == [None, 7]


def test_samples_without_a_key_have_no_value_for_it():
    table = filled(1, k=("list", [["a"]]))
    table.apply(AddSamples(samples(5, 1), {}))
    assert [table.metadata(row) for row in (0, 1)] == [{"k": ["a"]}, {}]
    assert (table.ids.tolist(), table.next_id) == ([0, 5], 6)


def test_ids_are_not_given_again():
    table = filled(3)
    table.apply(RemoveSamples(np.array([2])))
    assert table.next_id == 3


def test_a_change_of_unknown_samples_changes_nothing():
    table = filled(2)
    with pytest.raises(UnknownSampleError):
        table.apply(SetValues(9, {"k": 1}, {"k": "integer"}))
    with pytest.raises(UnknownSampleError):
        table.apply(RemoveSamples(np.array([0, 9])))
    assert (len(table), table.schema, table.revision) == (2, {}, 0)


def test_tables_of_other_arrow_types_load():
    stored = samples(
        0, 2, k=pa.array(["x", None]).dictionary_encode(), n=pa.array([1, 2], pa.int8())
    )
    chunked = pa.concat_tables([stored.slice(0, 1), stored.slice(1)])
    table = Table.from_arrow(chunked, {"k": "string", "n": "float"}, 2)
    assert [table.metadata(row) for row in (0, 1)] == [{"k": "x", "n": 1.0}, {"n": 2.0}]
