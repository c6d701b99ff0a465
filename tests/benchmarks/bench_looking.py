"""Sections, a plot and chosen rows of a million samples, in JupyterLab."""

import statistics
import time

import pytest
from PIL import Image

from grid_timings import SET, SHOWN, readable
from slider_moves import WATCH, drag, press

SAMPLES = 1_000_000
LABELS = 1_000
CELL = """
import numpy as np, pandas as pd, framegrid as fg
rng = np.random.default_rng(0)
frame = pd.DataFrame({{f"score{{i}}": rng.normal(size={samples}) for i in range(8)}})
frame["number"] = rng.integers(0, {labels}, {samples})
frame["label"] = "label " + frame["number"].astype(str)
frame["path"] = pd.Series({paths}, dtype="str").take(np.arange({samples}) % 2).to_numpy()
frame["width"], frame["height"] = 64, 48
dataset = fg.ImageDataset.from_dataframe(frame)
chosen = dataset.df[dataset.df["score0"] > 0]
"""
SHOW = "grid = dataset.show(height=1200); grid"


@pytest.fixture
def million(lab, tmp_path):
    """A grid of a million samples with ten keys, of two pictures."""
    for name, colour in (("a", "teal"), ("b", "orange")):
        Image.new("RGB", (64, 48), colour).save(tmp_path / f"{name}.jpg")
    paths = [str(tmp_path / f"{name}.jpg") for name in "ab"]
    lab.open(CELL.format(samples=SAMPLES, labels=LABELS, paths=paths), SHOW)
    lab.run(0, seconds=300)
    lab.run(1, seconds=60)
    lab.page.wait_for_selector(".framegrid [data-sample-id] img", timeout=60_000)
    lab.page.get_by_role("slider", name="score0 minimum").wait_for(timeout=60_000)
    return lab


@pytest.mark.parametrize("lab", ["JupyterLab"], indirect=True)
def test_looking(million, report):
    lab = million
    thumb = lab.page.get_by_role("slider", name="score0 minimum")
    lab.page.evaluate(WATCH)
    for group in ("", "label") * 2:
        set_trait(lab, "group", repr(group), shown=False)
        press(lab.page, thumb)  # the first hover makes the index
        for what, moves in (("key press", press), ("mouse move", drag)):
            report(
                f"{group or 'no sections'}: {what} to new count {readable(moves(lab.page, thumb))}"
            )
        set_trait(lab, "filters", "{}", shown=False)
    set_trait(lab, "group", "''", shown=False)
    for plot in ("[]", "['score1', 'score2']") * 2:
        set_trait(lab, "plot", plot, shown=False)
        press(lab.page, thumb)
        for what, moves in (("key press", press), ("mouse move", drag)):
            report(
                f"{'a plot' if 'score' in plot else 'no plot'}: {what} to new count and density "
                f"{readable(moves(lab.page, thumb))}"
            )
        set_trait(lab, "filters", "{}", shown=False)
    set_trait(lab, "plot", "[]", shown=False)
    for group in ("label", "number:value"):
        grouped = [set_trait(lab, "group", repr(group)) for group in (group, "") * 5]
        times = f"{grouped[0]:.0f} ms at first, then {spread(grouped[2::2])}"
        report(f"grouped by the {LABELS:,} values of {group}: {times}")
    rows = [set_trait(lab, "rows", rows, pictured=True) for rows in ("chosen", "None") * 5]
    report(
        f"chosen rows to the first picture: {rows[0]:.0f} ms at first, then {spread(rows[2::2])}"
    )


def set_trait(lab, name, value, *, shown=True, pictured=False):
    """Set a trait of the grid in the kernel; ms until the grid shows it, if that is to be seen."""
    page = lab.page
    if shown:
        page.evaluate(SHOWN, pictured)
    started = lab.kernel.eval(SET.format(f"setattr(grid, {name!r}, {value})"))
    if shown:
        return page.evaluate("() => window.shown") - started
    time.sleep(1)
    return None


def spread(timings):
    return f"{statistics.median(timings):.0f} ms ({min(timings):.0f} to {max(timings):.0f})"
