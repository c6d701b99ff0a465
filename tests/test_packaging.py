"""What ends up in the wheel and in the sdist, and that it works where it is installed."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
BUNDLE = {"framegrid/static/widget.js", "framegrid/static/widget.css"}
WITHOUT_NODE = {**os.environ, "PATH": ""}

SMOKE = """
import json, sys
from pathlib import Path
from PIL import Image
import pandas as pd
import framegrid as fg

Path("photos").mkdir()
for number in range(5):
    Image.new("RGB", (60 + number, 48), "teal").save(f"photos/{number}.jpg")
with fg.ImageDataset.create("smoke") as dataset:
    dataset.add_images_from_path("photos", progress=False)
    day = pd.Timestamp(2024, 1, 1)
    dataset.update_metadata([(i, {"score": i / 2, "day": day}) for i in range(4)])
    dataset.get_sample(4).metadata["tags"] = ["a"]
    grid = fg.Grid(dataset, filters={"score": (0.5, None)}, sort="-score", selected=[1])
    assert list(grid.filtered.index) == [3, 2, 1]
    assert list(dataset.df.query(grid.query).index) == [1, 2, 3]
    assert grid.get_state()["filters"]
    grid.save_html("page.html")
    report = dataset.compute_metadata(fg.features.luminance, progress=False)
    assert not report.failures, report
assert pd.read_parquet("smoke.parquet")["score"].sum() == 3
print(json.dumps(fg.__file__))
"""


def oldest():
    """The oldest version of each dependency that is allowed."""
    needed = [Requirement(text) for text in requires("framegrid")]
    return [f"{n.name}=={next(iter(n.specifier)).version}" for n in needed if not n.marker]


def works(python):
    """Whether it runs: what a version manager puts on the PATH may have no Python behind it."""
    done = subprocess.run([python, "-c", "import ensurepip"], capture_output=True, check=False)
    return done.returncode == 0


def newest_python():
    """The newest interpreter on the PATH or of pyenv."""
    folders = [*map(Path, os.environ["PATH"].split(os.pathsep)), Path(sys.executable).parent]
    folders += Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.*/bin")
    for minor in range(14, 10, -1):
        for python in (folder / f"python3.{minor}" for folder in folders):
            if python.is_file() and works(python):
                return python
    return sys.executable


def build(kind, source, target, **options):
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", target]
    done = subprocess.run(
        [*command, source], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(Path(target).iterdir())


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """Built from a copy: the build replaces the bundle, which tests beside this one read."""
    copied = tmp_path_factory.mktemp("copied") / "framegrid"
    made = [".git", ".venv", "node_modules", "static", "__pycache__", "demo", "dist", ".*_cache"]
    shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(*made))
    (copied / "js/node_modules").symlink_to(ROOT / "js/node_modules")
    return build("sdist", copied, tmp_path_factory.mktemp("sdist"))


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
    assert sum(packed.getinfo(path).compress_size for path in BUNDLE) < 132_000


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


@pytest.mark.parametrize(
    ("python", "pins"),
    [
        pytest.param(sys.executable, oldest(), id="oldest of everything"),
        pytest.param(newest_python(), ["pandas<3"], id="newest Python with pandas 2"),
        pytest.param(newest_python(), ["pandas>=3"], id="newest of everything"),
    ],
)
def test_wheel_works_in_a_clean_environment(wheel, python, pins, tmp_path):
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
    own = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [own, "-m", "pip", "install", "--quiet", "--only-binary=:all:"]
    subprocess.run([*pip, wheel, *pins], check=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [own, "-W", "error:::framegrid", "-c", SMOKE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout).startswith(str(tmp_path))


def test_missing_npm_is_told_in_a_sentence(tmp_path):
    (tmp_path / "js").mkdir()
    for name in ("pyproject.toml", "js/hatch_build.py", "LICENSE"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "README.md").touch()
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", tmp_path]
    done = subprocess.run(command, env=WITHOUT_NODE, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "npm was not found" in done.stdout + done.stderr
