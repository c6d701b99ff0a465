"""A grid with a column of embeddings: its messages stay short, and its lists are not made."""

import json

import numpy as np
import pandas as pd

import framegrid as fg
from framegrid.filters.codes import elements
from framegrid.grid import protocol
from framegrid.storage import FrozenColumns

ROWS, LENGTH = 20, 20_000
EMBEDDINGS = np.random.default_rng(0).normal(size=(ROWS, LENGTH))


def embedded():
    frame = pd.DataFrame({"path": [f"/none/{row}.jpg" for row in range(ROWS)]})
    cells = pd.Series(list(EMBEDDINGS), dtype=object)
    return fg.ImageDataset.from_dataframe(frame.assign(width=1, height=1, embedding=cells))


def size_of(content):
    return len(json.dumps(content))


def test_a_description_needs_no_list(browser_of, monkeypatch):
    made = []
    of_name = FrozenColumns.__getitem__
    monkeypatch.setattr(
        FrozenColumns,
        "__getitem__",
        lambda columns, name: made.append(name) or of_name(columns, name),
    )
    reply, _, _ = browser_of(embedded()).ask("ready")
    assert "embedding" in json.dumps(reply)
    assert "folder" in made
    assert "embedding" not in made


def test_tiles_and_details_tell_the_beginning_of_long_lists(browser_of):
    browser = browser_of(embedded())
    _, _, parts = browser.ask(
        "tiles", sample_ids=list(range(ROWS)), size=0, captions=["embedding"], sort=""
    )
    assert sum(size_of(content) for content, _ in parts) < protocol.MAX_MESSAGE_BYTES
    reply, _, _ = browser.ask("sample", sample_id=0)
    assert size_of(reply) < protocol.MAX_MESSAGE_BYTES
    text = json.dumps(reply)
    assert str(EMBEDDINGS[0, 0]) in text
    assert str(EMBEDDINGS[0, -1]) not in text


def test_embeddings_have_no_elements_to_choose(browser_of, monkeypatch):
    monkeypatch.setattr(elements, "NUMBERS_LIMIT", 100)
    dataset = embedded()
    spec = {"of": "codes", "key": "embedding", "extra": []}
    reply, buffers, _ = browser_of(dataset).ask(
        "arrays", revision=dataset.revision, arrays=[spec], start=0
    )
    header = reply["ok"]["pieces"][0]["header"]
    assert (header["values"], header["combinations"]) == ([], [[]])
    assert bytes(buffers[0]) == bytes(ROWS)
