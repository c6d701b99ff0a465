"""Indexes of archives: made once, kept in the cache, and never believed more than the archive."""

import gzip
import os
import sqlite3
from contextlib import closing

import pytest

from archive_files import picture, write_tar, write_zip
from framegrid import images, remote
from framegrid.base import BrokenImageError, cache_files
from framegrid.images.sources.archives import index as index_module
from framegrid.images.sources.archives import index_cache
from framegrid.images.sources.archives.index import Indexes
from framegrid.images.sources.archives.index_cache import Archive, IndexCache
from framegrid.images.sources.archives.members import Gathered, Member
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator
from framegrid.remote.filesystems import locate

WRITERS = {"tar": write_tar, "zip": write_zip}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache of this test alone."""
    monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def reads(monkeypatch):
    """Takes the kind of each archive whose headers are read."""
    kinds = []
    for kind, read in dict(index_module._READERS).items():

        def counted(file, length, kind=kind, read=read):
            kinds.append(kind)
            return read(file, length)

        monkeypatch.setitem(index_module._READERS, kind, counted)
    return kinds


def names(indexes, path, asked=None):
    return sorted(indexes.of(Locator(path.suffix[1:], "", str(path)), asked)[0].members)


@pytest.mark.parametrize("kind", WRITERS)
def test_headers_are_read_once(tmp_path, folder, reads, kind):
    path = WRITERS[kind](tmp_path / f"a.{kind}", {"a.jpg": b"x", "b.jpg": b"y"})
    for _ in range(2):
        indexes = Indexes(folder)
        assert names(indexes, path) == ["a.jpg", "b.jpg"]
        assert names(indexes, path, ["b.jpg", "c.jpg"]) == ["b.jpg"]
        assert names(indexes, path, []) == []
    assert reads == [kind]


def test_a_replaced_archive_is_read_again(tmp_path, folder, reads):
    path = write_tar(tmp_path / "a.tar", {"a.jpg": b"x"})
    indexes = Indexes(folder)
    assert names(indexes, path) == ["a.jpg"]
    other = write_tar(tmp_path / "b.tar", {"b.jpg": b"x"})
    times = path.stat()
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(path)  # of the same size and time
    assert names(indexes, path) == ["b.jpg"]
    assert len(reads) == 2


def test_pictures_of_a_replaced_archive_are_its_own(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.png": picture(0)})
    locator = f"zip://a.png::{path}"
    before = images.file_states([locator])
    assert images.read_header(locator).height == 64
    write_zip(tmp_path / "b.zip", {"a.png": picture(2)}).replace(path)
    assert images.read_header(locator).height == 96
    assert images.file_states([locator]) != before


@pytest.mark.parametrize("other", WRITERS)
def test_an_archive_is_what_the_locator_says(tmp_path, other):
    kind = "zip" if other == "tar" else "tar"
    path = WRITERS[other](tmp_path / f"a.{other}", {"a.png": picture()})
    with pytest.raises(BrokenImageError, match=f"no such member in the archive; not a {kind}"):
        images.read_header(f"{kind}://a.png::{path}")
    assert images.read_header(f"{other}://a.png::{path}").width == 96


def test_a_compressed_tar_is_refused_by_name(tmp_path):
    path = tmp_path / "a.tar"
    path.write_bytes(
        gzip.compress(write_tar(tmp_path / "b.tar", {"a.png": picture()}).read_bytes())
    )
    with pytest.raises(BrokenImageError, match=r"compressed by gzip: .* decompress it to a \.tar"):
        images.read_header(f"tar://a.png::{path}")


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_what_is_no_file_is_no_archive(tmp_path):
    os.mkfifo(tmp_path / "a.tar")
    for container, reason in {
        tmp_path / "a.tar": "not a regular file",
        tmp_path: "not a regular file",
        "/dev/zero": "not a regular file",
        tmp_path / "none.tar": "file not found",
    }.items():
        with pytest.raises(BrokenImageError, match=reason):
            images.read_header(f"tar://a.png::{container}")
        assert images.file_states([f"tar://a.png::{container}"]) == [None]


def test_a_bucket_has_to_be_allowed():
    with pytest.raises(BrokenImageError, match=r"not allowed yet: fg\.allow_urls"):
        images.read_header("tar://a.png::s3://strange/a.tar")


@pytest.mark.parametrize("kind", WRITERS)
def test_a_locator_reads_no_file_that_is_no_archive(tmp_path, kind):
    secret = tmp_path / "secret.txt"
    secret.write_text("P5 9 9 255 the password\n" * 99)
    for name in ("secret.txt", "a.pgm", "../secret.txt", str(secret)):
        with pytest.raises(BrokenImageError, match="no such member in the archive") as caught:
            images.read_header(f"{kind}://{name}::{secret}")
        assert "password" not in str(caught.value)


# Trouble with the cache


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, reads):
    (tmp_path / "file").touch()
    path = write_tar(tmp_path / "a.tar", {"a.jpg": b"x"})
    indexes = Indexes(tmp_path / "file" / "cache")
    for _ in range(2):
        assert names(indexes, path) == ["a.jpg"]
    assert reads == ["tar"]


def test_a_locked_cache_is_done_without(tmp_path, folder, reads, monkeypatch):
    monkeypatch.setattr(cache_files, "_BUSY_S", 0)
    Indexes(folder).of(Locator("tar", "", str(write_tar(tmp_path / "b.tar", {"b": b"x"}))))
    path = write_tar(tmp_path / "a.tar", {"a.jpg": b"x"})
    indexes = Indexes(folder)
    assert names(indexes, tmp_path / "b.tar") == ["b"]
    reads.clear()
    with closing(sqlite3.connect(folder / "archives-1.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for _ in range(2):
            assert names(indexes, path) == ["a.jpg"]
        other.execute("ROLLBACK")
    assert reads == ["tar"]


def test_a_damaged_cache_is_made_anew(tmp_path, folder, reads):
    path = write_tar(tmp_path / "a.tar", {"a.jpg": b"x"})
    assert names(Indexes(folder), path) == ["a.jpg"]
    (folder / "archives-1.sqlite").write_bytes(b"no database" * 999)
    indexes = Indexes(folder)
    for _ in range(2):
        assert names(indexes, path) == ["a.jpg"]
    assert names(Indexes(folder), path) == ["a.jpg"]
    assert len(reads) <= 3


FORGED = {
    "before the archive": "start = -1",
    "behind the archive": "start = 10000000, stop = 10000001",
    "over its end": "stop = 10000000",
    "text": "start = 'x'",
    "longer than nothing": "size = -1",
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_index_reads_nothing_outside_the_archive(tmp_path, folder, forged):
    path = write_tar(tmp_path / "a.tar", {"a.png": picture()})
    locator = f"tar://a.png::{path}"
    assert images.read_header(locator).width == 96
    with closing(sqlite3.connect(folder / "archives-1.sqlite")) as other, other:
        other.execute(f"UPDATE members SET {FORGED[forged]}")
    with pytest.raises(BrokenImageError):
        images.read_header(locator)


def test_a_forged_length_is_cut_at_the_end_of_the_archive(tmp_path, folder):
    path = write_tar(tmp_path / "a.tar", {"a.png": picture()})
    locator = f"tar://a.png::{path}"
    assert images.read_header(locator).width == 96
    with closing(sqlite3.connect(folder / "archives-1.sqlite")) as other, other:
        other.execute("UPDATE members SET size = 1 << 60, packed = 1 << 60")
    with pytest.raises(BrokenImageError):
        images.read_header(locator)


def gathered(count):
    found = Gathered()
    found.members = {str(n): Member(str(n), 0, 1, 1, 0, -1, 9, "") for n in range(count)}
    found.said = ["a note"]
    return found


def test_the_least_recently_used_make_room(tmp_path, monkeypatch):
    clock = iter(range(1_000, 10**9, 1_000))
    monkeypatch.setattr(index_cache.time, "time", lambda: next(clock))
    archives = [Archive(f"tar:{number}", FileState(1, 9, 1)) for number in range(8)]
    with closing(IndexCache(tmp_path, 300_000)) as cache:
        for archive in archives:
            cache.put(archive, gathered(2000))
            assert cache.get(archives[0], ["0"]).members
        kept = [archive for archive in archives if cache.get(archive)]
        assert archives[0] in kept
        assert archives[-1] in kept
        assert 2 <= len(kept) < len(archives)
        assert cache.get(archives[-1]).notes == ["a note"]


def test_the_last_index_is_kept_however_large(tmp_path):
    archive = Archive("tar:1", FileState(1, 9, 1))
    with closing(IndexCache(tmp_path, 1)) as cache:
        cache.put(archive, gathered(2000))
        assert len(cache.get(archive).members) == 2000


# On object storage


@pytest.mark.parametrize("kind", WRITERS)
def test_of_an_archive_in_a_bucket_only_ranges_are_read(bucket, tmp_path, monkeypatch, kind):
    members = {f"{number}.bin": os.urandom(300_000) for number in range(8)}
    path = WRITERS[kind](tmp_path / f"a.{kind}", {**members, "a.png": picture(), "z.bin": b"z"})
    url = bucket.put(f"a.{kind}", path.read_bytes())
    remote.name(url)
    locator = f"{kind}://a.png::{url}"
    assert images.read_header(locator).width == 96  # makes the index
    (filesystem, _), asked = locate(url), []
    read = filesystem.cat_file

    def counted(path, start=None, end=None, **options):
        data = read(path, start=start, end=end, **options)
        asked.append(len(data))
        return data

    monkeypatch.setattr(filesystem, "cat_file", counted)
    assert images.open_upright(locator).size == (96, 64)
    assert len(asked) == 1
    assert asked[0] < 5_000
