"""Least and greatest value of a column, without making it."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegrid.base import arrow_type
from framegrid.storage.table.frozen_columns import FrozenColumn

INT64 = st.integers(-(2**63), 2**63 - 1)
VALUES = {
    "float": st.floats(allow_nan=False),
    "integer": INT64,
    "datetime": st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)),
    "datetime_utc": st.datetimes(
        dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)
    ),
}


@pytest.mark.parametrize("key_type", VALUES)
@given(data=st.data())
def test_ends_are_those_of_the_finite_values(key_type, data):
    values = data.draw(st.lists(st.none() | VALUES[key_type], max_size=20))
    array = pa.array(values, arrow_type(key_type))
    finite = [
        value
        for value in values
        if value is not None and not (isinstance(value, float) and math.isinf(value))
    ]
    column = FrozenColumn(array, key_type, pd.Index(np.arange(len(values))))
    assert column.ends == ((min(finite), max(finite)) if finite else None)
    assert "series" not in vars(column)
