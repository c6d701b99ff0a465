"""The dataset at 10,000 samples."""

import json
import shutil

import numpy as np
import pandas as pd
from PIL import Image

import framegrid as fg

KEYS = ["brightness", "red", "green", "blue"]


def records(dataset):
    values = np.random.default_rng(1).random((len(dataset), len(KEYS))).tolist()
    return [
        (id_, dict(zip(KEYS, row, strict=True)))
        for id_, row in zip(dataset.df.index, values, strict=True)
    ]


def test_ingest(compare, many_photos, tmp_path):
    names = iter(range(100))

    def ours():
        with fg.ImageDataset.create(tmp_path / f"ingest{next(names)}") as dataset:
            dataset.add_images_from_path(many_photos, progress=False)

    def headers():
        """header-only PIL.Image.open in one thread."""
        for path in many_photos.iterdir():
            with Image.open(path) as image:
                assert image.size

    compare("ingest of 10,000 files", ours, headers, rounds=3)


def test_single_set(compare, dataset, tmp_path):
    samples = list(dataset)

    def ours():
        for sample in samples:
            sample.metadata["brightness"] = 0.5

    def append():
        """a line of JSON written to a file and flushed, for each."""
        with (tmp_path / "edits.jsonl").open("a") as file:
            for sample in samples:
                file.write(json.dumps({"id": sample.sample_id, "brightness": 0.5}))
                file.flush()

    compare("one durable set", ours, append, each=len(samples))


def test_bulk_update(compare, dataset):
    updates = records(dataset)

    def ours():
        dataset.update_metadata(updates)

    def frame():
        """pd.DataFrame of the same dicts, in memory only."""
        pd.DataFrame([values for _, values in updates], index=[id_ for id_, _ in updates])

    compare("bulk update of 4 keys, 10,000 samples", ours, frame)


def test_df_after_an_edit(compare, dataset):
    dataset.update_metadata(records(dataset))
    metadata = dataset.get_sample(0).metadata
    plain = dataset.df

    def ours():
        metadata["red"] = 0.25
        assert len(dataset.df) == len(dataset)

    def copy():
        """a deep copy of the frame."""
        plain.copy(deep=True)

    compare("df after an edit", ours, copy)


def test_load(compare, dataset, tmp_path):
    dataset.update_metadata(records(dataset))
    dataset.save()
    shutil.copy(dataset.path, tmp_path / "copy.parquet")

    def ours():
        fg.ImageDataset.load(tmp_path / "copy").close()

    def read():
        """pandas.read_parquet."""
        pd.read_parquet(tmp_path / "copy.parquet")

    compare("load of 10,000 samples", ours, read)
