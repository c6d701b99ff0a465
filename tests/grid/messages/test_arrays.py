"""The conversation with the browser, without a browser."""

import numpy as np
import pytest

from framegrid.filters import codes as columns
from framegrid.grid import protocol
from framegrid.grid.answers import answers, arrays


def test_ready_describes_every_key(browser, dataset):
    reply, _, _ = browser.ask("ready")
    description = reply["ok"]
    kinds = {column["key"]: column["kind"] for column in description["columns"]}
    assert kinds == {
        "width": "range",
        "height": "range",
        "file_name": "text",
        "folder": "values",
        "temperature": "range",
        "weather": "values",
        "gps": "other",
        "gps.lat": "range",
        "big": "range",
        "tags": "elements",
    }
    assert (description["name"], description["rows"]) == ("messages", len(dataset))


def test_arrays_are_pulled_piece_by_piece(browser, dataset, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_MESSAGE_BYTES", 8 * (len(dataset) - 1))
    reply, buffers, _ = browser.ask(
        "arrays", revision=dataset.revision, arrays=[{"of": "ids"}], start=0
    )
    (first,) = reply["ok"]["pieces"]
    assert (first["start"], first["stop"]) == (0, len(dataset) - 1)
    reply, more, _ = browser.ask(
        "arrays", revision=dataset.revision, arrays=[{"of": "ids"}], start=first["stop"]
    )
    ids = np.frombuffer(b"".join(map(bytes, [*buffers, *more])))
    assert list(ids) == list(dataset.df.index)
    assert reply["ok"]["pieces"][0]["header"] is None


@pytest.mark.parametrize("ahead_rows", [0, 1_000_000])
def test_arrays_are_the_same_when_made_ahead(browser, dataset, monkeypatch, ahead_rows):
    made = []
    encode = arrays.encode

    def noted(view, spec):
        made.append(spec["key"])
        return encode(view, spec)

    monkeypatch.setattr(answers, "AHEAD_ROWS", ahead_rows)
    monkeypatch.setattr(arrays, "encode", noted)
    monkeypatch.setattr(protocol, "MAX_MESSAGE_BYTES", len(dataset))
    keys = ["temperature", "big", "no such key", "weather", "width"]
    specs = [{"of": "codes", "key": key, "extra": []} for key in keys]
    headers, bytes_ = [], []
    for first in range(len(specs)):
        reply, buffers, _ = browser.ask(
            "arrays", revision=dataset.revision, arrays=specs[first:], start=0
        )
        headers.append(reply["ok"]["pieces"][0]["header"])
        bytes_.append(bytes(buffers[0]))
    assert [header["kind"] for header in headers] == ["range", "range", "error", "values", "range"]
    assert bytes_ == [
        bytes(browser.ask("arrays", revision=dataset.revision, arrays=[spec], start=0)[1][0])
        for spec in specs
    ]
    assert all(made.count(key) == 1 for key in keys if key != "no such key")


def test_edges_are_numbers_however_large(browser, dataset):
    array = {"of": "codes", "key": "big", "extra": []}
    reply, _, _ = browser.ask("arrays", revision=dataset.revision, arrays=[array], start=0)
    assert repr(reply["ok"]["pieces"][0]["header"]["edges"]) == repr([2.0**60])


def test_codes_come_with_their_edges(browser, dataset):
    spec = {"of": "codes", "key": "temperature", "extra": [1.25]}
    reply, buffers, _ = browser.ask("arrays", revision=dataset.revision, arrays=[spec], start=0)
    (piece,) = reply["ok"]["pieces"]
    edges = piece["header"]["edges"]
    assert (edges[0], edges[-1]) == (0.5, len(dataset) - 0.5)
    assert 1.25 in edges
    assert len(buffers[0]) == len(dataset)


def test_an_old_revision_is_told_so(browser, dataset):
    reply, _, _ = browser.ask("arrays", revision=-1, arrays=[{"of": "ids"}], start=0)
    assert reply["ok"] == {"stale": True, "pieces": []}


@pytest.mark.parametrize(
    "spec",
    [
        {"of": "mask", "key": "degrees", "condition": {"min": 1, "max": None, "missing": False}},
        {"of": "order", "sort": "degrees"},
    ],
)
def test_a_page_that_is_ahead_of_its_revision_is_told_so(browser, dataset, spec):
    revision = browser.ask("ready")[0]["ok"]["revision"]
    dataset.rename_metadata("temperature", "degrees")
    reply, _, _ = browser.ask("arrays", revision=revision, arrays=[spec], start=0)
    assert reply["ok"] == {"stale": True, "pieces": []}


def test_a_caption_that_is_gone_is_missing(browser, dataset):
    dataset.drop_metadata("temperature")
    browser.ask("ready")
    _, _, parts = browser.ask(
        "tiles", sample_ids=[0], size=64, captions=["temperature", "file_name"], sort="temperature"
    )
    (tile,) = parts[0][0]["part"]["tiles"]
    assert (tile["captions"], tile["sorted"]) == ([None, tile["name"]], [None])


def test_what_a_page_loads_is_of_one_revision(browser, dataset):
    revision = browser.ask("ready")[0]["ok"]["revision"]
    for sample in dataset:
        sample.metadata["temperature"] = 99.0
    dataset.remove_samples([1])
    spec = {"of": "codes", "key": "temperature", "extra": []}
    reply, buffers, _ = browser.ask(
        "arrays", revision=revision, arrays=[spec, {"of": "ids"}], start=0
    )
    assert not reply["ok"]["stale"]
    assert reply["ok"]["pieces"][0]["header"]["edges"][0] == 0.5
    assert np.frombuffer(buffers[1]).tolist() == [0, 1, 2, 3, 4, 5]


def test_only_a_changed_column_is_encoded_again(browser, dataset, monkeypatch):
    encoded = []
    encode = columns.encode_range

    def noting(key, *args):
        encoded.append(key)
        return encode(key, *args)

    monkeypatch.setattr(columns, "encode_range", noting)
    arrays = [{"of": "codes", "key": key, "extra": []} for key in ("temperature", "big", "width")]
    for _ in range(2):
        revision = browser.ask("ready")[0]["ok"]["revision"]
        browser.ask("arrays", revision=revision, arrays=arrays, start=0)
        dataset.get_sample(2).metadata["temperature"] = 40.0
    assert encoded == ["temperature", "big", "width", "temperature"]


def test_versions_tell_what_changed(browser, dataset):
    def versions():
        return browser.ask("ready")[0]["ok"]["versions"]

    def changed(before):
        return {key for key, version in versions().items() if version != before.get(key)}

    first = versions()
    assert {"sample_id", "file_name", "file_path_abs", "width", "temperature", "gps.lat"} <= {
        *first
    }
    assert changed(first) == set()
    dataset.get_sample(2).metadata["temperature"] = 40.0
    assert changed(first) == {"temperature"}
    second = versions()
    dataset.get_sample(1).metadata["gps"] = {"lat": 1.5}
    dataset.rename_metadata("weather", "sky")
    assert changed(second) == {"gps", "gps.lat", "sky"}
    third = versions()
    dataset.remove_samples([0])
    assert changed(third) == {*versions()}


CODES = [{"of": "codes", "key": key, "extra": []} for key in ("big", "temperature")]


def test_what_the_page_has_comes_with_the_description_where_it_is_another(browser, dataset):
    mask = {"of": "mask", "key": "", "condition": {"query": "temperature > 3"}}
    held = [*CODES, {"of": "order", "sort": "-temperature"}, mask]
    versions = browser.ask("ready")[0]["ok"]["versions"]
    dataset.get_sample(2).metadata["temperature"] = 40.0
    reply, buffers, _ = browser.ask("ready", versions=versions, arrays=held)
    pieces = reply["ok"]["pieces"]
    asked = {"revision": reply["ok"]["revision"], "arrays": held[1:], "start": 0}
    alone, same, _ = browser.ask("arrays", **asked)
    assert [piece["index"] for piece in pieces] == [1, 2, 3]
    assert [{**piece, "index": piece["index"] - 1} for piece in pieces] == alone["ok"]["pieces"]
    assert list(map(bytes, buffers)) == list(map(bytes, same))


def test_with_the_description_come_whole_arrays_alone(browser, dataset, monkeypatch):
    versions = {**browser.ask("ready")[0]["ok"]["versions"], "big": -1, "temperature": -1}
    monkeypatch.setattr(protocol, "MAX_MESSAGE_BYTES", 2 * len(dataset) - 1)
    reply, buffers, _ = browser.ask("ready", versions=versions, arrays=CODES)
    assert [piece["index"] for piece in reply["ok"]["pieces"]] == [0]
    assert len(buffers) == 1


@pytest.mark.parametrize("change", ["drop", "cast", "remove"])
def test_what_is_no_more_does_not_come_with_the_description(browser, dataset, change):
    versions = browser.ask("ready")[0]["ok"]["versions"]
    match change:
        case "drop":
            dataset.drop_metadata("temperature")
        case "cast":
            dataset.cast_metadata("temperature", "string")
        case "remove":
            dataset.remove_samples([0])
    bounds = {"min": 1, "max": 2, "missing": False}
    held = [CODES[0], {"of": "mask", "key": "temperature", "condition": bounds}]
    reply, buffers, _ = browser.ask("ready", versions=versions, arrays=held)
    assert reply["ok"]["pieces"] == buffers == []
