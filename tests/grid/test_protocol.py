"""The two spellings of the protocol, in Python and in TypeScript, say the same."""

import dataclasses
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegrid.filters import normalise
from framegrid.grid import protocol
from framegrid.grid.protocol import from_browser, parse, to_browser
from framegrid.grid.widget.traits import OWN_TRAITS

SOURCE = (Path(__file__).parents[2] / "js/src/protocol.ts").read_text()


def interface(name):
    """The lines between the braces of a top-level interface."""
    return re.search(
        rf"^export interface {name} \{{\n(.*?)^\}}", SOURCE, re.MULTILINE | re.DOTALL
    ).group(1)


def members(name):
    return set(re.findall(r"(?m)^  (\w+):", interface(name)))


def fields(body):
    return set(re.findall(r"(\w+)\??:", body))


def shortest(value):
    """JSON as JavaScript writes it: numbers are doubles, large ones padded with zeros."""
    match value:
        case bool() | str() | None:
            return value
        case list():
            return [shortest(item) for item in value]
        case dict():
            return {key: shortest(item) for key, item in value.items()}
    number = float(value)
    return int(Decimal(repr(number))) if number.is_integer() and abs(number) < 1e21 else number


LARGE = st.integers(-(2**65), 2**65) | st.sampled_from([2**53 + 1, 2**60, 10**18, -(10**30)])
DOUBLES = st.floats(allow_nan=False, allow_infinity=False) | LARGE.map(float)
SCHEMA = {"long": "integer", "wide": "float", "items": "list"}


@given(LARGE, DOUBLES, DOUBLES)
def test_filters_come_back_from_the_browser_as_they_went(bound, low, element):
    filters = normalise(
        {"long": (bound, None), "wide": (None, low), "items": {"contains": element}}, SCHEMA
    )
    returned = json.loads(json.dumps(shortest(json.loads(json.dumps(to_browser(filters))))))
    assert normalise(from_browser(returned), SCHEMA) == filters


def test_requests_are_read_as_the_browser_meant_them():
    request = {"type": "cut", "key": "a", "at": 1, "below": [0, 1], "above": [0, 1]}
    filters = {"a": {"min": 1152921504606847000}}
    assert parse({"id": "1", **request, "filters": filters}).filters["a"]["min"] == 2.0**60


def test_traits():
    assert members("Traits") == {*OWN_TRAITS, "_sheet", "_total", "_revision", "_running"}


def test_version():
    version = re.search(r"PROTOCOL_VERSION = (\d+)", SOURCE).group(1)
    assert int(version) == protocol.PROTOCOL_VERSION


def bodies():
    """Each request's name with the fields of its body."""
    requests = re.split(r"^  (\w+): \{", interface("Requests"), flags=re.MULTILINE)[1:]
    for name, rest in zip(requests[::2], requests[1::2], strict=True):
        body = re.search(r"body: (?:object|\{(.*?)\});", rest, re.DOTALL).group(1)
        yield name, fields(body or "")


def test_request_names():
    assert {name for name, _ in bodies()} == set(protocol.REQUESTS)


@pytest.mark.parametrize(("name", "expected"), [*bodies()])
def test_request_fields(name, expected):
    declared = {field.name for field in dataclasses.fields(protocol.REQUESTS[name])}
    assert declared == expected


@pytest.mark.parametrize(
    ("name", "typed_dict"), [("ArrayPiece", protocol.Piece), ("Picture", protocol.Picture)]
)
def test_parts(name, typed_dict):
    assert set(re.findall(r"^  (\w+):", interface(name), re.MULTILINE)) == set(
        typed_dict.__annotations__
    )
