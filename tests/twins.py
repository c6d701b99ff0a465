"""What Python and the saved page answer alike, as JSON: ``python tests/twins.py`` writes it."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd

import framegrid as fg
from framegrid.grid import protocol
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.arrays import encode
from framegrid.grid.answers.orders import shuffled
from framegrid.grid.sharing.saved_values import saved_values

FILE = Path(__file__).parents[1] / "js/tests/saved/twins.json"

INFINITE = math.inf
DATES = [
    "2024-02-29T23:59:59.999999",
    "2024-03-01T00:00:00",
    None,
    "1969-12-31T12:00:00",
    "2024-02-01T00:00:00",
    "2023-12-31T23:00:00",
    "0800-05-05T01:00:00",
    "2024-02-29T00:00:00",
]
COLUMNS = {
    "label": ["b", "B", "ä", "\U0001f600", "\uffee", "", None, "b"],
    "flag": pd.array([True, None, False, True, True, False, None, True], "boolean"),
    "few": pd.array([3, 4, None, 4, 6, 7, 9, 4], "Int64"),
    "sparse": pd.array([3, 40, None, 400, 6, 7, 9, 4], "Int64"),
    "hundreds": pd.array([*range(0, 1400, 200), None], "Int64"),
    "large": pd.array([2**60, 2**60 + 1, None, 2**53 + 1, 2**60, -1, 5, -(2**63)], "Int64"),
    "score": [0.5, -0.0, 0.0, INFINITE, -INFINITE, None, 2.25, 1e3],
    "skewed": [1.0, 1.5, 2.0, 3.0, 5.0, 1000.0, 50_000.0, None],
    "both": [-900.0, 0.0, 0.01, 0.5, 1.0, 20.0, 50_000.0, INFINITE],
    "taken": pd.Series(DATES, dtype="datetime64[us]"),
    "sent": pd.Series(DATES, dtype="datetime64[us]").dt.tz_localize("UTC"),
    "random:1": [4, 3, 2, 1, 8, 7, 6, 5],
}
GROUPS = [
    *("label", "flag", "few", "few:bins", "sparse", "sparse:value", "hundreds", "hundreds:bins"),
    *("large:value", "score", "score:value", "skewed", "both", "width", "file_name"),
    *("taken", "taken:month", "taken:year", "sent:day", "sent:month", "random:1"),
]
SORTS = [
    *("", "label", "-label", "-large", "taken", "random:7", "random:-3", "random:1", "-sample_id"),
    *(["few", "-score"], ["-flag", "label"], ["flag", "random:5"], ["-sparse"]),
]
SEEDS = ["0", "7", "-1", "18446744073709551616", "123456789012345678901234567890"]
DIFFERENCES = [
    *(({}, None, selected) for selected in ([0], [1, 3], [0, 1, 5, 7], [0, 1, 3, 4, 5, 6])),
    ({"score": {"min": 0, "max": None, "missing": False}}, None, []),
    ({"label": {"in": ["b", None]}}, [0, 1, 3, 6, 7], []),
    ({}, [4, 5, 6, 7], []),
    ({}, None, []),
]
IDS = [0, 1, 2, 1000, 2**31, 2**32 - 1, 2**32, 2**53 - 1]


def made():
    """The values of a page, and what is answered of them."""
    paths = [f"/nowhere/{place}.jpg" for place in range(8)]
    frame = pd.DataFrame({"path": paths, "width": 10, "height": [10, 20] * 4, **COLUMNS})
    dataset = fg.ImageDataset.from_dataframe(frame, path_column="path")
    dataset.remove_samples([2])
    answers = Answers(dataset)
    traits = {"filters": {}, "captions": ["folder"], "sort": "", "group": "", "plot": []}
    values = saved_values(answers, traits)
    view = answers.view
    return {
        "data": {
            key: values[key] for key in ("ids", "columns", "fields", "headers", "description")
        },
        "sections": [
            [group, *answered(view, {"of": "sections", "group": group})] for group in GROUPS
        ],
        "orders": [[sort, answered(view, {"of": "order", "sort": sort})[0]] for sort in SORTS],
        "differences": [
            [asked, answers.differences(protocol.Differences(*asked))] for asked in DIFFERENCES
        ],
        "matrices": matrices(),
        "shuffled": [[seed, IDS, shuffled(np.array(IDS), int(seed)).tolist()] for seed in SEEDS],
    }


def matrices():
    """Columns as the browser has them, and how often their values meet, as pandas counts it."""
    rng, rows = np.random.default_rng(16), 400
    texts = np.array([f"class {number}" for number in range(7)])
    frame = pd.DataFrame({"label": rng.choice(texts, rows), "flag": rng.random(rows) < 0.5})
    frame["prediction"] = rng.choice(np.append(texts[2:], None), rows)
    frame["flag"] = frame["flag"].astype("boolean").mask(rng.random(rows) < 0.1)
    frame["digit"] = pd.Series(rng.choice([0, 1, 3, 9], rows), dtype="Int64").mask(
        rng.random(rows) < 0.2
    )
    pairs = [("label", "prediction"), ("flag", "label"), ("digit", "flag"), ("prediction", "digit")]
    paths = [f"/nowhere/{row}.jpg" for row in range(rows)]
    shown = frame.assign(path=paths, width=1, height=1)
    view = Answers(fg.ImageDataset.from_dataframe(shown, path_column="path")).view
    codes = {key: answered(view, {"of": "codes", "key": key, "extra": []}) for key in frame}
    plain = frame.astype(object).where(frame.notna(), "missing")
    tables = []
    for x, y in pairs:
        table = pd.crosstab(plain[x].astype(str), plain[y].astype(str))
        tables.append([x, y, table.to_dict("index")])
    return {"codes": codes, "tables": tables}


def answered(view, spec):
    """The numbers and the header of an array."""
    array, header = encode(view, spec)
    return array.tolist(), header


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), ensure_ascii=True, separators=(",", ":")) + "\n")
