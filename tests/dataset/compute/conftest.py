"""What the tests of compute start from."""

from concurrent.futures import ThreadPoolExecutor as Threads

import pytest

import framegrid as fg


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("dataset") as dataset:
        dataset.add_images_from_path(photos)
        yield dataset


@pytest.fixture
def threads():
    with Threads(2) as executor:
        yield executor
