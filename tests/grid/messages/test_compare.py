"""In which keys samples differ: `js/tests/compare/compared.json` holds what pandas says of them."""

import datetime as dt
import json
import math
from pathlib import Path

import framegrid as fg

FIXTURE = Path(__file__).parents[3] / "js/tests/compare/compared.json"
VALUES = [
    {
        "same": 0.1,
        "score": 0.3,
        "half": 0.5,
        "big": 2**60,
        "bigger": 2**60,
        "limit": math.inf,
        "flag": True,
        "label": "dog",
        "empty": "",
        "taken": dt.datetime(2024, 5, 1, 12),
        "moved": dt.datetime(2024, 5, 1, 12),
        "tags": ["a", "b"],
        "order": ["a", "b"],
        "none": [],
        "gps": {"lat": 46.5, "at": {"city": "Bern"}},
        "camera": {"make": "A", "lens": {"mm": 35, "f": 1.8}},
        "holes": {"a": None},
        "hollow": {},
    },
    {
        "same": 0.1,
        "score": 0.1 + 0.2,
        "half": None,
        "big": 2**60,
        "bigger": 2**60 + 1,
        "limit": -math.inf,
        "flag": False,
        "label": "dog",
        "empty": None,
        "taken": dt.datetime(2024, 5, 1, 12),
        "moved": dt.datetime(2024, 5, 1, 12, 0, 0, 1),
        "tags": ["a", "b"],
        "order": ["b", "a"],
        "none": None,
        "gps": {"at": {"city": "Bern"}, "lat": 46.5},
        "camera": {"make": "A", "lens": {"mm": 35, "f": 2.8}},
        "holes": {},
        "hollow": None,
    },
    {"same": 0.1, "label": "dog", "big": 2**60, "tags": ["a", "b"]},
]
SAMPLES = [(0, 1), (0, 2), (1, 2), (0, 1, 2), (3, 4)]


def differing(frame, ids):
    """The keys in which rows differ from the first of them."""
    first, *others = [frame.loc[[i]].reset_index(drop=True) for i in ids]
    return sorted({key for other in others for key, _ in first.compare(other).columns})


def test_pandas_and_the_browser_tell_differences_alike(make_photos, tmp_path, browser_of):
    photos = make_photos(tmp_path / "photos", 5)
    with fg.ImageDataset.create(tmp_path / "some") as dataset:
        dataset.add_images_from_path(photos, progress=False)
        dataset.update_metadata(list(enumerate(VALUES)))
        browser = browser_of(dataset)
        replies = [browser.ask("sample", sample_id=i)[0]["ok"] for i in range(5)]
        details = [{part: ok[part] for part in ("fields", "metadata")} for ok in replies]
        frame = dataset.df.drop(columns="folder")
    for i, detail in enumerate(details):
        path = next(field for field in detail["fields"] if field[0] == "file_path_abs")
        path[1] = f"photos/{i}"
    cases = [{"ids": list(ids), "differing": differing(frame, ids)} for ids in SAMPLES]
    assert json.loads(FIXTURE.read_text()) == {"details": details, "cases": cases}
