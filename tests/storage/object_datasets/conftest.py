"""What the tests of object datasets start from."""

from contextlib import contextmanager

import pytest

import framegrid as fg
from framegrid import remote
from object_store import jpeg


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """This machine: what makes it one is its cache."""
    monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "here"))


@pytest.fixture
def there(tmp_path, monkeypatch):
    """Makes what is opened in its block be opened on another machine."""

    @contextmanager
    def there():
        with monkeypatch.context() as patch:
            patch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "there"))
            yield

    return there


@pytest.fixture
def url(folder):
    """The URL of a dataset of two images."""
    for name in ("0.jpg", "1.jpg"):
        remote.create(f"{folder}/photos/{name}", jpeg(20, 10))
    with fg.ImageDataset.create(f"{folder}/photos") as dataset:
        dataset.add_images_from_path(f"{folder}/photos")
        return dataset.path
