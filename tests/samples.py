"""Datasets in memory, and what the samples of a dataset have."""

from pathlib import Path

import pandas as pd

import framegrid as fg

NAMES = [f"{number}.jpg" for number in range(6)]


def in_memory(paths, **columns):
    """A dataset of images at these paths, which nobody looks for."""
    frame = pd.DataFrame({"path": list(paths), "width": 64, "height": 48} | columns)
    return fg.ImageDataset.from_dataframe(frame)


def numbered():
    """Six samples in memory, of the names `NAMES`."""
    return in_memory([f"/photos/{name}" for name in NAMES], width=1, height=1)


def metadata(dataset):
    """By sample id."""
    return {sample.sample_id: dict(sample.metadata) for sample in dataset}


def records(dataset):
    return list(metadata(dataset).values())


def values(dataset, key="x"):
    return [sample.metadata[key] for sample in dataset]


def column(dataset, key):
    return dataset.df[key].tolist()


def failures(report):
    return {Path(path).name: reason for path, reason in report.failures}
