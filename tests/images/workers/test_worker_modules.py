"""Where worker processes look for modules: what lies in the current folder is not run by them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import framegrid

SHADOWS = [
    "signal", "random", "pickle", "pathlib", "struct", "typing", "re", "os", "io", "contextlib",
    "resource", "colorsys", "numpy", "PIL", "cloudpickle", "fsspec", "olefile", "defusedxml",
    "pillow_heif", "pillow_jxl", "sitecustomize", "usercustomize", "framegrid",
]  # fmt: skip

PLANT = f"""
SHADOWS = {SHADOWS!r}
import os, sys
from pathlib import Path
import cloudpickle, numpy, random
import framegrid as fg
from framegrid.images import features; from framegrid import images
from framegrid.images import Workers

def plant(names):
    for name in names:
        Path(name + ".py").write_text(f"open('{{name}}.ran', 'w'); raise SystemExit(7)")

def ran():
    return sorted(path.name for path in Path().glob("*.ran"))
"""

DECODE = """
plant(SHADOWS)
for bounds in (True, False):
    workers = Workers(1, bounds=bounds, prepare=images.load_formats)
    pid, number, pi = workers.each(eval, [
        "__import__('os').getpid()", "__import__('random').random()", "__import__('numpy').pi"
    ])
    assert pid != os.getpid() and 0 <= number < 1 and pi > 3, (pid, number, pi)
    Path("a.heic").write_bytes(b"\\0\\0\\0\\x18ftypheic" + bytes(99))
    (made,) = workers.each(images.open_upright, ["a.heic"])
    workers.close()
print(ran())
"""

COMPUTE = """
from PIL import Image
Image.new("RGB", (8, 8)).save("photo.png")
Path("helpers.py").write_text("def number(): return 41")
Path("lazy.py").write_text("one = 1")
Path("dask.py").write_text("def two(): return 2")  # installed, too, but the kernel has this one
Path("own").mkdir()
Path("own/__init__.py").write_text("")
Path("own/deep.py").write_text("def three(image): return {'three': 3}")
sys.path.insert(0, "")
import dask, helpers
from own.deep import three
dataset = fg.ImageDataset.create("dataset")
dataset.add_images_from_path("photo.png")

dataset.compute_metadata(three)
plant(name for name in SHADOWS if name in {*sys.modules, "pillow_heif", "pillow_jxl"})

def compute(image):
    import lazy, numpy, random
    return {"n": helpers.number() + lazy.one + dask.two(), "pi": numpy.pi, "r": random.random()}

dataset.compute_metadata(compute)
dataset.compute_metadata(features.perceptual_hash)
found = dict(dataset.get_sample(0).metadata)
print(ran(), found["n"], found["three"], "perceptual_hash" in found)
dataset.close()
"""


def run(program, how, folder):
    """Run a program that works in `folder`, started in some way."""
    (folder / "script.py").write_text(program)
    if how == "path":
        program = "import os, sys\nsys.path[:0] = ['', '.', os.getcwd()]\n" + program
    command = {"script": ["script.py"], "stdin": ["-"]}.get(how, ["-c", program])
    variables = {"PYTHONPATH": f"{os.pathsep}.{os.pathsep}{folder}"} if how == "PYTHONPATH" else {}
    done = subprocess.run(
        [sys.executable, *command],
        check=False, cwd=folder, env=os.environ | variables, text=True, capture_output=True,
        input=program if how == "stdin" else None,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("how", ["-c", "script", "stdin", "path", "PYTHONPATH"])
def test_workers_run_nothing_of_the_current_folder(tmp_path, how):
    assert run(PLANT + DECODE, how, tmp_path) == "[]"


@pytest.mark.parametrize("how", ["-c", "script", "PYTHONPATH"])
def test_functions_find_the_modules_beside_them_and_nothing_is_stood_in_for(tmp_path, how):
    assert run(PLANT + COMPUTE, how, tmp_path) == "[] 44 3 True"


def test_framegrid_itself_may_lie_in_the_current_folder(tmp_path):
    (package,) = framegrid.__path__
    source = str(Path(package).parent)
    (tmp_path / "framegrid").symlink_to(package)
    program = f"import sys; sys.path = ['', *(p for p in sys.path if p != {source!r})]\n"
    program += "from framegrid.images import Workers; import framegrid; print(framegrid.__file__)\n"
    program += "print(list(Workers(1).each(len, ['abc'])))"
    assert run(program, "-c", tmp_path).endswith("[3]")
