"""A row per key: types, values in short, origins."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg
from samples import in_memory

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=3)
VALUES = {
    "integer": st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1),
    "float": st.sampled_from([0.0, -0.0, 1.5, -2.0, float("inf"), 0.1]),
    "string": TEXT,
    "boolean": st.booleans(),
    "datetime": st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    "list": st.lists(st.integers(0, 2) | st.text("ab", max_size=1), max_size=2),
    "dict": st.dictionaries(st.sampled_from("ab"), st.integers(0, 1), max_size=1),
}


def of(kind, values):
    """The summary of one key, and its values as pandas has them, without those missing."""
    dataset = in_memory([f"/photos/{i}.jpg" for i in range(len(values) + 1)])
    dataset.update_metadata({len(values): {"k": VALUES_OF[kind]}})
    dataset.update_metadata({i: {"k": value} for i, value in enumerate(values)})
    return dataset.summary().loc["k"], dataset.df["k"].dropna()


VALUES_OF = {
    "integer": 1,
    "float": 0.5,
    "string": "x",
    "boolean": True,
    "datetime": datetime(2000, 1, 1),
    "list": [1],
    "dict": {"a": 1},
}


@pytest.mark.parametrize("kind", VALUES)
def test_it_says_what_pandas_says(kind):
    @given(st.lists(st.none() | VALUES[kind], max_size=12))
    @settings(deadline=None, max_examples=40)
    def check(values):
        row, series = of(kind, values)
        assert row["type"] == kind
        assert (row["present"], row["missing"]) == (len(series), len(values) + 1 - len(series))
        if kind in ("list", "dict"):
            texts = series.map(repr)
            assert row["distinct"] == texts.nunique()
            assert repr(row["most_frequent"]) in set(texts.mode())
            assert row[["least", "greatest", "mean"]].isna().all()
            return
        assert row["distinct"] == series.nunique()
        assert row["most_frequent"] == series.mode().iloc[0]
        assert (row["least"], row["greatest"]) == (series.min(), series.max())
        if kind in ("integer", "float", "boolean"):
            assert row["mean"] == pytest.approx(float(series.astype("Float64").mean()), rel=1e-9)
        else:
            assert pd.isna(row["mean"])

    check()


def test_it_has_a_row_per_key_in_the_order_of_the_schema():
    dataset = in_memory(["/photos/1.jpg", "/photos/2.jpg"], b=[1, None], a=["x", "x"])
    summary = dataset.summary()
    assert summary.index.tolist() == list(dataset.schema) == ["b", "a"]
    assert summary.index.name == "key"
    assert list(summary) == [
        *("type", "present", "missing", "distinct", "least", "greatest", "mean"),
        *("most_frequent", "computed_by", "stale"),
    ]
    assert summary["computed_by"].isna().all()
    assert summary["stale"].isna().all()


def test_a_key_without_values_has_a_row():
    dataset = in_memory(["/photos/1.jpg"], a=[1])
    dataset.get_sample(0).metadata["a"] = None
    row = dataset.summary().loc["a"]
    assert (row["present"], row["missing"], row["distinct"]) == (0, 1, 0)
    assert row[["least", "greatest", "mean", "most_frequent"]].isna().all()


def test_an_empty_dataset_has_no_row(tmp_path):
    with fg.ImageDataset.create(tmp_path / "empty") as dataset:
        assert dataset.summary().shape == (0, 10)


def test_infinities_and_zones():
    moments = [datetime(2024, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC)]
    dataset = in_memory(["/a/1.jpg", "/a/2.jpg"], x=[-np.inf, np.inf], t=moments)
    summary = dataset.summary()
    assert summary.loc["x", "least"] == -np.inf
    assert pd.isna(summary.loc["x", "mean"])
    assert (summary.loc["t", "type"], summary.loc["t", "least"]) == ("datetime", moments[1])


def test_long_lists_are_counted_and_not_compared(monkeypatch):
    monkeypatch.setattr("framegrid.dataset.overview.summary._LONGEST", 10)
    dataset = in_memory(["/photos/1.jpg"], a=[[1.5, 2.5, 3.5]])
    row = dataset.summary().loc["a"]
    assert row["present"] == 1
    assert pd.isna(row["distinct"])
