"""What decoding may take: set by the user, named by the tile, carried to the workers."""

import os
import pickle
import subprocess
import sys
from contextlib import closing

import cloudpickle
import pytest
from PIL import Image

import framegrid as fg
from framegrid import images
from framegrid.base import BrokenImageError, exceeded, limits
from framegrid.base.bounds import Limits
from framegrid.images import Portable, Workers
from pictures import noise, png
from thumbnails_helpers import thumbnails_of

LONG = 120


def errors_of(tmp_path, *paths):
    return [made.error for made in thumbnails_of(map(str, paths), tmp_path / "cache", 64)]


def test_they_have_defaults_and_are_set():
    assert repr(Limits()) == "pixels 256,000,000, seconds 10.0, bytes 2,147,483,648"
    fg.limits.pixels = 10**9
    fg.limits.seconds = 60
    fg.limits.bytes = 8 << 30
    assert limits.as_dict() == {"pixels": 10**9, "seconds": 60.0, "bytes": 8 << 30}
    assert exceeded("bytes") == "8,589.934592 MB (fg.limits.bytes)"
    assert exceeded("seconds") == "60 s (fg.limits.seconds)"


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("pixel", 1, AttributeError, "there are pixels, seconds, bytes; did you mean 'pixels'"),
        ("pixels", 0, ValueError, r"limits.pixels = 0: at least 1 is needed"),
        ("pixels", 1.5, TypeError, "limits.pixels is an integer, not '1.5'"),
        ("pixels", "many" * 999, TypeError, "limits.pixels is an integer, not 'many"),
        ("seconds", -1, ValueError, "at least 0.01"),
        ("seconds", float("nan"), ValueError, "at least 0.01"),
        ("seconds", "long", TypeError, "limits.seconds is a number"),
        ("bytes", 1_000, ValueError, "limits.bytes = 1000: at least 268,435,456 is needed"),
        ("bytes", None, TypeError, "limits.bytes is an integer"),
    ],
)
def test_what_is_no_limit_is_refused(name, value, error, message):
    before = limits.as_dict()
    with pytest.raises(error, match=message) as raised:
        setattr(fg.limits, name, value)
    assert len(str(raised.value)) < 300
    assert limits.as_dict() == before


def test_the_tile_names_the_limit_of_pixels_and_follows_it(tmp_path):
    noise(400, 300).save(tmp_path / "a.png")
    Image.new("RGB", (3_000, 2_000)).save(tmp_path / "b.jpg")
    paths = tmp_path / "a.png", tmp_path / "b.jpg"
    limits.pixels = 95_000
    reason = "too large: 400 x 300 is 0.12 million pixels, at most 0.095 (fg.limits.pixels)"
    assert errors_of(tmp_path, *paths) == [reason, None]  # a JPEG is decoded smaller
    limits.pixels = 120_000
    assert errors_of(tmp_path, *paths) == [None, None]


def test_whatever_decodes_keeps_to_the_limit_of_pixels(tmp_path):
    for name in ("a.png", "a.jpg", "a.webp", "a.gif", "a.tiff", "a.bmp"):
        noise(30, 20).save(tmp_path / name)
        limits.pixels = 599
        with pytest.raises(BrokenImageError, match="too large: 30 x 20"):
            images.open_upright(tmp_path / name)
        limits.pixels = 600
        assert images.open_upright(tmp_path / name).size == (30, 20)


def test_the_tile_names_the_limit_of_time(tmp_path):
    limits.seconds = 0.5
    with closing(Workers(1)) as workers:
        (slow,) = workers.each(eval, ["__import__('time').sleep(60)"])
        assert str(slow) == "took longer than 0.5 s (fg.limits.seconds)"
        limits.seconds = 10
        assert list(workers.each(eval, ["__import__('time').sleep(1)"])) == [None]


@pytest.mark.skipif(sys.platform != "linux", reason="bounds of memory")
def test_the_tile_names_the_limit_of_memory(tmp_path):
    (tmp_path / "a.png").write_bytes(png(15_000, 15_000))
    limits.bytes = 600 << 20
    (reason,) = errors_of(tmp_path, tmp_path / "a.png")
    assert reason == "not enough memory: decoding takes more than 629.1456 MB (fg.limits.bytes)"


def test_workers_have_the_limits_of_who_asks(tmp_path):
    ask = "dict(__import__('framegrid').limits.as_dict())"
    limits.pixels = 123
    with closing(Workers(1)) as workers:
        assert list(workers.each(eval, [ask])) == [limits.as_dict()]
        limits.pixels = 456
        assert list(workers.each(eval, [ask])) == [limits.as_dict()]


def test_functions_that_are_computed_elsewhere_take_the_limits_along():
    limits.pixels = 123
    sent = pickle.dumps(Portable(len))
    code = "import pickle, sys; pickle.load(sys.stdin.buffer); import framegrid as fg;"
    done = subprocess.run(
        [sys.executable, "-c", code + "print(fg.limits.pixels)"],
        input=sent, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == b"123"
    assert cloudpickle.loads(sent).function is len


def test_a_compute_function_meets_the_limit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    noise(30, 20).save("a.png")
    dataset = fg.ImageDataset.create("dataset")
    dataset.add_images_from_path("a.png")
    limits.pixels = 100
    report = dataset.compute_metadata(lambda image: {"w": image.width})
    assert report.failures[0][1].startswith("too large: 30 x 20")
    assert dataset.get_sample(0).width == 30
    dataset.close()


@pytest.mark.skipif(os.name == "nt", reason="slow there")
@pytest.mark.parametrize("kind", ["png", "tiff", "webp", "jpg"])
def test_whole_large_pictures_have_thumbnails(tmp_path, kind):
    size = {"webp": (12_000, 5_000), "jpg": (16_384, 12_288)}.get(kind, (10_020, 6_000))
    options = {"png": {"compress_level": 1}, "webp": {"method": 0, "quality": 1}}.get(kind, {})
    Image.new("L", size, 99).save(tmp_path / f"a.{kind}", **options)
    assert images.read_header(tmp_path / f"a.{kind}").width == size[0]
    limits.seconds = 100
    assert errors_of(tmp_path, tmp_path / f"a.{kind}") == [None]
