"""Timings as ratios: ours and a baseline in turns, so that a slow moment slows both."""

import statistics
import time

import numpy as np
import pytest
from PIL import Image

import framegrid as fg

SAMPLES = 10_000


@pytest.fixture
def compare(request, capsys):
    """Print the medians of `ours` and `baseline` and their ratio; both are called in turns."""

    def run(what, ours, baseline, *, rounds=7, each=1):
        timings = [(timed(ours), timed(baseline)) for _ in range(rounds)]
        mine, theirs = (statistics.median(column) / each for column in zip(*timings, strict=True))
        with capsys.disabled():
            print(f"\n{what}: {readable(mine)}, {mine / theirs:.2f} x {baseline.__doc__}", end="")

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


@pytest.fixture
def dataset(many_photos, tmp_path):
    with fg.ImageDataset.create(tmp_path / "bench") as dataset:
        dataset.add_images_from_path(many_photos, progress=False)
        yield dataset
