"""What a filter stands on: columns, and numbers inside dicts."""

import math

from filters_helpers import SCHEMA, table
from framegrid import filters
from framegrid.base import schema


def test_values_of_a_column_are_the_column():
    frame = table({"temperature": [1.5, None], "width": [640, None]}, SCHEMA)
    assert filters.values(frame, "temperature", SCHEMA).equals(frame["temperature"])
    assert filters.values(frame, "width", SCHEMA).equals(frame["width"])


def test_values_of_a_path_are_numbers_or_missing():
    cells = [{"lat": 1}, {"lat": 2.5}, {"lat": True}, {"lat": "3"}, {"lat": [4]}, {}, None]
    numbers = filters.values(table({"gps": cells}, SCHEMA), "gps.lat", SCHEMA)
    assert numbers.dtype == "Float64"
    assert numbers.tolist()[:2] == [1.0, 2.5]
    assert numbers.isna().tolist() == [False, False, True, True, True, True, True]


def test_values_beyond_float64_are_infinite():
    frame = table({"gps": [{"lat": 10**400}, {"lat": -(10**400)}]}, SCHEMA)
    assert filters.values(frame, "gps.lat", SCHEMA).tolist() == [math.inf, -math.inf]


def test_a_key_of_that_name_wins_over_a_path():
    types: schema.Schema = {"gps": "dict", "gps.lat": "string"}
    frame = table({"gps": [{"lat": 1}], "gps.lat": ["north"]}, types)
    assert filters.values(frame, "gps.lat", types).tolist() == ["north"]
    assert filters.dict_paths(frame, "gps") == []


def test_the_longest_dict_key_wins():
    types: schema.Schema = {"a": "dict", "a.b": "dict"}
    frame = table({"a": [{"b": {"c": 1}, "d": 2}], "a.b": [{"c": 3}]}, types)
    assert filters.values(frame, "a.b.c", types).tolist() == [3]
    assert filters.dict_paths(frame, "a") == ["a.d"]
    assert filters.dict_paths(frame, "a.b") == ["a.b.c"]


def test_dict_paths_lists_numbers_in_order_of_appearance():
    cells = [None, {"b": 1, "a": "x", "in": {"x": 1.5, "y": None}}, {"a": 2, "t": True, "x.y": 3}]
    assert filters.dict_paths(table({"gps": cells}, SCHEMA), "gps") == [
        "gps.b",
        "gps.in.x",
        "gps.a",
    ]
