"""A table that goes through random changes beside a model of it, and values for one."""

from datetime import UTC

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from framegrid.base import BUILTIN_TYPES, held_array, pandas_dtype, to_json
from framegrid.storage import (
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
    return held_array(values, key_type)


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
        assert ["sample_id", *frame] == [*BUILTIN_TYPES, "folder", *self.types]
        for key, key_type in self.types.items():
            assert frame[key].dtype == pandas_dtype(key_type)
            assert repr(python_values(frame[key])) == repr(self.expected(key))

    @invariant()
    def earlier_frames_are_as_they_were(self):
        for frame, values in self.frames:
            for column in frame:
                assert repr(python_values(frame[column])) == repr(values[column])
