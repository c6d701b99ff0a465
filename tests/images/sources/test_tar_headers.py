"""The members of a tar by its headers: what is taken, and what hostile ones do not do."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_files import picture, tar_info, write_tar
from framegrid.base import BrokenImageError
from framegrid.images.sources.archives import members, tar_extensions
from framegrid.images.sources.archives.members import CUT_OFF, LINK, SPECIAL, spelled
from framegrid.images.sources.archives.opening import open_member
from framegrid.images.sources.archives.tar_headers import read_tar

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
BLOCK = 512


def read(path):
    with path.open("rb") as file:
        return read_tar(file, path.stat().st_size)


def content(path, member):
    with open_member(path.open("rb", 0), member, is_zip=False) as file:
        return file.read()


@pytest.mark.parametrize("kind", FORMATS)
def test_members_are_read_in_place(tmp_path, kind):
    files = {f"folder/{number}.jpg": bytes([number]) * (100 * number + 1) for number in range(9)}
    path = write_tar(tmp_path / "a.tar", files, format=FORMATS[kind])
    found = read(path)
    assert {name: content(path, member) for name, member in found.members.items()} == files
    assert found.notes == []


@pytest.mark.parametrize("kind", ["gnu", "pax"])
def test_long_names(tmp_path, kind):
    files = {f"{'folder/' * 40}{'n' * 150}-{number}é.jpg": b"x" for number in range(3)}
    found = read(write_tar(tmp_path / "a.tar", files, format=FORMATS[kind]))
    assert list(found.members) == list(files)


@given(
    files=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/:"), min_size=1)
        .filter(lambda name: name not in (".", ".."))
        .map(lambda name: f"a/{name}"),
        st.binary(max_size=2000),
        max_size=8,
    ),
    kind=st.sampled_from(["gnu", "pax"]),
)
def test_all_that_tarfile_writes_is_read_as_tarfile_reads_it(tmp_path_factory, files, kind):
    path = write_tar(tmp_path_factory.getbasetemp() / "a.tar", files, format=FORMATS[kind])
    found = read(path)
    assert {name: member.size for name, member in found.members.items()} == {
        name: len(data) for name, data in files.items()
    }
    for name, data in files.items():
        if data:
            assert content(path, found.members[name]) == data


def test_a_member_that_is_there_twice_counts_as_the_last(tmp_path):
    path = write_tar(tmp_path / "a.tar", [("a.jpg", b"old"), ("./a.jpg", b"newer")])
    found = read(path)
    assert content(path, found.members["a.jpg"]) == b"newer"
    assert found.notes == [
        "left out 1 with a name for the second time, of which the last counts: 'a.jpg'"
    ]


OUTSIDE = ["../a.jpg", "a/../../b.jpg", "/etc/passwd.jpg", "C:/a.jpg", "a/..", "..", "//host/a.jpg"]


def test_names_that_lead_out_are_left_out(tmp_path):
    files = [(name, b"x") for name in [*OUTSIDE, "inside.jpg", "./deep//er/./b.jpg"]]
    found = read(write_tar(tmp_path / "a.tar", files))
    assert list(found.members) == ["inside.jpg", "deep/er/b.jpg"]
    assert found.notes == [
        f"left out {len(OUTSIDE)} with a name that leads out of the archive, or none: '../a.jpg'"
    ]


@pytest.mark.parametrize("name", [*OUTSIDE, "", ".", "/", "a/", "a\0b"])
def test_no_spelling_leads_out(name):
    assert spelled(name) is None


SPECIALS = {
    "symlink.jpg": (tarfile.SYMTYPE, LINK),
    "hard.jpg": (tarfile.LNKTYPE, LINK),
    "fifo.jpg": (tarfile.FIFOTYPE, SPECIAL),
    "character.jpg": (tarfile.CHRTYPE, SPECIAL),
    "block.jpg": (tarfile.BLKTYPE, SPECIAL),
}


def test_links_and_devices_have_a_reason(tmp_path):
    headers = [
        (name, tar_info(name, kind=kind, linkname="/etc/passwd"))
        for name, (kind, _) in SPECIALS.items()
    ]
    path = write_tar(
        tmp_path / "a.tar", [*headers, ("folder", tar_info("folder", kind=b"5")), ("a.jpg", b"x")]
    )
    found = read(path)
    assert {n: m.problem for n, m in found.members.items() if n != "a.jpg"} == {
        name: reason for name, (_, reason) in SPECIALS.items()
    }
    assert content(path, found.members["a.jpg"]) == b"x"
    for name, (_, reason) in SPECIALS.items():
        with pytest.raises(BrokenImageError, match=reason):
            content(path, found.members[name])


def test_a_tar_that_is_cut_off_has_what_was_before(tmp_path):
    whole = write_tar(tmp_path / "a.tar", {f"{n}.jpg": bytes(1000) for n in range(5)}).read_bytes()
    path = tmp_path / "cut.tar"
    path.write_bytes(whole[: 3 * 3 * BLOCK + BLOCK + 100])
    found = read(path)
    assert [name for name, member in found.members.items() if not member.problem] == [
        "0.jpg",
        "1.jpg",
        "2.jpg",
    ]
    assert found.members["3.jpg"].problem == CUT_OFF
    assert found.notes == ["it ends without the mark of its end: it may be cut off"]


def test_what_follows_damage_is_not_read(tmp_path):
    data = bytearray(
        write_tar(tmp_path / "a.tar", {f"{n}.jpg": b"x" for n in range(5)}).read_bytes()
    )
    data[2 * 2 * BLOCK + 5] ^= 1
    (tmp_path / "a.tar").write_bytes(data)
    found = read(tmp_path / "a.tar")
    assert list(found.members) == ["0.jpg", "1.jpg"]
    assert found.notes == ["damaged at byte 2,048: what follows is not read"]


@pytest.mark.parametrize(
    "data", [b"x" * 5000, picture(), b"PK\3\4" + bytes(3000)], ids=["text", "png", "zip"]
)
def test_what_is_no_tar_says_so(tmp_path, data):
    (tmp_path / "a.tar").write_bytes(data)
    found = read(tmp_path / "a.tar")
    assert found.members == {}
    assert found.notes == ["not a tar"]


def header_of(info, data=b""):
    return info.tobuf(tarfile.GNU_FORMAT) + data + bytes(-len(data) % BLOCK)


def raw(path, *parts):
    path.write_bytes(b"".join(parts) + bytes(2 * BLOCK))
    return path


def test_numbers_beyond_all_files_end_the_reading(tmp_path):
    for size in (2**63, 2**80, 10**15):
        parts = [header_of(tar_info("a.jpg", 1), b"x"), header_of(tar_info("b.jpg", size))]
        found = read(raw(tmp_path / "a.tar", *parts))
        assert found.members["a.jpg"].problem == ""
        assert found.members["b.jpg"].problem


def test_negative_sizes_end_the_reading(tmp_path):
    parts = [header_of(tar_info("a.jpg", 1), b"x"), header_of(tar_info("b.jpg", -512))]
    found = read(raw(tmp_path / "a.tar", *parts))
    assert list(found.members) == ["a.jpg"]
    assert found.notes == ["damaged at byte 1,024: what follows is not read"]


def pax(*records):
    lines = b""
    for record in records:
        length = len(record) + 3
        length = length + len(str(length)) - 1
        lines += f"{length} ".encode() + record + b"\n"
    return header_of(tar_info("PaxHeader", len(lines), tarfile.XHDTYPE), lines)


EXTENSIONS = {
    "long": header_of(
        tar_info("x", tar_extensions._LONGEST + 1, tarfile.XHDTYPE), bytes(1 << 20) + b"x"
    ),
    "nonsense": header_of(tar_info("x", 20, tarfile.XHDTYPE), b"x" * 20),
    "endless": header_of(tar_info("x", 9, tarfile.XHDTYPE), b"0 a=b\n0 c"),
    "beyond": header_of(tar_info("x", 9, tarfile.XHDTYPE), b"999 a=b\n "),
    "negative": pax(b"size=-5"),
    "huge": pax(b"size=" + b"9" * 40),
    "sparse": pax(b"GNU.sparse.major=1", b"GNU.sparse.name=a.jpg"),
}


@pytest.mark.parametrize("kind", EXTENSIONS)
def test_extended_headers_that_cannot_be_read_cost_their_member_only(tmp_path, kind):
    parts = [
        EXTENSIONS[kind],
        header_of(tar_info("a.jpg", 1), b"x"),
        header_of(tar_info("b.jpg", 1), b"y"),
    ]
    path = raw(tmp_path / "a.tar", *parts)
    found = read(path)
    assert found.members["a.jpg"].problem
    assert content(path, found.members["b.jpg"]) == b"y"


def test_sparse_members_are_refused_and_passed_over(tmp_path):
    sparse = bytearray(tar_info("a.jpg", 512, tarfile.GNUTYPE_SPARSE).tobuf(tarfile.GNU_FORMAT))
    sparse[482] = 1  # another header follows
    sparse[148:156] = b" " * 8
    sparse[148:156] = b"%06o\0 " % sum(sparse)
    path = raw(
        tmp_path / "a.tar",
        bytes(sparse),
        bytes(BLOCK),
        bytes(BLOCK),
        header_of(tar_info("b.jpg", 1), b"y"),
    )
    found = read(path)
    assert "sparse" in found.members["a.jpg"].problem
    assert content(path, found.members["b.jpg"]) == b"y"


def test_names_that_are_no_text_are_left_out(tmp_path):
    parts = [header_of(tar_info("b\udcff.jpg", 1), b"x"), header_of(tar_info("c.jpg", 1), b"y")]
    found = read(raw(tmp_path / "a.tar", *parts))
    assert list(found.members) == ["c.jpg"]
    assert found.notes == ["left out 1 with a name that is not valid UTF-8: 'b\\udcff.jpg'"]


def test_the_number_of_members_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "MOST", 5)
    found = read(write_tar(tmp_path / "a.tar", {f"{n}.jpg": b"x" for n in range(9)}))
    assert len(found.members) == 5
    assert found.notes == ["more than 5 members: the rest is left out"]


def test_the_length_of_all_names_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(members, "MOST_NAME_BYTES", 60)
    found = read(write_tar(tmp_path / "a.tar", {f"{n}{'n' * 29}": b"x" for n in range(9)}))
    assert len(found.members) == 3
    assert "the rest is left out" in found.notes[0]


@given(st.binary(max_size=2000), st.integers(0, 3000))
def test_no_bytes_raise_anything(data, place):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tar_info("n" * 150, 3), io.BytesIO(b"abc"))
        tar.addfile(tar_info("b.jpg", 600), io.BytesIO(bytes(600)))
    whole = bytearray(file.getvalue())
    whole[place : place + len(data)] = data
    found = read_tar(io.BytesIO(whole), len(whole))
    assert all(member.offset >= 0 for member in found.members.values())
