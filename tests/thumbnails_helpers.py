"""What several tests of thumbnails share."""

import threading
from contextlib import closing
from operator import attrgetter

from framegrid.images.thumbnails import Thumbnail
from framegrid.images.thumbnails.making import Thumbnails

LONG = 120  # seconds, after which a test has hung


class Receiver:
    """Collects what a request delivers."""

    def __init__(self):
        self.batches: list[list[Thumbnail]] = []
        self.finished = threading.Event()
        self.dones = 0

    def deliver(self, batch):
        self.batches.append(batch)

    def done(self):
        self.dones += 1
        self.finished.set()

    def wait(self):
        assert self.finished.wait(LONG)
        return self

    @property
    def answers(self):
        return [answer for batch in self.batches for answer in batch]

    @property
    def sizes(self):
        return [len(batch) for batch in self.batches]


def ask(pool, paths, size=128):
    receiver = Receiver()
    receiver.request = pool.request(paths, size, receiver.deliver, receiver.done)
    return receiver


def thumbnails_of(paths, folder, size=128, workers=1):
    """The thumbnails of paths, in their order, of a pool with its cache in a folder."""
    with closing(Thumbnails(folder, workers)) as pool:
        return sorted(ask(pool, list(paths), size).wait().answers, key=attrgetter("index"))
