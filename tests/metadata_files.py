"""Files of metadata for the samples of a test."""

import json
from datetime import datetime

import pandas as pd

from samples import NAMES

PATHS = ["/photos/a.jpg", "/photos/b.jpg", "/photos/cats/1.jpg", "/photos/dogs/1.jpg"]
DAY = datetime(2024, 5, 1)


def write_csv(folder, records):
    pd.DataFrame(records).to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv"


def write_json(folder, data, name="rows.json"):
    (folder / name).write_text(json.dumps(data))
    return folder / name


def write_lines(folder, records):
    path = folder / "rows.jsonl"
    path.write_text("\n".join([*map(json.dumps, records), ""]))
    return path


def rows(*cells, sep=","):
    """A CSV file with these cells in column `x`, a row per sample of `NAMES`."""
    lines = [f"{name}{sep}{cell}" for name, cell in zip(NAMES, cells, strict=False)]
    return "\n".join([f"file_name{sep}x", *lines, ""])
