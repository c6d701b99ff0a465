"""Pictures in archives: an index of a shard, and a cold screen, against the same as files."""

import tarfile
import tempfile
import zipfile
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from archive_files import photo, write_tar, write_zip
from framegrid.images.sources.archives.index import Indexes
from framegrid.images.thumbnails.making import Thumbnails
from framegrid.remote import Locator

MEMBERS = 10_000
SCREEN = 60


@pytest.fixture(scope="module")
def shard(tmp_path_factory):
    """A shard of 10,000 members, a third of them pictures."""
    members = {}
    for number in range(MEMBERS // 3):
        members[f"{number:06d}.jpg"] = b"x" * 20_000
        members[f"{number:06d}.json"] = b'{"score": 1}'
        members[f"{number:06d}.cls"] = b"1"
    return write_tar(tmp_path_factory.mktemp("shard") / "a.tar", members)


def test_index_of_a_shard(shard, compare, tmp_path):
    folders = count()

    def made():
        indexes = Indexes(tmp_path / f"{next(folders)}")
        indexes.of(Locator("tar", "", str(shard)), [])

    def listed():
        """tarfile.getmembers"""
        with tarfile.open(shard) as file:
            file.getmembers()

    compare(f"index of {MEMBERS:,} members, kept on disk", made, listed)


def test_a_picture_of_a_shard_that_has_an_index(shard, compare, tmp_path):
    indexes = Indexes(tmp_path)
    names = count()

    def looked_up():
        name = f"{next(names) % 3000:06d}.jpg"
        indexes.of(Locator("tar", "", str(shard)), [name])

    def opened():
        """opening the archive as a file"""
        with shard.open("rb") as file:
            file.read(1)

    compare("look-up of a member", looked_up, opened, rounds=200)


@pytest.mark.parametrize("kind", ["tar", "zip", "zip, deflated"])
def test_a_cold_screen(kind, compare, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    pictures = {f"{number:04d}.jpg": photo(number, 500, 374) for number in range(SCREEN)}
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    files = [str(folder / name) for name in pictures]
    scheme = kind[:3]
    path = folder / f"a.{scheme}"
    if kind == "tar":
        write_tar(path, pictures)
    else:
        write_zip(path, pictures, zipfile.ZIP_DEFLATED if "," in kind else zipfile.ZIP_STORED)
    members = [f"{scheme}://{name}::{path}" for name in pictures]

    with closing(Screen()) as screen:
        screen.show(files)  # starts the workers

        def ours():
            screen.show(members)

        def baseline():
            """the same as files"""
            screen.show(files)

        compare(f"cold screen of {SCREEN} in a {kind}", ours, baseline, rounds=15)


class Screen:
    """Thumbnails that are all made anew, by workers that are there."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self._thumbnails = Thumbnails(Path(self._folder.name))
        self._numbers = count()

    def show(self, paths):
        self._thumbnails._cache = type(self._thumbnails._cache)(
            Path(self._folder.name) / str(next(self._numbers)), 10**8
        )
        done, answers = Event(), []
        self._thumbnails.request(paths, 128, answers.extend, done.set)
        assert done.wait(120)
        assert all(answer.encoded for answer in answers)
        assert len(answers) == len(paths)

    def close(self):
        self._thumbnails.close()
        self._folder.cleanup()
