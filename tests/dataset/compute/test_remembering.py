"""The functions that values are from: remembered, compared, and run again where they are others."""

import os
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image

import framegrid as fg
from framegrid.dataset.compute.code import number_of_code
from framegrid.dataset.compute.makers import name_of
from framegrid.images import features
from image_functions import width_of

# Code


def made(source, name="function", **around):
    """A function of the user's own, as a cell of a notebook has it."""
    scope = {"__name__": "__main__", **around}
    exec(source, scope)
    return scope[name]


ONE = "def function(image):\n    return {'w': image.width}\n"


@pytest.mark.parametrize(
    "source",
    [
        ONE,
        ONE.replace("\n ", "\n\n "),
        ONE.replace("(image):", "(image):  # of an image"),
        ONE.replace(":\n ", ":\n    '''Its width.'''\n "),
        "\n\n" + ONE,
    ],
)
def test_what_changes_nothing_does_not_count(source):
    documented = ONE.replace(":\n ", ":\n    '''Wide.'''\n ") if "'''" in source else ONE
    assert number_of_code(made(source)) == number_of_code(made(documented))


@pytest.mark.parametrize(
    "source",
    [
        ONE.replace("width", "height"),
        ONE.replace("'w'", "'x'"),
        ONE.replace("image.width", "image.width + 1"),
        ONE.replace("image.width", "-image.width"),
        ONE.replace("(image)", "(image, scale=2)"),
        ONE.replace("image.width", "[x for x in (image.width,)][0]"),
    ],
)
def test_other_code_is_another(source):
    assert number_of_code(made(source)) != number_of_code(made(ONE))


AROUND = "def function(image):\n    return {'w': help(image) * SCALE}\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"SCALE": 1}, {"SCALE": 2}),
        ({"SCALE": [1, {"a": (2,)}]}, {"SCALE": [1, {"a": (3,)}]}),
        ({"SCALE": np.arange(3)}, {"SCALE": np.arange(1, 4)}),
        ({"SCALE": re.compile("a")}, {"SCALE": re.compile("b")}),
        ({"SCALE": partial(len, 1)}, {"SCALE": partial(len, 2)}),
        ({"help": made(ONE)}, {"help": made(ONE.replace("width", "height"))}),
        ({"help": lambda _: 1}, {"help": lambda _: 2}),
    ],
)
def test_what_a_function_takes_from_around_it_counts(one, other):
    assert number_of_code(made(AROUND, **one)) == number_of_code(made(AROUND, **one))
    assert number_of_code(made(AROUND, **one)) != number_of_code(made(AROUND, **other))


def test_what_it_does_not_take_or_only_fills_does_not_count():
    source = "def function(image):\n    seen.append(image)\n    cache[1] = 2\n    return {}\n"
    one, other = {"seen": [], "cache": {}, "y": 1}, {"seen": [1], "cache": {1: 2}, "y": 2}
    assert number_of_code(made(source, **one)) == number_of_code(made(source, **other))


def test_functions_of_a_module_of_ones_own_count(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    numbers = set()
    for scale in (1, 2):
        module = ModuleType("helpers_of_mine")
        module.__file__ = str(tmp_path / "helpers_of_mine.py")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(f"def help(image):\n    return {scale}\n", vars(module))
        source = "def function(image):\n    return {'w': helpers.help(image)}\n"
        numbers.add(number_of_code(made(source, helpers=module)))
    assert len(numbers) == 2


class Scaled:
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, image):
        return {"w": image.width * self.scale}

    def method(self, image):
        return self(image)


def test_objects_count_by_what_they_hold():
    assert number_of_code(Scaled(1)) == number_of_code(Scaled(1)) != number_of_code(Scaled(2))
    assert number_of_code(Scaled(1).method) != number_of_code(Scaled(2).method)


def test_a_number_is_the_same_in_every_process():
    code = (
        "from framegrid.dataset.compute.code import number_of_code\n"
        "from framegrid.images import features\n"
        "NAMES = {'a', 'b', 'c'}\n"
        "def function(image):\n"
        "    return {'w': image.mode in {'L', 'RGB', 'P'}, 'x': NAMES}\n"
        "print(number_of_code(function), number_of_code(features.sharpness))\n"
    )
    search = os.pathsep.join([str(Path(fg.__file__).parents[1]), *sys.path])
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONPATH": search, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in "123"
    }
    assert len(said) == 1


def test_names_say_where_a_function_is():
    assert name_of(width_of) == "image_functions:width_of"
    assert name_of(partial(width_of, 1)) == "partial(image_functions:width_of)"
    assert name_of(Scaled(1)).endswith("test_remembering:Scaled()")
    both = features.combine(features.entropy, width_of)
    assert name_of(both).startswith("combine(framegrid.images.features.structure:entropy, image")


# Datasets


@pytest.fixture
def main(monkeypatch):
    """The module of a notebook's cells."""
    return sys.modules["__main__"]


def stale(dataset):
    """What is stale, by key."""
    return dataset.summary()["stale"].dropna().to_dict()


def computed_by(dataset):
    return dataset.summary()["computed_by"].dropna().to_dict()


def define(monkeypatch, source, name="function"):
    """Run a cell that defines a function; the function."""
    scope = vars(sys.modules["__main__"])
    held = dict(scope)
    exec(source, scope)
    function = scope[name]
    assert isinstance(function, FunctionType)
    if name not in held:
        del scope[name]
    monkeypatch.setattr("__main__." + name, function, raising=False)
    return function


def test_only_what_is_stale_is_computed(dataset, photos, threads, monkeypatch):
    function = define(monkeypatch, ONE)
    compute = partial(dataset.compute_metadata, executor=threads)
    assert compute(function).computed == 6
    assert (stale(dataset), computed_by(dataset)) == ({}, {"w": "__main__.function"})
    Image.new("RGB", (33, 50)).save(photos / "photo-1.png")
    Image.new("RGB", (34, 50)).save(photos / "photo-9.png")
    dataset.add_images_from_path(photos)
    assert stale(dataset) == {"w": "file 1, missing 1"}
    report = compute(function)
    assert (report.computed, report.up_to_date) == (2, 5)
    assert stale(dataset) == {}
    function = define(monkeypatch, ONE.replace("image.width", "image.width + 1"))
    assert stale(dataset) == {"w": "function 7"}
    assert compute(function).computed == 7
    assert compute(function).up_to_date == 7
    assert dataset.df["w"].tolist()[:2] == [65, 34]


def test_a_value_set_by_hand_stays_until_its_image_or_function_is_another(dataset, photos, threads):
    compute = partial(dataset.compute_metadata, executor=threads)
    compute(width_of)
    dataset.get_sample(0).metadata["w"] = 7
    assert (compute(width_of).computed, dataset.get_sample(0).metadata["w"]) == (0, 7)
    Image.new("RGB", (33, 50)).save(photos / "photo-0.jpg")
    assert (compute(width_of).computed, dataset.get_sample(0).metadata["w"]) == (1, 33)
    dataset.get_sample(1).metadata["w"] = None
    assert compute(width_of).computed == 1


def test_a_function_may_give_some_of_its_keys(dataset, photos, threads):
    def some(image):
        values = {64: {"a": 1}, 72: {}, 80: {"b": None}}
        return values.get(image.width, {"a": image.width, "b": 2})

    compute = partial(dataset.compute_metadata, executor=threads)
    assert compute(some).computed == 6
    assert compute(some).up_to_date == 6
    assert stale(dataset) == {}
    Image.new("RGB", (34, 50)).save(photos / "photo-9.png")
    dataset.add_images_from_path(photos)
    assert stale(dataset) == {"a": "missing 1", "b": "missing 1"}
    assert compute(some).computed == 1


def test_keys_that_other_code_no_longer_gives_are_not_waited_for(dataset, threads, monkeypatch):
    compute = partial(dataset.compute_metadata, executor=threads)
    compute(define(monkeypatch, ONE))
    function = define(monkeypatch, ONE.replace("'w'", "'wide'"))
    assert (compute(function).computed, compute(function).computed) == (6, 0)
    assert stale(dataset) == {"w": "function 6"}


def test_features_combined_are_remembered_each(dataset, threads):
    compute = partial(dataset.compute_metadata, executor=threads)
    compute(features.combine(features.sharpness, features.luminance))
    assert compute(features.sharpness).computed == 0
    assert compute(features.combine(features.luminance, features.contrast)).computed == 6
    assert computed_by(dataset)["sharpness"] == "framegrid.images.features.structure.sharpness"
    assert stale(dataset) == {}


def test_what_earlier_versions_computed_is_taken_over(dataset, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    forget = [key for key in dataset._connection.table.schema if "computed_by" in key]
    for key in (*forget, "framegrid:function:image_functions:width_of"):
        dataset.drop_metadata(key) if key in dataset.schema else _drop(dataset, key)
    assert computed_by(dataset) == {}
    assert dataset.compute_metadata(width_of, keys="w", executor=threads).computed == 0
    assert computed_by(dataset) == {"w": "image_functions.width_of"}


def _drop(dataset, key):
    from framegrid.storage import DropKey

    dataset._connection.commit(lambda _: DropKey(key))


def remembers(dataset, key="w"):
    """Whether a dataset knows the function of a key."""
    return computed_by(dataset).get(key) == "image_functions.width_of"


def test_it_survives_saving_copies_and_renames(dataset, threads, tmp_path):
    dataset.compute_metadata(width_of, executor=threads)
    dataset.rename_metadata("w", "wide")
    assert (remembers(dataset), remembers(dataset, "wide")) == (False, True)
    dataset.undo()
    assert remembers(dataset)
    dataset.save(tmp_path / "copy")
    dataset.close()
    for path in (dataset.path, tmp_path / "copy"):
        with fg.ImageDataset.load(path) as again:
            assert remembers(again)
            assert again.compute_metadata(width_of, executor=threads).up_to_date == 6


def test_it_goes_and_comes_back_with_its_key(dataset, threads):
    dataset.compute_metadata(width_of, executor=threads)
    dataset.drop_metadata("w")
    dataset.update_metadata({0: {"w": 1}})
    assert computed_by(dataset) == {}
    dataset.undo(2)
    assert remembers(dataset)
    dataset.undo()
    assert dataset._connection.table.schema == {}


def test_it_survives_a_kill(dataset):
    path = dataset.path
    dataset.close()
    code = (
        "import os, signal, sys, framegrid as fg\n"
        "from concurrent.futures import ThreadPoolExecutor as Threads\n"
        "from image_functions import width_of\n"
        "dataset = fg.ImageDataset.load(sys.argv[1])\n"
        "dataset.compute_metadata(width_of, executor=Threads(1))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    search = os.pathsep.join([str(Path(fg.__file__).parents[1]), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        env=os.environ | {"PYTHONPATH": search},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    with fg.ImageDataset.load(path) as again:
        assert remembers(again)


def test_it_is_hidden_from_everybody_else(dataset, threads):
    dataset.compute_metadata(width_of, executor=threads)
    assert dataset.schema == {"w": "integer"}
    assert "framegrid" not in repr(list(dataset.df))
    assert dataset.history()["keys"].iloc[-1] == ["w"]
    dataset.close()
    assert len(pd.read_parquet(dataset.path)["w"]) == 6
    hidden = [name for name in pq.read_schema(dataset.path).names if name.startswith("framegrid:")]
    assert len(hidden) == 3


def test_a_function_of_another_session_is_not_called_stale(dataset, threads, monkeypatch):
    dataset.compute_metadata(define(monkeypatch, ONE), executor=threads)
    monkeypatch.delattr("__main__.function")
    assert stale(dataset) == {}
