"""Filters as people write them, in the language of ``DataFrame.query``."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters_helpers import SCHEMA, datasets, table
from framegrid import filters
from framegrid.base import FilterError, UnknownKeyError

TYPES = SCHEMA | {"my key": "float", "sharpness": "float"}


def within(low=None, high=None, missing=False):
    return {"min": low, "max": high, "missing": missing}


BELOW = math.nextafter(0.3, 0)
DAY = "2024-05-01T00:00:00.000000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("temperature < 0.3", {"temperature": within(None, BELOW)}),
        ("0.3 >= temperature", {"temperature": within(None, 0.3)}),
        ("0.1 < temperature <= 0.3", {"temperature": within(math.nextafter(0.1, 1), 0.3)}),
        (
            "temperature > 1 and temperature < 3 and temperature > 2",
            {"temperature": within(math.nextafter(2, 3), math.nextafter(3, 2))},
        ),
        ("temperature == -5", {"temperature": within(-5, -5)}),
        ("temperature >= 1e999", {"temperature": within("inf")}),
        ("temperature < 1e999", {"temperature": within(None, 1.7976931348623157e308)}),
        ("temperature.between(1, 2)", {"temperature": within(1, 2)}),
        ("objects < 3", {"objects": within(None, 2)}),
        ("objects > 2.5 & objects < 9.5", {"objects": within(3, 9)}),
        ("objects > -1", {"objects": within(0)}),
        (f"objects > {2**53}", {"objects": within(2**53 + 1)}),
        (f"temperature > {2**53 + 1}", {"temperature": within(2**53 + 2)}),
        ("width >= 640", {"width": within(640)}),
        ("taken < '2024-05-01'", {"taken": within(None, "2024-04-30T23:59:59.999999")}),
        ("taken >= '2024-05'", {"taken": within(DAY)}),
        ("uploaded == '2024-05-01'", {"uploaded": within(DAY + "+00:00", DAY + "+00:00")}),
        ("temperature.isna()", {"temperature": {"in": [None]}}),
        ("~temperature.isna()", {"temperature": within()}),
        (
            "temperature > 5 or temperature.isna()",
            {"temperature": within(math.nextafter(5, 6), None, missing=True)},
        ),
        ("weather == 'rain'", {"weather": {"in": ["rain"]}}),
        ("'rain' == weather", {"weather": {"in": ["rain"]}}),
        ("weather in ['a', 'b'] or weather.isnull()", {"weather": {"in": ["a", "b", None]}}),
        (
            "weather.isin(['a', 'b']) and weather != 'a'",
            {"weather": {"in": ["a", "b"]}, "": {"query": "weather != 'a'"}},
        ),
        ("weather in ['a', 'b'] and weather == ['b', 'c']", {"weather": {"in": ["b"]}}),
        ("weather.notna()", {"weather": within()}),
        ("tags.notna() and indoor.notnull()", {"tags": within(), "indoor": within()}),
        ("indoor and width > 5", {"indoor": {"in": [True]}, "width": within(6)}),
        ("not indoor", {"indoor": {"in": [False]}}),
        ("indoor != True", {"indoor": {"in": [False]}}),
        ("'dog' in tags", {"tags": {"contains": "dog"}}),
        ("'dog' in tags or 'cat' in tags", {"tags": {"in": ["dog", "cat"]}}),
        ("`my key` <= 3", {"my key": within(None, 3)}),
        ("gps.lat >= 3 and `gps.lat` <= 4", {"gps.lat": within(3, 4)}),
        ("", {}),
    ],
)
def test_what_sliders_can_say_moves_them(text, expected):
    assert filters.parse(text, TYPES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "weather != 'rain'",
        "not weather == 'rain'",
        "temperature > sharpness",
        "temperature > 0 or indoor",
        "temperature > temperature.quantile(0.9)",
        "temperature ** 2 < 4",
        "taken.dt.year == 2024",
        "weather.str.contains('dog', case=False)",
        "file_name.str.startswith('a')",
        "sample_id < 100",
        "gps.lat > gps.lon + 1",
        "abs(temperature) < `my key`",
        "gps.isna()",
    ],
)
def test_the_rest_stays_an_expression(text):
    assert filters.parse(text, TYPES) == {"": {"query": text}}
    both = filters.parse(f"width > 5 and ({text})", TYPES)
    assert both["width"] == within(6)
    assert text in both[""]["query"]


@pytest.mark.parametrize("text", ["temperature < -1e999", "temperature > 1e999"])
def test_nothing_lies_beyond_infinity(text):
    frame = table({"temperature": [-math.inf, 0.0, math.inf]}, TYPES)
    assert not filters.mask(filters.parse(text, TYPES), frame, TYPES).any()


def test_what_contradicts_itself_shows_nothing():
    frame = table({"temperature": [1.0, 2.0]}, TYPES)
    assert not filters.mask(
        filters.parse("temperature < 1 and temperature > 2", TYPES), frame, TYPES
    ).any()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("temperature <", r"invalid syntax \(at its end\)"),
        ("width > 3 and @x", r"invalid syntax \(at character 15, '@x'\)"),
        ("width > 3 and temperature + True > 2", r"arithmetic takes numbers \(at character 29"),
        ("__import__('os').system('x') == 1", "this is not allowed here; the methods are abs"),
        ("weather.__class__ == 1", "not allowed here"),
        ("weather.str.__class__ == 1", r"after \.str come casefold"),
        ("weather.map(print)", "not allowed here"),
        ("weather.map('{0.__class__}'.format) == ''", "not allowed here"),
        ("open('x') == 1", "the functions are abs, exp, log"),
        ("[x for x in weather]", "not allowed here"),
        ("(lambda: 1)()", "not allowed here"),
        ("f'{weather}' == ''", "not allowed here"),
        ("tags[0] == 1", "not allowed here"),
        ("9 ** 9 ** 9 > width", "a power is of one key"),
        ("width ** 999 > 1", "a power is a number up to 100"),
        ("temperature < 'abc'", "'temperature' cannot be filtered by 'abc'"),
        ("weather > 5", "Invalid comparison"),
        ("temperature", "not true or false for each sample; compare"),
        ("1 < 2", "not true or false for each sample"),
        ("weather.str.contains()", "missing 1 required positional argument"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, message):
    with pytest.raises(FilterError, match=message):
        filters.parse(text, TYPES)


@pytest.mark.parametrize("text", ["tempreature < 3", "width > 3 and tempreature + 1 < 3"])
def test_an_unknown_key_is_named_with_its_place(text):
    place = text.index("temp") + 1
    with pytest.raises(
        UnknownKeyError, match=rf"did you mean 'temperature'\? \(at character {place}"
    ):
        filters.parse(text, TYPES)


def test_expressions_are_masks_and_queries():
    cells = [{"lat": 1, "lon": 0}, {"lat": 5, "lon": 1}, {"lat": "x"}, None]
    frame = table({"gps": cells, "width": [1, 2, 3, None], "height": [2, 2, 2, 2]}, TYPES)
    given_ = filters.parse("gps.lat > gps.lon + 1 or width > height", TYPES)
    assert filters.mask(given_, frame, TYPES).tolist() == [False, True, True, False]
    assert list(frame.query(filters.query(given_, TYPES)).index) == [1, 2]


# What `query` spells can be read again, and what is read means the same.


@settings(max_examples=200)
@given(datasets())
def test_a_query_can_be_assigned(dataset):
    types, columns, conditions = dataset
    frame = table(columns, types)
    try:
        normal = filters.normalise(conditions, types)
        expression = filters.query(normal, types)
    except FilterError:
        return
    again = filters.parse(expression, types)
    assert filters.mask(again, frame, types).tolist() == filters.mask(normal, frame, types).tolist()


NUMBERS = st.sampled_from(["-1", "0", "0.5", "2", "1e999", "-1e999"])
OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "=="])
TERMS = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(["f", "i"]), OPERATORS, NUMBERS),
    st.builds(
        "{} {} {} {} {}".format, NUMBERS, OPERATORS, st.sampled_from("fi"), OPERATORS, NUMBERS
    ),
    st.builds("s {} '{}'".format, st.sampled_from(["==", "!="]), st.sampled_from("ab")),
    st.builds("{}.{}()".format, st.sampled_from("fisbt"), st.sampled_from(["isna", "notna"])),
    st.builds(
        "t {} '2024-05-0{}'".format, OPERATORS.filter(lambda op: op != "=="), st.sampled_from("12")
    ),
    st.sampled_from(["b", "b == False", "s in ['a', 'c']", "f > i", "f + 1 < i * 2"]),
)
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or", "&"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=4,
)
CELLS = {
    "f": st.sampled_from([-math.inf, -1.0, 0.0, 0.5, math.nextafter(0.5, 1), 2.0, math.inf, None]),
    "i": st.sampled_from([-1, 0, 1, 2, None]),
    "s": st.sampled_from(["a", "b", "c", None]),
    "b": st.sampled_from([True, False, None]),
    "t": st.sampled_from([dt.datetime(2024, 5, 1), dt.datetime(2024, 5, 1, 0, 0, 0, 1), None]),
}
FEW: filters.Filters = {
    "f": "float",
    "i": "integer",
    "s": "string",
    "b": "boolean",
    "t": "datetime",
}


@settings(max_examples=300)
@given(EXPRESSIONS, st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=8))
def test_an_expression_means_what_pandas_says(text, samples):
    frame = table({key: [sample[key] for sample in samples] for key in CELLS}, FEW)
    expected = frame.query(text, engine="python").index
    found = filters.parse(text, FEW)
    assert list(np.flatnonzero(filters.mask(found, frame, FEW))) == list(expected)
    expression = filters.query(found, FEW)
    assert list(frame.query(expression).index if expression else frame.index) == list(expected)
