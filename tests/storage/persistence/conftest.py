"""What the tests of persistence start from."""

import pytest

import framegrid as fg

# The end of a process


@pytest.fixture
def saved(photos):
    """Six photos in a file that is closed."""
    with fg.ImageDataset.create("saved") as dataset:
        dataset.add_images_from_path(photos)
