import pickle
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from framegrid.errors import UnknownKeyError, UnknownSampleError
from framegrid.schema import BUILTIN_TYPES, arrow_type, pandas_dtype, to_json
from framegrid.table import (
    AddSamples,
    Block,
    DropKey,
    RemoveSamples,
    RenameKey,
    ReplaceKey,
    SetBlocks,
    SetValues,
    Table,
)


def unfolded(moment):
    return moment.replace(fold=0)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
VALUES = {
    "string": st.text(max_size=5),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "list": st.lists(JSON_VALUES, max_size=3),
    "dict": st.dictionaries(st.text(max_size=3), JSON_VALUES, max_size=3),
    "datetime": st.datetimes().map(unfolded),
    "datetime_utc": st.datetimes(timezones=st.just(UTC)).map(unfolded),
}
KEYS = st.sampled_from(["a", "gps.lat", "Ä '`\""])


def arrow(key_type, values):
    if key_type in ("list", "dict"):
        values = [None if value is None else to_json(value) for value in values]
    return pa.array(values, arrow_type(key_type))


def samples(first, count, **columns):
    return pa.table(
        {
            "sample_id": np.arange(first, first + count),
            "file_name": [f"{i}.jpg" for i in range(first, first + count)],
            "file_path_abs": [f"/photos/{i}.jpg" for i in range(first, first + count)],
            "width": pa.array([640] * count, pa.int64()),
            "height": pa.array([None] * count, pa.int64()),
            **columns,
        }
    )


def filled(count, **columns):
    """A table of so many samples; a column is (type, values)."""
    types = {key: key_type for key, (key_type, _) in columns.items()}
    arrays = {key: arrow(*column) for key, column in columns.items()}
    return Table.from_arrow(samples(0, count, **arrays), types, count)


def python_values(series):
    """The values of a frame's column as the table gives them."""
    return [
        None
        if value is pd.NA or value is None or value != value  # noqa: PLR0124 - NaN and NaT
        else value.to_pydatetime()
        if isinstance(value, pd.Timestamp)
        else value
        for value in series.tolist()
    ]


class TableMachine(RuleBasedStateMachine):
    """Random changes of a table and of a dict of dicts stay the same."""

    def __init__(self):
        super().__init__()
        self.table = Table()
        self.rows = {}
        self.builtins = {}
        self.types = {}
        self.next_id = 0
        self.frames = []

    def typed(self, data, key):
        """A type for the key, which the change has to declare if it is new."""
        if key in self.types:
            return self.types[key], {}
        key_type = data.draw(st.sampled_from(list(VALUES)), "type")
        self.types[key] = key_type
        return key_type, {key: key_type}

    def put(self, sample_id, key, value):
        self.rows[sample_id].pop(key, None)
        if value is not None:
            self.rows[sample_id][key] = value

    @rule(count=st.integers(0, 4), key=KEYS, data=st.data())
    def add(self, count, key, data):
        key_type, types = self.typed(data, key)
        values = data.draw(st.lists(st.none() | VALUES[key_type], min_size=count, max_size=count))
        new = samples(self.next_id, count, **{key: arrow(key_type, values)})
        self.table.apply(AddSamples(new, types))
        for sample_id, value in zip(new["sample_id"].to_pylist(), values, strict=True):
            self.rows[sample_id] = {}
            self.put(sample_id, key, value)
        self.next_id += count

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def remove(self, data):
        ids = data.draw(st.lists(st.sampled_from(list(self.rows)), unique=True, max_size=3))
        self.table.apply(RemoveSamples(np.array(ids, np.int64)))
        for sample_id in ids:
            del self.rows[sample_id]

    @precondition(lambda self: self.rows)
    @rule(keys=st.lists(KEYS, unique=True, max_size=3), data=st.data())
    def set_values(self, keys, data):
        sample_id = data.draw(st.sampled_from(list(self.rows)))
        values, types = {}, {}
        for key in keys:
            key_type, new = self.typed(data, key)
            types |= new
            values[key] = data.draw(st.none() | VALUES[key_type])
            self.put(sample_id, key, values[key])
        self.table.apply(SetValues(sample_id, values, types))

    @precondition(lambda self: self.rows)
    @rule(keys=st.lists(KEYS, unique=True, max_size=2), data=st.data())
    def set_blocks(self, keys, data):
        blocks, types = [], {}
        for key in keys:
            key_type, new = self.typed(data, key)
            types |= new
            ids = data.draw(st.lists(st.sampled_from(list(self.rows)), max_size=6))
            values = [data.draw(st.none() | VALUES[key_type]) for _ in ids]
            blocks.append(Block(np.array(ids, np.int64), {key: arrow(key_type, values)}))
            for sample_id, value in zip(ids, values, strict=True):
                self.put(sample_id, key, value)
        self.table.apply(SetBlocks(tuple(blocks), types))

    @precondition(lambda self: self.rows)
    @rule(width=st.none() | st.integers(1, 9), data=st.data())
    def set_width(self, width, data):
        sample_id = data.draw(st.sampled_from(list(self.rows)))
        self.table.apply(SetValues(sample_id, {"width": width}, {}))
        self.builtins[sample_id] = width

    @precondition(lambda self: self.types)
    @rule(new=KEYS, data=st.data())
    def rename(self, new, data):
        old = data.draw(st.sampled_from(list(self.types)))
        if new in self.types:
            return
        self.table.apply(RenameKey(old, new))
        renamed = {old: new}
        self.types = {renamed.get(key, key): kind for key, kind in self.types.items()}
        for values in self.rows.values():
            if old in values:
                values[new] = values.pop(old)

    @precondition(lambda self: self.types)
    @rule(data=st.data())
    def drop(self, data):
        key = data.draw(st.sampled_from(list(self.types)))
        self.table.apply(DropKey(key))
        del self.types[key]
        for values in self.rows.values():
            values.pop(key, None)

    @precondition(lambda self: self.types)
    @rule(key_type=st.sampled_from(list(VALUES)), data=st.data())
    def replace(self, key_type, data):
        key = data.draw(st.sampled_from(list(self.types)))
        values = [data.draw(st.none() | VALUES[key_type]) for _ in self.rows]
        self.table.apply(ReplaceKey(key, key_type, arrow(key_type, values)))
        self.types[key] = key_type
        for sample_id, value in zip(self.rows, values, strict=True):
            self.put(sample_id, key, value)

    @precondition(lambda self: "integer" in self.types.values())
    @rule(data=st.data())
    def widen(self, data):
        key = data.draw(st.sampled_from([k for k, t in self.types.items() if t == "integer"]))
        held = {i: values[key] for i, values in self.rows.items() if key in values}
        if not self.rows or any(abs(value) > 2**53 for value in held.values()):
            return
        sample_id = next(iter(self.rows))
        self.table.apply(SetValues(sample_id, {key: 0.5}, {key: "float"}))
        for other, value in held.items():
            self.put(other, key, float(value))
        self.put(sample_id, key, 0.5)
        self.types[key] = "float"

    @rule()
    def keep_frame(self):
        frame = self.table.frame()
        self.frames.append((frame, {column: python_values(frame[column]) for column in frame}))

    @rule()
    def store_and_load(self):
        stored = self.table.to_arrow()
        self.table = Table.from_arrow(stored, self.table.schema, self.table.next_id)
        assert self.table.to_arrow().equals(stored)

    def expected(self, key):
        return [values.get(key) for values in self.rows.values()]

    @invariant()
    def rows_are_the_model(self):
        table = self.table
        assert table.ids.tolist() == list(self.rows)
        assert len(table) == len(self.rows)
        assert list(table.schema.items()) == list(self.types.items())
        assert table.next_id == self.next_id
        for row, (sample_id, values) in enumerate(self.rows.items()):
            assert table.row(sample_id) == row
            in_order = {key: values[key] for key in self.types if key in values}
            assert repr(table.metadata(row)) == repr(in_order)
            assert table.get(row, "file_name") == f"{sample_id}.jpg"
            assert table.get(row, "width") == self.builtins.get(sample_id, 640)

    @invariant()
    def frames_are_the_model(self):
        frame = self.table.frame()
        assert frame.index.name == "sample_id"
        assert frame.index.tolist() == list(self.rows)
        assert ["sample_id", *frame] == [*BUILTIN_TYPES, *self.types]
        for key, key_type in self.types.items():
            assert frame[key].dtype == pandas_dtype(key_type)
            assert repr(python_values(frame[key])) == repr(self.expected(key))

    @invariant()
    def earlier_frames_are_as_they_were(self):
        for frame, values in self.frames:
            for column in frame:
                assert repr(python_values(frame[column])) == repr(values[column])


TestTableMachine = TableMachine.TestCase
TestTableMachine.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)


# Many rows, where other ways of replacing values take over

MANY = 5_000
COLUMNS = {
    "string": ("string", [f"v{i}" if i % 3 else None for i in range(MANY)]),
    "integer": ("integer", [i if i % 3 else None for i in range(MANY)]),
    "float": ("float", [i / 7 for i in range(MANY)]),
    "boolean": ("boolean", [None if i % 5 == 0 else i % 2 == 0 for i in range(MANY)]),
    "list": ("list", [[i] if i % 3 else None for i in range(MANY)]),
    "datetime": ("datetime", [datetime(2024, 1, 1, microsecond=i) for i in range(MANY)]),
}


@pytest.mark.parametrize("key", COLUMNS)
@pytest.mark.parametrize(
    "rows",
    [
        np.array([], np.intp),
        np.array([MANY - 1, 0, 17]),
        np.arange(MANY),
        np.arange(MANY)[::-1],
        np.arange(0, MANY, 2),
        np.array([3, 4, 3, 3]),
        np.repeat(np.arange(300), 2),
    ],
    ids=["none", "few", "all", "reversed", "every other", "few twice", "many twice"],
)
def test_blocks_of_any_size_and_order(key, rows):
    key_type, values = COLUMNS[key]
    table = filled(MANY, k=(key_type, values))
    given = [values[-position] for position in range(len(rows))]
    table.apply(SetBlocks((Block(rows, {"k": arrow(key_type, given)}),), {}))
    expected = dict(enumerate(values)) | dict(zip(rows.tolist(), given, strict=True))
    assert python_values(table.frame()["k"]) == list(expected.values())


@pytest.mark.parametrize("key", COLUMNS)
def test_single_edits_of_every_row(key):
    key_type, values = COLUMNS[key]
    table = filled(MANY, k=(key_type, values))
    for row, value in enumerate(reversed(values)):
        table.apply(SetValues(row, {"k": value}, {}))
    assert [table.get(row, "k") for row in range(MANY)] == values[::-1]
    assert python_values(table.frame()["k"]) == values[::-1]
    assert table.revision == MANY


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
