import datetime as dt
import json
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framegrid import filters, schema
from framegrid.errors import FilterError, UnknownKeyError

SCHEMA: schema.Schema = {
    "temperature": "float",
    "objects": "integer",
    "weather": "string",
    "indoor": "boolean",
    "tags": "list",
    "gps": "dict",
    "taken": "datetime",
    "uploaded": "datetime_utc",
}


def series(key_type: schema.KeyType, values: list, index=None) -> pd.Series:
    """A column as the dataset's table has it."""
    dtype = schema.pandas_dtype(key_type)
    if dtype == np.dtype("datetime64[us]"):
        values = np.array([np.datetime64("NaT") if v is None else v for v in values], dtype)
    elif key_type == "datetime_utc":
        naive = [None if v is None else v.replace(tzinfo=None) for v in values]
        return series("datetime", naive, index).dt.tz_localize("UTC")
    return pd.Series(values, dtype=dtype, index=index)


def table(columns: dict[str, list], types: schema.Schema, ids=None) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    index = pd.Index(range(size) if ids is None else ids, name="sample_id", dtype="int64")
    all_types = {**dict.fromkeys(("width", "height"), "integer"), **types}
    return pd.DataFrame(
        {key: series(all_types[key], columns[key], index) for key in columns}, index
    )


def rows(filters_, columns, types):
    """Row numbers by mask, after checking that the query gives the same."""
    frame = table(columns, types)
    normal = filters.normalise(filters_, types)
    mask = filters.mask(normal, frame, types)
    assert mask.dtype == bool
    expression = filters.query(normal, types)
    found = frame.query(expression) if expression else frame
    assert list(found.index) == list(np.flatnonzero(mask))
    return list(np.flatnonzero(mask))


# renaming


@pytest.mark.parametrize(
    ("name", "renames", "expected"),
    [
        ("a", [("a", "b")], "b"),
        ("a", [("a", "b"), ("b", "a")], "a"),
        ("a.b", [("a", "c d")], "c d.b"),
        ("a.column", [("a", "c")], "a.column"),
        ("ab", [("a", "c")], "ab"),
        ("", [("a", "c")], ""),
    ],
)
def test_a_key_follows_its_renames(name, renames, expected):
    assert filters.renamed(name, renames, {"a.column": "float"}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs(abs) < 1", "abs(`b c`) < 1"),
        ("abs.x < 1 and `abs`.isna()", "`b c`.x < 1 and `b c`.isna()"),
        ("`abs.x` < 1", "`b c.x` < 1"),
        ("other == 'abs'", "other == 'abs'"),
    ],
)
def test_an_expression_follows_its_keys(text, expected):
    carried = filters.carried({"": {"query": text}}, [("abs", "b c")], {})
    assert carried == {"": {"query": expected}}


# normalise


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
        ("", {"query": "width>height & objects<3"}, {"query": "width>height and objects<3"}),
        ("temperature", (None, None), {"min": None, "max": None, "missing": False}),
        ("objects", (np.int8(1), 2.0), {"min": 1, "max": 2, "missing": False}),
        ("objects", (0.5, 2.5), {"min": 1, "max": 2, "missing": False}),
        ("objects", (10**30, math.inf), {"min": 10**30, "max": None, "missing": False}),
        ("width", (640, None), {"min": 640, "max": None, "missing": False}),
        ("gps.lat", (48, 49), {"min": 48.0, "max": 49.0, "missing": False}),
        ("weather", ["sunny", "rain", "sunny"], {"in": ["sunny", "rain"]}),
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
def test_normalise_leaves_out_what_every_sample_meets(condition):
    assert filters.normalise({"temperature": condition}, SCHEMA) == {}


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
        ({"zzz": True}, "no key 'zzz'; there are 'width', 'height', 'temperature'"),
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
        ({"weather": "sunny"}, r"a string key takes a list of values"),
        ({"weather": ("rain", "sunny")}, r"a string key takes a list of values"),
        ({"weather": [5]}, "cannot be filtered by 5"),
        ({"weather": {"in": "sunny"}}, "cannot be filtered by 'sunny'"),
        ({"weather": {"contains": 5}}, "cannot be filtered by 5"),
        ({"weather": {"in": [], "contains": ""}}, "a string key takes"),
        ({"indoor": ["yes"]}, "a boolean key takes True, False, or"),
        ({"indoor": [1]}, "cannot be filtered by 1"),
        ({"indoor": {"contains": True}}, "a boolean key takes"),
        ({"tags": "dog"}, r"a list key takes an element: \{'contains': 'dog'\}"),
        ({"tags": [["dog"]]}, r"cannot be filtered by \['dog'\]"),
        ({"temperature": [None, 1]}, "a float key takes a range"),
        ({"gps": [None]}, "filter by a number inside it"),
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


# keys


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


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"temperature": (10, 25.5)}, "10 <= temperature <= 25.5"),
        (
            {"weather": ["rain", None], "objects": (1, None)},
            "(weather in ['rain'] or weather.isna()) and objects >= 1",
        ),
        ({"taken": (None, "2024-05-01")}, "taken <= '2024-05-01T00:00:00'"),
        ({"tags": {"contains": "dog"}}, "(tags.explode() == 'dog').groupby(level=0).any()"),
    ],
)
def test_a_query_reads_like_pandas(condition, expected):
    assert filters.query(filters.normalise(condition, SCHEMA), SCHEMA) == expected


# Awkward names

NAMES_ON_ALL = [
    *("my key", " a ", "a.b", "class", "None", "True", "lambda", "1st", "-", "a=b"),
    *(
        "index",
        "columns",
        "size",
        "values",
        "query",
        "sin",
        "list",
        "Timestamp",
        "self",
        "_",
        "@a",
        "a@b",
    ),
    *(
        "température",
        "日本",
        "°C",
        "€",
        "x == 1",
        "a b or c",
        "[0]",
        "a|b",
        "~",
        "%",
        "BACKTICK_QUOTED_STRING",
    ),
]
NAMES_ON_PANDAS_3 = [
    "it's",
    'say "hi"',
    "a`b",
    "`",
    "``",
    "#",
    "a#b",
    "m²",
    "a\\b",
    "\\",
    "(",
    '"""',
    "“q”",
    "\u00a0",
    "😀",
]
NAMES_ON_NONE = ["inf", "µm", "ﬁ", "a\u2028b", "e\u0301"]


@pytest.mark.parametrize("name", NAMES_ON_ALL + NAMES_ON_PANDAS_3 * schema.PANDAS_3)
def test_awkward_names_can_be_queried(name):
    types: schema.Schema = {name: "float", "other": "integer"}
    columns = {name: [1.0, 2.0, None], "other": [1, 2, 3]}
    assert rows({name: (2, None), "other": (1, 2)}, columns, types) == [1]


@pytest.mark.parametrize("name", NAMES_ON_NONE)
def test_names_that_pandas_cannot_read_are_refused(name):
    normal = filters.normalise({name: (2, None)}, {name: "float"})
    with pytest.raises(FilterError, match="rename it"):
        filters.query(normal, {name: "float"})


def test_names_that_pandas_confuses_are_refused():
    types: schema.Schema = {"a b": "float", "BACKTICK_QUOTED_STRING_a_b": "float"}
    with pytest.raises(FilterError, match="pandas reads it as something else"):
        filters.query(filters.normalise({"a b": (2, None)}, types), types)


# For any filters, the rows of the mask, of the query and of a loop over the samples are the same.

NASTY = st.sampled_from("ab.`'\"\\#@{}()[]& \n\0ß\u017fİ\u0131Σςµé日😀\u2028")
TEXTS = st.text(NASTY, max_size=4)
NAMES = [*4 * [st.sampled_from(NAMES_ON_ALL)], st.text(NASTY, min_size=1, max_size=4)]
FLOATS = st.floats(allow_nan=False) | st.integers(-3, 3).map(float)
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)
BIG_INTEGERS = st.integers(-(10**20), 10**20) | INTEGERS
DATETIMES = st.datetimes() | st.sampled_from([dt.datetime.min, dt.datetime.max])
SCALARS = st.none() | st.booleans() | BIG_INTEGERS | FLOATS | TEXTS
STEPS = st.sampled_from(["lat", "it's", "", "a b", "{", "\\"])
NESTED = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STEPS, inner), max_leaves=5
)
VALUES: dict[schema.KeyType, st.SearchStrategy] = {
    "string": TEXTS,
    "integer": INTEGERS,
    "float": FLOATS,
    "boolean": st.booleans(),
    "list": st.lists(NESTED, max_size=4),
    "dict": st.dictionaries(STEPS, NESTED, max_size=3),
    "datetime": DATETIMES,
    "datetime_utc": DATETIMES.map(lambda naive: naive.replace(tzinfo=dt.UTC)),
}


@st.composite
def ranges(draw, bounds):
    if draw(st.integers(0, 9)) == 0:
        return [None]
    ends = [draw(st.none() | bounds), draw(st.none() | bounds)]
    if None not in ends:
        ends.sort()
    return dict(zip(("min", "max"), ends, strict=True)) | {"missing": draw(st.booleans())}


@st.composite
def conditions(draw, key_type, known):
    """A condition for a key of a type that has some known values."""
    near = st.sampled_from(known) if known else st.nothing()
    match key_type:
        case "string":
            wanted = st.lists(near | TEXTS | st.none(), max_size=3)
            part = st.builds(lambda text: {"contains": text[1:3].upper()}, near | TEXTS)
            return draw(wanted | part)
        case "boolean":
            return draw(st.lists(st.sampled_from([True, False, None])))
        case "list":
            inside = [
                item for items in known for item in items if type(item) in {str, bool, int, float}
            ]
            element = (st.sampled_from(inside) if inside else st.nothing()) | INTEGERS | TEXTS
            usable = element.filter(lambda item: type(item) is not int or -(2**63) <= item < 2**63)
            usable = usable.filter(lambda item: item not in (math.inf, -math.inf))
            several = st.lists(usable | st.none(), max_size=3)
            return draw(several | st.builds(lambda item: {"contains": item}, usable))
        case "dict":
            return draw(ranges(BIG_INTEGERS | FLOATS))
        case "integer" | "float":
            return draw(ranges(near | BIG_INTEGERS | FLOATS))
    return draw(ranges(near | VALUES[key_type]))


@st.composite
def datasets(draw):
    """Types, columns and filters: any types, names, values and conditions, missing anywhere."""
    any_name = draw(st.sampled_from(NAMES))
    names = draw(st.lists(any_name, min_size=1, max_size=4, unique_by=str.casefold))
    size = draw(st.integers(0, 6))
    types, columns, conditions_ = {}, {}, {}
    for name in names:
        key_type = types[name] = draw(st.sampled_from(list(VALUES)))
        cells = st.lists(st.none() | VALUES[key_type], min_size=size, max_size=size)
        columns[name] = draw(cells)
        if draw(st.sampled_from([True, True, False])):
            steps = draw(st.lists(STEPS, min_size=1, max_size=3)) if key_type == "dict" else []
            known = [cell for cell in columns[name] if cell is not None]
            conditions_[".".join([name, *steps])] = draw(conditions(key_type, known))
    return types, columns, conditions_


def number_at(cell, steps):
    for step in steps:
        cell = cell.get(step) if isinstance(cell, dict) else None
    return float(cell) if type(cell) in {int, float} else None


def passes(value, condition):
    """Whether one value meets a condition as it was given: by plain Python, which is exact."""
    if isinstance(condition, list) and isinstance(value, list):
        return any(passes(value, {"contains": element}) for element in condition)
    if isinstance(condition, list):
        return value in condition
    if "contains" in condition:
        part = condition["contains"]
        if isinstance(value, str):
            return part.casefold() in value.casefold()
        same = [item for item in value or [] if isinstance(item, bool) == isinstance(part, bool)]
        return part in same
    low, high, missing = condition["min"], condition["max"], condition["missing"]
    if value is None:
        return missing
    return (low is None or low <= value) and (high is None or value <= high)


@settings(max_examples=300)
@given(datasets())
def test_mask_query_and_a_plain_loop_agree(dataset):
    types, columns, conditions_ = dataset
    frame = table(columns, types, ids=range(3, 3 + len(next(iter(columns.values())))))
    try:
        normal = filters.normalise(conditions_, types)
    except FilterError as error:
        if "nothing lies between" not in str(error):
            raise
        return

    expected = np.ones(len(frame), dtype=bool)
    for key, condition in conditions_.items():
        column = next(name for name in types if key == name or key.startswith(f"{name}."))
        cells = columns[column]
        if key != column:
            cells = [number_at(cell, key.removeprefix(f"{column}.").split(".")) for cell in cells]
        expected &= np.array([passes(cell, condition) for cell in cells], dtype=bool)

    assert filters.mask(normal, frame, types).tolist() == expected.tolist()
    try:
        expression = filters.query(normal, types)
    except FilterError as error:
        if "cannot query the key" not in str(error):
            raise
        return
    found = frame.query(expression) if expression else frame
    assert list(found.index) == list(frame.index[expected])
