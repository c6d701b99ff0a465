"""A folder of a thousand files of every kind, a tenth of them broken: a full report, no crash."""

import io
import os
import re
import struct
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import framegrid as fg
from thumbnails_helpers import thumbnails_of

COUNT = 1_000
SIZE = (60, 40)

if not hasattr(os, "mkfifo"):
    pytest.skip("this is about the files of a POSIX system", allow_module_level=True)


def picture(mode="RGB"):
    rising = np.linspace(0, 255, SIZE[0] * SIZE[1]).reshape(SIZE[::-1]).astype(np.uint8)
    return Image.fromarray(rising).convert(mode)


def encoded(kind, mode="RGB", **options):
    buffer = io.BytesIO()
    picture(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def oriented(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded("JPEG", exif=exif)


def deep(dtype, kind="PNG"):
    values = np.arange(SIZE[0] * SIZE[1]).reshape(SIZE[::-1]).astype(dtype)
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, kind)
    return buffer.getvalue()


def animated(kind):
    frames = [picture(), picture().rotate(180), picture()]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


WHOLE = {
    ".jpg": lambda: encoded("JPEG"),
    "-grey.jpg": lambda: encoded("JPEG", "L"),
    "-cmyk.jpg": lambda: encoded("JPEG", "CMYK"),
    "-progressive.JPEG": lambda: encoded("JPEG", progressive=True),
    ".png": lambda: encoded("PNG"),
    "-palette.png": lambda: encoded("PNG", "P"),
    "-transparent.png": lambda: encoded("PNG", "RGBA"),
    "-1bit.png": lambda: encoded("PNG", "1"),
    "-16bit.png": lambda: deep(np.uint16),
    "-float.tif": lambda: deep(np.float32, "TIFF"),
    "-16bit.tiff": lambda: deep(np.uint16, "TIFF"),
    ".gif": lambda: encoded("GIF"),
    "-animated.gif": lambda: animated("GIF"),
    "-animated.webp": lambda: animated("WEBP"),
    ".bmp": lambda: encoded("BMP"),
    "-png-by-content.jpg": lambda: encoded("PNG"),
    "-größe 📷.png": lambda: encoded("PNG"),
} | {f"-turned-{turn}.jpg": lambda turn=turn: oriented(turn) for turn in range(1, 9)}


def bomb(width, height):
    """A PNG of few bytes that says to be huge."""
    header = b"IHDR" + struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (header, b"IDAT" + zlib.compress(bytes(1000)), b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(chunk) - 4) + chunk + struct.pack(">L", zlib.crc32(chunk))
        for chunk in chunks
    )


def as_bytes(make):
    return lambda path: path.write_bytes(make())


# How to make a broken file, what the report says of it, and what its thumbnail says if it is added.
CUT = "truncated|damaged"
BROKEN = {
    "-empty.jpg": (lambda path: path.touch(), r"empty file \(0 bytes\)", None),
    "-text.jpg": (lambda path: path.write_text("no picture"), "not an image", None),
    "-cut.jpg": (as_bytes(lambda: encoded("JPEG", quality=95)[:-50]), None, CUT),
    "-cut.png": (as_bytes(lambda: encoded("PNG")[:-60]), None, CUT),
    "-header.jpg": (as_bytes(lambda: encoded("JPEG")[:100]), CUT, None),
    "-header.png": (as_bytes(lambda: encoded("PNG")[:20]), CUT, None),
    "-fifo.jpg": (os.mkfifo, "not a regular file", None),
    "-link.jpg": (lambda path: path.symlink_to("nowhere.jpg"), "file not found", None),
    "-bomb.png": (as_bytes(lambda: bomb(100_000, 100_000)), None, "too large: 100,000 x 100,000"),
    "-large.png": (as_bytes(lambda: bomb(20_000, 20_000)), None, "too large: 20,000 x 20,000"),
}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(COUNT):
        kinds = list(BROKEN if number % 10 == 0 else WHOLE)
        kind = kinds[number // 10 % len(kinds)] if number % 10 == 0 else kinds[number % len(kinds)]
        path = folder / f"{number:04}{kind}"
        make = BROKEN[kind][0] if kind in BROKEN else as_bytes(WHOLE[kind])
        make(path)
    (folder / "folder.jpg").mkdir()
    (folder / "notes.txt").write_text("not looked at")
    return folder


def kind_of(path):
    return Path(path).name[4:]


def of_kind(kinds, part):
    """How many files there are of each kind for which a part of its entry is set."""
    each = COUNT // 10 // len(kinds)
    return {kind: each for kind, entry in kinds.items() if entry[part]}


def test_a_tenth_is_broken(folder, tmp_path):
    dataset = fg.ImageDataset.create(tmp_path / "dataset")
    report = dataset.add_images_from_path(folder)

    assert Counter(kind_of(path) for path, _ in report.broken) == of_kind(BROKEN, 1)
    for path, reason in report.broken:
        assert re.match(BROKEN[kind_of(path)][1], reason)
        assert len(reason) <= 90
    assert report.added == len(dataset) == COUNT - len(report.broken)
    assert f"broken {len(report.broken)}" in repr(report)

    for sample in dataset:
        kind = sample.file_name[4:]
        turned = kind.removeprefix("-turned-")[0] in "5678" and kind.startswith("-turned")
        if kind not in {"-large.png", "-bomb.png"}:
            assert (sample.width, sample.height) == (SIZE[::-1] if turned else SIZE), kind

    paths = [sample.file_path_abs for sample in dataset]
    made = thumbnails_of(paths, tmp_path / "cache", 32, workers=None)
    thumbnails = dict(zip(paths, made, strict=True))
    failed = Counter(kind_of(path) for path in paths if thumbnails[path].error)
    assert failed == of_kind(BROKEN, 2)
    for path, thumbnail in thumbnails.items():
        if thumbnail.error:
            assert re.match(BROKEN[kind_of(path)][2], thumbnail.error)
            continue
        image = Image.open(io.BytesIO(thumbnail.encoded.data))
        image.load()
        assert max(image.size) <= 64

    again = dataset.add_images_from_path(folder)
    assert (again.added, again.already_present) == (0, report.added)
    assert again.broken == report.broken
    dataset.close()


def test_names_that_are_not_utf_8_are_skipped_with_a_warning(photos):
    try:
        Path(os.fsdecode(os.fsencode(photos) + b"/\xff\xfe.jpg")).write_bytes(encoded("JPEG"))
    except OSError:
        pytest.skip("the file system wants UTF-8")
    with (
        fg.ImageDataset.create("dataset") as dataset,
        pytest.warns(UserWarning, match=r"1 file\(s\) whose names are not valid UTF-8"),
    ):
        assert dataset.add_images_from_path(photos).added == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_says_so(photos):
    (photos / "photo-0.jpg").chmod(0)
    with fg.ImageDataset.create("dataset") as dataset:
        report = dataset.add_images_from_path(photos)
    assert report.broken == [(str(photos / "photo-0.jpg"), "permission denied")]
