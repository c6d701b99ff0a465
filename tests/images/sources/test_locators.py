"""What a path in a stranger's dataset is read as by all that opens images, and where exports go."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import framegrid as fg
from framegrid import images
from framegrid.base import BrokenImageError
from framegrid.dataset.exports.file_names import names_within
from framegrid.storage import Block, SetBlocks
from pictures import four_corners, png
from thumbnails_helpers import thumbnails_of

posix = pytest.mark.skipif(os.name == "nt", reason="devices, pipes and links of POSIX")
LONG = 60


@pytest.fixture
def secret(tmp_path):
    """A file of the user's that is no image."""
    path = tmp_path / "home" / "passwords.txt"
    path.parent.mkdir()
    path.write_text("P4ssw0rd of the bank, a P6 text that begins like a picture\n" * 9)
    return path


def dataset_of(*paths):
    """A dataset as a stranger may write it: any path in it, also none."""
    names = [f"/nowhere/{number}.jpg" for number in range(len(paths))]
    frame = pd.DataFrame({"path": names, "width": 1, "height": 1})
    dataset = fg.ImageDataset.from_dataframe(frame, "path")
    values = pa.array(paths, pa.large_string())
    block = Block(np.arange(len(paths)), {"file_path_abs": values})
    dataset._connection.commit(lambda _: SetBlocks((block,), {}))
    return dataset


def refused(folder):
    """Locators that are no image, with the reason for it."""
    fifo, link, named = folder / "fifo.png", folder / "link.jpg", folder / "passwords.tga"
    os.mkfifo(fifo)
    link.symlink_to(folder / "home/passwords.txt")
    named.symlink_to(folder / "home/passwords.txt")
    return {
        "/dev/zero": "not a regular file",
        "/dev/stdin": "not a regular file|empty",
        "/proc/self/environ": "empty file",
        "/etc/passwd": "not an image",
        str(folder): "not a regular file",
        str(fifo): "not a regular file",
        str(link): "damaged|truncated|not an image",
        str(named): "damaged|truncated|not an image",
        str(folder / "home/passwords.txt"): "damaged|truncated|not an image",
        "file:///etc/passwd": "file:// is not opened",
        "local:///etc/passwd": "local:// is not opened",
        "simplecache::file:///etc/passwd": "is not opened",
        "zip://a.png::file:///etc/passwd": "is not opened",
        "ssh://host/a.png": "is not opened",
        "a\0b.png": "not a path of a file",
        "\0": "not a path of a file",
        "": "file not found",
        "C:\\photos\\a.jpg": "file not found",
        "\\\\server\\share\\a.jpg": "file not found",
    }


def open_sample(path, _):
    dataset_of(path).get_sample(0).open()


def compute(path, _):
    report = dataset_of(path).compute_metadata(
        lambda image: {"w": image.width}, executor=ThreadPoolExecutor(1), progress=False
    )
    if report.failures:
        raise BrokenImageError(report.failures[0][1])


def read_exif(path, _):
    report = dataset_of(path).add_exif_metadata(progress=False)
    if report.broken:
        raise BrokenImageError(report.broken[0][1])


OPENERS = {
    "header": lambda path, _: images.read_header(path),
    "upright": lambda path, _: images.open_upright(path),
    "thumbnail": lambda path, _: images.thumbnail(path, 32),
    "picture": lambda path, _: images.picture(path, 2000, 10**6),
    "identify": lambda path, _: images.identify(path),
    "sample": open_sample,
    "compute": compute,
    "exif": read_exif,
}


@posix
@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.usefixtures("secret")
def test_whatever_opens_images_reads_regular_images_only(tmp_path, opener):
    for locator, reason in refused(tmp_path).items():
        with pytest.raises(BrokenImageError, match=reason):
            OPENERS[opener](locator, tmp_path)


@posix
@pytest.mark.usefixtures("secret")
def test_thumbnails_in_the_grid_are_of_regular_images_only(tmp_path):
    reasons = {**refused(tmp_path), None: "not a path of a file"}
    received = thumbnails_of(reasons, tmp_path / "cache", 32)
    assert len(received) == len(reasons)
    for answer, reason in zip(received, reasons.values(), strict=True):
        assert re.search(reason, answer.error)


@pytest.mark.parametrize("opener", ["sample", "compute", "exif"])
def test_a_sample_without_a_path_says_so(tmp_path, opener):
    with pytest.raises(BrokenImageError, match="not a path of a file"):
        OPENERS[opener](None, tmp_path)


def test_numbers_are_no_files():
    for number in (0, 1, True):
        with pytest.raises(BrokenImageError, match="not a path of a file"):
            images.open_upright(number)


# Exports


@posix
@pytest.mark.parametrize("link", [False, True, "hard"])
def test_only_images_are_exported(tmp_path, secret, link):
    four_corners().save(tmp_path / "whole.png")
    for locator in [*refused(tmp_path), None]:
        dataset = dataset_of(str(tmp_path / "whole.png"), locator)
        with pytest.raises(
            (ValueError, FileNotFoundError), match=r"nothing was written|object storage"
        ):
            dataset.export_images(tmp_path / "out", link=link)
        assert not (tmp_path / "out").exists()
    assert dataset.export_images(tmp_path / "out", [0], link=link)["file_name"][0] == "whole.png"
    assert secret.exists()


@posix
def test_images_behind_links_and_damaged_pictures_are_exported(tmp_path):
    four_corners(300, 200).save(tmp_path / "photo.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "photo.png")
    whole = (tmp_path / "photo.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(99))
    (tmp_path / "large.png").write_bytes(png(60_000, 60_000))
    paths = [str(tmp_path / name) for name in ("link.png", "cut.png", "large.png")]
    exported = dataset_of(*paths).export_images(tmp_path / "out")
    assert exported["file_name"].tolist() == ["link.png", "cut.png", "large.png"]
    assert (tmp_path / "out/link.png").read_bytes() == whole


LEADING_OUT = [
    ("a/b/../../up/k.png", "c/k.png"),
    ("a/../../../../up/k.png", "k.png"),
    ("/k.png", "/up/k.png"),
    ("C:\\photos\\..\\..\\k.png", "D:/k.png"),
    ("C:k.png", "c:K.png"),
    ("..\\..\\k.png", "a\\..\\..\\k.png"),
    ("a/..", "b/.."),
    ("s3://bucket/../../k.png", "s3://bucket/a/../k.png"),
    ("//server/share/k.png", "\\\\server\\share\\k.png"),
    ("a/k\0.png", "b/k\n.png"),
    ("~/k.png", "~root/k.png"),
    (".", "/"),
]


@pytest.mark.parametrize("paths", LEADING_OUT)
def test_no_name_leads_out(paths, tmp_path):
    for name in names_within(paths):
        assert_inside(name, tmp_path)


PART = st.sampled_from(["..", ".", "", "a", "C:", "c:x", "~", "\\", "\\..\\", "k.png", "\0", "é"])


@given(st.lists(st.lists(PART, min_size=1).map("/".join), min_size=1))
def test_no_names_lead_out(paths):
    names = list(names_within(paths))
    assert len(names) == len(paths)
    for name in names:
        assert_inside(name, Path("/target"))


LONG = ["x" * 10_000 + ".png", "a/" * 5_000 + "k.png", "b/" * 5_000 + "K.PNG", "é" * 400 + ".jpeg"]


@pytest.mark.parametrize("end", ["", "." + "x" * 300, ". " * 200])
def test_names_that_are_too_long_are_cut_and_keep_their_extensions(end, tmp_path):
    names = list(names_within([*LONG, "short" + end]))
    for long, name in zip(LONG, names, strict=False):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).with_stem(Path(name).stem + "-12").write_bytes(b"")
        assert_inside(name, tmp_path)
        assert Path(name).suffix == Path(long).suffix
    (tmp_path / names[-1]).write_bytes(b"")


def assert_inside(name, folder):
    assert name
    assert "\\" not in name
    assert "\0" not in name
    assert not set(name.split("/")) & {"..", ".", ""}
    assert Path(os.path.normpath(folder / name)).is_relative_to(folder)


def test_paths_with_dots_are_exported_inside(tmp_path):
    for place in ("in/up/k.png", "in/c/k.png"):
        (tmp_path / place).parent.mkdir(parents=True)
        four_corners().save(tmp_path / place)
    (tmp_path / "in/a/b").mkdir(parents=True)
    dataset = dataset_of(f"{tmp_path}/in/a/b/../../up/k.png", f"{tmp_path}/in/c/k.png")
    before = {path for path in tmp_path.rglob("*") if "out" not in path.parts}
    exported = dataset.export_images(tmp_path / "deep/er/out")
    names = [os.path.relpath(path, tmp_path / "deep/er/out") for path in exported["file_path_abs"]]
    assert names == ["a/b/up/k.png", "c/k.png"]
    assert {path for path in tmp_path.rglob("*") if "out" not in path.parts} - before == {
        tmp_path / "deep",
        tmp_path / "deep/er",
    }


@posix
def test_links_in_the_folder_do_not_lead_out(tmp_path):
    for place in ("in/cats/k.png", "in/dogs/k.png"):
        (tmp_path / place).parent.mkdir(parents=True)
        four_corners().save(tmp_path / place)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/dogs").symlink_to(tmp_path / "elsewhere")
    dataset = dataset_of(f"{tmp_path}/in/cats/k.png", f"{tmp_path}/in/dogs/k.png")
    with pytest.raises(ValueError, match=r"out/dogs' would be written to, which a link leads out"):
        dataset.export_images(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["dogs"]
    assert not list((tmp_path / "elsewhere").iterdir())
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")  # the folder itself is the user's choice
    assert len(dataset.export_images(tmp_path / "link")) == 2
