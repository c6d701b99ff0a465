from datetime import UTC, datetime

import pyarrow as pa
import pytest

from framegrid.base import (
    MetadataTypeError,
    arrow_type,
    check_exact,
    merge,
    merge_array,
    public_name,
)
from schema_helpers import INF, MIN, describe

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
