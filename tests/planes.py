"""What NumPy counts of two keys, and so does the engine: ``python tests/planes.py`` writes it."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

import framegrid as fg
from framegrid.filters import codes
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.arrays import encode

FILE = Path(__file__).parents[1] / "js/tests/collection/planes.json"
SAMPLES = 60
BETWEEN = {"score": (-0.5, 1.5), "stars": (2, 4), "loss": (None, 20)}


def table():
    """Columns of all kinds that have axes, with values that are missing and infinite."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"path": [f"/nowhere/{place}.jpg" for place in range(SAMPLES)]})
    frame = frame.assign(width=64, height=48)
    frame["score"] = rng.normal(size=SAMPLES).round(2)
    frame["loss"] = np.exp(3 * rng.normal(size=SAMPLES)).round(3)
    frame["stars"] = pd.Series(rng.integers(1, 6, SAMPLES), dtype="Int64")
    frame["votes"] = pd.Series(rng.integers(0, 1000, SAMPLES), dtype="Int64")
    days = pd.to_timedelta(rng.integers(0, 500, SAMPLES), unit="D")
    frame["taken"] = (pd.Timestamp("2023-02-01") + days).astype("datetime64[us]")
    for place, key in enumerate(("score", "loss", "stars", "taken")):
        frame.loc[place :: 7 + place, key] = None
    frame.loc[3::11, "score"], frame.loc[5::13, "loss"] = np.inf, -np.inf
    return frame


def made():
    """Headers and codes of the columns, and what NumPy counts of two under filters on others."""
    frame = table()
    dataset = fg.ImageDataset.from_dataframe(frame, path_column="path")
    view = Answers(dataset).view
    keys = [key for key in frame.columns if key not in {"path", "width", "height"}]
    columns = {}
    for key in keys:
        array, header = encode(view, {"of": "codes", "key": key, "extra": []})
        columns[key] = {"codes": array.tolist(), "header": header}
    return {
        "columns": columns,
        "between": BETWEEN,
        "planes": [[x, y, *counted(dataset.df, x, y)] for x, y in combinations(keys, 2)],
    }


def counted(frame, x, y):
    """How many bins both histograms have, samples by cell, and how many lack either key."""
    passing = np.ones(len(frame), bool)
    for key, (least, most) in BETWEEN.items():
        if key not in (x, y):
            values = frame[key].astype(float)
            passing &= (values >= (-np.inf if least is None else least)) & (values <= most)
    places, edges = zip(*(placed(frame[key]) for key in (x, y)), strict=True)
    finite = passing & np.isfinite(places[0]) & np.isfinite(places[1])
    counts, _, _ = np.histogram2d(places[0][finite], places[1][finite], bins=edges)
    missing = [int((frame[key].isna() & passing).sum()) for key in (x, y)]
    cells = [[*map(int, cell), int(counts[*cell])] for cell in np.argwhere(counts)]
    return counts.shape, cells, missing


def placed(series):
    """Values as they are along an axis, (N,) float with NaN for missing, and the edges of bins."""
    column = codes.encode_range("", series)
    _, values, missing = codes.numbers(series)
    return np.where(missing, np.nan, values.astype(float)), codes.bin_edges(column)


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), ensure_ascii=True, separators=(",", ":")) + "\n")
