"""Orders, sections and chosen rows against pandas, for all types and awkward values."""

import math
from collections import Counter
from itertools import pairwise
from sys import getsizeof
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters_helpers import VALUES, table
from framegrid.base import is_missing
from framegrid.filters import codes
from framegrid.grid.answers.column_cache import ColumnCache
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.orders import order, shuffled
from framegrid.grid.answers.sections import sections, sections_header
from framegrid.grid.answers.shown import Question, groups, matching

ORDERED = ["string", "integer", "float", "boolean", "datetime", "datetime_utc"]
GROUP_ORDERS = ["value", "-value", "count", "-count"]
NO_NAN = st.floats(allow_nan=False)
FEW = {
    "string": st.sampled_from(["a", "B", "ä", "é", "", "\U0001f600", "\uffee"]),
    "integer": st.integers(-3, 12) | st.sampled_from([2**53 + 1, -(2**63)]),
    "float": st.sampled_from([0.0, -0.0, 1.5, math.inf, -math.inf]) | st.floats(0, 3) | NO_NAN,
}


@st.composite
def columns(draw, key_type):
    values = VALUES[key_type] | FEW.get(key_type, st.nothing())
    if key_type in FEW and draw(st.booleans()):
        values = FEW[key_type]
    return draw(st.lists(st.none() | values, max_size=12))


class Columns(dict):
    """Columns as a dataset has them."""

    @property
    def parts(self):
        return self


def view_of(types, **columns):
    """The view of a dataset with metadata keys of some types."""
    frame = table(columns, types)
    data = SimpleNamespace(
        revision=1,
        schema=types,
        ids=frame.index,
        folder_root=None,
        columns=Columns(frame.items()),
        renames=(),
        frame=frame,
    )
    return GridView(data, ColumnCache(getsizeof, 10**6))


def plain(values):
    """Values that can be compared: missing is None."""
    return [None if is_missing(value) else value for value in values]


@pytest.mark.parametrize("key_type", ["string", "integer", "float", "boolean"])
@given(data=st.data())
def test_sections_of_values_are_those_of_groupby(key_type, data):
    view = view_of({"key": key_type}, key=data.draw(columns(key_type)))
    group = "key:value" if key_type in {"integer", "float"} else "key"
    expected = view.frame.groupby("key", dropna=False, sort=True).size()
    found = groups(Question(group=group), view)
    assert plain(found["value"]) == plain(expected.index)
    assert list(found["count"]) == list(expected)


@pytest.mark.parametrize("form", ["day", "month", "year"])
@pytest.mark.parametrize("key_type", ["datetime", "datetime_utc"])
@given(data=st.data())
def test_sections_of_dates_begin_where_the_calendar_says(key_type, form, data):
    values = data.draw(columns(key_type))
    view = view_of({"key": key_type}, key=values)
    first = {"day": {}, "month": {"day": 1}, "year": {"day": 1, "month": 1}}[form]
    begins = [
        each and each.replace(hour=0, minute=0, second=0, microsecond=0, **first) for each in values
    ]
    found = groups(Question(group=f"key:{form}"), view)
    counts = Counter(begins)
    expected = sorted(filter(None, counts)) + [None] * (None in counts)
    assert [each and each.to_pydatetime() for each in plain(found["value"])] == expected
    assert list(found["count"]) == [counts[each] for each in expected]


@pytest.mark.parametrize("key_type", ["integer", "float"])
@given(data=st.data())
def test_bins_hold_their_values_and_are_those_of_the_histogram(key_type, data):
    view = view_of({"key": key_type}, key=data.draw(columns(key_type)))
    made = sections("key:bins", view)
    values = plain(view.values("key"))
    for value, code in zip(values, made.codes.tolist(), strict=True):
        label = [*made.labels, None][code]
        assert value in label if isinstance(label, pd.Interval) else value == label
    edges = codes.bin_edges(codes.encode_range("key", view.values("key")))
    bins = [label for label in made.labels if isinstance(label, pd.Interval)]
    assert [(bin_.left, bin_.right) for bin_ in bins] == [*pairwise(edges)]
    header = sections_header(made)
    assert header["missing"] == values.count(None)
    assert len(header["values"]) == len(made.labels)


@given(st.data(), st.sampled_from(GROUP_ORDERS))
def test_the_grid_goes_section_by_section_in_the_sort(data, group_order):
    size = data.draw(st.integers(0, 12))
    labels, numbers = st.sampled_from(["a", "b", "c", None]), st.none() | st.integers(0, 3)
    label = data.draw(st.lists(labels, min_size=size, max_size=size))
    loss = data.draw(st.lists(numbers, min_size=size, max_size=size))
    view = view_of({"label": "string", "loss": "integer"}, label=label, loss=loss)
    frame = view.frame
    chosen = data.draw(st.none() | st.sets(st.sampled_from(range(size)) if size else st.nothing()))
    ids = None if chosen is None else np.array(sorted(chosen), np.int64)
    conditions = {"loss": {"min": 1, "max": None, "missing": data.draw(st.booleans())}}
    question = Question(conditions, ids, "-loss", "label", group_order)
    passing = (frame["loss"] >= 1).fillna(conditions["loss"]["missing"]).astype(bool)
    kept = frame[passing] if chosen is None else frame[passing & frame.index.isin(chosen)]
    counts = kept.groupby("label", sort=True).size()
    if group_order.endswith("count"):
        counts = counts.sort_values(ascending=group_order == "count", kind="stable")
    elif group_order == "-value":
        counts = counts[::-1]
    wanted = [*counts.index] + [None] * int(kept["label"].isna().any())
    found = groups(question, view)
    assert plain(found["value"]) == wanted
    assert list(found["count"])[: len(counts)] == list(counts)
    expected = []
    for value in wanted:
        rows = kept[kept["label"].isna() if value is None else kept["label"] == value]
        expected += rows.sort_values("loss", ascending=False, kind="stable").index.tolist()
    assert view.rows[matching(question, view)].tolist() == expected


@given(st.data())
def test_sorting_by_several_keys_is_that_of_pandas(data):
    types = data.draw(st.lists(st.sampled_from(ORDERED), min_size=1, max_size=3))
    size = data.draw(st.integers(0, 10))
    made = {}
    for place, key_type in enumerate(types):
        values = FEW.get(key_type, VALUES[key_type]) | st.none()
        cells = data.draw(st.lists(values, min_size=size, max_size=size))
        made[f"key{place}"] = cells
    view = view_of(dict(zip(made, types, strict=True)), **made)
    ascending = [data.draw(st.booleans()) for _ in made]
    sort = ["-" * (not up) + key for key, up in zip(made, ascending, strict=True)]
    expected = view.frame.reset_index().sort_values(
        [*made, "sample_id"], ascending=[*ascending, True], na_position="last"
    )
    assert view.rows[order(sort, view)].tolist() == expected["sample_id"].tolist()


def test_a_shuffle_is_a_permutation_like_any_other():
    ids = np.arange(10_000)
    orders = [np.argsort(shuffled(ids, seed), kind="stable") for seed in (0, 1, -1, 2**64)]
    assert all(sorted(found) == ids.tolist() for found in orders)
    assert (orders[0] == orders[3]).all()  # 64 bits count
    for one, other in [(orders[0], ids), (orders[0], orders[1]), (orders[1], orders[2])]:
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.05
        assert np.count_nonzero(np.diff(one) == 1) < 10


def test_a_key_comes_before_a_form_and_a_shuffle_of_its_name():
    types = {"taken": "datetime", "taken:day": "string", "random:1": "integer"}
    cells = {"taken": [None, None], "taken:day": ["x", "y"], "random:1": [2, 1]}
    view = view_of(types, **cells)
    assert list(groups(Question(group="taken:day"), view)["value"]) == ["x", "y"]
    assert order("random:1", view).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([1, 2, 4], "value"),
        ([1, 2, 40], "bins"),
        ([7], "value"),
        ([0.0, 1.0], "bins"),
        ([-(2**63), 2**63 - 1], "bins"),
    ],
)
def test_integers_that_are_dense_are_labels(values, form):
    types = {"key": "float" if isinstance(values[0], float) else "integer"}
    assert sections("key", view_of(types, key=values)).form == form
