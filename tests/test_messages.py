"""The conversation with the browser, without a browser."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest

import framegrid as fg
from framegrid import columns, protocol, thumbnails
from framegrid.answers import Answers
from framegrid.grid.messages import Messenger


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
        """Give the reply's content and buffers, and the parts that came before."""
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


def test_ready_describes_every_key(browser, dataset):
    reply, _, _ = browser.ask("ready")
    description = reply["ok"]
    kinds = {column["key"]: column["kind"] for column in description["columns"]}
    assert kinds == {
        "width": "range",
        "height": "range",
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
    assert (tile["captions"], tile["sorted"]) == ([None, tile["name"]], None)


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


def test_tiles_without_a_size_are_texts_alone(browser):
    _, _, parts = browser.ask("tiles", sample_ids=[0, 1], size=0, captions=["temperature"], sort="")
    ((part, buffers),) = [(content["part"], buffers) for content, buffers in parts]
    assert [tile["captions"] for tile in part["tiles"]] == [[0.5], [1.5]]
    assert (part["pictures"], buffers) == ([], [])


def test_a_mask_holds_any_condition(browser, dataset):
    spec = {"of": "mask", "key": "tags", "condition": {"contains": "a"}}
    _, buffers, _ = browser.ask("arrays", revision=dataset.revision, arrays=[spec], start=0)
    assert bytes(buffers[0]) == bytes([1] + [0] * (len(dataset) - 1))


def test_order_sorts_missing_last_both_ways(browser, dataset):
    dataset.get_sample(1).metadata["temperature"] = None
    orders = []
    for sort in ("temperature", "-temperature"):
        arrays = [{"of": "order", "sort": sort}]
        _, buffers, _ = browser.ask("arrays", revision=dataset.revision, arrays=arrays, start=0)
        orders.append(list(np.frombuffer(buffers[0], np.uint32)))
    rest = [row for row in range(len(dataset)) if row != 1]
    assert orders == [[*rest, 1], [*rest[::-1], 1]]


def test_tiles_send_texts_first_then_pictures(browser, dataset):
    ids = [sample.sample_id for sample in dataset]
    reply, _, parts = browser.ask(
        "tiles", sample_ids=ids, size=128, captions=["gps.lat"], sort="-temperature"
    )
    assert reply["ok"] == {}
    texts = parts[0][0]["part"]["tiles"]
    assert [tile["name"] for tile in texts] == [sample.file_name for sample in dataset]
    assert texts[0]["captions"] == [46.5]
    assert texts[1]["sorted"] == 1.5
    pictures = [picture for part, _ in parts for picture in part["part"]["pictures"]]
    assert sorted(picture["sample_id"] for picture in pictures) == ids


def test_a_file_that_is_gone_gives_a_reason(browser, dataset):
    Path(dataset.get_sample(2).file_path_abs).unlink()
    _, _, parts = browser.ask("tiles", sample_ids=[2], size=128, captions=[], sort="")
    (picture,) = [picture for part, _ in parts for picture in part["part"]["pictures"]]
    assert picture["error"]
    reply, _, _ = browser.ask("picture", sample_id=2, size=600)
    assert reply["ok"]["picture"]["error"]


def test_detail_lists_fields_and_metadata(browser):
    reply, _, _ = browser.ask("sample", sample_id=0)
    metadata = {key: (type_, value) for key, type_, value in reply["ok"]["metadata"]}
    assert metadata["gps"] == ("dict", {"lat": 46.5, "name": "Bern"})
    assert metadata["big"] == ("integer", str(2**60))
    assert [name for name, _ in reply["ok"]["fields"]][:2] == ["sample_id", "file_name"]


def test_long_values_are_cut_so_that_a_message_holds_them(browser, dataset):
    limit = protocol.MAX_MESSAGE_BYTES
    dataset.update_metadata({0: {"long": "ü" * limit, "many": ["x" * 100] * (limit // 100)}})
    ready, _, _ = browser.ask("ready")
    ids = list(dataset.df.index)
    _, _, parts = browser.ask(
        "tiles", sample_ids=ids, size=128, captions=["long", "many"], sort="-long"
    )
    detail, _, _ = browser.ask("sample", sample_id=0)
    for content in (parts[0][0], detail, ready):
        assert len(json.dumps(content)) < limit
    captions = parts[0][0]["part"]["tiles"][0]["captions"]
    assert [caption[-1] for caption in captions] == ["…", "…"]
    kinds = {column["key"]: column["kind"] for column in ready["ok"]["columns"]}
    assert kinds["long"] == "text"


def test_a_request_that_is_asked_again_is_answered_once(browser):
    body = {"sample_ids": [0], "size": 128, "captions": [], "sort": ""}
    loading = thumbnails.Request([], 128, lambda _made: None, lambda: None, lambda _request: None)
    browser.messenger._loading["slow"] = loading
    browser.messenger.receive({"id": "slow", "type": "tiles", **body})
    assert browser.messages == []


def test_picture_is_scaled_to_what_is_asked(browser):
    reply, buffers, _ = browser.ask("picture", sample_id=0, size=20)
    picture = reply["ok"]["picture"]
    assert max(picture["width"], picture["height"]) <= 20
    assert len(buffers[picture["buffer"]]) > 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"type": "sample", "sample_id": 99}, "99"),
        ({"type": "sample"}, "different versions"),
        ({"type": "nonsense"}, "different versions"),
    ],
)
def test_what_goes_wrong_is_the_reply(browser, body, message):
    reply, _, _ = browser.ask(body.pop("type"), **body)
    assert message in reply["error"]


def test_values_javascript_cannot_hold_become_strings():
    value = {"a": [2**60, float("inf"), None, True], "b": 0.5}
    assert protocol.to_value(value) == {"a": [str(2**60), "inf", None, True], "b": 0.5}


def test_consecutive_ids_need_not_travel(browser, dataset):
    assert browser.ask("ready")[0]["ok"]["first_id"] == 0
    dataset.remove_samples([0])
    assert browser.ask("ready")[0]["ok"]["first_id"] == 1
    dataset.remove_samples([2])
    assert browser.ask("ready")[0]["ok"]["first_id"] is None
