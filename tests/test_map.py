"""The map of the house, `src/README.md`, is true: its tables, its words and its walks."""

import ast
import re

import pytest

from test_rooms import FOLDERS, FRONTEND, PACKAGE, ROOMS, ROOT, WINGS

MAP = (ROOT / "src/README.md").read_text()
ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def table(heading):
    """Rows under a heading: name, what it is, what it may import."""
    section = MAP.split(f"## {heading}\n")[1].split("\n## ")[0]
    return {name.rstrip("/"): (what, named(may)) for name, what, may in ROW.findall(section)}


def named(cell):
    return {name.rstrip("/") for name in re.findall(r"`([^`]+)`", cell)}


def source_of(name):
    folder, file = PACKAGE / name / "__init__.py", PACKAGE / f"{name}.py"
    return folder if folder.exists() else file


def rooms():
    return [f"{wing}/{room}" for wing, found in ROOMS.items() for room in found]


def test_the_map_has_every_wing_and_room_in_their_order():
    expected = [
        part for wing in WINGS for part in (wing, *(r for r in rooms() if r.startswith(f"{wing}/")))
    ]
    assert list(table("Python")) == expected


@pytest.mark.parametrize("name", [*WINGS, *rooms()])
def test_the_map_says_what_the_door_says(name):
    first = ast.get_docstring(ast.parse(source_of(name).read_text())).partition("\n")[0]
    assert table("Python")[name][0] == first


@pytest.mark.parametrize("wing", WINGS)
def test_the_map_says_what_a_wing_may_import(wing):
    assert table("Python")[wing][1] == WINGS[wing]


def test_the_map_has_every_folder_of_the_frontend():
    assert {name: may for name, (_, may) in table("Frontend").items()} == FOLDERS
    folders = {path.name for path in FRONTEND.iterdir() if path.is_dir()}
    assert folders <= set(FOLDERS)


def stops():
    return re.findall(r"^\d+\. `([^`:]+): ([^`]+)`", MAP.split("## Walks\n")[1], re.MULTILINE)


def defined(text):
    """Dotted names of all functions and classes of a Python file."""
    found, waiting = set(), [("", ast.parse(text))]
    while waiting:
        prefix, node = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                found.add(f"{prefix}{child.name}")
                waiting.append((f"{prefix}{child.name}.", child))
    return found


@pytest.mark.parametrize(("file", "name"), stops())
def test_each_stop_of_a_walk_is_there(file, name):
    text = (ROOT / file).read_text()
    if file.endswith(".py"):
        assert name in defined(text)
    else:
        member = (
            rf"^\s*(?:export |async |readonly |function |const |get )*{re.escape(name)}\b\s*[<(:=]"
        )
        assert re.search(member, text, re.MULTILINE)


def test_there_are_five_walks():
    assert len(re.findall(r"^### ", MAP.split("## Walks\n")[1], re.MULTILINE)) == 5
    assert len(stops()) > 25
