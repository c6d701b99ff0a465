"""What ends up in the wheel and in the sdist."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUNDLE = {"framegrid/static/widget.js", "framegrid/static/widget.css"}
WITHOUT_NODE = {**os.environ, "PATH": ""}


def build(kind, source, target, **options):
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", target]
    done = subprocess.run(
        [*command, source], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(Path(target).iterdir())


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Built from the sdist on a machine without Node.js."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    source = next(unpacked.iterdir())
    return build("wheel", source, tmp_path_factory.mktemp("wheel"), env=WITHOUT_NODE)


def test_sdist_carries_the_bundle_its_sources_and_the_tests(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {f"src/{path}" for path in BUNDLE} <= names
    assert {"LICENSE", "README.md", "js/package-lock.json", "js/src/index.ts"} <= names
    assert "tests/test_packaging.py" in names
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]


def test_wheel_carries_the_bundle_and_nothing_but_the_package(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert BUNDLE | {"framegrid/py.typed"} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"framegrid"}


def test_wheel_brings_the_licence(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_bundle_stays_small(wheel):
    packed = zipfile.ZipFile(wheel)
    assert sum(packed.getinfo(path).compress_size for path in BUNDLE) < 100_000


def test_installed_wheel_makes_a_grid_without_node(wheel, tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", tmp_path, wheel], check=True)
    code = (
        "import framegrid as fg, pandas as pd; print(fg.__file__);"
        "fg.Grid(fg.ImageDataset.from_dataframe(pd.DataFrame({'file_path_abs': []})))"
    )
    environment = {**WITHOUT_NODE, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(tmp_path / "framegrid/__init__.py"), done.stderr


def test_missing_npm_is_told_in_a_sentence(tmp_path):
    (tmp_path / "js").mkdir()
    for name in ("pyproject.toml", "js/hatch_build.py", "LICENSE"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "README.md").touch()
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", tmp_path]
    done = subprocess.run(command, env=WITHOUT_NODE, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "npm was not found" in done.stdout + done.stderr
