"""The two spellings of the protocol, in Python and in TypeScript, say the same."""

import dataclasses
import re
from pathlib import Path

import pytest

from framegrid import protocol
from framegrid.grid.traits import OWN_TRAITS

SOURCE = (Path(__file__).parents[1] / "js/src/protocol.ts").read_text()


def interface(name):
    """The lines between the braces of a top-level interface."""
    return re.search(
        rf"^export interface {name} \{{\n(.*?)^\}}", SOURCE, re.MULTILINE | re.DOTALL
    ).group(1)


def members(name):
    return set(re.findall(r"(?m)^  (\w+):", interface(name)))


def fields(body):
    return set(re.findall(r"(\w+)\??:", body))


def test_traits():
    assert members("Traits") == {*OWN_TRAITS, "_sheet", "_revision"}


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
