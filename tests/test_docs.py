"""Every public name is documented, and the examples run as they stand."""

import inspect
import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import framegrid as fg

ALIASES = {"Feature"}


def members(owner, names):
    return [(f"{owner.__name__.removeprefix('framegrid.')}.{n}", getattr(owner, n)) for n in names]


def own_members(kind):
    """What a class adds to its foreign bases, inherited from rooms of ours or not."""
    names = {
        name
        for base in kind.__mro__
        if base.__module__.startswith("framegrid")
        for name, member in vars(base).items()
        if inspect.isfunction(inspect.unwrap(getattr(member, "__func__", member)))
        or isinstance(member, property)
    }
    return members(kind, sorted(name for name in names if not name.startswith("_")))


def public():
    exported = [(name, getattr(fg, name)) for name in fg.__all__]
    for name, value in exported:
        yield name, value
        if inspect.isclass(value):
            yield from own_members(value)
    yield from members(fg.features, sorted(set(fg.features.__all__) - ALIASES))


def examples():
    for name, value in public():
        found = re.findall(r"```python\n(.*?)```", inspect.getdoc(value) or "", re.DOTALL)
        yield from (pytest.param(textwrap.dedent(code), id=name) for code in found)


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in public()])
def test_a_public_name_is_documented(value):
    text = inspect.getdoc(value) or ""
    assert re.match(r"[A-Z].*[.:]", text, re.DOTALL), "a docstring begins with a sentence"


@pytest.fixture
def workplace(photos, monkeypatch):
    """The files that examples speak of, and a dataset with the keys that they use."""
    monkeypatch.setenv("HOME", str(photos.parent))
    names = sorted(path.name for path in photos.iterdir())
    table = pd.DataFrame(
        {
            "path": [str(photos / name) for name in names],
            "file_name": names,
            "label": ["cat", "dog"] * 3,
            "score": np.linspace(0.8, 1, 6),
            "rank": range(6),
        }
    )
    table.to_parquet("table")
    table[["path", "label", "score"]].to_csv("labels.csv", index=False)
    table[["file_name", "score"]].to_csv("weather.csv", index=False)
    table[["file_name", "rank"]].to_csv("ranks.csv", index=False)
    table[["file_name", "label"]].to_json("labels.jsonl", orient="records", lines=True)
    scores = table.rename(columns={"path": "file_path_abs"})[["file_path_abs", "score"]]
    scores.to_parquet("scores.parquet")
    (photos.parent / "annotations").mkdir()
    coco = {
        "images": [{"id": 1, "file_name": names[0], "width": 64, "height": 48}],
        "categories": [{"id": 7, "name": "dog"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9]}],
    }
    (photos.parent / "annotations/instances_val2017.json").write_text(json.dumps(coco))
    images = "".join(f'<image name="{name}"><box label="dog"/></image>' for name in names)
    (photos.parent / "annotations.xml").write_text(f"<annotations>{images}</annotations>")


@pytest.fixture
def namespace(workplace, photos):
    facts = {
        "temperature": 20.5,
        "luminance": 0.4,
        "house_number": 7,
        "camera": "Canon",
        "iso": 100,
    }
    facts |= {"gps": {"lat": 47.0}, "captured": pd.Timestamp(2024, 5, 1)}
    with fg.ImageDataset.create("example") as dataset:
        dataset.add_images_from_path(photos, progress=False)
        dataset.get_sample(0).metadata.update(facts)
        dataset.get_sample(1).metadata["temperature"] = 12.0
        cat = photos / "cat.jpg"
        cat.write_bytes((photos / "photo-0.jpg").read_bytes())
        dataset.add_images_from_path(cat)
        yield {"fg": fg, "Path": Path, "np": np, "pd": pd, "polars": pl, "dataset": dataset,
               "grid": dataset.show(), "sample": dataset.get_sample(0)}  # fmt: skip


@pytest.mark.parametrize("code", list(examples()))
def test_an_example_runs(code, namespace):
    exec(compile(code, "example", "exec"), namespace)
