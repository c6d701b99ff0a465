"""Reading image files: headers, upright pixels, and why a file is broken."""

import io
import os
import struct
import sys
import warnings

import numpy as np
import pytest
from PIL import Image, ImageFile, PngImagePlugin, features

from framegrid.base import BrokenImageError
from framegrid.images import Header, find_images, open_upright, read_header, thumbnail
from pictures import (
    BLUE,
    CORNERS,
    RED,
    STORED,
    assert_colours,
    corners_of,
    four_corners,
    noise,
    png,
    shown,
)

READERS = [read_header, open_upright, lambda path: thumbnail(path, 64)]


# Headers and upright pixels


def test_header(tmp_path):
    four_corners(30, 20).save(tmp_path / "a.png")
    assert read_header(tmp_path / "a.png") == Header(30, 20, "PNG")


def test_header_takes_a_str_and_any_script(tmp_path):
    path = tmp_path / "фото 写真 🌄.jpg"
    four_corners().save(path)
    assert read_header(str(path)) == Header(96, 64, "JPEG")


def test_the_content_tells_the_format_not_the_name(tmp_path):
    four_corners().save(tmp_path / "a.jpg", "PNG")
    assert read_header(tmp_path / "a.jpg").format == "PNG"


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "tiff"])
@pytest.mark.parametrize("orientation", STORED)
def test_orientation(tmp_path, extension, orientation):
    path = tmp_path / f"a.{extension}"
    stored = four_corners()
    if (how := STORED[orientation]) is not None:
        stored = stored.transpose(how)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(path, exif=exif, quality=95)

    header = read_header(path)
    upright = open_upright(path)
    small = shown(thumbnail(path, 48))
    assert (header.width, header.height) == upright.size == (96, 64)
    assert small.size == (48, 32)
    assert_colours(corners_of(upright), CORNERS)
    assert_colours(corners_of(small), CORNERS)


def test_an_upright_image_is_not_turned_again(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Canon"
    four_corners().save(tmp_path / "a.jpg", exif=exif)
    upright = open_upright(tmp_path / "a.jpg")
    assert dict(upright.getexif()) == {0x010F: "Canon"}


@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
@pytest.mark.parametrize(
    "exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"]
)
def test_damaged_exif_does_not_damage_the_image(tmp_path, exif):
    four_corners().save(tmp_path / "a.jpg", exif=exif)
    assert read_header(tmp_path / "a.jpg") == Header(96, 64, "JPEG")
    assert_colours(corners_of(open_upright(tmp_path / "a.jpg")), CORNERS)


def test_damaged_exif_text_in_a_png(tmp_path):
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type exif", "\nexif\n4\nnot hexadecimal")
    four_corners().save(tmp_path / "a.png", pnginfo=info)
    assert read_header(tmp_path / "a.png") == Header(96, 64, "PNG")


def test_exif_that_cannot_be_written_again_is_dropped(tmp_path, monkeypatch):
    exif = Image.Exif()
    exif[0x0112] = 3
    four_corners().save(tmp_path / "a.jpg", exif=exif)
    monkeypatch.setattr(Image.Exif, "tobytes", lambda *_: struct.pack("B", -1))
    upright = open_upright(tmp_path / "a.jpg")
    assert_colours(corners_of(upright), CORNERS[::-1])
    assert "exif" not in upright.info


def test_open_keeps_16_bit_pixels(tmp_path):
    values = np.arange(0, 60_000, 1000, dtype=np.uint16).reshape(6, 10)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert np.array_equal(np.asarray(open_upright(tmp_path / "a.png")), values)


@pytest.mark.parametrize("extension", ["gif", "webp", "png"])
def test_of_an_animation_the_first_frame(tmp_path, extension):
    path = tmp_path / f"a.{extension}"
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, BLUE)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50, lossless=True)
    assert read_header(path).width == 40
    assert_colours(open_upright(path).convert("RGB").getpixel((5, 5)), RED)
    small = shown(thumbnail(path, 64))
    assert getattr(small, "n_frames", 1) == 1
    assert_colours(small.convert("RGB").getpixel((5, 5)), RED)


# Broken files


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", r"empty file \(0 bytes\)"),
        (b"just some text, nothing else", "not an image: no known format"),
        (b"\xff\xd8\xff", "^(damaged|truncated): "),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image: no known format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image: no known format"),
    ],
    ids=["empty", "text", "start", "eps", "svg"],
)
def test_not_an_image(tmp_path, read, content, reason):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(BrokenImageError, match=reason):
        read(tmp_path / "a.jpg")


@pytest.mark.parametrize("read", READERS)
def test_missing_file(tmp_path, read):
    with pytest.raises(BrokenImageError, match=r"^file not found$"):
        read(tmp_path / "a.jpg")


@pytest.mark.parametrize("read", READERS)
def test_folder(tmp_path, read):
    with pytest.raises(BrokenImageError, match=r"^not a regular file$"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this platform")
@pytest.mark.parametrize("read", READERS)
def test_a_fifo_does_not_hang(tmp_path, read):
    os.mkfifo(tmp_path / "a.jpg")
    assert find_images(tmp_path) == [tmp_path / "a.jpg"]
    with pytest.raises(BrokenImageError, match=r"^not a regular file$"):
        read(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "Permission denied"), "permission denied"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_trouble_with_the_system(tmp_path, monkeypatch, error, reason):
    four_corners().save(tmp_path / "a.jpg")

    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("builtins.open", fail)
    with pytest.raises(BrokenImageError, match=f"^{reason}$"):
        read_header(tmp_path / "a.jpg")


@pytest.mark.parametrize("kept", [0.01, 0.1, 0.5, 0.9, 0.99])
def test_truncated_jpeg(tmp_path, kept):
    noise(300, 200).save(tmp_path / "a.jpg")
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(BrokenImageError, match=r"^truncated: the file ends before the image does$"):
        open_upright(tmp_path / "a.jpg")
    with pytest.raises(BrokenImageError, match=r"^truncated"):
        thumbnail(tmp_path / "a.jpg", 64)


@pytest.mark.parametrize("extension", ["png", "gif", "webp", "tiff", "bmp", "jp2", "ppm", "tga"])
@pytest.mark.parametrize("kept", [0.02, 0.4, 0.9])
def test_other_truncated_formats(tmp_path, extension, kept):
    path = tmp_path / f"a.{extension}"
    noise(120, 80).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(BrokenImageError, match=r"^(truncated|damaged): .{,90}$"):
        open_upright(path)


def test_a_small_truncated_original_does_not_go_through(tmp_path):
    noise(40, 40).save(tmp_path / "a.jpg")
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenImageError, match="truncated"):
        thumbnail(tmp_path / "a.jpg", 64)


def test_header_of_a_truncated_image_is_read(tmp_path):
    noise(300, 200).save(tmp_path / "a.jpg")
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(whole[: len(whole) // 2])
    assert read_header(tmp_path / "a.jpg") == Header(300, 200, "JPEG")


def test_reasons_are_short_and_name_the_cause(tmp_path):
    four_corners().save(tmp_path / "a.png")
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[content.index(b"IDAT") + 6] ^= 0xFF
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(BrokenImageError, match=r"^damaged: ") as raised:
        open_upright(tmp_path / "a.png")
    assert len(str(raised.value)) <= 90
    assert raised.value.__cause__ is not None


# Size limits


def test_large_images_have_headers_but_no_thumbnails(tmp_path):
    (tmp_path / "a.png").write_bytes(png(60_000, 60_000))
    assert read_header(tmp_path / "a.png") == Header(60_000, 60_000, "PNG")
    reason = r"too large: 60,000 x 60,000 is 3,600 million pixels, at most 256 \(fg.limits.pixels\)"
    for read in READERS[1:]:
        with pytest.raises(BrokenImageError, match=reason):
            read(tmp_path / "a.png")


def test_a_large_jpeg_is_decoded_small(tmp_path):
    Image.new("L", (10_400, 9_000), 99).save(tmp_path / "a.jpg")
    small = shown(thumbnail(tmp_path / "a.jpg", 104))
    assert small.size == (104, 90)
    assert small.getpixel((50, 50)) == 99


def test_no_warning_and_no_global_state(tmp_path):
    (tmp_path / "a.png").write_bytes(png(10_000, 10_000))
    Image.new("L", (10_000, 9_000)).save(tmp_path / "b.jpg")
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_header(tmp_path / "a.png")
        thumbnail(tmp_path / "b.jpg", 64)
    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)


# Plug-ins


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", r'pip install "framegrid\[heif\]"'),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(20), r'pip install "framegrid\[jxl\]"'),
        (b"\xff\x0a" + bytes(20), r'pip install "framegrid\[jxl\]"'),
    ],
)
def test_missing_plugin_is_named(tmp_path, monkeypatch, content, reason):
    Image.init()
    for name, package in (("HEIF", "pillow_heif"), ("JXL", "pillow_jxl")):
        monkeypatch.delitem(Image.OPEN, name, raising=False)
        monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / "a.heic").write_bytes(content)
    with pytest.raises(BrokenImageError, match=reason):
        read_header(tmp_path / "a.heic")


def test_a_registered_plugin_is_used(tmp_path, monkeypatch):
    four_corners().save(tmp_path / "a.png")
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + (tmp_path / "a.png").read_bytes())

    def factory(file, _name):
        return PngImagePlugin.PngImageFile(io.BytesIO(file.read()[12:]))

    Image.init()
    monkeypatch.setitem(Image.OPEN, "HEIF", (factory, lambda prefix: prefix[4:12] == b"ftypheic"))
    assert read_header(tmp_path / "a.heic").width == 96
    assert_colours(corners_of(shown(thumbnail(tmp_path / "a.heic", 48))), CORNERS)


@pytest.mark.skipif(not features.check("avif"), reason="Pillow without AVIF")
def test_avif(tmp_path):
    four_corners().save(tmp_path / "a.avif", quality=90)
    assert_colours(corners_of(shown(thumbnail(tmp_path / "a.avif", 48))), CORNERS)
