"""Computing metadata of photos on two cores."""

import numpy as np
import pytest
from PIL import Image

import framegrid as fg
from framegrid.images import Processes, Workers, features

PHOTOS = 200

measure = features.combine(
    features.luminance,
    features.contrast,
    features.colour_ratios,
    features.sharpness,
    features.entropy,
    features.perceptual_hash,
)


@pytest.fixture
def photos(tmp_path):
    """A dataset of 200 JPEGs of 640 x 480 px."""
    rng = np.random.default_rng(0)
    for index in range(PHOTOS):
        shapes = Image.fromarray(rng.integers(0, 256, (24, 32, 3), np.uint8))
        shapes.resize((640, 480)).save(tmp_path / f"{index:03}.jpg", quality=90)
    with fg.ImageDataset.create(tmp_path / "bench") as dataset:
        dataset.add_images_from_path(tmp_path, progress=False)
        yield dataset


@pytest.fixture
def processes():
    """Two worker processes."""
    executor = Processes(Workers(2, bounds=False), 2)
    yield executor
    executor.shutdown()


def test_compute(compare, photos, processes):
    photos.compute_metadata(measure, executor=processes)  # they are started

    def ours():
        photos.compute_metadata(measure, executor=processes)

    def loop():
        """the same function in a loop, on one core."""
        photos.update_metadata([(sample.sample_id, measure(sample.open())) for sample in photos])

    compare("six features of a photo on two cores", ours, loop, each=PHOTOS)
