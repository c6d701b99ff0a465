"""Chosen rows, sections and orders of a million samples: the kernel's part, against pandas."""

import numpy as np
import pandas as pd
import pytest

import framegrid as fg
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.orders import order
from framegrid.grid.answers.shown import Question, groups
from framegrid.grid.protocol import Arrays

SAMPLES = 1_000_000
ROWS = 500_000
VALUES = 1_000


@pytest.fixture(scope="module")
def dataset():
    """A million samples with 1,000 labels, numbers and times."""
    rng = np.random.default_rng(0)
    labels = pd.Series([f"label {value:04}" for value in range(VALUES)], dtype="str")
    frame = pd.DataFrame(
        {
            "path": pd.Series(["/nowhere/1.jpg", "/nowhere/2.jpg"], dtype="str")
            .take(np.arange(SAMPLES) % 2)
            .to_numpy(),
            "width": 640,
            "height": 480,
            "label": labels.take(rng.integers(0, VALUES, SAMPLES)).to_numpy(),
            "group": rng.integers(0, VALUES, SAMPLES),
            "loss": rng.normal(size=SAMPLES),
            "taken": pd.Series(rng.integers(0, 10**15, SAMPLES)).astype("datetime64[us]"),
        }
    )
    return fg.ImageDataset.from_dataframe(frame, path_column="path")


def test_assigning_rows(dataset, compare):
    chosen = dataset.df.sample(ROWS, random_state=0)
    grid = dataset.show()

    def ours():
        grid.rows = chosen
        grid.rows = None

    def baseline():
        """a list of their ids"""
        chosen.index.tolist()

    compare(f"{ROWS:,} rows of a DataFrame assigned", ours, baseline)
    grid.close()


@pytest.mark.parametrize("group", ["label", "group", "loss", "taken:month", "loss:value"])
def test_sections(dataset, compare, group):
    key, _, form = group.partition(":")
    column = dataset.df[key]

    def ours():
        answers = Answers(dataset)
        request = Arrays(answers.view.revision, [{"of": "sections", "group": group}], 0)
        answers.arrays(request)

    def baseline():
        """groupby().size()"""
        by = column.dt.to_period("M") if form == "month" else column
        column.groupby(by).size()

    compare(f"sections of {group}", ours, baseline)


@pytest.mark.parametrize("sort", ["label", "-loss", ["label", "-loss"], "random:7"])
def test_orders(dataset, compare, sort):
    keys = [sort] if isinstance(sort, str) else sort
    names = [key.removeprefix("-") for key in keys]
    frame = dataset.df

    def ours():
        order(sort, Answers(dataset).view)

    def baseline():
        """sort_values()"""
        if sort == "random:7":
            frame[["loss"]].sample(frac=1)
        else:
            up = [not key.startswith("-") for key in keys]
            frame[names].sort_values(names, ascending=up, kind="stable")

    compare(f"the order by {sort}", ours, baseline, rounds=3)


def test_groups_of_a_filter(dataset, compare):
    view = Answers(dataset).view
    question = Question({"loss": {"min": 0, "max": None, "missing": False}}, None, "", "label")
    groups(question, view)
    frame = dataset.df

    def ours():
        groups(question, view)

    def baseline():
        """query().groupby().size()"""
        frame.query("loss >= 0").groupby("label").size()

    compare("groups of what a filter passes", ours, baseline)
