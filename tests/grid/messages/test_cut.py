"""A cut through a key's values equals what pandas finds nearest, on both sides."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg
from framegrid.base import FilterError
from framegrid.grid import protocol
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.cutting import checked_cut
from framegrid.grid.answers.packed_ids import pack

CASES = Path(__file__).parents[3] / "js/tests/saved/cuts.json"
FLOATS = st.sampled_from([-np.inf, -1.5, -0.0, 0.0, 0.25, 0.25, 2.5, 1e300, np.inf, None])
INTEGERS = st.sampled_from([-(2**63), -3, 0, 0, 1, 2**53 + 1, 2**63 - 1, None])
TIMES = st.sampled_from(
    [
        None,
        *pd.to_datetime(
            ["1970-01-01", "2024-05-01 12:00:00.000001", "2024-05-01 12:00:00"], format="ISO8601"
        ),
    ]
)
COLUMNS = (
    st.tuples(st.just("Float64"), st.lists(FLOATS, min_size=1, max_size=40))
    | st.tuples(st.just("Int64"), st.lists(INTEGERS, min_size=1, max_size=40))
    | st.tuples(st.just("datetime64[us]"), st.lists(TIMES, min_size=1, max_size=40))
)


def answers_of(values, dtype):
    frame = pd.DataFrame({"value": pd.Series(values, dtype=dtype)})
    frame["path"] = [f"/{row}.jpg" for row in range(len(frame))]
    frame["keep"] = [row % 3 != 1 for row in range(len(frame))]
    frame = frame.assign(width=1, height=1)
    return Answers(fg.ImageDataset.from_dataframe(frame, path_column="path"))


def cut(answers, at, key="value", filters=None, **more):
    request = protocol.Cut(key, at, filters or {}, [0, 100], [0, 100], **more)
    return answers.cut(request)


def nearest(frame, at):
    """Ids below and above, nearest first by pandas, and how many are missing."""
    values = frame["value"].dropna()
    below, above = values[values < at], values[values >= at]
    return [
        below.sort_index().sort_values(ascending=False, kind="stable").index.tolist(),
        above.sort_index().sort_values(kind="stable").index.tolist(),
        len(frame) - len(values),
    ]


def told(reply):
    sides = [reply[side] for side in ("below", "above")]
    assert [len(side["ids"]) for side in sides] == [side["count"] for side in sides]
    return [*(side["ids"] for side in sides), reply["missing"]]


def as_value(at):
    """What travels as a cut, to compare with."""
    if isinstance(at, str) and "T" in at:
        return pd.Timestamp(at)
    return {"inf": np.inf, "-inf": -np.inf}.get(at) or int(at) if isinstance(at, str) else at


@given(COLUMNS, st.data())
@settings(max_examples=150, deadline=None)
def test_both_sides_equal_those_of_pandas(column, data):
    dtype, values = column
    answers = answers_of(values, dtype)
    frame = answers.view.frame
    present = sorted({*frame["value"].dropna().tolist()})
    if not present:
        assert cut(answers, None)["at"] is None
        return
    at = data.draw(st.sampled_from(present))
    wire = protocol.to_value(at.to_pydatetime() if isinstance(at, pd.Timestamp) else at)
    rows = data.draw(st.none() | st.lists(st.sampled_from(frame.index.tolist())))
    filters = data.draw(st.sampled_from([{}, {"keep": {"in": [True]}}]))
    passing = frame[frame["keep"]] if filters else frame
    if rows is not None:
        passing = passing[passing.index.isin(rows)]
    packed = None if rows is None else pack(rows)
    reply = cut(answers, wire, filters=filters, rows=packed)
    assert told(reply) == nearest(passing, at)
    by = data.draw(st.integers(-3, 3))
    moved = cut(answers, wire, filters=filters, rows=packed, samples=by)
    if not passing["value"].notna().any():
        return
    there = as_value(moved["at"])
    assert told(moved) == nearest(passing, there)
    step = moved["below"]["count"] - reply["below"]["count"]
    more = reply["above" if by > 0 else "below"]["count"]
    greatest = there == passing["value"].max()  # nothing lies beyond plus infinity
    assert step * by > 0 or by == 0 or not more or (greatest and np.isinf(there))


def test_the_cut_goes_through_all_samples_and_back():
    answers = answers_of([3, 1, 2, 2, None, 5], "Int64")
    at, counts = None, []
    for _ in range(6):
        reply = cut(answers, at, samples=1)
        at = reply["at"]
        counts.append((at, reply["below"]["count"]))
    assert counts == [(2, 1), (3, 3), (5, 4), (6, 5), (6, 5), (6, 5)]
    back = []
    for _ in range(5):
        reply = cut(answers, at, samples=-1)
        at = reply["at"]
        back.append((at, reply["below"]["count"]))
    assert back == [(5, 4), (3, 3), (2, 1), (1, 0), (1, 0)]


def test_a_percent_is_at_least_one_sample_and_of_those_that_have_a_value():
    answers = answers_of([float(row) for row in range(1000)] + [None] * 1000, None)
    assert cut(answers, None, percent=50)["at"] == 500
    assert cut(answers, 500, percent=-1)["at"] == 490
    assert cut(answers_of([1.0, 2.0], None), 1, percent=1)["at"] == 2


def test_windows_go_on_where_the_one_before_ended():
    answers = answers_of([1, 2, 2, 2, 3, 4], None)
    request = protocol.Cut("value", 3, {}, [1, 3], [1, 9])
    reply = answers.cut(request)
    assert reply["below"] == {"count": 4, "ids": [2, 3]}
    assert reply["above"] == {"count": 2, "ids": [5]}


def test_a_cut_follows_the_data_and_ids_with_gaps():
    answers = answers_of([1.0, 2.0, 3.0], None)
    assert cut(answers, 2.5)["below"]["ids"] == [1, 0]
    answers._dataset.update_metadata({0: {"value": 2.25}})
    answers._dataset.remove_samples([1])
    reply = cut(answers, 2.5)
    assert (reply["below"]["ids"], reply["above"]["ids"]) == ([0], [2])


def test_zoned_datetimes_and_numbers_inside_dicts():
    answers = answers_of(pd.to_datetime(["2024-05-01", "2024-05-02"], utc=True), None)
    assert cut(answers, None, samples=1)["at"] == "2024-05-02T00:00:00.000000+00:00"
    nested = answers_of([{"lat": 2}, {"lat": 1.5}, None], None)
    reply = cut(nested, 2, key="value.lat")
    assert (reply["below"]["ids"], reply["above"]["ids"], reply["missing"]) == ([1], [0], 1)


def test_only_numbers_and_datetimes_are_cut():
    answers = answers_of(["a", "b"], None)
    with pytest.raises(FilterError, match="a cut goes through numbers or datetimes"):
        cut(answers, 1)


def test_a_saved_page_cuts_alike():
    """``js/tests/saved/cuts.json`` has what `js/src/saved/cutting.ts` is held to as well."""
    cases = json.loads(CASES.read_text())
    frame = pd.DataFrame(cases["columns"]).assign(width=1, height=1)
    frame["day"] = pd.to_datetime(frame["day"], utc=True)
    frame["big"] = pd.Series([big and int(big) for big in cases["columns"]["big"]], dtype="Int64")
    frame["count"] = frame["count"].astype("Int64")
    scores = [score if score is None else float(score) for score in cases["columns"]["score"]]
    frame["score"] = pd.Series(scores, dtype="Float64")
    answers = Answers(fg.ImageDataset.from_dataframe(frame, path_column="path"))
    for case in cases["cuts"]:
        assert answers.cut(protocol.Cut(**case["body"])) == case["reply"], case["body"]


@pytest.mark.parametrize(
    ("given", "kept"), [(1, 1.0), (-np.inf, "-inf"), ("inf", "inf"), (np.float32(0.5), 0.5)]
)
def test_a_cut_is_kept_as_a_bound(given, kept):
    view = answers_of([-np.inf, 1.5], None).view
    checked = checked_cut(view, "value", given)
    assert (checked, type(checked["at"])) == ({"key": "value", "at": kept}, type(kept))
    assert checked_cut(view, **checked) == checked


@pytest.mark.parametrize("given", [None, "high", True, [1]])
def test_what_is_no_place_to_cut_at_is_refused(given):
    with pytest.raises(FilterError):
        checked_cut(answers_of([0.5, 1.5], None).view, "value", given)
