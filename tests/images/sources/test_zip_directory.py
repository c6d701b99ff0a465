"""The members of a zip by its directory: what is taken, and what hostile ones do not do."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_files import picture, write_zip
from framegrid.base import BrokenImageError
from framegrid.images.sources.archives import members, opening
from framegrid.images.sources.archives.opening import open_member
from framegrid.images.sources.archives.zip_directory import read_zip

METHODS = {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED, "bz2": zipfile.ZIP_BZIP2}
ENTRY, LOCAL, END = b"PK\1\2", b"PK\3\4", b"PK\5\6"


def read(path):
    with path.open("rb") as file:
        return read_zip(file, path.stat().st_size)


def content(path, member):
    with io.BufferedReader(open_member(path.open("rb", 0), member, is_zip=True)) as file:
        return file.read()


def contents(path):
    return {name: content(path, member) for name, member in read(path).members.items()}


@pytest.mark.parametrize("method", METHODS)
def test_members_are_read_in_place(tmp_path, method):
    files = {f"folder/{n}é.jpg": bytes([n]) * (70_000 * n + 1) for n in range(4)}
    path = write_zip(tmp_path / "a.zip", files, METHODS[method])
    assert contents(path) == files
    assert read(path).notes == []


@given(
    files=st.dictionaries(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/:\\"), min_size=1
        )
        .filter(lambda name: name not in (".", ".."))
        .map(lambda name: f"a/{name}"),
        st.binary(min_size=1, max_size=2000),
        max_size=8,
    ),
    method=st.sampled_from(list(METHODS.values())),
)
def test_all_that_zipfile_writes_is_read_as_zipfile_reads_it(tmp_path_factory, files, method):
    path = write_zip(tmp_path_factory.getbasetemp() / "a.zip", files, method)
    assert contents(path) == files


@pytest.mark.parametrize("method", METHODS)
def test_a_member_can_be_read_anywhere(tmp_path, method):
    data = bytes(range(256)) * 3000
    path = write_zip(tmp_path / "a.zip", {"a.tif": data}, METHODS[method])
    with io.BufferedReader(
        open_member(path.open("rb", 0), read(path).members["a.tif"], is_zip=True)
    ) as file:
        for start in (700_000, 5, 300_000, 0, len(data) - 7):
            file.seek(start)
            assert file.read(9) == data[start : start + 9]
        assert file.seek(0, io.SEEK_END) == len(data)
        assert file.read() == b""


def test_zip64_and_what_lies_before_the_archive(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    path.write_bytes(b"#!/bin/sh\n" * 99)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    with zipfile.ZipFile(path, "a") as file:
        for number in range(9):
            file.writestr(f"{number}.jpg", bytes(50 + number))
    assert b"PK\6\6" in path.read_bytes()
    assert contents(path) == {f"{number}.jpg": bytes(50 + number) for number in range(9)}


def test_a_comment_at_the_end(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": b"x"})
    with zipfile.ZipFile(path, "a") as file:
        file.comment = b"c" * 60_000
    assert contents(path) == {"a.jpg": b"x"}


NAMES = {
    "ä.jpg": ("ä.jpg".encode(), 0),  # macOS says nothing of its UTF-8
    "ö.jpg": ("ö.jpg".encode("cp437"), 0),
    "ü.jpg": ("ü.jpg".encode(), 0x800),
    "a/b.jpg": (b"a\\b.jpg", 0),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_as_programs_write_them(tmp_path, name):
    raw, flags = NAMES[name]
    path = write_zip(tmp_path / "a.zip", {"n" * len(raw): b"x"})
    data = path.read_bytes().replace(b"n" * len(raw), raw)
    path.write_bytes(with_flags(data, flags))
    assert contents(path) == {name: b"x"}


def with_flags(data, flags):
    """Set flags of all headers."""
    data = bytearray(data)
    for sign, place in ((LOCAL, 6), (ENTRY, 8)):
        start = data.find(sign)
        while start >= 0:
            (old,) = struct.unpack_from("<H", data, start + place)
            struct.pack_into("<H", data, start + place, old | flags)
            start = data.find(sign, start + 4)
    return bytes(data)


def test_a_name_that_is_no_text_costs_itself_only(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"nn.jpg": b"x", "b.jpg": b"y"})
    data = path.read_bytes().replace(b"nn.jpg", b"\xff\xfe.jpg")
    path.write_bytes(with_flags(data, 0x800))
    assert contents(path) == {"b.jpg": b"y"}
    assert read(path).notes == [
        "left out 1 with a name that is not valid UTF-8: '\\udcff\\udcfe.jpg'"
    ]


def test_names_that_lead_out_are_left_out(tmp_path):
    outside = ["../a.jpg", "..\\a.jpg", "/etc/a.jpg", "C:\\a.jpg", "a/../../b.jpg"]
    path = write_zip(tmp_path / "a.zip", [*[(name, b"x") for name in outside], ("in.jpg", b"y")])
    assert contents(path) == {"in.jpg": b"y"}
    assert "left out 5 with a name that leads out" in read(path).notes[0]


def test_the_last_of_a_name_counts(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = write_zip(tmp_path / "a.zip", [("a.jpg", b"old"), ("a.jpg", b"newer")])
    assert contents(path) == {"a.jpg": b"newer"}
    assert len(read(path).notes) == 1


def reason_of(path, name="a.jpg"):
    with pytest.raises(BrokenImageError) as caught:
        content(path, read(path).members[name])
    return str(caught.value)


def test_members_with_a_password_say_so(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": b"x"})
    path.write_bytes(with_flags(path.read_bytes(), 1))
    assert reason_of(path) == "needs a password: unpack the archive first"


@pytest.mark.parametrize(
    ("method", "name"), [(14, "LZMA"), (9, "Deflate64"), (93, "Zstandard"), (77, "method 77")]
)
def test_methods_that_are_not_read_are_named(tmp_path, method, name):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": b"x"})
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, data.find(ENTRY) + 10, method)
    path.write_bytes(data)
    assert reason_of(path) == f"packed by {name}, which is not read: unpack the archive first"


def test_links_and_pipes_in_a_zip(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, mode in {"a.jpg": 0o120777, "b.jpg": 0o010644}.items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, mode << 16
            file.writestr(info, "/etc/passwd")
    assert reason_of(path) == members.LINK
    assert reason_of(path, "b.jpg") == members.SPECIAL


@pytest.mark.parametrize("method", METHODS)
def test_damaged_bytes_are_noticed_by_the_checksum(tmp_path, method):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": picture() * 9, "b.jpg": b"y"}, METHODS[method])
    data = bytearray(path.read_bytes())
    data[80] ^= 255
    path.write_bytes(data)
    assert "damaged" in reason_of(path)
    assert content(path, read(path).members["b.jpg"]) == b"y"


def with_sizes(path, *, size=None, packed=None, where=(LOCAL, ENTRY)):
    """Forge the sizes of the first member."""
    data = bytearray(path.read_bytes())
    for sign, place in ((LOCAL, 18), (ENTRY, 20)):
        for number, value in enumerate((packed, size)):
            if value is not None and sign in where:
                struct.pack_into("<L", data, data.find(sign) + place + 4 * number, value)
    path.write_bytes(data)


def peak_of(call):
    tracemalloc.start()
    try:
        result = call()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_refused_by_what_it_declares(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MOST_UNPACKED", 10_000_000)
    path = write_zip(tmp_path / "a.zip", {"a.jpg": bytes(20_000_000)}, zipfile.ZIP_DEFLATED)
    reason, peak = peak_of(lambda: reason_of(path))
    assert reason == "too large: 20 MB unpacked, at most 10"
    assert peak < 2_000_000


def test_a_bomb_that_declares_little_is_unpacked_no_further(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": bytes(20_000_000)}, zipfile.ZIP_DEFLATED)
    with_sizes(path, size=5000)
    reason, peak = peak_of(lambda: reason_of(path))
    assert "damaged" in reason
    assert peak < 2_000_000


def test_what_declares_more_than_it_can_be_is_refused_unread(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": b"x" * 2000}, zipfile.ZIP_DEFLATED)
    with_sizes(path, size=200_000_000)
    assert reason_of(path) == opening._FORGED


def test_what_is_shorter_than_it_declares(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": b"x" * 2000}, zipfile.ZIP_DEFLATED)
    with_sizes(path, size=2500)
    assert reason_of(path) == opening._SHORTER


def test_a_header_takes_little_of_a_large_member(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": bytes(20_000_000)}, zipfile.ZIP_DEFLATED)

    def start():
        raw = open_member(path.open("rb", 0), read(path).members["a.jpg"], is_zip=True)
        with io.BufferedReader(raw) as file:
            return file.read(100)

    data, peak = peak_of(start)
    assert data == bytes(100)
    assert peak < 2_000_000


def test_overlapping_members_are_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": b"x" * 99, "b.jpg": b"y" * 99})
    with_sizes(path, size=200, packed=200)
    assert "overlaps" in reason_of(path)
    assert content(path, read(path).members["b.jpg"]) == b"y" * 99


def test_members_that_share_their_bytes_are_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": b"x" * 99, "b.jpg": b"y" * 99})
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.rfind(ENTRY) + 42, 0)
    path.write_bytes(data)
    problems = [member.problem for member in read(path).members.values()]
    assert sum("overlaps" in problem for problem in problems) == 1


def test_a_header_that_does_not_fit_the_directory(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"a.jpg": b"x" * 99, "b.jpg": b"y"})
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, 28, 500)  # extra fields that would move the data
    path.write_bytes(data)
    assert reason_of(path) == opening._FORGED
    data[:4] = b"none"
    path.write_bytes(data)
    assert reason_of(path) == opening._FORGED


def test_a_zip_that_is_cut_off_has_what_was_before(tmp_path):
    files = {f"{n}.jpg": bytes(1000) for n in range(5)}
    whole = write_zip(tmp_path / "a.zip", files, zipfile.ZIP_DEFLATED).read_bytes()
    path = tmp_path / "cut.zip"
    path.write_bytes(whole[: whole.find(b"3.jpg") + 10])
    assert list(contents(path)) == ["0.jpg", "1.jpg", "2.jpg"]
    assert read(path).notes == ["cut off: its directory, which is at its end, is missing"]


@pytest.mark.parametrize("data", [b"x" * 500, b"", picture(), END, END + bytes(18)], ids=range(5))
def test_what_is_no_zip_has_no_members(tmp_path, data):
    (tmp_path / "a.zip").write_bytes(data)
    assert read(tmp_path / "a.zip").members == {}


def test_the_number_of_members_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "MOST", 5)
    path = write_zip(tmp_path / "a.zip", {f"{n}.jpg": b"x" for n in range(9)})
    assert len(contents(path)) == 5
    assert read(path).notes == ["more than 5 members: the rest is left out"]


@given(st.binary(max_size=400), st.integers(0, 500), st.sampled_from(list(METHODS.values())))
def test_no_bytes_raise_anything_but_reasons(data, place, method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for number in range(3):
            archive.writestr(f"{number}.jpg", bytes(100))
    whole = bytearray(file.getvalue())
    whole[place : place + len(data)] = data
    for name, member in read_zip(io.BytesIO(whole), len(whole)).members.items():
        try:
            raw = open_member(io.BytesIO(whole), member, is_zip=True)
            found = io.BufferedReader(raw).read()
        except BrokenImageError:
            continue
        assert zlib.crc32(found) == member.crc, name
