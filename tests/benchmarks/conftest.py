"""Timings as ratios: ours and a baseline in turns, so that a slow moment slows both."""

import shutil
import statistics
import time
from functools import cache

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import framegrid as fg

SAMPLES = 10_000


@pytest.fixture
def compare(report):
    """Print the medians of `ours` and `baseline` and their ratio; both are called in turns."""

    def run(what, ours, baseline, *, rounds=7, each=1):
        timings = [(timed(ours), timed(baseline)) for _ in range(rounds)]
        mine, theirs = (statistics.median(column) / each for column in zip(*timings, strict=True))
        report(f"{what}: {readable(mine)}, {mine / theirs:.2f} x {baseline.__doc__}")

    return run


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def readable(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} us"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


@pytest.fixture(scope="session")
def many_photos(tmp_path_factory):
    """A folder of 10,000 small JPEGs."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for index in range(SAMPLES):
        width, height = rng.integers(48, 96, 2)
        pixels = rng.integers(0, 256, 3, np.uint8).repeat(width * height).reshape(3, height, width)
        Image.fromarray(pixels.transpose(1, 2, 0)).save(folder / f"{index:05}.jpg", quality=50)
    return folder


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """The file of a dataset of so many samples with 10 keys, made once."""

    @cache
    def make(samples):
        rng = np.random.default_rng(0)
        frame = pd.DataFrame({f"score{number}": rng.random(samples) for number in range(6)})
        frame["count"], frame["rank"] = rng.integers(0, 1000, samples), rng.permutation(samples)
        frame["label"] = rng.choice(["cat", "dog", "bird", "horse"], samples)
        frame["seen"] = rng.random(samples) < 0.5
        frame["path"] = [f"/photos/{id_ % 100:02}/{id_:07}.jpg" for id_ in range(samples)]
        dataset = fg.ImageDataset.from_dataframe(frame.assign(width=640, height=480))
        dataset.save(tmp_path_factory.mktemp("saved") / "bench")
        dataset.close()
        return dataset.path

    return make


@pytest.fixture(params=[10_000, 1_000_000], ids="{:,}".format)
def dataset(request, saved, tmp_path):
    """A dataset of so many samples with 10 keys, on disk."""
    path = shutil.copy(saved(request.param), tmp_path / "bench.parquet")
    with fg.ImageDataset.load(path) as dataset:
        yield dataset


@pytest.fixture
def cold(tmp_path_factory):
    """Sets an empty cache of thumbnails for a kernel of its own, before it makes any."""

    def empty(lab):
        folder = str(tmp_path_factory.mktemp("cache"))
        lab.kernel.run(f"import os; os.environ['FRAMEGRID_CACHE_DIR'] = {folder!r}")

    return empty


@pytest.fixture(scope="session")
def report(pytestconfig):
    """Print what was measured, past pytest's capture."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def write(text):
        with capture.global_and_fixture_disabled():
            print(f"\n{text}", end="")

    return write
