"""Who may import whom: wings, the rooms within them, and the folders of the frontend."""

import ast
import os
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/framegrid"
FRONTEND = ROOT / "js/src"

# A wing may import what its row names, by what the other's door offers.
WINGS = {
    "base": set(),
    "remote": {"base"},
    "storage": {"base", "remote"},
    "images": {"base", "remote"},
    "filters": {"base"},
    "dataset": {"base", "remote", "storage", "images"},
    "grid": {"base", "images", "filters", "dataset"},
    "doctor": set(),
}
# Within a wing, a room may import the rooms before it.
ROOMS = {
    "base": [
        "tracebacks",
        "errors",
        "quoting",
        "bounds",
        "leftovers",
        "beside",
        "forks",
        "recent",
        "threads",
        "caches",
        "cache_files",
        "logs",
        "schema",
        "parquet",
    ],
    "storage": [
        "table",
        "undo",
        "files",
        "journal",
        "parquet",
        "records",
        "foreign",
        "places",
        "store",
    ],
    "images": ["exif", "formats", "sources", "pixels", "workers", "thumbnails", "features"],
    "filters": ["keys", "queries", "conditions", "language", "codes"],
    "dataset": [
        "matching",
        "edits",
        "connection",
        "reports",
        "imports",
        "ingest",
        "exports",
        "compute",
        "overview",
    ],
    "grid": ["protocol", "answers", "sharing", "widget"],
}
# When they are called, `dataset.show()` makes a widget, and `report.show()` a dataset for it.
ON_CALL = {"dataset": {"grid"}, "reports": {"face"}}

# The packages that only one wing, or one room of it, runs; and Parquet, which holds pictures, too.
OWNERS = {
    "PIL": "images",
    "anywidget": "grid/widget",
    "traitlets": "grid/widget",
    "ipywidgets": "grid/widget",
    "IPython": "grid/widget",
    "pyarrow.dataset": "storage/foreign",
    "pyarrow.parquet": ("base/parquet", "storage", "images/sources"),
    "sqlite3": "base/cache_files",
    "fsspec": "remote",
}

# A folder of the frontend may import what its row names; `protocol` and `view` are files.
FOLDERS = {
    "protocol": set(),
    "values": {"protocol"},
    "view": {"protocol", "values"},
    "engine": {"protocol", "values"},
    "kernel": {"protocol"},
    "collection": {"protocol", "values", "view", "engine", "kernel"},
    "explorer": {"protocol", "values", "view", "engine", "kernel", "collection"},
    "ui": set(),
    "sidebar": {"protocol", "values", "view", "ui"},
    "sections": {"values", "view", "ui"},
    "grid": {"protocol", "values", "view", "ui", "sections"},
    "cut": {"protocol", "values", "view", "ui", "grid"},
    "plot": {"protocol", "values", "view", "ui"},
    "detail": {"protocol", "values", "view", "ui"},
    "compare": {"protocol", "values", "view", "ui"},
    "toolbar": {"values", "view", "ui"},
    "card": {
        "values",
        "view",
        "ui",
        "sidebar",
        "grid",
        "cut",
        "plot",
        "detail",
        "compare",
        "toolbar",
    },
    "saved": {"protocol", "values", "kernel", "collection"},
    "index": {"protocol", "explorer", "ui", "card", "saved"},
}
# Folders whose modules run in node by themselves, without any package.
PURE = {"protocol", "view", "values", "engine", "kernel", "collection", "saved"}
# The only part that speaks to anywidget's model; its door hands the model over.
KERNEL, KNOW_THE_MODEL = "kernel", {"kernel", "index"}
# Of a part of the screen, others see the component that has the folder's name.
DRAWN = {"sidebar", "sections", "grid", "cut", "plot", "detail", "compare", "toolbar", "card"}


def wing_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def room_of(path):
    """The room of a file; what lies at the door of a wing that has rooms is its face."""
    wing, *rest = path.relative_to(PACKAGE).with_suffix("").parts
    return rest[0] if rest and rest[0] in ROOMS.get(wing, ()) else "face"


def is_door(path):
    return path.name == "__init__.py" and path.parent.parent == PACKAGE


def python_files():
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def imported(node, path):
    """The dotted names that an import statement may mean."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    above = ["framegrid", *path.relative_to(PACKAGE).parts][: -node.level] if node.level else []
    module = ".".join([*above, *filter(None, [node.module])])
    return [f"{module}.{alias.name}" for alias in node.names]


def is_type_checking(node):
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


@cache
def parsed(path):
    return ast.parse(path.read_text())


@cache
def imports(path, *, calls=True, types=True):
    """All imports of a file, without those inside functions or for type checkers if so asked."""
    waiting, found = [parsed(path)], set()
    while waiting:
        node = waiting.pop()
        found.update(imported(node, path))
        skipped = (isinstance(node, ast.FunctionDef) and not calls) or (
            is_type_checking(node) and not types
        )
        waiting += [] if skipped else ast.iter_child_nodes(node)
    return found


def wings(names):
    return {name.split(".")[1] for name in names if name.startswith("framegrid.")}


def rooms(names, wing):
    """The rooms of a wing that are named; its face is everything that is in none."""
    inside = [name.split(".")[2] for name in names if name.startswith(f"framegrid.{wing}.")]
    return {room if room in ROOMS.get(wing, ()) else "face" for room in inside}


def name_of(path):
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_a_wing_imports_what_its_row_names(path):
    wing = wing_of(path)
    assert wing in WINGS, "a new wing needs a row in WINGS"
    allowed = WINGS[wing] | {wing}
    assert wings(imports(path, calls=False, types=False)) <= allowed
    assert wings(imports(path)) <= allowed | ON_CALL.get(wing, set())


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_a_room_imports_those_before_it(path):
    wing, room = wing_of(path), room_of(path)
    order = [*ROOMS.get(wing, ()), "face"]
    allowed = {*order[: order.index(room) + 1]}
    assert rooms(imports(path, calls=False), wing) <= allowed
    assert rooms(imports(path), wing) <= allowed | ON_CALL.get(room, set())


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_other_wings_are_entered_by_their_door(path):
    deep = {
        name
        for name in imports(path)
        if name.startswith("framegrid.") and name.split(".")[1] not in {wing_of(path), "doctor"}
        if len(name.split(".")) > 3 or not is_offered(*name.split(".")[1:])
    }
    assert deep == set()


def is_offered(wing, name=None):
    """Whether a wing's door hands out a name, or the name is that of a room."""
    return name is None or name in offered(wing) or name in ROOMS.get(wing, ())


def offered(wing):
    door = PACKAGE / wing / "__init__.py"
    for node in parsed(door).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return []


def test_the_package_enters_by_the_doors():
    names = imports(PACKAGE / "__init__.py")
    own = [name.split(".")[1:] for name in names if name.startswith("framegrid.")]
    assert [name for name in own if name[0] != "doctor" and not is_offered(*name)] == []


@pytest.mark.parametrize("wing", WINGS)
def test_the_table_allows_no_more_than_is_used(wing):
    own = [path for path in python_files() if wing_of(path) == wing]
    used = set().union(*(wings(imports(path)) for path in own))
    assert used - {wing} == WINGS[wing] | ON_CALL.get(wing, set())


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_packages_stay_with_their_owner(path):
    here = f"{name_of(path).removesuffix('.py')}/"
    foreign = {package for package, owner in OWNERS.items() if not is_in(here, owner)}
    run = imports(path, types=False)
    assert not {name for name in run for package in foreign if f"{name}.".startswith(f"{package}.")}


def is_in(here, owners):
    owners = (owners,) if isinstance(owners, str) else owners
    return here.startswith(tuple(f"{owner}/" for owner in owners))


def test_every_folder_is_a_room():
    folders = {
        path.parent.relative_to(PACKAGE).parts[:2]
        for path in python_files()
        if len(path.parent.relative_to(PACKAGE).parts) >= 2
    }
    assert {room for wing, room in folders if room not in ROOMS.get(wing, ())} == set()


# the frontend


def frontend_files():
    return [path for path in sorted(FRONTEND.rglob("*")) if path.suffix in {".ts", ".svelte"}]


def module_name(path):
    return str(path.relative_to(FRONTEND)).removesuffix(".ts")


def frontend_imports(path):
    """Packages, and own modules by their name below js/src."""
    names = re.findall(r"""\b(?:from|import)\s*\(?\s*["']([^"']+)["']""", path.read_text())
    own = [os.path.normpath(path.parent / name) for name in names if name.startswith(".")]
    packages = {name for name in names if not name.startswith(".")}
    return packages, {os.path.relpath(file, FRONTEND) for file in own}


def folder_of(module):
    return module.split("/")[0]


@pytest.mark.parametrize("path", frontend_files(), ids=module_name)
def test_a_folder_imports_what_its_row_names(path):
    folder = folder_of(module_name(path))
    assert folder in FOLDERS, "a new folder needs a row in FOLDERS"
    packages, own = frontend_imports(path)
    assert {folder_of(module) for module in own} - {folder} <= FOLDERS[folder]
    assert not packages or folder not in PURE or packages == {"@anywidget/types"}
    assert "@anywidget/types" not in packages or folder in KNOW_THE_MODEL


@pytest.mark.parametrize("path", frontend_files(), ids=module_name)
def test_a_part_of_the_screen_is_entered_by_its_face(path):
    folder = folder_of(module_name(path))
    _, own = frontend_imports(path)
    foreign = {module for module in own if folder_of(module) in DRAWN - {folder}}
    assert foreign <= {f"{part}/{part.title()}.svelte" for part in DRAWN}


def test_no_module_of_the_frontend_is_in_a_circle():
    """Not by types either: what two modules both speak of is in a `types` of its own."""
    waiting = {
        name: frontend_imports(path)[1] - {name}  # a value may hold values
        for path in frontend_files()
        for name in [module_name(path)]
    }
    while free := {module for module, own in waiting.items() if not own & waiting.keys()}:
        waiting = {module: own for module, own in waiting.items() if module not in free}
    assert waiting == {}


def test_tests_of_the_frontend_lie_in_folders_like_its_own():
    tests = FRONTEND.parent / "tests"
    assert {path.name for path in tests.iterdir() if path.is_dir()} <= FOLDERS.keys()
    long = [path for path in tests.rglob("*.ts") if len(path.read_text().splitlines()) > 400]
    assert long == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folders_row_names_no_more_than_it_uses(folder):
    own = [path for path in frontend_files() if folder_of(module_name(path)) == folder]
    used = {folder_of(module) for path in own for module in frontend_imports(path)[1]}
    assert used - {folder} == FOLDERS[folder]


@pytest.mark.parametrize("path", frontend_files(), ids=module_name)
def test_the_model_is_spoken_to_in_one_folder(path):
    calls = re.findall(r"\bmodel\.(?:get|set|send|on|off|save_changes)\(", path.read_text())
    assert not calls or folder_of(module_name(path)) == KERNEL
