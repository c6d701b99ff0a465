"""Two keys by their values, with real mouse and keys."""

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import framegrid as fg
from axe import violations
from grid_fixtures import slider
from waiting import wait_until

SAMPLES = 300
CELL = re.compile(r"label (.+), prediction (.+): (\d+) images?")


@pytest.fixture
def dataset(tmp_path, make_photos):
    paths = sorted(map(str, make_photos(tmp_path / "photos", 4).iterdir()))
    frame = pd.DataFrame({"path": np.resize(paths, SAMPLES)})
    rng = np.random.default_rng(0)
    frame["label"] = rng.choice(["cat", "dog", "car"], SAMPLES)
    guess = rng.choice(["cat", "dog", "bus", None], SAMPLES)
    frame["prediction"] = np.where(rng.random(SAMPLES) < 0.7, frame["label"], guess)
    frame["loss"] = rng.integers(0, 20, SAMPLES)
    with fg.ImageDataset.from_dataframe(frame, path_column="path") as dataset:
        yield dataset


def counted(matrix):
    """What the cells say, without those that are empty."""
    names = [cell.get_attribute("aria-label") for cell in matrix.get_by_role("gridcell").all()]
    found = {match.group(1, 2): int(match[3]) for match in map(CELL.fullmatch, names)}
    return {cell: count for cell, count in found.items() if count}


def crossed(frame):
    known = frame.assign(prediction=frame["prediction"].fillna("(missing)"))
    return known.groupby(["label", "prediction"]).size().to_dict()


def test_a_cell_of_two_keys_is_two_filters(dataset, show):
    grid = fg.Grid(dataset, height=700, plot=["label", "prediction"])
    region = show(grid)[0].first
    matrix = region.get_by_role("grid", name="Images by label and prediction")
    expect(matrix.get_by_role("gridcell").first).to_be_visible()
    wait_until(lambda: counted(matrix) == crossed(grid.filtered))
    thumb = slider(region, "loss minimum")
    thumb.focus()
    for _ in range(7):
        thumb.press("ArrowRight")
    wait_until(lambda: grid.filters == {"loss": {"min": 7, "max": None, "missing": False}})
    others = grid.filtered
    wait_until(lambda: counted(matrix) == crossed(others))
    cell = matrix.get_by_role("gridcell", name="label cat, prediction dog:")
    cell.click()
    wait_until(lambda: set(grid.filters) == {"loss", "label", "prediction"})
    assert grid.filters["label"] == {"in": ["cat"]}
    assert grid.filters["prediction"] == {"in": ["dog"]}
    expect(cell).to_have_attribute("aria-selected", "true")
    assert counted(matrix) == crossed(others)  # of what passes the filters on other keys
    assert violations(region.get_by_role("region", name="Plot of label and prediction")) == []
    cell.press("ArrowDown")
    focused = matrix.locator(":focus")
    name = CELL.fullmatch(focused.get_attribute("aria-label"))
    assert name[1] == "cat"
    focused.press("Enter")
    value = None if name[2] == "(missing)" else name[2]
    wait_until(lambda: grid.filters["prediction"] == {"in": [value]})
    wait_until(lambda: len(grid.filtered) == int(name[3]))
    focused.press("Enter")
    wait_until(lambda: set(grid.filters) == {"loss"})
    agreement = region.get_by_role("checkbox", name="Equal values face each other")
    expect(agreement).to_be_checked()
    heads = [each.inner_text() for each in matrix.get_by_role("columnheader").all()][1:]
    rows = [each.inner_text() for each in matrix.get_by_role("rowheader").all()]
    assert heads[:3] == rows[:3]
