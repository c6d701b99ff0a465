"""Columns for the browser: codes that are exact, edges that are round."""

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from decimal import Decimal
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from framegrid.base import pandas_dtype
from framegrid.filters import codes as columns
from framegrid.filters.codes import codes, steps

EPOCH = dt.datetime(1970, 1, 1)
MICROSECOND = dt.timedelta.resolution
LARGEST = 1.7976931348623157e308

FLOATS = st.floats(allow_nan=False) | st.sampled_from([0.0, -0.0, 5e-324, -LARGEST, LARGEST])
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([-(2**63), 2**63 - 1, 2**53 + 1])


def crowded(centres, spread):
    """Lists of many values that lie close together, or anywhere."""
    near = st.builds(
        lambda centre, offsets: [centre + o for o in offsets], centres, st.lists(spread)
    )
    return near | st.lists(centres)


FLOAT_LISTS = crowded(FLOATS, st.floats(-1, 1) | st.integers(-300, 300).map(float))
INTEGER_LISTS = crowded(INTEGERS, st.integers(0, 20_000) | st.integers(0, 300)).map(
    lambda values: [min(value, 2**63 - 1) for value in values]
)
TIME_LISTS = st.lists(st.datetimes()) | st.builds(
    lambda start, offsets: [start + MICROSECOND * offset for offset in offsets],
    st.datetimes(max_value=dt.datetime(9000, 1, 1)),
    st.lists(st.integers(0, 10**15) | st.integers(0, 10**9) | st.integers(0, 1000)),
)


def with_missing(lists):
    return st.builds(
        lambda values, gaps: [
            None if gap else value for value, gap in zip(values, gaps, strict=False)
        ],
        lists,
        st.lists(st.sampled_from([False, False, False, True]), min_size=50),
    )


def expected_code(value, edges):
    if value is None:
        return 2 * len(edges) + 1
    return bisect_left(edges, value) + bisect_right(edges, value)


def decoded(column, low, high):
    """Rows in an inclusive range, by codes; None is open. Bounds are edges, or outside of them."""
    edges = column.edges
    first = 0 if low is None else min(2 * bisect_left(edges, low) + 1, 2 * len(edges))
    last = 2 * len(edges) if high is None else max(2 * bisect_right(edges, high) - 1, 0)
    return ((column.codes >= first) & (column.codes <= last)).tolist()


def within(value, low, high):
    return value is not None and (low is None or low <= value) and (high is None or value <= high)


def check(column, values, extra=()):
    """Whether a column is exact for values that are plain numbers, or None."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    edges = column.edges
    if finite:
        assert (edges[0], edges[-1]) == (min(finite), max(finite))
    assert all(low < high for low, high in pairwise(edges))
    assert column.codes.tolist() == [expected_code(value, edges) for value in values]
    assert column.codes.dtype == (np.uint8 if 2 * len(edges) + 2 <= 256 else np.uint16)
    assert column.missing == values.count(None)
    assert column.negative_infinite == values.count(-math.inf)
    assert column.positive_infinite == values.count(math.inf)
    bounds = [None, *edges[:: max(1, len(edges) // 8)], *extra]
    for low, high in product(bounds, bounds):
        assert decoded(column, low, high) == [within(value, low, high) for value in values]


def float_series(values):
    return pd.Series(values, dtype="Float64")


def time_series(values, key_type="datetime"):
    return pd.Series(np.array(values, "M8[us]")).astype(pandas_dtype("datetime"))


def microseconds(values):
    return [None if value is None else (value - EPOCH) // MICROSECOND for value in values]


# Codes are exact


@given(with_missing(FLOAT_LISTS), st.lists(FLOATS.filter(math.isfinite), max_size=3))
def test_floats_are_exact(values, extra):
    check(columns.encode_range("k", float_series(values)), values)
    amid = sorted(value for value in values if value is not None and math.isfinite(value))[1:3]
    check(columns.encode_range("k", float_series(values), extra + amid), values, extra + amid)


@given(FLOAT_LISTS)
def test_floats_beside_edges_are_exact(values):
    edges = columns.encode_range("k", float_series(values)).edges
    assume(len(edges) > 1)
    beside = [math.nextafter(edge, away) for edge in edges[1:-1] for away in (-math.inf, math.inf)]
    crowd = [edges[0], edges[-1], *edges, *beside]
    check(columns.encode_range("k", float_series(crowd)), crowd)


@given(with_missing(INTEGER_LISTS), st.lists(st.integers() | st.floats(-1e6, 1e6), max_size=3))
def test_integers_are_exact(values, extra):
    series = pd.Series(values, dtype="Int64")
    check(columns.encode_range("k", series), values)
    whole = [bound for bound in extra if bound == int(bound)]
    amid = sorted(value for value in values if value is not None)[1:3]
    check(columns.encode_range("k", series, extra + amid), values, whole + amid)


@given(with_missing(TIME_LISTS), st.lists(st.datetimes(), max_size=2))
def test_datetimes_are_exact(values, extra):
    numbers, bounds = microseconds(values), microseconds(extra)
    check(columns.encode_range("k", time_series(values)), numbers)
    check(columns.encode_range("k", time_series(values), bounds), numbers, bounds)


def test_aware_datetimes_count_in_utc():
    aware = time_series([dt.datetime(2024, 5, 1)]).dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    column = columns.encode_range("k", aware)
    assert (column.number, column.edges) == ("datetime", microseconds([dt.datetime(2024, 5, 1)]))


@pytest.mark.parametrize("bound", [0.5, -0.5, 1234567.25])
def test_a_fraction_between_integers_needs_no_edge_of_its_own(bound):
    values = [-5_000_000, *range(-3, 4), 1234567, 1234568, 5_000_000]
    edges = columns.encode_range("k", pd.Series(values), [bound]).edges
    assert {math.floor(bound), math.ceil(bound)} <= set(edges)


@pytest.mark.parametrize("low", [2**53 + 1, -(2**53) - 50, 2**63 - 5001, 17 * 10**17])
@pytest.mark.parametrize("span", [48, 5000, 10**15])
def test_inner_edges_of_large_integers_stay_themselves_as_doubles(low, span):
    high = min(low + span, 2**63 - 1)
    column = columns.encode_range("k", pd.Series([low, high - 1, high]))
    assert (column.edges[0], column.edges[-1]) == (low, high)
    assert [int(float(edge)) for edge in column.edges[1:-1]] == column.edges[1:-1]
    doubles = list(map(float, column.edges))
    assert all(doubles[0] < edge < doubles[-1] for edge in doubles[1:-1])


def test_many_values_span_several_blocks():
    values = np.round(np.random.default_rng(0).normal(size=3 * codes._BLOCK + 7), 1)
    column = columns.encode_range("k", pd.Series(values))
    assert column.codes.tolist() == [
        expected_code(value, column.edges) for value in values.tolist()
    ]


@pytest.mark.parametrize(
    ("values", "edges", "expected"),
    [
        ([], [], []),
        ([None, None], [], [1, 1]),
        ([7.5, None, 7.5], [7.5], [1, 3, 1]),
        ([-0.0], [0.0], [1]),
        ([-0.0, 0.0], [0.0], [1, 1]),
        ([None, math.inf, -math.inf], [0.0], [3, 2, 0]),
        ([5e-324, 0.0], [0.0, 5e-324], [3, 1]),
        ([-math.inf, 1.0, math.inf], [1.0], [0, 1, 2]),
    ],
)
def test_columns_with_hardly_any_value(values, edges, expected):
    column = columns.encode_range("k", float_series(values))
    assert column.codes.tolist() == expected
    assert repr(column.edges) == repr(edges)


@pytest.mark.parametrize(
    ("dtype", "number"),
    [
        ("float64", "float"),
        ("float32", "float"),
        ("Float32", "float"),
        ("double[pyarrow]", "float"),
        ("int8", "integer"),
        ("uint32", "integer"),
        ("Int16", "integer"),
        ("int64[pyarrow]", "integer"),
        ("datetime64[ns]", "datetime"),
        ("timestamp[us][pyarrow]", "datetime"),
    ],
)
def test_any_dtype_of_numbers_and_times(dtype, number):
    column = columns.encode_range("k", pd.Series([1, 3, 2]).astype(dtype))
    assert column.number == number
    assert column.codes.tolist()[0] == 1
    assert column.codes.tolist()[1] == 2 * len(column.edges) - 1


def test_a_column_is_not_changed():
    series = pd.Series([3, None, 1], dtype="Int64")
    columns.encode_range("k", series)
    assert series.tolist() == [3, pd.NA, 1]


# Edges are round


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_inner_float_edges_are_short_and_few(low, high):
    assume(low < high)
    edges = steps.float_edges(low, high)
    assert len(edges) <= steps.MAX_STEPS + 2
    span = Decimal(high) - Decimal(low)
    fine = max(abs(low), abs(high), 5e-308)
    if span > Decimal(fine) * Decimal("1e-10"):
        assert len(edges) >= steps.MAX_STEPS / 2
        places = 3 - span.adjusted()
        for edge in edges[1:-1]:
            exponent = Decimal(repr(edge)).normalize().as_tuple().exponent
            assert edge == 0 or exponent >= -places


@given(INTEGERS, INTEGERS)
def test_inner_integer_edges_are_round_and_few(low, high):
    assume(high - low > steps.MAX_INTEGERS)
    edges = steps.integer_edges(low, high)
    assert steps.MAX_STEPS / 2 <= len(edges) <= steps.MAX_STEPS + 2
    unit = 10 ** (len(str(high - low)) - 4)
    assert all(edge % unit == 0 for edge in edges[1:-1])


@given(st.datetimes(), st.datetimes())
def test_inner_datetime_edges_are_few(low, high):
    assume(low < high)
    edges = steps.datetime_edges(*microseconds([low, high]))
    assert len(edges) <= steps.MAX_STEPS + 3
    assert len(edges) >= min(30, (high - low) // MICROSECOND)


@pytest.mark.parametrize(
    ("low", "high", "inner"),
    [
        (0.0, 1.0, [0.01, 0.02, 0.03]),
        (0.1, 0.7, [0.105, 0.11, 0.115]),
        (-20.35, 35.5, [-20.0, -19.5, -19.0]),
        (1e-300, 1e300, [1e298, 2e298, 3e298]),
        (-LARGEST, LARGEST, [-1.75e308, -1.7e308, -1.65e308]),
        (1.0, 1.0000000000000004, [1.0000000000000002]),
    ],
)
def test_float_edges(low, high, inner):
    assert steps.float_edges(low, high)[1 : 1 + len(inner)] == inner


def test_integers_step_by_one_while_there_are_not_too_many():
    assert steps.integer_edges(-3, 4) == [-3, -2, -1, 0, 1, 2, 3, 4]
    assert len(steps.integer_edges(2**62, 2**62 + 10_000)) == 10_001
    assert steps.integer_edges(3, 10_004)[:3] == [3, 100, 200]


@pytest.mark.parametrize(
    ("low", "high", "inner"),
    [
        (
            "2024-05-01T10:00:00.000003",
            "2024-05-01T10:00:00.000010",
            ["2024-05-01T10:00:00.000004"],
        ),
        ("2024-05-01T10:00:01", "2024-05-01T10:59", ["2024-05-01T10:00:30", "2024-05-01T10:01"]),
        ("2024-05-01T10:00:01", "2024-05-03", ["2024-05-01T10:30", "2024-05-01T11:00"]),
        ("2024-01-03", "2024-05-01", ["2024-01-04", "2024-01-05"]),
        ("2024-01-03", "2025-01-03", ["2024-01-08", "2024-01-15"]),  # Mondays
        ("2015-03-04", "2024-06-07", ["2015-04-01", "2015-05-01"]),
        ("2000-03-04", "2024-06-07", ["2000-04-01", "2000-07-01"]),
        ("1905-01-05", "2024-05-01", ["1906-01-01", "1907-01-01"]),
        ("0001-01-01", "9999-12-31T23:59:59.999999", ["0100-01-01", "0200-01-01"]),
    ],
)
def test_datetime_edges_are_round_times(low, high, inner):
    ends = microseconds(map(dt.datetime.fromisoformat, (low, high)))
    edges = steps.datetime_edges(*ends)
    expected = microseconds(map(dt.datetime.fromisoformat, inner))
    assert edges[1 : 1 + len(inner)] == expected


# Categories


@pytest.mark.parametrize("key_type", ["string", "boolean"])
@given(data=st.data())
def test_categories_decode_to_the_values(key_type, data):
    items = st.booleans() if key_type == "boolean" else st.text(max_size=2)
    values = data.draw(st.lists(items | st.none()))
    column = columns.encode_values("k", pd.Series(values, dtype=pandas_dtype(key_type)))
    names = column.values  # noqa: PD011 - no pandas object
    assert [[*names, None][code] for code in column.codes.tolist()] == values
    assert column.missing == values.count(None)
    ranks = [(-values.count(value), value) for value in names]
    assert ranks == sorted(ranks)


def test_categories_are_plain_python():
    strings = columns.encode_values("k", pd.Series(["b", "a"], dtype=pandas_dtype("string")))
    booleans = columns.encode_values("k", pd.Series([True, None, True], dtype="boolean"))
    assert repr(strings.values) == "['a', 'b']"
    assert repr(booleans.values) == "[True]"
    assert (booleans.codes.tolist(), booleans.codes.dtype) == ([0, 1, 0], np.uint8)


@pytest.mark.parametrize(("count", "dtype"), [(255, np.uint8), (256, np.uint16)])
def test_categories_take_as_little_room_as_they_can(count, dtype):
    series = pd.Series([str(number) for number in range(count)], dtype=pandas_dtype("string"))
    assert columns.encode_values("k", series).codes.dtype == dtype


@pytest.mark.parametrize(
    ("key_type", "values", "expected"),
    [
        ("float", [1.5, None], "range"),
        ("integer", [None, None], "range"),
        ("datetime", [], "range"),
        ("boolean", [True], "values"),
        ("string", ["a", None], "values"),
        ("string", 2 * [str(number) for number in range(columns.VALUES_LIMIT)], "values"),
        ("string", 2 * [str(number) for number in range(columns.VALUES_LIMIT + 1)], "text"),
        ("string", [str(number) for number in range(50)], "values"),
        ("string", [str(number) for number in range(51)] + [None] * 51, "text"),
        ("string", ["a"] * 20_000 + [str(number) for number in range(1_001)], "text"),
        ("list", [[1]], "elements"),
        ("dict", [{"a": 1}], "other"),
    ],
)
def test_kind(key_type, values, expected):
    series = pd.Series(values, dtype=pandas_dtype(key_type))
    assert columns.kind(key_type, lambda: series) == expected


# logarithmic scales


@pytest.mark.parametrize(
    ("values", "knee"),
    [
        (np.linspace(1, 100, 500), None),
        (np.geomspace(1, 60, 500), 0.0),
        (np.geomspace(1, 30, 500), None),
        (np.geomspace(0.1, 1e4, 500), 0.0),
        (np.r_[0.0, np.geomspace(1, 100, 500)], 1.0),
        (np.r_[-np.geomspace(1, 500, 200), np.geomspace(1, 500, 500)], 1.0),
        (np.random.default_rng(0).normal(size=10_000), None),
        ([0.0] * 10, None),
        ([], None),
    ],
)
def test_a_logarithmic_scale_makes_sense_where_values_are_skewed(values, knee):
    column = columns.encode_range("k", pd.Series(values, dtype="Float64"))
    assert column.knee == knee
    assert column.log == (knee == 0 and max(values) / min(values) > 1000)


def test_steps_around_zero_are_logarithmic_on_both_sides_and_exact():
    values = np.r_[-np.geomspace(0.02, 500, 300), 0.0, -0.0, np.geomspace(0.02, 5000, 900)]
    column = columns.encode_range("k", pd.Series(values, dtype="Float64"))
    edges = np.array(column.edges)
    assert column.knee == 0.01
    assert {-500.0, -0.01, 0.0, 0.01, 1.0, 5000.0} <= set(column.edges)
    assert column.codes.tolist() == [
        2 * int((edges < value).sum()) + int(value in edges) for value in values
    ]
