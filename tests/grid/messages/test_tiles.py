"""The conversation with the browser, without a browser."""

import json
from pathlib import Path

import numpy as np
import pytest

import framegrid as fg
from framegrid.filters import codes as columns
from framegrid.grid import protocol


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
    assert texts[1]["sorted"] == [1.5]
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
    browser.messenger._awaited.add("slow")
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


LONG = "x" * 100_000
CUT = {"key": "temperature", "at": 1, "below": [0, 1], "above": [0, 1]}
FORGED = {
    "key": ("arrays", {"revision": 0, "arrays": [{"of": "codes", "key": LONG, "extra": []}]}),
    "sort": ("arrays", {"revision": 0, "arrays": [{"of": "order", "sort": LONG}]}),
    "filters": ("cut", {**CUT, "filters": {LONG: {"min": 1}}}),
    "condition": ("cut", {**CUT, "filters": {"temperature": {LONG: 1}}}),
    "type": (LONG, {}),
}


@pytest.mark.parametrize(("type_", "body"), FORGED.values(), ids=FORGED)
def test_an_error_is_never_long(browser, dataset, type_, body):
    body = {key: dataset.revision if key == "revision" else value for key, value in body.items()}
    reply, _, _ = browser.ask(type_, **body, **({"start": 0} if type_ == "arrays" else {}))
    # What is wrong with one array is told in its place.
    error = reply["ok"]["pieces"][0]["header"]["message"] if "ok" in reply else reply["error"]
    assert len(error) <= 2_000
    assert len(reply["reply"]) <= 2_000


def test_a_notice_is_never_long(dataset):
    grid = fg.Grid(dataset)
    told = []
    grid._messenger._send = lambda content, _: told.append(content)
    grid.set_state({"filters": {LONG: {"min": 1}}})
    assert [len(content["message"]) <= 2_000 for content in told] == [True]


def test_tiles_tell_what_is_in_the_revision_that_is_shown(browser, dataset):
    def told(revision):
        _, _, parts = browser.ask(
            "tiles",
            sample_ids=[0],
            size=0,
            captions=["gps.lat"],
            sort="temperature",
            revision=revision,
        )
        return parts[0][0]["part"]["tiles"]

    ready, _, _ = browser.ask("ready")
    before = ready["ok"]["revision"]
    dataset.update_metadata({0: {"temperature": 99.5, "gps": {"lat": 1.5}}})
    assert [(tile["captions"], tile["sorted"]) for tile in told(before)] == [([46.5], [0.5])]
    assert told(dataset.revision) == []  # nobody was told of it yet
    browser.ask("ready")
    (tile,) = told(dataset.revision)
    assert (tile["captions"], tile["sorted"]) == ([1.5], [99.5])


def test_what_is_wrong_with_one_key_stays_there(browser, dataset, monkeypatch):
    encode = columns.encode_range

    def refuse(key, *args):
        if key == "temperature":
            raise ZeroDivisionError("no such day")
        return encode(key, *args)

    monkeypatch.setattr(columns, "encode_range", refuse)
    ready, _, _ = browser.ask("ready")
    specs = [{"of": "codes", "key": key, "extra": []} for key in ("width", "temperature", "height")]
    reply, buffers, _ = browser.ask(
        "arrays", revision=ready["ok"]["revision"], arrays=specs, start=0
    )
    headers = [piece["header"] for piece in reply["ok"]["pieces"]]
    assert [header["kind"] for header in headers] == ["range", "error", "range"]
    assert headers[1]["message"] == "no such day"
    assert len(buffers) == 3


def test_keys_without_a_value_come_last(browser, dataset):
    dataset.update_metadata({0: {"later": 1.5, "aaa": 2}})
    dataset.update_metadata({0: {"later": None}})
    ready, _, _ = browser.ask("ready")
    keys = [column["key"] for column in ready["ok"]["columns"]]
    assert keys[:2] == ["width", "height"]
    assert keys[-1] == "later"
    dataset.update_metadata({1: {"later": 1.5}})
    ready, _, _ = browser.ask("ready")
    assert [column["key"] for column in ready["ok"]["columns"]][-1] == "aaa"
