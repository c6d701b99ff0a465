"""Who may import whom: one table for the package, one for the frontend."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/framegrid"
FRONTEND = ROOT / "js/src"

ROOMS = {
    "errors": set(),
    "forks": set(),
    "threads": set(),
    "protocol": {"schema"},
    "schema": {"errors"},
    "table": {"errors", "schema"},
    "journal": {"errors", "forks"},
    "store": {"errors", "forks", "schema", "table", "journal", "remote", "caches"},
    "caches": set(),
    "remote": {"errors", "threads"},
    "images": {"errors", "remote"},
    "filters": {"errors", "schema"},
    "columns": {"schema"},
    "workers": {"errors", "forks", "threads"},
    "compute": {"errors", "images", "threads", "workers"},
    "features": set(),
    "diagnosis": set(),
    "dataset": {
        "errors",
        "forks",
        "schema",
        "table",
        "store",
        "images",
        "compute",
        "remote",
        "threads",
    },
    "thumbnails": {"caches", "images", "workers"},
    "view": {"errors", "protocol", "schema", "filters", "columns", "dataset"},
    "arrays": {"errors", "protocol", "filters", "columns", "view"},
    "answers": {
        "errors",
        "protocol",
        "schema",
        "filters",
        "dataset",
        "images",
        "arrays",
        "view",
    },
    "sharing": {
        "protocol",
        "schema",
        "images",
        "filters",
        "dataset",
        "thumbnails",
        "view",
        "answers",
    },
    "grid": {
        "errors",
        "protocol",
        "images",
        "filters",
        "dataset",
        "thumbnails",
        "view",
        "arrays",
        "answers",
        "sharing",
    },
}
# `dataset.show()` makes a widget, but only when it is called: scripts stay free of Jupyter.
ON_CALL = {"dataset": {"grid"}}

# The packages that only one room runs.
OWNERS = {
    "PIL": "images",
    "anywidget": "grid",
    "traitlets": "grid",
    "ipywidgets": "grid",
    "IPython": "grid",
    "pyarrow.dataset": "store",
    "pyarrow.parquet": "store",
    "sqlite3": "thumbnails",
    "fsspec": "remote",
}

# The frontend's modules that reach the kernel, and among them those that know anywidget's model.
KERNEL_SIDE = {
    "index",
    "explorer.svelte",
    "settings.svelte",
    "collection",
    "holdings",
    "news",
    "arrays",
    "sync",
    "requests",
}
# A saved page brings a kernel of its own.
KERNEL_SIDE |= {"saved/kernel", "saved/model", "saved/page"}
KNOW_THE_MODEL = {"index", "explorer.svelte", "sync", "requests"}
CALL_THE_MODEL = {"sync", "requests"}


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


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


def imports(path, *, calls=True, types=True):
    """All imports of a file, without those inside functions or for type checkers if so asked."""
    waiting, found = [ast.parse(path.read_text())], set()
    while waiting:
        node = waiting.pop()
        found.update(imported(node, path))
        skipped = (isinstance(node, ast.FunctionDef) and not calls) or (
            is_type_checking(node) and not types
        )
        waiting += [] if skipped else ast.iter_child_nodes(node)
    return found


def rooms(names):
    return {name.split(".")[1] for name in names if name.startswith("framegrid.")}


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_python_rooms(path):
    room = room_of(path)
    assert room in ROOMS, "a new room needs a row in ROOMS"
    allowed = ROOMS[room] | {room}
    assert rooms(imports(path, calls=False, types=False)) <= allowed
    assert rooms(imports(path)) <= allowed | ON_CALL.get(room, set())


@pytest.mark.parametrize("room", ROOMS)
def test_the_table_allows_no_more_than_is_used(room):
    own = [path for path in python_files() if room_of(path) == room]
    used = set().union(*(rooms(imports(path)) for path in own))
    assert used - {room} == ROOMS[room] | ON_CALL.get(room, set())


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_python_packages_stay_in_their_room(path):
    foreign = {package for package, owner in OWNERS.items() if owner != room_of(path)}
    run = imports(path, types=False)
    assert not {name for name in run for package in foreign if f"{name}.".startswith(f"{package}.")}


def frontend_files():
    return [path for path in sorted(FRONTEND.rglob("*")) if path.suffix in {".ts", ".svelte"}]


def module_name(path):
    return str(path.relative_to(FRONTEND)).removesuffix(".ts")


def frontend_imports(path):
    """Packages, and own modules by their name below js/src."""
    names = re.findall(r"""\b(?:from|import)\s*\(?\s*["']([^"']+)["']""", path.read_text())
    own = [(path.parent / name).resolve() for name in names if name.startswith(".")]
    packages = {name for name in names if not name.startswith(".")}
    return packages, {module_name(file) for file in own if file.suffix != ".css"}


def is_component(path):
    return path.suffix == ".svelte" or path.parent.name == "components"


@pytest.mark.parametrize("path", frontend_files(), ids=module_name)
def test_frontend_rooms(path):
    name = module_name(path)
    packages, own = frontend_imports(path)
    if name not in KERNEL_SIDE:
        assert not own & KERNEL_SIDE
    if name not in KERNEL_SIDE and not is_component(path):
        assert not packages, "a plain module runs in node by itself"
        assert not any(is_component(FRONTEND / module) for module in own)
    assert "@anywidget/types" not in packages or name in KNOW_THE_MODEL


@pytest.mark.parametrize("path", frontend_files(), ids=module_name)
def test_frontend_model_is_spoken_to_in_two_modules(path):
    calls = re.findall(r"\bmodel\.(?:get|set|send|on|off|save_changes)\(", path.read_text())
    assert not calls or module_name(path) in CALL_THE_MODEL
