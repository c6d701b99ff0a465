"""No message holds more of a value than anybody reads."""

import re
import warnings

import pandas as pd
import pytest

import framegrid as fg
from framegrid.base import brief, cut, few
from framegrid.base.quoting import LONGEST

LONG = "x" * 861_108
MANY = ["x"] * 100_000


@pytest.fixture(scope="module")
def dataset(tmp_path_factory, make_photos):
    folder = tmp_path_factory.mktemp("long")
    with fg.ImageDataset.create(folder / "long") as dataset:
        dataset.add_images_from_path(make_photos(folder / "photos"), progress=False)
        dataset.update_metadata({0: {"rank": 1, "text": LONG, "tags": MANY, "k" * 100_000: 1}})
        dataset.save()
        yield dataset


def frame(**columns):
    return pd.DataFrame({"path": ["/a.jpg"], "width": 1, "height": 1} | columns)


def _csv(folder):
    (folder / "rows.csv").write_text("file_name,a\nphoto-0.jpg,1\n")
    return folder / "rows.csv"


REFUSED = {
    "id": lambda dataset: dataset.get_sample(LONG),
    "huge id": lambda dataset: dataset.get_sample(10**6000),
    "attribute": lambda dataset: setattr(fg.Grid(dataset), LONG, 1),
    "key": lambda dataset: dataset.get_sample(0).metadata.update({LONG + "\n": 1}),
    "no key": lambda dataset: dataset.get_sample(0).metadata.__delitem__(LONG),
    "twin": lambda dataset: dataset.update_metadata({0: {"K" * 100_000: 1}}),
    "value": lambda dataset: dataset.update_metadata({0: {"rank": LONG}}),
    "values": lambda dataset: dataset.update_metadata({0: {"rank": MANY}}),
    "integer": lambda dataset: dataset.update_metadata({0: {"rank": 10**4000}}),
    "object": lambda dataset: dataset.update_metadata({0: {"new": [LONG, {LONG: object()}]}}),
    "surrogate": lambda dataset: dataset.update_metadata({0: {"new": LONG + "\ud800"}}),
    "no mapping": lambda dataset: dataset.update_metadata({0: LONG}),
    "no pair": lambda dataset: dataset.update_metadata([LONG]),
    "pair": lambda dataset: dataset.update_metadata([(LONG, {"rank": 1})]),
    "name": lambda dataset: dataset.update_metadata({LONG: {"rank": 1}}, on="file_name"),
    "on": lambda dataset: dataset.update_metadata({0: {"rank": 1}}, on=LONG),
    "frame": lambda dataset: dataset.update_metadata(pd.DataFrame({"rank": [LONG]})),
    "columns": lambda dataset: dataset.update_metadata(pd.DataFrame({"a": [1], LONG: [2]}, ["b"])),
    "built-in": lambda dataset: dataset.update_metadata(
        pd.DataFrame({"sample_id": [0], "file_name": [LONG]})
    ),
    "rename": lambda dataset: dataset.rename_metadata(LONG, "new"),
    "taken": lambda dataset: dataset.rename_metadata("rank", "k" * 100_000),
    "drop": lambda dataset: dataset.drop_metadata(LONG),
    "cast": lambda dataset: dataset.cast_metadata(LONG, "string"),
    "cast value": lambda dataset: dataset.cast_metadata("text", "integer"),
    "cast type": lambda dataset: dataset.cast_metadata("rank", LONG),
    "function": lambda dataset: dataset.compute_metadata(LONG),
    "executor": lambda dataset: dataset.compute_metadata(len, executor=LONG),
    "create": lambda _: fg.ImageDataset.create(LONG),
    "load": lambda _: fg.ImageDataset.load(LONG),
    "load url": lambda _: fg.ImageDataset.load(f"s3://{LONG}"),
    "load or create": lambda _: fg.ImageDataset.load_or_create(LONG),
    "durability": lambda _: fg.ImageDataset.create("new", durability=LONG),
    "load columns": lambda dataset: fg.ImageDataset.load(dataset.path, columns=[LONG]),
    "load column": lambda dataset: fg.ImageDataset.load(dataset.path, columns=LONG),
    "load filters": lambda dataset: fg.ImageDataset.load(dataset.path, filters=[(LONG, "==", 1)]),
    "load filter": lambda dataset: fg.ImageDataset.load(dataset.path, filters=LONG),
    "save": lambda dataset: dataset.save(LONG),
    "add": lambda dataset: dataset.add_images_from_path(LONG),
    "add glob": lambda dataset: dataset.add_images_from_path(f"/{LONG}/*.jpg"),
    "csv": lambda dataset: dataset.to_csv(LONG),
    "coco": lambda dataset: dataset.to_coco(LONG),
    "page": lambda dataset: fg.Grid(dataset).save_html(LONG),
    "export": lambda dataset: dataset.export_images(LONG),
    "rows": lambda dataset: dataset.export_images("out", [LONG]),
    "link": lambda dataset: dataset.export_images("out", link=LONG),
    "relink": lambda dataset: dataset.relink(f"/{LONG}", "new"),
    "relink to": lambda dataset: dataset.relink(dataset.path.parent / "photos", LONG),
    "from csv": lambda dataset: dataset.update_metadata_from_csv(LONG),
    "from json": lambda dataset: dataset.update_metadata_from_json(LONG),
    "from parquet": lambda dataset: dataset.update_metadata_from_parquet(LONG),
    "from coco": lambda dataset: dataset.update_metadata_from_coco(LONG),
    "path column": lambda _: fg.ImageDataset.from_dataframe(frame(), LONG),
    "path": lambda _: fg.ImageDataset.from_dataframe(frame(path=[[LONG]]), "path"),
    "width": lambda _: fg.ImageDataset.from_dataframe(frame(width=[LONG])),
    "column": lambda _: fg.ImageDataset.from_dataframe(frame(new=[{LONG: object()}])),
    "show": lambda _: fg.show(LONG),
    "grid": lambda _: fg.Grid(LONG),
    "trait": lambda dataset: fg.Grid(dataset, **{LONG: 1}),
    "filter key": lambda dataset: fg.Grid(dataset, filters={LONG: (1, 2)}),
    "filter": lambda dataset: fg.Grid(dataset, filters={"rank": LONG}),
    "filter value": lambda dataset: fg.Grid(dataset, filters={"rank": {"min": LONG}}),
    "filter field": lambda dataset: fg.Grid(dataset, filters={"rank": {LONG: 1}}),
    "expression": lambda dataset: fg.Grid(dataset, filters=LONG),
    "expressions": lambda dataset: fg.Grid(dataset, filters=f"rank < '{LONG}'"),
    "sort": lambda dataset: fg.Grid(dataset, sort=LONG),
    "caption": lambda dataset: fg.Grid(dataset, captions=[LONG]),
    "selected": lambda dataset: fg.Grid(dataset, selected=LONG),
    "active": lambda dataset: fg.Grid(dataset, active=LONG),
    "size": lambda dataset: fg.Grid(dataset, thumbnail_size=LONG),
    "limit": lambda _: setattr(fg.limits, LONG, 1),
    "limit value": lambda _: setattr(fg.limits, "pixels", LONG),
    "column of a file": lambda dataset: dataset.update_metadata_from_csv(
        _csv(dataset.path.parent), dtype={LONG: str}
    ),
    "urls": lambda _: fg.allow_urls(LONG),
    "forget": lambda _: fg.allow_urls(forget=f"s3://{LONG}/"),
    "account": lambda _: fg.allow_urls(f"s3://{LONG}@b/"),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_short(dataset, call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    messages = []
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            call(dataset)
        except Exception as error:  # noqa: BLE001 - whatever it is, people read it
            messages.append(str(error))
    messages += [str(warning.message) for warning in warned]
    assert messages
    message = max(messages, key=len)
    longest = max((len(run) for run in re.findall(r"x+|k+", message, re.IGNORECASE)), default=0)
    assert longest <= LONGEST
    assert len(message) < 2_000


def test_what_is_quoted_is_short_and_never_fails():
    class Odd:
        def __repr__(self):
            raise ValueError

    assert brief("a'b") == repr("a'b")
    assert len(brief(LONG)) == len(brief(MANY)) == len(brief(LONG.encode())) == LONGEST
    assert (brief(Odd()), brief(10**5000)) == ("<Odd>", "<int>")
    assert len(cut(LONG)) == LONGEST
    assert few(range(7)) == "0, 1, 2, 3, 4 and 2 more"
    assert len(few([LONG] * 9)) < 6 * LONGEST
