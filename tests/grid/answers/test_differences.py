"""In which keys samples differ: equal to SciPy on the same codes, and rarely wrong by chance."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

import framegrid as fg
from framegrid.base import FilterError
from framegrid.filters import codes
from framegrid.grid import protocol
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.differing import compared
from framegrid.grid.answers.significance import discoveries, log_hypergeometric, log_kolmogorov

LABELS = st.sampled_from([*"aaabbcd", None])
NUMBERS = st.sampled_from([-np.inf, -2.0, 0.0, 0.0, 0.5, 3.0, 1e6, np.inf, None])


def dataset_of(**columns):
    rows = len(next(iter(columns.values())))
    frame = pd.DataFrame({"path": [f"/nowhere/{row}.jpg" for row in range(rows)]})
    frame = frame.assign(width=64, height=48, **columns)
    return fg.ImageDataset.from_dataframe(frame, path_column="path")


def grid_of(**columns):
    return dataset_of(**columns).show()


def told(columns, ids):
    """How these samples differ, as a page is told."""
    answers = Answers(dataset_of(**columns))
    return answers.differences(protocol.Differences({}, None, ids.tolist()))["keys"]


def sides(codes_, mask, size):
    return [np.bincount(codes_[side], minlength=size) for side in (mask, ~mask)]


@given(st.floats(0.05, 8))
def test_the_limit_of_the_distance_is_that_of_scipy(x):
    assert math.exp(log_kolmogorov(x)) == pytest.approx(special.kolmogorov(x), rel=1e-9)


@given(st.data(), st.integers(1, 3000))
def test_the_tail_of_a_draw_is_that_of_scipy(data, everything):
    drawn = data.draw(st.integers(0, everything))
    marked = data.draw(st.integers(0, everything))
    some = data.draw(st.integers(max(0, drawn + marked - everything), min(drawn, marked)))
    draw = stats.hypergeom(everything, marked, drawn)
    few = some * everything < drawn * marked
    tail = draw.logcdf(some) if few else draw.logsf(some - 1)
    ours = log_hypergeometric(some, drawn, marked, everything)
    assert ours == pytest.approx(min(0, tail + math.log(2)), rel=1e-6, abs=1e-6)


def test_what_no_double_holds_is_still_ordered():
    at = [log_hypergeometric(some, 500_000, 500_000, 1_000_000) for some in (300_000, 400_000)]
    assert -1e6 < at[1] < at[0] < -1000
    assert log_kolmogorov(300) == pytest.approx(math.log(2) - 180_000)


@given(st.lists(st.floats(0, 1, exclude_min=True), min_size=1, max_size=30))
def test_what_stands_out_does_so_for_scipy(ps):
    wanted = stats.false_discovery_control(ps) <= 0.05 * (1 + 1e-12)
    assert discoveries(np.log(ps).tolist()) == wanted.tolist()


@settings(max_examples=60)
@given(st.lists(st.tuples(NUMBERS, st.booleans()), min_size=2, max_size=60))
def test_the_distance_of_numbers_is_that_of_scipy(rows):
    values, mask = pd.Series([row[0] for row in rows], dtype="Float64"), [row[1] for row in rows]
    mask = np.array(mask)
    column = codes.encode_range("x", values)
    last = 2 * len(column.edges) + 1
    both = [column.codes[side & (column.codes < last)] for side in (mask, ~mask)]
    header = {"kind": "range", "edges": column.edges}
    found = compared("x", header, *sides(column.codes, mask, last + 1))
    if found.kind == "range":
        test = stats.ks_2samp(*both)
        assert found.effect == pytest.approx(test.statistic)
        assert found.support == len(both[0])
        if stats.ks_2samp(*both, "greater").statistic < test.statistic:
            assert found.more
    else:
        assert not all(map(len, both)) or values.isna().any()


@settings(max_examples=60)
@given(st.lists(st.tuples(LABELS, st.booleans()), min_size=2, max_size=60))
def test_the_odds_of_values_are_those_of_a_smoothed_table(rows):
    values, mask = pd.Series([row[0] for row in rows], dtype="str"), [row[1] for row in rows]
    mask = np.array(mask)
    column = codes.encode_values("x", values)
    names = list(column.values)
    header = {"kind": "values", "values": names}
    found = compared("x", header, *sides(column.codes, mask, len(names) + 1))
    lacks = values.isna().to_numpy()
    marked = lacks if found.kind == "missing" else (values == found.value).to_numpy()
    within = np.ones(len(mask), bool) if found.kind == "missing" else ~lacks
    table = pd.crosstab(marked[within], mask[within])
    table = table.reindex(index=[True, False], columns=[True, False], fill_value=0).to_numpy()
    assert found.support == table[0, 0]
    if found.effect:
        odds = stats.contingency.odds_ratio((2 * table + 1).astype(int), kind="sample")
        assert found.effect == pytest.approx(math.log(odds.statistic))
        assert found.direction.split()[0] == ("more" if found.more else "fewer")
    tests = 2 * (1 if found.kind == "missing" or len(names) < 3 else len(names))
    exact = stats.fisher_exact(table, alternative="greater" if found.more else "less").pvalue
    assert found.log_p == pytest.approx(min(0, math.log(2 * tests * exact)), abs=1e-6)


def random_table(seed, rows=500):
    """Keys of all kinds that know nothing of a selection."""
    rng = np.random.default_rng(seed)
    words = rng.choice(["a", "b", None], rows, p=[0.2, 0.7, 0.1])
    table = {
        "uniform": rng.random(rows),
        "normal": np.where(rng.random(rows) < 0.3, np.nan, rng.normal(size=rows)),
        "skewed": rng.exponential(size=rows) ** 3,
        "count": rng.poisson(2, rows),
        "label": rng.choice([f"class {n}" for n in range(300)], rows),
        "word": words,
        "flag": rng.random(rows) < 0.01,
        "own": [f"{seed} {row}" for row in rng.permutation(rows)],
        "tags": [list(rng.choice(list("vwxyz"), 2)) for _ in range(rows)],
        "taken": pd.Timestamp("2024-05-01") + pd.to_timedelta(rng.integers(0, 10**6, rows), "s"),
    }
    share = rng.choice([0.003, 0.05, 0.5, 0.95])
    return rng, table, np.flatnonzero(rng.random(rows) < share)


def test_where_nothing_differs_hardly_a_key_is_said_to():
    wrong = 0
    for seed in range(100):
        _, table, ids = random_table(seed)
        if len(ids):
            wrong += any(row["different"] for row in told(table, ids))
    assert wrong <= 5


@pytest.mark.parametrize("kind", ["range", "values", "missing"])
def test_a_planted_key_comes_first(kind):
    first = 0
    for seed in range(10):
        rng, table, _ = random_table(seed)
        ids = np.flatnonzero(rng.random(500) < 0.1)
        planted = pd.Series(rng.normal(size=500))
        if kind == "range":
            planted[ids] += 0.8
        elif kind == "missing":
            planted[ids[: len(ids) // 4]] = np.nan
        else:
            planted = pd.Series(rng.choice(list("abcdefgh"), 500))
            planted[ids[::2]] = "c"
        row = told({**table, "planted": planted.to_numpy()}, ids)[0]
        first += (row["key"], row["kind"], row["different"]) == ("planted", kind, True)
    assert first == 10


def test_the_table_says_how_the_samples_differ():
    grid = grid_of(
        loss=np.arange(100.0),
        label=["dog"] * 40 + ["cat"] * 60,
        note=[None] * 50 + [f"{row}" * 3 for row in range(50)],
        same=[1] * 100,
    )
    grid.filters = {"loss": (None, 29)}
    found = grid.differences
    assert found.columns.tolist() == [
        *("key", "kind", "effect", "direction", "support", "different")
    ]
    assert "loss" not in found["key"].tolist()  # the filter says so
    rows = found.set_index("key")
    assert rows.loc["label", ["kind", "direction", "support"]].tolist() == [
        "values",
        "more dog",
        30,
    ]
    assert rows.loc["note", ["kind", "direction", "support"]].tolist() == [
        *("missing", "more missing", 30)
    ]
    assert rows.loc["same", ["effect", "direction"]].tolist() == [0.0, ""]
    assert found["different"].tolist() == [True, True] + [False] * (len(found) - 2)
    grid.selected = range(90, 100)
    rows = grid.differences.set_index("key")
    assert rows.loc["loss", ["kind", "effect", "direction", "support"]].tolist() == [
        *("range", pytest.approx(1), "higher", 10)
    ]
    grid.close()


def test_without_two_sides_the_user_is_told_what_to_do():
    grid = grid_of(loss=np.arange(10.0))
    with pytest.raises(FilterError, match=r"all 10 samples are shown.*set grid\.filters"):
        _ = grid.differences
    grid.filters = {"loss": (20, 30)}
    with pytest.raises(FilterError, match="no sample is shown"):
        _ = grid.differences
    grid.selected = range(10)
    with pytest.raises(FilterError, match="all 10 samples are selected"):
        _ = grid.differences
    grid.close()


def test_a_page_asks_by_its_traits():
    answers = Answers(dataset_of(loss=range(40), label=list("ab") * 20))
    filters = {"label": {"in": ["a"]}}
    reply = answers.differences(protocol.Differences(filters, list(range(10)), []))
    assert (reply["inside"], reply["outside"]) == (5, 35)
    assert reply["keys"][0]["key"] == "loss"
    assert reply["keys"][0] | {"effect": 0} == {
        "key": "loss",
        "kind": "range",
        "effect": 0,
        "value": None,
        "more": False,
        "support": 5,
        "different": True,
    }
    assert answers.differences(protocol.Differences({}, None, [3]))["inside"] == 1
    assert answers.differences(protocol.Differences({}, None, []))["keys"] == []
