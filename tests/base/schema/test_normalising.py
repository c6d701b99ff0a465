import json
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.TiffImagePlugin import IFDRational

from framegrid.base import (
    check_key,
    from_json,
    is_missing,
    normalise,
    to_json,
)
from schema_helpers import INF, MAX, MIN, NAN


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
