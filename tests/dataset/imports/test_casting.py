"""``cast_metadata``, and whether the advice in messages can be followed."""

import json
import re
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg
from framegrid.base import MetadataTypeError


@pytest.fixture
def dataset():
    """Eight samples in memory."""
    return new_dataset()


def new_dataset():
    paths = [f"/photos/{number}.jpg" for number in range(8)]
    return fg.ImageDataset.from_dataframe(pd.DataFrame({"path": paths, "width": 1, "height": 1}))


def given_values(dataset, *values):
    dataset.update_metadata({id_: {"x": value} for id_, value in enumerate(values)})
    return dataset


def values_of(dataset):
    return [sample.metadata["x"] for sample in dataset if sample.metadata["x"] is not None]


READ = [
    ("3.0", "integer", 3), ("007", "integer", 7), ("1e3", "integer", 1000), (" 5 ", "integer", 5),
    ("9007199254740993.0", "integer", 2**53 + 1), ("-9223372036854775808", "integer", -(2**63)),
    (".5", "float", 0.5), ("-inf", "float", float("-inf")), ("10e1", "float", 100.0),
    ("yes", "boolean", True), ("No", "boolean", False), ("1", "boolean", True),
    ("FALSE", "boolean", False),
    ("['day', 'car']", "list", ["day", "car"]), ('["day", "car"]', "list", ["day", "car"]),
    ("('a', None)", "list", ["a", None]), ("[]", "list", []), ("day, car", "list", ["day, car"]),
    ("{'a': [True]}", "dict", {"a": [True]}), ('{"a": [true]}', "dict", {"a": [True]}),
    ("2024-05-01", "datetime", datetime(2024, 5, 1)),
    ("2024-05-01T02:00+02:00", "datetime", datetime(2024, 5, 1, tzinfo=UTC)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "target", "value"), READ)
def test_text_is_read_generously(dataset, text, target, value):
    report = given_values(dataset, text).cast_metadata("x", target)
    assert values_of(dataset) == [value]
    assert str(report) == "x: set on 1 of 8 samples"
    assert report.conflicts.empty


MEANINGLESS = [
    ("3.5", "integer"), ("1_000", "integer"), ("0x10", "integer"), ("inf", "integer"),
    ("1,5", "float"), ("9007199254740993", "float"), ("1e999", "float"), ("maybe", "boolean"),
    ("2", "boolean"), ("[day, car]", "list"), ("{'a': 1}", "list"), ("[1, NaN]", "list"),
    ("__import__('os')", "dict"), ("{1: 2}", "dict"), ("[1]", "dict"), ("2024-02-30", "datetime"),
    ("1.5.2024", "datetime"), (1, "datetime"), (datetime(2024, 1, 1), "list"), ([1], "float"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "target"), MEANINGLESS)
def test_what_means_nothing_is_left_as_it_is(dataset, value, target):
    revision = given_values(dataset, value).revision
    with pytest.raises(ValueError, match=r"1 of 1 values mean nothing in it: .*\(sample 0\)"):
        dataset.cast_metadata("x", target)
    assert dataset.revision == revision


def test_an_error_says_how_many_and_which(dataset):
    given_values(dataset, "1", "a", "b", "3.0", "c", "d", "e", "f")
    message = (
        r"'x' to integer: 6 of 8 values .*: 'a' \(sample 1\), 'b' \(sample 2\), 'c' \(sample 4\), "
        r"'d' \(sample 5\), 'e' \(sample 6\) and 1 more; nothing was cast.*errors='missing'"
    )
    with pytest.raises(ValueError, match=message):
        dataset.cast_metadata("x", "integer")


def test_what_means_nothing_can_become_missing(dataset):
    given_values(dataset, "1", "x", "3.0")
    report = dataset.cast_metadata("x", "integer", errors="missing")
    assert [sample.metadata["x"] for sample in dataset][:3] == [1, None, 3]
    assert report.removed["value"].to_dict() == {1: "x"}
    assert str(report) == "x: set on 2 of 8 samples; 1 value left out (x); 1 value removed (x)"
    dataset.undo()
    assert values_of(dataset) == ["1", "x", "3.0"]


def test_what_means_nothing_can_be_listed(dataset):
    revision = given_values(dataset, "1", "x").revision
    report = dataset.cast_metadata("x", "integer", errors="report")
    assert report.conflicts["value"].to_dict() == {1: "x"}
    assert (dataset.revision, len(report.removed)) == (revision, 0)
    assert "nothing was cast" in repr(report)
    assert report.show().filtered.index.tolist() == [1]
    dataset.get_sample(1).metadata["x"] = "2"
    assert dataset.cast_metadata("x", "integer", errors="report").set_on == {"x": 2}


def test_words_for_missing_values_are_counted_where_they_go(dataset):
    report = given_values(dataset, "1", "NA", "nan", "").cast_metadata("x", "integer")
    assert values_of(dataset) == [1]
    assert report.removed["value"].tolist() == ["NA", "nan", ""]


def test_a_decimal_comma_is_read_when_asked(dataset):
    given_values(dataset, "1,5", "2")
    with pytest.raises(ValueError, match="decimal=','"):
        dataset.cast_metadata("x", "float")
    dataset.cast_metadata("x", "float", decimal=",")
    assert values_of(dataset) == [1.5, 2.0]


def test_dates_with_and_without_zones_are_not_one_key(dataset):
    given_values(dataset, "2024-05-01", "2024-05-01T00:00Z", "2024-05-02")
    report = dataset.cast_metadata("x", "datetime", errors="missing")
    assert report.conflicts["value"].tolist() == ["2024-05-01T00:00Z"]


@pytest.mark.parametrize("option", [{"errors": "ignore"}, {"decimal": ";"}])
def test_options_that_there_are_not(dataset, option):
    given_values(dataset, "1")
    with pytest.raises(ValueError, match="choose '"):
        dataset.cast_metadata("x", "float", **option)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.sampled_from(["3.5", "x"]), max_size=8))
def test_all_that_fits_is_kept(values):
    dataset = given_values(new_dataset(), "0", *map(str, values[:7]))
    dataset.cast_metadata("x", "integer", errors="missing")
    assert values_of(dataset) == [0, *(value for value in values[:7] if isinstance(value, int))]


# Advice

SAMPLES = {
    "string": ["a", "[x"],
    "integer": [5, 0, 2**60],
    "float": [2.5, float("inf")],
    "boolean": [True, False],
    "datetime": [datetime(2024, 1, 1)],
    "aware": [datetime(2024, 1, 1, tzinfo=UTC)],
    "list": [["a", 1], []],
    "dict": [{"a": 1}],
}
PAIRS = [(a, b) for a in SAMPLES for b in SAMPLES if a != b and {a, b} != {"integer", "float"}]


ADVICE = (
    r"as in ((?:str|int|json\.dumps|pandas\.\w+|\[).*?)(?:, or, |$)",
    r"then pass (.*)$",
    r"pass (\{.*\})$",
)


def follow(dataset, message, value):
    """Do what a message says: the call in it, if it is not a condition, then the value as shown."""
    call = re.search(r"cast_metadata\('x', '(\w+)'\)", message)
    if call and ", or, if" not in message:
        dataset.cast_metadata("x", call[1])
    names = {"value": value, "json": json, "pandas": pd}
    for pattern in ADVICE:
        if (found := re.search(pattern, message)) and "cast_metadata" not in found[1]:
            return eval(found[1], names)
    return value


@pytest.mark.parametrize(("current", "new"), PAIRS)
def test_advice_about_a_conflict_works(current, new):
    for value in SAMPLES[new]:
        dataset = given_values(new_dataset(), *SAMPLES[current])
        with pytest.raises(MetadataTypeError) as error:
            dataset.update_metadata({7: {"x": value}})
        dataset.update_metadata({7: {"x": follow(dataset, str(error.value), value)}})
        assert dataset.get_sample(7).metadata["x"] is not None
        assert len(values_of(dataset)) == len(SAMPLES[current]) + 1


def test_a_cast_that_an_advice_makes_conditional_works_on_its_condition():
    dataset = given_values(new_dataset(), "1", "2.0")
    with pytest.raises(MetadataTypeError, match=r"if all of its texts are integer, cast_metadata"):
        dataset.update_metadata({7: {"x": 5}})
    dataset.cast_metadata("x", "integer")
    dataset.update_metadata({7: {"x": 5}})
    assert values_of(dataset) == [1, 2, 5]


def test_advice_about_integers_that_floats_cannot_hold_works(dataset):
    given_values(dataset, 2**53 + 1)
    with pytest.raises(MetadataTypeError, match=r"becomes text by cast_metadata\('x', 'string'\)"):
        dataset.update_metadata({7: {"x": 0.5}})
    dataset.cast_metadata("x", "string")
    dataset.update_metadata({7: {"x": str(0.5)}})
    assert values_of(dataset) == [str(2**53 + 1), "0.5"]


@pytest.mark.parametrize("values", [[1, "a"], [2**53 + 1, 0.5], [[1], {"a": 1}]])
def test_advice_about_values_of_several_types_works(dataset, values):
    frame = pd.DataFrame({"x": pd.Series(values, dtype=object)})
    with pytest.raises(MetadataTypeError, match=r"str\(value\)"):
        dataset.update_metadata(frame)
    dataset.update_metadata(frame.map(str))
    assert values_of(dataset) == list(map(str, values))


def odd_values():
    when = pd.Timestamp("2024-01-01 00:00:00.000000001")
    yield when, lambda value: value.round("us")
    yield {"a": float("nan")}, lambda _: {"a": None}
    yield 2**70, str
    yield [datetime(2024, 1, 1)], lambda value: [value[0].isoformat()]


@pytest.mark.parametrize(("value", "mended"), list(odd_values()))
def test_advice_about_a_value_works(dataset, value, mended):
    with pytest.raises(
        (TypeError, ValueError, OverflowError), match=r"round|None|string|isoformat"
    ):
        given_values(dataset, value)
    given_values(dataset, mended(value))
    assert values_of(dataset) == [mended(value)]


def odd_columns():
    yield pd.Series([pd.Timedelta("1s")]), lambda values: values.dt.total_seconds()
    yield pd.Series(pd.period_range("2024", periods=1)), lambda values: values.dt.to_timestamp()
    yield pd.Series([1 + 2j]), np.real
    yield pd.Series(pd.interval_range(0, 1)), lambda values: values.astype(str)
    yield pd.Series(pd.interval_range(0, 1)), lambda values: values.array.left


@pytest.mark.parametrize(("values", "mended"), list(odd_columns()))
def test_advice_about_a_column_works(dataset, values, mended):
    with pytest.raises(TypeError, match="pass "):
        dataset.update_metadata(pd.DataFrame({"x": values}))
    dataset.update_metadata(pd.DataFrame({"x": mended(values)}))
    assert len(values_of(dataset)) == 1
