from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegrid.base import (
    MetadataTypeError,
    arrow_type,
    infer_arrow,
    is_missing,
    list_texts,
    normalise,
    pandas_dtype,
)
from schema_helpers import INF, MAX, MIN, NAN, describe


def infer(values):
    return infer_arrow("k", values, describe)


# Columns

NAN_IN_FLOAT64 = pd.arrays.FloatingArray(np.array([NAN, 1.0]), np.zeros(2, bool))
WINTER = [datetime(2024, 1, 1, 12), None]
WINTER_UTC = [datetime(2024, 1, 1, 11, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("values", "key_type", "plain"),
    [
        ([1.5, None, NAN, INF], "float", [1.5, None, None, INF]),
        ([1.5, 2, np.float32(0.5), np.int64(3)], "float", [1.5, 2.0, 0.5, 3.0]),
        ([1, 2.0], "float", [1.0, 2.0]),
        ([1, NAN, MAX, pd.NA, MIN], "integer", [1, None, MAX, None, MIN]),
        ([1, NAN, MAX, MIN], "integer", [1, None, MAX, MIN]),
        (range(3), "integer", [0, 1, 2]),
        (["a", None, NAN, "🙂\0"], "string", ["a", None, None, "🙂\0"]),
        (["a", pd.NA, np.str_("b"), Path("c")], "string", ["a", None, "b", "c"]),
        ([True, NAN, np.False_], "boolean", [True, None, False]),
        ([[1], (2, 3), None], "list", ["[1]", "[2,3]", None]),
        ([{"a": INF}, None], "dict", ['{"a":1e999}', None]),
        (
            [date(2024, 1, 1), pd.Timestamp(2024, 1, 2), pd.NaT],
            "datetime",
            [datetime(2024, 1, 1), datetime(2024, 1, 2), None],
        ),
        (pd.Series([WINTER_UTC[0], None], dtype=object), "datetime_utc", WINTER_UTC),
        ([], None, []),
        ([None, NAN, pd.NA], None, [None] * 3),
        (pd.Series([None, NAN], dtype=object), None, [None] * 2),
        (pa.nulls(2), None, [None] * 2),
        (pd.Series([NAN, NAN]), "float", [None] * 2),
        (pd.Series([1.5, NAN], dtype="float32"), "float", [1.5, None]),
        (pd.Series([1.5, None], dtype="Float64"), "float", [1.5, None]),
        (pd.Series(NAN_IN_FLOAT64), "float", [None, 1.0]),
        (pd.Series([1, 2], dtype="uint8"), "integer", [1, 2]),
        (pd.Series([MAX, None], dtype="Int64"), "integer", [MAX, None]),
        (np.array([1, 2], ">i4"), "integer", [1, 2]),
        (np.array([1, 2], ">f8"), "float", [1.0, 2.0]),
        (np.array([MAX], np.uint64), "integer", [MAX]),
        (np.array([True, False]), "boolean", [True, False]),
        (pd.Series([True, None], dtype="boolean"), "boolean", [True, None]),
        (pd.Series([True, None], dtype=object), "boolean", [True, None]),
        (pd.Series(["a", None]), "string", ["a", None]),
        (pd.Series(["a", None], dtype=object), "string", ["a", None]),
        (pd.Series(["a", None], dtype="string[python]"), "string", ["a", None]),
        (pd.Series(["a", None], dtype="string[pyarrow]"), "string", ["a", None]),
        (np.array(["a", "bc"]), "string", ["a", "bc"]),
        (pd.Series(["b", None, "a", "b"], dtype="category"), "string", ["b", None, "a", "b"]),
        (pd.Series([2, None, 2], dtype="category"), "integer", [2, None, 2]),
        (pd.Series([None], dtype=pd.CategoricalDtype([1])), "integer", [None]),
        (pd.Series([1.5, NAN], dtype="Sparse[float]"), "float", [1.5, None]),
        (pd.Series(WINTER), "datetime", WINTER),
        (pd.Series(WINTER, dtype="datetime64[s]"), "datetime", WINTER),
        (
            pd.Series(WINTER, dtype="datetime64[ns]").dt.tz_localize("Europe/Berlin"),
            "datetime_utc",
            WINTER_UTC,
        ),
        (np.array(["2024-01-01T12", "NaT"], "M8[h]"), "datetime", WINTER),
        (
            np.array(["0001-01-01", "9999-12-31"], "M8[D]"),
            "datetime",
            [datetime.min, datetime(9999, 12, 31)],
        ),
        (np.array([[1, 2], [3, 4]]), "list", ["[1,2]", "[3,4]"]),
        (pd.Series([1, None], dtype=pd.ArrowDtype(pa.int32())), "integer", [1, None]),
        (pd.Series([[1], None], dtype=pd.ArrowDtype(pa.list_(pa.int32()))), "list", ["[1]", None]),
        (pd.Series(["a"], dtype=pd.ArrowDtype(pa.string())), "string", ["a"]),
        (pa.array(np.array([1.5, NAN], np.float16)), "float", [1.5, None]),
        (pa.chunked_array([[1], [None, 3]]), "integer", [1, None, 3]),
        (pa.chunked_array([], pa.string()), "string", []),
        (pa.array(["a", None, "a"]).dictionary_encode(), "string", ["a", None, "a"]),
        (pa.array([Decimal("1.5")]), "float", [1.5]),
        (pa.array([date(2024, 1, 1), None]), "datetime", [datetime(2024, 1, 1), None]),
        (pa.array(WINTER, pa.timestamp("ms")), "datetime", WINTER),
        (pa.array(WINTER_UTC, pa.timestamp("ns", "Asia/Tokyo")), "datetime_utc", WINTER_UTC),
        (pa.array([{"a": 1}, None]), "dict", ['{"a":1}', None]),
        (pa.array([["a", None]]), "list", ['["a",null]']),
    ],
)
def test_infer_arrow(values, key_type, plain):
    result_type, array = infer(values)
    found = list_texts(array) if key_type == "list" else array
    assert (result_type, found.to_pylist()) == (key_type, plain)
    assert [type(value) for value in found.to_pylist()] == [type(value) for value in plain]
    assert isinstance(array, pa.Array)
    if key_type is not None:
        assert array.type == arrow_type(key_type)
    array.validate(full=True)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (["a", 5], MetadataTypeError, "'k' is string, but sample 101 gets 5, which is integer"),
        (["a", 1.5], MetadataTypeError, "sample 101 gets 1.5"),
        ([1, True], MetadataTypeError, "'k' is integer, but sample 101 gets True"),
        ([1.5, True], MetadataTypeError, "'k' is float, but sample 101 gets True"),
        ([True, 1.0], MetadataTypeError, "'k' is boolean, but sample 101 gets 1.0"),
        ([None, [1], {"a": 1}], MetadataTypeError, "'k' is list, but sample 102 gets"),
        (["a", b"b"], TypeError, "sample 101: metadata k: b'b' is of type bytes"),
        ([1.5, 2**53 + 1], MetadataTypeError, "9007199254740993 of sample 101 is beyond 2"),
        ([1, 2**63], OverflowError, "sample 101: metadata k: .* 64 bits"),
        ([1.5, 2**70], OverflowError, "sample 101: .* 64 bits"),
        (["a", "\udc80"], ValueError, "sample 101: .*not valid UTF-8"),
        (
            pd.Series(["a", "\udc80"], dtype="string[python]"),
            ValueError,
            "sample 101: .*not valid UTF-8",
        ),
        (np.array([1, 2**63], np.uint64), OverflowError, "sample 101: .* 64 bits"),
        (pd.Series([1, 2**63], dtype="UInt64"), OverflowError, "sample 101: .* 64 bits"),
        ([{"a": 1}, {"a": NAN}], ValueError, "sample 101: metadata k.a is NaN"),
        (pd.Series([0, 1], dtype="datetime64[ns]"), ValueError, "sample 101: .*has nanoseconds"),
        (np.array(["2024", "10000"], "M8[D]"), ValueError, "sample 101 gets a datetime outside"),
        (np.array(["0000-12-31"], "M8[us]"), ValueError, "sample 100 gets a datetime outside"),
        (pa.array([0, 2**62], pa.timestamp("s")), ValueError, "sample 101 gets a datetime outside"),
        (pd.Series([timedelta(1)]), TypeError, r"k: .*dtype timedelta64.*total_seconds"),
        (
            pd.Series(pd.period_range("2024", periods=1)),
            TypeError,
            r"k: .*dtype period.*to_timestamp",
        ),
        (np.array([1j]), TypeError, r"k: .*dtype complex128.*numpy\.real"),
        (
            pd.Series(["a", "b", b"c", b"c"], dtype="category"),
            TypeError,
            "sample 102: .*type bytes",
        ),
        (pa.array([b"a"]), TypeError, "sample 100: .*type bytes"),
    ],
)
def test_infer_arrow_names_the_sample_it_refuses(values, error, message):
    with pytest.raises(error, match=message):
        infer(values)


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([1.5, 2.5, 3.5]),
        pd.Series([1, 2, 3]),
        pd.Series([1.5, 2.5, 3.5], dtype="Float64"),
        pd.Series([1, 2, 3], dtype="Int64"),
        pd.Series([1, 2, 3], dtype="datetime64[us]"),
        pd.Series([1, 2, 3], dtype="datetime64[us, UTC]"),
    ],
    ids=lambda series: str(series.dtype),
)
def test_infer_arrow_shares_no_memory_with_what_the_user_holds(series):
    _, array = infer(series)
    before = array.to_pylist()
    series.array[2] = series.iloc[0]
    assert array.to_pylist() == before


SCALARS = [
    st.text(),
    st.integers(MIN, MAX),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
]


@given(st.one_of(*(st.lists(st.none() | scalar, max_size=6) for scalar in SCALARS)))
def test_a_column_is_what_its_values_are_one_by_one(values):
    key_type, array = infer(values)
    singles = [None if is_missing(value) else normalise("k", value) for value in values]
    assert {key_type} >= {single[0] for single in singles if single}
    plain = [single and single[1] for single in singles]
    result = array.to_pylist()
    if key_type == "datetime_utc":
        result = [value and value.astimezone(UTC) for value in result]
    assert repr(result) == repr(plain)


@pytest.mark.parametrize(
    ("key_type", "name"),
    [
        ("integer", "Int64"),
        ("float", "Float64"),
        ("boolean", "boolean"),
        ("list", "object"),
        ("dict", "object"),
        ("datetime", "datetime64[us]"),
        ("datetime_utc", "datetime64[us, UTC]"),
    ],
)
def test_pandas_dtypes(key_type, name):
    assert str(pandas_dtype(key_type)) == name


def test_strings_have_the_dtype_that_pandas_gives_them():
    if pd.__version__ >= "3":
        assert pandas_dtype("string") == pd.Series(["a"]).dtype
    else:
        assert pandas_dtype("string") == "string[pyarrow]"
