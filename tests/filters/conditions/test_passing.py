"""The rows that pass: by mask and by query the same."""

import datetime as dt
import math

import pytest

from filters_helpers import SCHEMA, rows
from framegrid import filters
from framegrid.base import FilterError

# mask and query give the same rows


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ((1, 2), [1, 2]),
        ((None, 2), [0, 1, 2]),
        ((2, None), [2, 3]),
        ({"min": 2, "missing": True}, [2, 3, 4]),
        ((None, None), [0, 1, 2, 3]),
        ({"min": None, "max": None, "missing": True}, [0, 1, 2, 3, 4]),
        ((math.inf, None), [3]),
        ((None, -math.inf), [0]),
        ({"max": -math.inf, "missing": True}, [0, 4]),
        ([None], [4]),
    ],
)
def test_a_range_is_inclusive_and_infinities_are_values(condition, expected):
    columns = {"temperature": [-math.inf, 1.0, 2.0, math.inf, None]}
    assert rows({"temperature": condition}, columns, SCHEMA) == expected


@pytest.mark.parametrize("text", ["9007199254740993", "-9007199254740993"])
def test_long_integers_may_be_text_as_browsers_hold_none(text):
    assert filters.normalise({"objects": (text, None)}, SCHEMA)["objects"]["min"] == int(text)
    for key, bound in [("objects", "12"), ("objects", "1e20"), ("temperature", text)]:
        with pytest.raises(FilterError):
            filters.normalise({key: (bound, None)}, SCHEMA)


def test_an_element_that_no_double_holds_is_refused():
    assert filters.normalise({"tags": [2**60]}, SCHEMA) == {"tags": {"contains": 2**60}}
    with pytest.raises(FilterError, match="no double is exactly that"):
        filters.normalise({"tags": ["dog", 2**60 + 1]}, SCHEMA)


def test_integers_are_compared_exactly():
    columns = {"objects": [2**53, 2**53 + 1, 2**63 - 1, -(2**63), None]}
    assert rows({"objects": (2**53 + 1, None)}, columns, SCHEMA) == [1, 2]
    assert rows({"objects": (None, -(2**63))}, columns, SCHEMA) == [3]
    assert rows({"objects": (10**30, None)}, columns, SCHEMA) == []
    assert rows({"objects": (-(10**30), 10**30)}, columns, SCHEMA) == [0, 1, 2, 3]


def test_datetimes_are_compared_to_the_microsecond():
    first, last = dt.datetime(1, 1, 1), dt.datetime.max
    columns = {"taken": [first, last, None], "uploaded": [first, last, None]}
    for key in columns:
        assert rows({key: (first, first)}, columns, SCHEMA) == [0]
        assert rows({key: (last - dt.timedelta.resolution, None)}, columns, SCHEMA) == [1]
        assert rows({key: {"max": last, "missing": True}}, columns, SCHEMA) == [0, 1, 2]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (["sunny"], [0]),
        (["sunny", None], [0, 3]),
        ([None], [3]),
        ([], []),
        ({"contains": "SUN"}, [0, 1]),
        ({"contains": "STRASSE"}, [2]),
        ({"contains": ""}, [0, 1, 2]),
    ],
)
def test_strings_by_value_or_part(condition, expected):
    columns = {"weather": ["sunny", "Sun.*", "straße", None]}
    assert rows({"weather": condition}, columns, SCHEMA) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [(True, [0]), ([False], [1]), ([True, None], [0, 2]), ([True, False], [0, 1])],
)
def test_booleans_by_value(condition, expected):
    assert rows({"indoor": condition}, {"indoor": [True, False, None]}, SCHEMA) == expected


@pytest.mark.parametrize(
    ("element", "expected"),
    [("dog", [0]), (1, [0, 1]), (True, [2]), ("1", [4]), (0, [1]), (0.5, [3]), ("", [])],
)
def test_lists_by_element(element, expected):
    cells = [
        ["dog", 1],
        [1.0, -0.0],
        [True, [1], {"a": "dog"}],
        [0.5, None],
        ["1", "hotdog"],
        [],
        None,
    ]
    assert rows({"tags": {"contains": element}}, {"tags": cells}, SCHEMA) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(["dog", 1], [0, 1]), (["dog", None], [0, 3]), ([None], [3]), ([], []), ([True, 5], [2])],
)
def test_lists_by_one_of_several_elements(wanted, expected):
    cells = [["dog", "cat"], ["cat", 1], [True], None, []]
    assert rows({"tags": wanted}, {"tags": cells}, SCHEMA) == expected


@pytest.mark.parametrize(
    ("key", "expected"), [("gps.lat", [0, 5]), ("gps.at.deep", [2]), ("gps.lat.deep", [])]
)
def test_numbers_inside_dicts(key, expected):
    cells = [{"lat": 2}, {"lat": "2"}, {"at": {"deep": 2}}, {"lat": True}, None, {"lat": 2.0}, {}]
    assert rows({key: (1, 3)}, {"gps": cells}, SCHEMA) == expected


def test_infinities_inside_dicts_are_values():
    columns = {"gps": [{"lat": math.inf}, {"lat": -math.inf}, {"lat": "inf"}, {"lat": 1}]}
    assert rows({"gps.lat": (1, None)}, columns, SCHEMA) == [0, 3]
    assert rows({"gps.lat": (None, 1)}, columns, SCHEMA) == [1, 3]


def test_a_path_through_numbers_leads_nowhere():
    columns = {"gps": [{"lat": 1}, {"lat": 2}]}
    assert rows({"gps.lat.deep": (None, None)}, columns, SCHEMA) == []
    assert rows({"gps.lat.deep": {"min": 1, "missing": True}}, columns, SCHEMA) == [0, 1]


def test_conditions_combine_with_and():
    columns = {"temperature": [1.0, None, 3.0], "weather": ["rain", "rain", None]}
    both = {"temperature": {"max": 2, "missing": True}, "weather": ["rain", None]}
    assert rows(both, columns, SCHEMA) == [0, 1]


def test_no_filter_is_no_expression():
    assert filters.query({}, SCHEMA) == ""
