"""What the tests of thumbnails start from."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from framegrid.base import BrokenImageError
from framegrid.images import pixels
from framegrid.images.thumbnails.disk_cache import Cache
from framegrid.images.thumbnails.making import Thumbnails
from thumbnails_helpers import LONG


class Maker:
    """Stands in for `images.thumbnail`: notes what it makes, and can be held up."""

    def __init__(self):
        self.made: list[str] = []
        self.sizes: list[int] = []
        self.started = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, path, size):
        self.started.set()
        assert self.go_on.wait(LONG)
        self.made.append(Path(path).name)
        self.sizes.append(size)
        return pixels.Encoded(
            b"\xff\xd8\xff picture of " + Path(path).name.encode(), "image/jpeg", size, size
        )

    def hold(self):
        self.started.clear()
        self.go_on.clear()


class Here:
    """Stands in for `Workers`: no processes."""

    def __init__(self, count, prepare=None):
        pass

    def each(self, function, items):
        for item in items:
            try:
                yield function(item)
            except BrokenImageError as error:
                yield error

    def close(self):
        pass


@pytest.fixture
def maker(monkeypatch):
    maker = Maker()
    monkeypatch.setattr(pixels, "thumbnail", maker)
    monkeypatch.setattr("framegrid.images.thumbnails.lane.Workers", Here)
    return maker


@pytest.fixture
def pool(tmp_path, maker):
    """One thread, so that the order of work is the order of tasks."""
    with closing(Thumbnails(tmp_path / "cache", workers=1)) as pool:
        yield pool


@pytest.fixture
def files(tmp_path):
    """A function of names: the paths of files, made when they are not there."""

    def make(*names):
        for name in names:
            if not (tmp_path / name).exists():
                (tmp_path / name).write_bytes(b"x")
        return [str(tmp_path / name) for name in names]

    return make


@pytest.fixture
def cache(tmp_path):
    with closing(Cache(tmp_path / "cache", 10_000_000)) as cache:
        yield cache
