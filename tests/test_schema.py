import json
import math
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.TiffImagePlugin import IFDRational

from framegrid.errors import MetadataTypeError
from framegrid.schema import (
    arrow_type,
    check_exact,
    check_key,
    from_json,
    infer_arrow,
    is_missing,
    merge,
    merge_array,
    normalise,
    pandas_dtype,
    public_name,
    to_json,
)

MAX, MIN = 2**63 - 1, -(2**63)
NAN, INF = math.nan, math.inf


class Level(IntEnum):
    HIGH = 3


class Colour(StrEnum):
    RED = "red"


class Tensor:
    """Behaves like a tensor of torch, as far as metadata can tell."""

    def __init__(self, value):
        self.value = np.asarray(value)
        self.ndim = self.value.ndim

    def item(self):
        return self.value.item()

    def tolist(self):
        return self.value.tolist()


class Point(NamedTuple):
    x: int
    y: float


def describe(position):
    return f"sample {position + 100}"


def infer(values):
    return infer_arrow("k", values, describe)


# Missing values


@pytest.mark.parametrize(
    "value",
    [
        None,
        NAN,
        np.float32("nan"),
        np.float64("nan"),
        Decimal("NaN"),
        Decimal("sNaN"),
        pd.NA,
        pd.NaT,
        np.datetime64("NaT"),
        np.timedelta64("NaT"),
        np.array(NAN),
        Tensor(NAN),
        IFDRational(0, 0),
    ],
)
def test_missing(value):
    assert is_missing(value) is True


@pytest.mark.parametrize(
    "value",
    [
        0,
        0.0,
        "",
        False,
        [],
        {},
        INF,
        "nan",
        np.float32(0),
        np.int64(0),
        np.array([NAN]),
        [None],
        Decimal(0),
        pd.Series([NAN]),
        datetime(1, 1, 1),
        np.array("nan"),
        Tensor([NAN]),
        object(),
    ],
)
def test_not_missing(value):
    assert is_missing(value) is False


# Keys


@pytest.mark.parametrize(
    "key", ["temperature", "a b", "gps.lat", "ä", "日本", "'", "`", "Sample id"]
)
def test_keys_that_can_be(key):
    check_key(key, {"weather": "string"})
    check_key(key, {key: "string"})


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        (5, TypeError, r"metadata key 5 is a int; keys must be strings"),
        ("", ValueError, "is empty"),
        ("width", ValueError, "is a built-in column; choose a name other than sample_id"),
        ("a\nb", ValueError, r"'a\\nb' has control characters"),
        ("a\x7f", ValueError, "control characters"),
        ("a\udc80", ValueError, "not valid UTF-8"),
        ("Weather", ValueError, "'Weather' differs from 'weather' only in case"),
        ("STRASSE", ValueError, "differs from 'straße' only in case"),
        ("Width", ValueError, "'Width' differs from 'width' only in case"),
    ],
)
def test_keys_that_cannot_be(key, error, message):
    with pytest.raises(error, match=message):
        check_key(key, {"weather": "string", "straße": "string"})


# Single values


@pytest.mark.parametrize(
    ("value", "key_type", "plain"),
    [
        (True, "boolean", True),
        (np.False_, "boolean", False),
        (5, "integer", 5),
        (MAX, "integer", MAX),
        (MIN, "integer", MIN),
        (np.int8(-3), "integer", -3),
        (np.uint64(7), "integer", 7),
        (Level.HIGH, "integer", 3),
        (1.5, "float", 1.5),
        (-0.0, "float", -0.0),
        (INF, "float", INF),
        (np.float32(0.5), "float", 0.5),
        (np.float64(-INF), "float", -INF),
        (np.longdouble(2), "float", 2.0),
        (Decimal("1.5"), "float", 1.5),
        (Decimal("-Infinity"), "float", -INF),
        (Fraction(1, 2), "float", 0.5),
        (IFDRational(1, 250), "float", 0.004),
        ("", "string", ""),
        ("日本 \0 🙂", "string", "日本 \0 🙂"),
        (np.str_("a"), "string", "a"),
        (Colour.RED, "string", "red"),
        (Path("a/b.jpg"), "string", str(Path("a/b.jpg"))),
        (PureWindowsPath("a/b.jpg"), "string", "a\\b.jpg"),
        (datetime(2024, 1, 2, 3, 4, 5, 6), "datetime", datetime(2024, 1, 2, 3, 4, 5, 6)),
        (datetime.max, "datetime", datetime.max),
        (date(2024, 1, 2), "datetime", datetime(2024, 1, 2)),
        (pd.Timestamp("2024-01-02 03:00"), "datetime", datetime(2024, 1, 2, 3)),
        (np.datetime64("2024-01-02", "D"), "datetime", datetime(2024, 1, 2)),
        (
            np.datetime64("2024-01-02T00:00:00.000001000", "ns"),
            "datetime",
            datetime(2024, 1, 2, 0, 0, 0, 1),
        ),
        (np.array("2024-01-02", "M8[ns]"), "datetime", datetime(2024, 1, 2)),
        (datetime(2024, 1, 2, tzinfo=UTC), "datetime_utc", datetime(2024, 1, 2, tzinfo=UTC)),
        (
            datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=5))),
            "datetime_utc",
            datetime(2024, 1, 1, 19, tzinfo=UTC),
        ),
        (
            pd.Timestamp("2024-07-02", tz="Europe/Berlin"),
            "datetime_utc",
            datetime(2024, 7, 1, 22, tzinfo=UTC),
        ),
        (np.array(2.5), "float", 2.5),
        (np.array(3, np.uint8), "integer", 3),
        (Tensor(2.5), "float", 2.5),
        (Tensor(True), "boolean", True),
        ([], "list", []),
        (("a", 1), "list", ["a", 1]),
        (Point(1, 2.0), "list", [1, 2.0]),
        (np.array([1, 2]), "list", [1, 2]),
        (np.array([[1.5], [2.5]]), "list", [[1.5], [2.5]]),
        (pd.Series([1, None], dtype="Int64"), "list", [1, None]),
        (pd.Index(["a"]), "list", ["a"]),
        (Tensor([1.0, 2.0]), "list", [1.0, 2.0]),
        ([None, pd.NA, INF, 2**70], "list", [None, None, INF, 2**70]),
        ([np.float32(0.5), Path("a"), (1, np.True_)], "list", [0.5, "a", [1, True]]),
        ({}, "dict", {}),
        (OrderedDict(b=1, a={"c": Decimal("0.5")}), "dict", {"b": 1, "a": {"c": 0.5}}),
        ({np.str_("a"): np.array([1])}, "dict", {"a": [1]}),
    ],
)
def test_normalise(value, key_type, plain):
    result_type, result = normalise("k", value)
    assert (result_type, repr(result)) == (key_type, repr(plain))
    assert type(result) is type(plain)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (
            2**63,
            OverflowError,
            "metadata k: the integer 9223372036854775808 does not fit.*store it as a str",
        ),
        (-(2**63) - 1, OverflowError, "64 bits"),
        (np.uint64(2**63), OverflowError, "64 bits"),
        ("a\udc80", ValueError, r"metadata k: 'a\\udc80' is not valid UTF-8 at character 1"),
        (Path("a\udcff.jpg"), ValueError, "not valid UTF-8"),
        (
            pd.Timestamp(1),
            ValueError,
            r"1970-01-01 00:00:00.000000001 has nanoseconds.*\.round\(\"us\"\)",
        ),
        (np.datetime64(1, "ns"), ValueError, "has nanoseconds"),
        (np.datetime64("10000-01-01", "s"), ValueError, "outside the years 1 to 9999"),
        (
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
            ValueError,
            "outside the years 1 to 9999",
        ),
        (
            b"a",
            TypeError,
            "metadata k: b'a' is of type bytes, which cannot be stored; allowed are str, int",
        ),
        ({1, 2}, TypeError, "type set"),
        (1j, TypeError, "type complex"),
        (np.complex128(1j), TypeError, "type complex128"),
        (timedelta(1), TypeError, "type timedelta"),
        (np.timedelta64(1, "ns"), TypeError, "type timedelta64"),
        (np.array(1, "m8[ns]"), TypeError, "type timedelta64"),
        (pd.DataFrame({"a": [1]}), TypeError, "type DataFrame"),
        (object, TypeError, "type type"),
    ],
)
def test_normalise_refuses(value, error, message):
    with pytest.raises(error, match=message):
        normalise("k", value)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ({"lat": NAN}, ValueError, "metadata gps.lat is NaN.*use None"),
        ([1, [2, np.float32("nan")]], ValueError, r"metadata gps\[1\]\[1\] is NaN"),
        ([{"x": Decimal("NaN")}], ValueError, r"gps\[0\].x is NaN"),
        ({"a": "\udc80"}, ValueError, "metadata gps.a: .*not valid UTF-8"),
        ({"\udc80": 1}, ValueError, "not valid UTF-8"),
        ({1: "a"}, TypeError, "metadata gps: the dict key 1 is of type int; dict keys must be str"),
        ({"a": {None: 1}}, TypeError, "metadata gps.a: the dict key None"),
        (
            [datetime(2024, 1, 2)],
            TypeError,
            r"metadata gps\[0\]: .*cannot be stored inside.*isoformat",
        ),
        ([pd.NaT], TypeError, "cannot be stored inside a list or dict"),
        (np.array(["2024"], "M8[ns]"), TypeError, "cannot be stored inside a list or dict"),
        ([b"a"], TypeError, r"metadata gps\[0\]: b'a' is of type bytes"),
        ([1 << 20_000], OverflowError, "an integer of 20001 bits cannot be stored"),
    ],
)
def test_normalise_names_what_it_refuses_inside(value, error, message):
    with pytest.raises(error, match=message):
        normalise("gps", value)


def test_normalise_refuses_an_integer_too_long_for_a_message():
    with pytest.raises(OverflowError, match="the integer <int> does not fit in 64 bits"):
        normalise("k", 10**5000)


def test_normalise_refuses_a_list_that_contains_itself():
    loop = []
    loop.append(loop)
    with pytest.raises(ValueError, match="nested deeper than 100 levels"):
        normalise("k", loop)


def test_normalised_lists_and_dicts_share_nothing_with_the_argument():
    inner = [1]
    given_value = {"a": inner}
    _, value = normalise("k", given_value)
    inner.append(2)
    given_value["b"] = 3
    assert value == {"a": [1]}


# JSON text

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON_VALUES, max_size=3) | st.dictionaries(st.text(), JSON_VALUES, max_size=3))
def test_json_round_trip(value):
    _, plain = normalise("k", value)
    text = to_json(plain)
    text.encode()
    json.loads(text, parse_constant=pytest.fail)
    assert repr(from_json(text)) == repr(plain) == repr(value)


def test_json_is_compact_and_readable():
    assert (
        to_json({"ä": [1, -INF, {"b": INF}], "c": None}) == '{"ä":[1,-1e999,{"b":1e999}],"c":null}'
    )


# Types and their conflicts


@pytest.mark.parametrize(
    ("current", "new", "value", "result"),
    [
        (None, "list", [], "list"),
        ("string", "string", "a", "string"),
        ("float", "integer", 2**53, "float"),
        ("float", "integer", -(2**53), "float"),
        ("integer", "float", 2.0, "integer"),
        ("integer", "float", -(2.0**63), "integer"),
        ("integer", "float", 2.5, "float"),
        ("integer", "float", 2.0**63, "float"),
        ("integer", "float", INF, "float"),
    ],
)
def test_merge(current, new, value, result):
    assert merge("k", current, new, value, 17) == result
    array = pa.array([None, value], arrow_type(new)) if new != "list" else pa.array(["[]"])
    merged_type, merged = merge_array("k", current, new, array, describe)
    assert merged_type == result
    assert merged.type == arrow_type(result) or result == "list"
    assert merged.to_pylist()[-1] == (value if new != "list" else "[]")


@pytest.mark.parametrize(
    ("current", "new", "value", "message"),
    [
        (
            "string",
            "integer",
            5,
            r"'k' is string, but sample 101 gets 5, which is integer; .*cast_metadata\('k', 'int",
        ),
        ("boolean", "integer", 1, "'k' is boolean"),
        ("integer", "boolean", True, "gets True, which is boolean"),
        ("float", "string", "1.5", "'k' is float, but sample 101 gets '1.5'"),
        (
            "float",
            "integer",
            2**53 + 1,
            r"9007199254740993 of sample 101.*cast_metadata\('k', 'string'\)",
        ),
        ("float", "integer", MIN, "-9223372036854775808 of sample 101 is beyond 2"),
        (
            "datetime",
            "datetime_utc",
            datetime(2024, 1, 1, tzinfo=UTC),
            "'k' is datetime without time zone.*datetime with time zone",
        ),
    ],
)
def test_conflicts(current, new, value, message):
    with pytest.raises(MetadataTypeError, match=message):
        merge("k", current, new, value, 101)
    with pytest.raises(MetadataTypeError, match=message):
        merge_array("k", current, new, pa.array([None, value], arrow_type(new)), describe)


@pytest.mark.parametrize("new", [None, "string", "float"])
def test_a_column_without_values_conflicts_with_nothing(new):
    values = pa.nulls(2, arrow_type(new) if new else pa.null())
    merged_type, merged = merge_array("k", "integer", new, values, describe)
    assert (merged_type, merged.type, merged.null_count) == ("integer", pa.int64(), 2)


def test_integers_that_floats_cannot_hold_stop_a_key_from_becoming_float():
    check_exact("k", pa.array([2**53, None, -(2**53)]), describe)
    with pytest.raises(MetadataTypeError, match="-9007199254740993 of sample 102"):
        check_exact("k", pa.array([1, None, -(2**53) - 1]), describe)


def test_both_datetimes_have_one_public_name():
    assert public_name("datetime_utc") == public_name("datetime") == "datetime"


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
    assert (result_type, array.to_pylist()) == (key_type, plain)
    assert [type(value) for value in array.to_pylist()] == [type(value) for value in plain]
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
