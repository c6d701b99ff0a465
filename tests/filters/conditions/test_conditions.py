"""Conditions in the one form that everything else reads."""

import datetime as dt
import json
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from filters_helpers import SCHEMA
from framegrid import filters
from framegrid.base import FilterError, UnknownKeyError


@pytest.mark.parametrize(
    ("key", "short", "full"),
    [
        ("temperature", (10, 25), {"min": 10.0, "max": 25.0, "missing": False}),
        ("temperature", (None, 25), {"min": None, "max": 25.0, "missing": False}),
        ("temperature", {"min": 1}, {"min": 1.0, "max": None, "missing": False}),
        (
            "temperature",
            {"max": 1, "missing": np.True_},
            {"min": None, "max": 1.0, "missing": True},
        ),
        (
            "temperature",
            (np.float32(0.5), Decimal("1.5")),
            {"min": 0.5, "max": 1.5, "missing": False},
        ),
        ("temperature", (-math.inf, 0), {"min": None, "max": 0.0, "missing": False}),
        ("temperature", (math.inf, None), {"min": "inf", "max": None, "missing": False}),
        ("temperature", ("-inf", "-inf"), {"min": None, "max": "-inf", "missing": False}),
        ("temperature", [None], {"in": [None]}),
        ("taken", {"in": [math.nan]}, {"in": [None]}),
        ("tags", ["dog"], {"contains": "dog"}),
        ("tags", ["dog", True, 1, 1.0, None], {"in": ["dog", True, 1.0, None]}),
        ("tags", [None], {"in": [None]}),
        ("tags", "dog", {"contains": "dog"}),
        ("gps", [None], {"in": [None]}),
        *(
            (key, (None, None), {"min": None, "max": None, "missing": False})
            for key in ("weather", "indoor", "tags", "gps", "taken", "file_name", "folder")
        ),
        ("", {"query": "width>height & objects<3"}, {"query": "width>height and objects<3"}),
        ("temperature", (None, None), {"min": None, "max": None, "missing": False}),
        ("objects", (np.int8(1), 2.0), {"min": 1, "max": 2, "missing": False}),
        ("objects", (0.5, 2.5), {"min": 1, "max": 2, "missing": False}),
        ("objects", (10**30, math.inf), {"min": 10**30, "max": None, "missing": False}),
        ("width", (640, None), {"min": 640, "max": None, "missing": False}),
        ("gps.lat", (48, 49), {"min": 48.0, "max": 49.0, "missing": False}),
        ("weather", ["sunny", "rain", "sunny"], {"in": ["sunny", "rain"]}),
        ("weather", "sunny", {"in": ["sunny"]}),
        ("weather", ["sunny", None, math.nan, pd.NA], {"in": ["sunny", None]}),
        ("weather", pd.Series(["rain"]), {"in": ["rain"]}),
        ("weather", [], {"in": []}),
        ("weather", {"contains": np.str_("sun")}, {"contains": "sun"}),
        ("indoor", True, {"in": [True]}),
        ("indoor", np.False_, {"in": [False]}),
        ("indoor", [None], {"in": [None]}),
        ("tags", {"contains": "dog"}, {"contains": "dog"}),
        ("tags", {"contains": np.int64(3)}, {"contains": 3}),
    ],
)
def test_normalise_spells_a_condition_in_full(key, short, full):
    normal = filters.normalise({key: short}, SCHEMA)
    assert normal == {key: full}
    assert filters.normalise(normal, SCHEMA) == normal
    assert json.loads(json.dumps(normal, allow_nan=False)) == normal


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (dt.datetime(2024, 5, 1, 12, 0, 0, 1), "2024-05-01T12:00:00.000001"),
        (dt.date(2024, 5, 1), "2024-05-01T00:00:00.000000"),
        ("2024-05-01", "2024-05-01T00:00:00.000000"),
        (np.datetime64("2024-05-01T12", "ns"), "2024-05-01T12:00:00.000000"),
        (pd.Timestamp("0001-01-01"), "0001-01-01T00:00:00.000000"),
    ],
)
def test_normalise_gives_datetimes_as_iso_text(bound, expected):
    normal = filters.normalise({"taken": (bound, None), "uploaded": (None, bound)}, SCHEMA)
    assert normal["taken"]["min"] == expected
    assert normal["uploaded"]["max"] == f"{expected}+00:00"
    assert filters.normalise(normal, SCHEMA) == normal


def test_normalise_converts_aware_bounds_to_utc():
    normal = filters.normalise({"uploaded": ("2024-05-01T02:00+02:00", None)}, SCHEMA)
    assert normal["uploaded"]["min"] == "2024-05-01T00:00:00.000000+00:00"


@pytest.mark.parametrize(
    "condition", [None, {"min": None, "max": None, "missing": True}, {"missing": True}]
)
@pytest.mark.parametrize("key", ["temperature", "weather", "tags", "gps"])
def test_normalise_leaves_out_what_every_sample_meets(key, condition):
    assert filters.normalise({key: condition}, SCHEMA) == {}


def test_normalise_rounds_integer_bounds_of_float_keys_inward():
    normal = filters.normalise({"temperature": (2**53 + 1, 2**54 - 1)}, SCHEMA)
    assert normal["temperature"]["min"] == 2**53 + 2
    assert normal["temperature"]["max"] == 2**54 - 2


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-(10**400), 10**400, 1.7976931348623157e308), (None, 10**400, 1.7976931348623157e308)],
)
def test_normalise_keeps_bounds_beyond_float64_finite(low, high, expected):
    normal = filters.normalise({"temperature": (low, high)}, SCHEMA)
    assert normal["temperature"] == {"min": low and -expected, "max": expected, "missing": False}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"temprature": (1, 2)}, "no key 'temprature'; did you mean 'temperature'?"),
        ({"WEATHER": ["rain"]}, "did you mean 'weather'?"),
        (
            {"zzz": True},
            "no key 'zzz'; there are 'width', 'height', 'file_name', 'folder', 'temp",
        ),
        ({"weather.lat": (1, 2)}, "no key 'weather.lat'"),
        ({5: (1, 2)}, "no key 5"),
    ],
)
def test_an_unknown_key_names_the_keys_there_are(bad, message):
    with pytest.raises(UnknownKeyError) as caught:
        filters.normalise(bad, SCHEMA)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"temperature": [1, 2]}, r"by \[1, 2\]; a float key takes a range: \(10, 25\)"),
        ({"temperature": 5}, "a float key takes a range"),
        ({"temperature": {}}, "a float key takes a range"),
        ({"temperature": {"mni": 5}}, "a float key takes a range"),
        ({"temperature": {1: 5, "min": 5}}, "a float key takes a range"),
        ({"temperature": (1, 2, 3)}, "a float key takes a range"),
        ({"temperature": (True, 2)}, "cannot be filtered by True"),
        ({"temperature": ("1", 2)}, "cannot be filtered by '1'"),
        ({"temperature": (math.nan, 2)}, "cannot be filtered by nan"),
        ({"temperature": (math.inf, -math.inf)}, "nothing lies between inf and -inf"),
        ({"temperature": (2, 1)}, "nothing lies between 2 and 1"),
        ({"temperature": {"min": 1, "missing": "yes"}}, '"missing" is True or False'),
        ({"objects": (0.5, 0.7)}, "nothing lies between 0.5 and 0.7; an integer key"),
        ({"objects": (math.inf, None)}, "an infinite min"),
        ({"weather": ("rain", "sunny")}, r"a string key takes a list of values"),
        ({"weather": [5]}, "cannot be filtered by 5"),
        ({"weather": {"in": "sunny"}}, "cannot be filtered by 'sunny'"),
        ({"weather": {"contains": 5}}, "cannot be filtered by 5"),
        ({"weather": {"in": [], "contains": ""}}, "a string key takes"),
        ({"indoor": ["yes"]}, "a boolean key takes True, False, or"),
        ({"indoor": [1]}, "cannot be filtered by 1"),
        ({"indoor": {"contains": True}}, "a boolean key takes"),
        ({"tags": 5}, r"a list key takes an element: 'dog'; or a list"),
        ({"tags": [["dog"]]}, r"cannot be filtered by \['dog'\]"),
        ({"temperature": [None, 1]}, "a float key takes a range"),
        ({"gps": ["a"]}, "filter by a number inside it"),
        ({"weather": ("rain", None)}, r"a string key takes a list of values"),
        ({"tags": {"missing": "yes"}}, '"missing" is True or False'),
        ({"": "temperature < width"}, "under the empty key stands an expression"),
        ({"": {"query": 5}}, "under the empty key stands an expression"),
        ({"tags": {"contains": ["dog"]}}, r"cannot be filtered by \['dog'\]"),
        ({"tags": {"contains": math.inf}}, "cannot be filtered by inf"),
        ({"tags": {"contains": None}}, "cannot be filtered by None"),
        ({"gps": (1, 2)}, "filter by a number inside it"),
        ({"gps.lat": [1]}, "'gps.lat' cannot be filtered"),
        ({"taken": ("yesterday", None)}, "Invalid isoformat"),
        ({"taken": (5, None)}, "cannot be filtered by 5"),
        ({"taken": (pd.NaT, None)}, "cannot be filtered by NaT"),
        ({"taken": ("2024-05-01T00:00Z", None)}, "the bound has a time zone, the key has none"),
        ({"taken": (pd.Timestamp(1, unit="ns"), None)}, "nanoseconds"),
        ({"taken": ("2024-05-02", "2024-05-01")}, "nothing lies between"),
        ({"weather": list("abcdefgh") * 1000 + [5]}, "cannot be filtered by 5"),
        ({"temperature": list(range(1000))}, r"\.\.\.; a float key"),
        ([("width", (1, 2))], "filters are a dict of conditions"),
    ],
)
def test_a_condition_that_cannot_apply_says_what_can(bad, message):
    with pytest.raises(FilterError, match=message):
        filters.normalise(bad, SCHEMA)
