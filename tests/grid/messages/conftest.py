"""What the tests of messages start from."""

import threading

import pytest

import framegrid as fg
from framegrid.grid.answers.answers import Answers
from framegrid.grid.widget.messages import Messenger


class Browser:
    """Sends requests and keeps what comes back."""

    def __init__(self, dataset):
        self.messages = []
        self.arrived = threading.Condition()
        self.messenger = Messenger(Answers(dataset), self.receive)

    def receive(self, content, buffers):
        with self.arrived:
            self.messages.append((content, buffers))
            self.arrived.notify_all()

    def ask(self, type_, **body):
        """The reply's content and buffers, and the parts that came before."""
        self.messenger.receive({"id": type_, "type": type_, **body})
        with self.arrived:
            assert self.arrived.wait_for(self.replied, timeout=20)
        parts = [message for message in self.messages if "part" in message[0]]
        reply, buffers = next(m for m in self.messages if "part" not in m[0])
        self.messages.clear()
        return reply, buffers, parts

    def replied(self):
        return any("part" not in content for content, _ in self.messages)


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("messages") as dataset:
        dataset.add_images_from_path(photos)
        for sample in dataset:
            sample.metadata["temperature"] = sample.sample_id + 0.5
        dataset.get_sample(0).metadata.update(
            weather="sunny", gps={"lat": 46.5, "name": "Bern"}, big=2**60, tags=["a"]
        )
        yield dataset


@pytest.fixture
def browser(dataset):
    return Browser(dataset)


@pytest.fixture
def browser_of():
    """Makes the browser of any dataset."""
    return Browser
