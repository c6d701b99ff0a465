"""Sizes from headers: the same as Pillow's, and read within bounds whatever a file is made for."""

import io
import os
import struct
import subprocess
import sys
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin, features

from framegrid.base import BrokenImageError
from framegrid.images import open_upright, read_header, thumbnail
from framegrid.images.formats.bounded_file import BoundedFile, TooMuchError
from framegrid.images.formats.headers import declared
from framegrid.images.formats.large_blocks import without_metadata_blocks
from pictures import four_corners, noise

GIGABYTE = 1 << 30
MEMORY = 1 << 29

# The same as Pillow says


def saved(kind, width, height, **options):
    buffer = io.BytesIO()
    noise(width, height).save(buffer, kind, **options)
    return buffer.getvalue()


SAMPLES = {
    "JPEG": [{}, {"progressive": True}, {"quality": 3, "comment": "x" * 9000}],
    "PNG": [{}, {"compress_level": 9}],
    "WEBP": [{}, {"lossless": True}, {"exact": True, "method": 0}],
    "TIFF": [{}, {"compression": "tiff_lzw"}, {"compression": "jpeg"}],
    "GIF": [{}],
    "BMP": [{}],
    "PPM": [{}],
    "TGA": [{}],
    "JPEG2000": [{}],
}
if features.check("avif"):
    SAMPLES["AVIF"] = [{}]


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (129, 64), (1025, 3)])
@pytest.mark.parametrize("kind", SAMPLES)
def test_sizes_are_those_of_pillow(tmp_path, kind, size):
    for options in SAMPLES[kind]:
        path = tmp_path / ("a.tga" if kind == "TGA" else "a.image")
        path.write_bytes(saved(kind, *size, **options))
        header = read_header(path)
        assert (header.width, header.height) == Image.open(path).size == size
        assert header.format == Image.open(path).format


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF"])
@given(data=st.data())
def test_no_damage_to_a_header_raises_another_error(tmp_path_factory, kind, data):
    if kind not in SAMPLES:
        pytest.skip("no AVIF")
    content = bytearray(saved(kind, 40, 30))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(2, min(len(content), 400) - 1))
        content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / f"damaged.{kind}"
    path.write_bytes(content[: data.draw(st.integers(2, len(content)))])
    with suppress(BrokenImageError):
        assert read_header(path, exif=True).width > 0


def test_exif_and_xmp_are_found_wherever_they_are(tmp_path):
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = 6, "Phone"
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        (tmp_path / "a").write_bytes(saved(kind, 40, 30, exif=exif))
        header = read_header(tmp_path / "a", exif=True)
        assert (header.width, header.height, header.exif) == (30, 40, {"camera": "Phone"})
    xmp = b'<x tiff:Orientation="8"/>'
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=True)
    for kind in ("PNG", "JPEG", "WEBP"):
        content = saved(kind, 40, 30, **({"pnginfo": info} if kind == "PNG" else {"xmp": xmp}))
        (tmp_path / "a").write_bytes(content)
        assert read_header(tmp_path / "a").width == open_upright(tmp_path / "a").width == 30


# Files that are made to take long or much


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def chunk(kind, data):
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def with_segments(*segments):
    whole = saved("JPEG", 40, 30)
    return whole[:2] + b"".join(segments) + whole[2:]


def with_chunks(*chunks, behind=()):
    whole = saved("PNG", 40, 30)
    end = len(whole) - 12
    return whole[:33] + b"".join(chunks) + whole[33:end] + b"".join(behind) + whole[end:]


def tiff(*entries, size=2 * GIGABYTE):
    """A TIFF of 40 x 30 whose further tags are as long as they say."""
    tags = sorted([(256, 4, 1, 40), (257, 4, 1, 30), (277, 3, 1, 3), *entries])
    table = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHLL", *tag) for tag in tags)
    return b"II*\0\x08\0\0\0" + table + bytes(4), size


def webp(size):
    return b"RIFF" + struct.pack("<L", size - 8) + b"WEBPVP8X" + struct.pack("<L", 10) + (
        b"\x0c\0\0\0" + (39).to_bytes(3, "little") + (29).to_bytes(3, "little")
    )  # fmt: skip


def box(kind, data=b"", length=None):
    return struct.pack(">L", (length or len(data) + 8)) + kind + data


AVIF_START = box(b"ftyp", b"avif\0\0\0\0mif1")
GIF_START = b"GIF89a" + struct.pack("<HHBBB", 40, 30, 0, 0, 0)
GIF_BLOCK = b"\xff" + bytes(b"c" * 255)

SPARSE = {
    "webp": (webp(2 * GIGABYTE), 2 * GIGABYTE),
    "chunks.webp": (webp(2 * GIGABYTE) + b"ABCD\0\0\0\0" * 100_000, GIGABYTE),
    "exif.webp": (webp(2 * GIGABYTE) + b"EXIF\xff\xff\xff\x7f", 2 * GIGABYTE),
    "no.webp": (b"RIFF\xff\xff\xff\x7fWEBPVP8 \xff\xff\xff\x7f", 2 * GIGABYTE),
    "avif": (AVIF_START + box(b"mdat", length=2**31), 3 * GIGABYTE),
    "meta.avif": (AVIF_START + box(b"meta", length=2**31), 3 * GIGABYTE),
    "free.avif": (AVIF_START + box(b"free") * 100_000, 2 * GIGABYTE),
    "zeros.avif": (AVIF_START, 2 * GIGABYTE),
    "strips.tiff": tiff((273, 4, 500_000_000, 200), (279, 4, 500_000_000, 200)),
    "text.tiff": tiff((270, 2, 2**31 - 9, 200), (34675, 7, 2**31 - 9, 200)),
    "tags.tiff": tiff(*((40_000 + n, 7, 2**30, 4096) for n in range(20_000))),
    "exif.jpg": (with_segments(*[segment(0xE1, b"Exif\0\0" + bytes(65_000))] * 1_500), 0),
    "icc.jpg": (with_segments(*[segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(65_000))] * 1_500), 0),
    "comments.jpg": (with_segments(*[segment(0xFE, bytes(60_000))] * 1_500), 0),
    "tiny.jpg": (with_segments(*[segment(0xEB, b"")] * 400_000), 0),
    "fill.jpg": (b"\xff\xd8" + b"\xff" * 30_000_000, 0),
    "adobe.jpg": (with_segments(*[segment(0xED, b"Photoshop 3.0\0" + b"8BIM" * 9_000)] * 900), 0),
    "text.png": (with_chunks(*[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**6)))] * 3_000), 0),
    "itxt.png": (with_chunks(*[chunk(b"iTXt", b"a\0\0\0\0\0" + b"x" * 10**6)] * 90), 0),
    "icc.png": (with_chunks(chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2 * 10**8)))), 0),
    "exif.png": (with_chunks(chunk(b"eXIf", bytes(6 * 10**7))), 0),
    "sparse.png": (saved("PNG", 9, 9)[:33] + b"\x7f\xff\xff\xffzTXt", 2**31 + 99),
    "tiny.png": (with_chunks(*[chunk(b"abCd", b"")] * 400_000), 0),
    "comment.gif": (GIF_START + b"!\xfe" + GIF_BLOCK * 120_000 + b"\0", 0),
    "comments.gif": (GIF_START + (b"!\xfe" + GIF_BLOCK + b"\0") * 120_000, 0),
    "extensions.gif": (GIF_START + (b"!\xf9" + GIF_BLOCK + b"\0") * 120_000, 0),
    "comment.ppm": (b"P6\n#" + b"x" * 30_000_000 + b"\n40 30\n255\n", 0),
    "boxes.jp2": (b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"abcd") * 1_000_000, 2 * GIGABYTE),
    "large.jp2": (b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"jp2h", length=2**31), 2 * GIGABYTE),
    "header.bmp": (b"BM" + bytes(12) + struct.pack("<L", 2**31), 2 * GIGABYTE),
}  # fmt: skip

READ = """
import resource, sys
from framegrid import images
from framegrid.base import BrokenImageError
images.load_formats()

def bytes_read():
    return int(open("/proc/self/io").read().split()[1])

for path in sys.argv[2:]:
    used = int(open("/proc/self/statm").read().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[1]), resource.RLIM_INFINITY))
    before = bytes_read()
    try:
        header = images.read_header(path, exif=True)
        said = f"{header.width} x {header.height}"
    except BrokenImageError as error:
        said = str(error)
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    print(f"{path.rpartition('/')[2]}|{bytes_read() - before}|{said}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="bounds of memory, and sparse files")
def test_headers_are_read_within_bounds(tmp_path):
    paths = []
    for name, (content, size) in SPARSE.items():
        path = tmp_path / (name if "." in name else f"a.{name}")
        path.write_bytes(content)
        if size > len(content):
            os.truncate(path, size)
        paths.append(str(path))
    done = subprocess.run(
        [sys.executable, "-c", READ, str(1 << 27), *paths],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = {line.split("|")[0]: line.split("|")[1:] for line in done.stdout.splitlines()}
    assert len(said) == len(paths)
    assert not [line for line in said.items() if "memory" in line[1][1]]
    assert not {name: read for name, (read, _) in said.items() if int(read) > 1 << 26}
    sizes = [name for name, (_, what) in said.items() if what == "40 x 30"]
    assert {"a.webp", "exif.webp", "strips.tiff", "text.tiff", "exif.jpg", "icc.jpg"} <= {*sizes}
    assert {"comments.jpg", "adobe.jpg", "text.png", "itxt.png", "icc.png", "exif.png"} <= {*sizes}


# Pictures with much beside them are whole


MUCH_BESIDE = {
    "exif.jpg": lambda: SPARSE["exif.jpg"][0],
    "icc.jpg": lambda: SPARSE["icc.jpg"][0],
    "comments.jpg": lambda: SPARSE["comments.jpg"][0],
    "text.png": lambda: with_chunks(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(3 * 10**6)))),
    "itxt.png": lambda: with_chunks(
        chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(os.urandom(3 * 10**6)))
    ),
    "texts.png": lambda: with_chunks(*[chunk(b"tEXt", b"a\0" + b"x" * 10**6)] * 80),
    "behind.png": lambda: with_chunks(
        behind=[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(3 * 10**6)))]
    ),
    "both.png": lambda: with_chunks(
        chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(3 * 10**6))),
        behind=[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(3 * 10**6)))],
    ),
    "icc.png": lambda: SPARSE["icc.png"][0],
    "tags.tiff": lambda: saved("TIFF", 40, 30, tiffinfo={37724: bytes(3 * 10**7)}),
}


@pytest.mark.parametrize("name", MUCH_BESIDE)
def test_much_beside_a_picture_does_not_break_it(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(MUCH_BESIDE[name]())
    assert read_header(path).width == 40
    expected = np.asarray(noise(40, 30), int)
    upright = np.asarray(open_upright(path).convert("RGB"), int)
    assert np.abs(upright - expected).mean() < (60 if name.endswith("jpg") else 1)
    assert thumbnail(path, 32).width == 32


def test_the_orientation_stays_when_what_is_beside_is_left_out(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = saved("JPEG", 40, 30, exif=exif)
    (tmp_path / "a.jpg").write_bytes(whole[:-2] + b"\xff\xd9")
    start = 20
    much = whole[:start] + segment(0xFE, bytes(60_000)) * 400 + whole[start:]
    assert whole[start] == 0xFF
    (tmp_path / "b.jpg").write_bytes(much)
    assert (
        open_upright(tmp_path / "b.jpg").size == open_upright(tmp_path / "a.jpg").size == (30, 40)
    )


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
def test_a_sieved_file_is_a_file(size):
    content = with_chunks(chunk(b"tEXt", b"a\0bc"), behind=[chunk(b"tEXt", b"a\0bc")])
    file = without_metadata_blocks(io.BytesIO(content), "PNG")
    read = b"".join(iter(lambda: file.read(size), b""))
    assert read == saved("PNG", 40, 30)
    assert file.seek(-4, io.SEEK_END) == len(read) - 4
    assert file.read() == read[-4:]
    assert file.seek(40) == 40
    assert file.read(9) == read[40:49]
    assert without_metadata_blocks(io.BytesIO(content), "GIF") is None


def test_a_bounded_file_stops_until_it_is_released():
    file = BoundedFile(io.BytesIO(bytes(10_000)), 1_000)
    assert len(file.read(500)) == 500
    with pytest.raises(TooMuchError, match="unsupported: more than 0 MB before the picture"):
        file.read()
    file.release()
    assert len(file.read()) == 9_500
    many = BoundedFile(io.BytesIO(bytes(10_000)), 10_000)
    with pytest.raises(TooMuchError):
        list(iter(lambda: many.read(1), b""))


def test_headers_of_other_formats_are_left_to_pillow():
    assert declared(io.BytesIO(saved("BMP", 9, 9)), "BMP") is None


def test_damage_is_told_from_what_is_not_supported(tmp_path):
    four_corners().save(tmp_path / "a.tiff")
    content = bytearray((tmp_path / "a.tiff").read_bytes())
    place = content.index(struct.pack("<HHL", 259, 3, 1)) + 8  # its compression
    content[place : place + 2] = struct.pack("<H", 34_712)
    (tmp_path / "a.tiff").write_bytes(content)
    assert read_header(tmp_path / "a.tiff").width == 96
    with pytest.raises(BrokenImageError, match=r"^unsupported: variant 34712"):
        open_upright(tmp_path / "a.tiff")
