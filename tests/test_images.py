import io
import os
import struct
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, PngImagePlugin, features

from framegrid.errors import BrokenImageError
from framegrid.images import (
    EXTENSIONS,
    Encoded,
    Header,
    find_images,
    open_upright,
    picture,
    read_header,
    thumbnail,
)
from framegrid.images.finding import _natural_order

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 30), (30, 30, 220), (230, 220, 20)
CORNERS = (RED, GREEN, BLUE, YELLOW)

STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that writes each EXIF orientation has turned the picture."""


def four_corners(width=96, height=64):
    """An image whose quarters are red, green, blue and yellow, row by row."""
    image = Image.new("RGB", (width, height))
    half_width, half_height = width // 2, height // 2
    for i, colour in enumerate(CORNERS):
        place = (i % 2 * half_width, i // 2 * half_height)
        image.paste(colour, (*place, place[0] + half_width, place[1] + half_height))
    return image


def noise(width, height, channels=3, seed=0):
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (height, width, channels), dtype=np.uint8))


def shown(encoded: Encoded):
    image = Image.open(io.BytesIO(encoded.data))
    image.load()
    assert image.size == (encoded.width, encoded.height)
    assert Image.MIME[image.format] == encoded.mime
    return image


def corners_of(image):
    image = image.convert("RGB")
    return [
        image.getpixel((round(image.width * x), round(image.height * y)))
        for y in (0.25, 0.75)
        for x in (0.25, 0.75)
    ]


def assert_colours(actual, expected, tolerance=24):
    difference = np.abs(np.array(actual, dtype=int) - np.array(expected, dtype=int))
    assert difference.max() <= tolerance, f"{actual} is not {expected}"


def png(width, height):
    """A PNG that promises `width` by `height` px of RGB and has hardly any."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


READERS = [read_header, open_upright, lambda path: thumbnail(path, 64)]


# Finding


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(found: list[Path], folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in found]


def test_finds_a_single_file(tmp_path):
    touch(tmp_path, "a.jpg")
    assert find_images(tmp_path / "a.jpg") == [tmp_path / "a.jpg"]


def test_sorts_numbers_by_value_and_files_before_subfolders(tmp_path):
    touch(tmp_path, "img10.jpg", "img2.jpg", "b/1.jpg", "dir10/a.jpg", "dir9/a.jpg", "z.jpg")
    expected = ["img2.jpg", "img10.jpg", "z.jpg", "b/1.jpg", "dir9/a.jpg", "dir10/a.jpg"]
    assert names(find_images(tmp_path), tmp_path) == expected


@given(st.lists(st.integers(0, 2**64), unique=True))
def test_natural_order_is_the_order_of_numbers(numbers):
    paths = [f"{os.sep}photos{os.sep}img{number}.jpg" for number in numbers]
    ordered = [f"{os.sep}photos{os.sep}img{number}.jpg" for number in sorted(numbers)]
    assert sorted(paths, key=_natural_order()) == ordered


def test_knows_extensions_in_any_case(tmp_path):
    touch(tmp_path, *(f"a{ext}" for ext in EXTENSIONS), "B.JPG", "notes.txt", "jpg", "c.jpg.bak")
    assert len(find_images(tmp_path)) == len(EXTENSIONS) + 1


def test_not_recursive_stays_in_the_folder(tmp_path):
    touch(tmp_path, "a.jpg", "sub/b.jpg")
    assert names(find_images(tmp_path, recursive=False), tmp_path) == ["a.jpg"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.jpg", ["a.jpg"]),
        ("**/*.jpg", ["a.jpg", "x/b.jpg", "x/y/c.jpg"]),
        ("x/*", ["x/b.jpg", "x/y/c.jpg"]),
        ("[xz]/*.png", ["z/d.png"]),
        ("*/y", ["x/y/c.jpg"]),
    ],
)
def test_globs(tmp_path, pattern, expected):
    touch(tmp_path, "a.jpg", "a.txt", "x/b.jpg", "x/y/c.jpg", "z/d.png", ".hidden/e.jpg")
    assert names(find_images(tmp_path / pattern), tmp_path) == expected


def test_a_name_goes_before_a_glob(tmp_path):
    touch(tmp_path, "trip [2020]/a.jpg")
    assert names(find_images(tmp_path / "trip [2020]"), tmp_path) == ["trip [2020]/a.jpg"]


def test_a_glob_inside_a_folder_with_brackets(tmp_path):
    touch(tmp_path, "trip [2020]/a.jpg", "trip [2020]/b.png")
    assert names(find_images(tmp_path / "trip [2020]" / "*.jpg"), tmp_path) == ["trip [2020]/a.jpg"]


def test_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    touch(tmp_path, "photos/a.jpg")
    assert find_images("~/photos") == [tmp_path / "photos" / "a.jpg"]


def test_paths_are_absolute(tmp_path, monkeypatch):
    touch(tmp_path, "photos/a.jpg")
    monkeypatch.chdir(tmp_path)
    assert find_images("photos/../photos") == [tmp_path / "photos" / "a.jpg"]


def test_hidden_names_are_skipped_below_the_start(tmp_path):
    touch(tmp_path, ".start/a.jpg", ".start/.b.jpg", ".start/.cache/c.jpg")
    assert names(find_images(tmp_path / ".start"), tmp_path) == [".start/a.jpg"]


def test_linked_folders_are_followed_without_loops(tmp_path):
    touch(tmp_path, "photos/a.jpg", "elsewhere/b.jpg")
    (tmp_path / "photos" / "again").symlink_to(tmp_path / "photos", target_is_directory=True)
    (tmp_path / "photos" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "photos", target_is_directory=True)
    (tmp_path / "photos" / "self.jpg").symlink_to(tmp_path / "photos" / "self.jpg")
    found = names(find_images(tmp_path / "photos"), tmp_path)
    assert found == ["photos/a.jpg", "photos/self.jpg", "photos/link/b.jpg"]


def test_a_folder_is_found_by_its_own_name_rather_than_a_links(tmp_path):
    touch(tmp_path, "z/deep/a.jpg")
    (tmp_path / "a").symlink_to(tmp_path / "z" / "deep", target_is_directory=True)
    assert names(find_images(tmp_path), tmp_path) == ["z/deep/a.jpg"]


def test_missing_path_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such file or folder: .*nowhere"):
        find_images(tmp_path / "nowhere")


def test_glob_without_matches_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such file or folder: .*\*\.jpg"):
        find_images(tmp_path / "*.jpg")


def test_folder_without_images_says_what_is_there(tmp_path):
    touch(tmp_path, "a.txt", "sub/b.txt")
    with pytest.raises(ValueError, match=r"0 of 2 files in .* have an image extension \(\.apng, "):
        find_images(tmp_path)


def test_folder_without_images_tells_of_subfolders_left_out(tmp_path):
    touch(tmp_path, "sub/a.jpg")
    with pytest.raises(ValueError, match=r"0 of 0 files in .*, subfolders left out, have"):
        find_images(tmp_path, recursive=False)


def test_undecodable_names_are_skipped_with_a_warning(tmp_path):
    touch(tmp_path, "a.jpg")
    try:
        Path(os.fsdecode(bytes(tmp_path) + b"/\xff.jpg")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    with pytest.warns(UserWarning, match=r"skipped 1 file.* not valid UTF-8, such as .*\\udcff"):
        assert names(find_images(tmp_path), tmp_path) == ["a.jpg"]


def deny(monkeypatch, denied):
    scandir = os.scandir

    def denying(folder):
        if Path(folder) == denied:
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", denying)


def test_unreadable_subfolders_are_skipped_with_a_warning(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", "secret/b.jpg")
    deny(monkeypatch, tmp_path / "secret")
    with pytest.warns(UserWarning, match=r"skipped 1 folder.* cannot be read, such as .*secret"):
        assert names(find_images(tmp_path), tmp_path) == ["a.jpg"]


def test_an_unreadable_start_is_an_error(tmp_path, monkeypatch):
    deny(monkeypatch, tmp_path)
    with pytest.raises(PermissionError, match="Permission denied"):
        find_images(tmp_path)


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
        (png(60_000, 60_000), r"too large: 60,000 x 60,000 is 3,600 million pixels, at most 178"),
    ],
    ids=["empty", "text", "start", "eps", "svg", "absurd"],
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
    (tmp_path / "a.png").write_bytes(png(10_000, 10_000))
    assert read_header(tmp_path / "a.png").width == 10_000
    reason = "too large: 10,000 x 10,000 is 100 million pixels, at most 50"
    with pytest.raises(BrokenImageError, match=reason):
        thumbnail(tmp_path / "a.png", 64)


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


# Pixel modes


def ramp(low, high, dtype):
    """A (40, 80) picture that rises evenly from left to right."""
    return np.tile(np.linspace(low, high, 80), (40, 1)).astype(dtype)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("a.png", ramp(0, 65_535, np.uint16)),
        ("a.png", ramp(1_000, 2_000, np.uint16)),
        ("a.tiff", ramp(0, 4_095, ">u2")),
        ("a.tiff", ramp(-(2**31), 2**31 - 1, np.int32)),
        ("a.tiff", ramp(0, 1, np.float32)),
        ("a.tiff", ramp(-1e30, 1e30, np.float32)),
    ],
    ids=["uint16", "narrow", "big-endian", "int32", "float", "huge"],
)
def test_more_than_eight_bits_are_scaled(tmp_path, name, values):
    Image.fromarray(values).save(tmp_path / name)
    small = np.asarray(shown(thumbnail(tmp_path / name, 40)))
    assert small.shape == (20, 40)
    assert_colours(small[10, [0, 20, 39]], [0, 128, 255], tolerance=12)


def test_outliers_do_not_set_the_scale(tmp_path):
    values = ramp(0, 1_000, np.uint16)
    values[0, 0] = 65_535
    Image.fromarray(values).save(tmp_path / "a.png")
    assert np.asarray(shown(thumbnail(tmp_path / "a.png", 80)))[20, 40] > 100


def test_a_few_labels_on_background_are_seen(tmp_path):
    values = np.zeros((100, 100), dtype=np.uint16)
    values[50, 50] = 3
    Image.fromarray(values).save(tmp_path / "a.png")
    small = np.asarray(shown(thumbnail(tmp_path / "a.png", 100)))
    assert small[50, 50] > 200
    assert small[10, 10] < 20


@pytest.mark.parametrize("value", [0, 7.5, np.nan, np.inf])
def test_a_flat_float_image_is_black(tmp_path, value):
    Image.fromarray(np.full((20, 20), value, dtype=np.float32)).save(tmp_path / "a.tiff")
    assert np.asarray(shown(thumbnail(tmp_path / "a.tiff", 64))).max() == 0


def test_nan_and_infinity_leave_the_rest_visible(tmp_path):
    values = ramp(0, 1, np.float32)
    values[:5] = np.nan
    values[-5:] = np.inf
    Image.fromarray(values).save(tmp_path / "a.tiff")
    small = np.asarray(shown(thumbnail(tmp_path / "a.tiff", 80)))
    assert_colours(small[20, [0, 40, 79]], [0, 128, 255], tolerance=12)


def test_cmyk(tmp_path):
    four_corners().convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    small = shown(thumbnail(tmp_path / "a.jpg", 48))
    assert small.mode == "RGB"
    assert_colours(corners_of(small), CORNERS)


def see_through():
    """A (200, 100) picture, red on the left, transparent on the right."""
    image = Image.new("RGBA", (200, 100), (*RED, 255))
    image.paste((0, 0, 0, 0), (100, 0, 200, 100))
    return image


def lab(image):
    srgb, target = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.profileToProfile(image, srgb, target, outputMode="LAB")


@pytest.mark.parametrize(
    ("name", "convert"),
    [
        ("a.png", lambda image: image.quantize(8)),
        ("a.tiff", lab),
    ],
    ids=["palette", "LAB"],
)
def test_other_colour_modes(tmp_path, name, convert):
    convert(four_corners(960, 640)).save(tmp_path / name)
    small = shown(thumbnail(tmp_path / name, 64))
    assert small.format == "JPEG"
    assert_colours(corners_of(small), CORNERS)


def test_one_bit_images_are_shown_in_greys(tmp_path):
    checks = np.indices((200, 200)).sum(axis=0) % 2 == 0
    Image.fromarray(checks).save(tmp_path / "a.png")
    small = np.asarray(shown(thumbnail(tmp_path / "a.png", 64)))
    assert_colours(small, np.full_like(small, 128), tolerance=40)


@pytest.mark.parametrize("how", ["RGBA", "LA", "palette", "key colour"])
def test_transparency_becomes_png(tmp_path, how):
    image, options = see_through(), {}
    if how == "LA":
        image = image.convert("LA")
    elif how == "palette":
        image = image.quantize(4)
    elif how == "key colour":
        image, options = image.convert("RGB"), {"transparency": (0, 0, 0)}
    image.save(tmp_path / "a.png", **options)
    small = shown(thumbnail(tmp_path / "a.png", 100))
    assert small.format == "PNG"
    alpha = small.getchannel("A")
    assert (alpha.getpixel((25, 25)), alpha.getpixel((75, 25))) == (255, 0)


def test_transparent_pixels_do_not_bleed_into_edges(tmp_path):
    image = Image.new("RGBA", (101, 100), (*RED, 255))
    image.paste((0, 0, 0, 0), (50, 0, 101, 100))
    image.save(tmp_path / "a.png")
    small = np.asarray(shown(thumbnail(tmp_path / "a.png", 20)))
    assert_colours(small[small[..., 3] > 0][:, :3], [RED], tolerance=12)


def test_an_opaque_alpha_channel_is_dropped(tmp_path):
    noise(300, 200).convert("RGBA").save(tmp_path / "a.png")
    assert thumbnail(tmp_path / "a.png", 64).mime == "image/jpeg"


def profile_with_red_and_green_swapped():
    """A minimal RGB matrix profile: what it calls red, sRGB calls green."""

    def fixed(*numbers):
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    def xyz(*numbers):
        return b"XYZ \0\0\0\0" + fixed(*numbers)

    red, green, blue = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
    white = (0.9642, 1.0, 0.8249)
    gamma = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + bytes(2)
    text = b"Swapped\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78),
        b"wtpt": xyz(*white),
        b"rXYZ": xyz(*green),
        b"gXYZ": xyz(*red),
        b"bXYZ": xyz(*blue),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma),
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(
        ">I4xI4s4s4s12x4s", start + len(data), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp"
    )
    header += bytes(68 - len(header)) + fixed(*white)
    return header.ljust(128, b"\0") + table + data


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_converted_to_srgb(tmp_path, mode):
    colour = (255, 0, 0, 128)[: len(mode)]
    image = Image.new(mode, (300, 200), colour)
    image.save(tmp_path / "a.png", icc_profile=profile_with_red_and_green_swapped())
    small = shown(thumbnail(tmp_path / "a.png", 64))
    assert_colours(small.getpixel((30, 20)), (0, 255, 0, 128)[: len(mode)])
    assert "icc_profile" not in small.info


@pytest.mark.parametrize(
    "profile", [b"nonsense", ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()]
)
def test_other_profiles_are_left_out(tmp_path, profile):
    four_corners(960, 640).save(tmp_path / "a.jpg", icc_profile=profile, comment="by me")
    small = shown(thumbnail(tmp_path / "a.jpg", 64))
    assert_colours(corners_of(small), CORNERS)
    assert not {"icc_profile", "comment"} & small.info.keys()


# Encoding


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((500, 374), (128, 96)),
        ((374, 500), (96, 128)),
        ((3000, 2), (128, 1)),
        ((100, 90), (100, 90)),
    ],
)
def test_thumbnail_size(tmp_path, size, expected):
    noise(*size).save(tmp_path / "a.bmp")
    assert shown(thumbnail(tmp_path / "a.bmp", 128)).size == expected


def test_a_jpeg_may_end_at_half_its_size(tmp_path):
    four_corners(500, 374).save(tmp_path / "a.jpg")
    small = shown(thumbnail(tmp_path / "a.jpg", 256))
    assert small.size == (250, 187)
    assert_colours(corners_of(small), CORNERS)


def test_a_narrow_jpeg_keeps_its_shape(tmp_path):
    noise(49, 500).save(tmp_path / "a.jpg")
    assert shown(thumbnail(tmp_path / "a.jpg", 106)).size == (10, 106)


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "gif"])
def test_small_originals_go_through_unchanged(tmp_path, extension):
    path = tmp_path / f"a.{extension}"
    four_corners(32, 32).save(path)
    encoded = thumbnail(path, 128)
    assert encoded.data == path.read_bytes()
    assert shown(encoded).size == (32, 32)


def exif_with_a_place():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
    return {"exif": exif}


@pytest.mark.parametrize(
    ("image", "options", "name"),
    [
        (noise(120, 120), {}, "a.png"),
        (four_corners(), exif_with_a_place(), "a.jpg"),
        (Image.fromarray(ramp(0, 5, np.uint16)), {}, "a.png"),
        (four_corners(), {}, "a.tiff"),
    ],
    ids=["bytes", "exif", "16-bit", "format"],
)
def test_other_small_originals_are_encoded(tmp_path, image, options, name):
    image.save(tmp_path / name, **options)
    encoded = thumbnail(tmp_path / name, 128)
    assert encoded.mime == "image/jpeg"
    assert not shown(encoded).getexif()


def test_thumbnails_of_photos_are_small(tmp_path):
    four_corners(500, 374).save(tmp_path / "a.jpg", quality=95)
    assert len(thumbnail(tmp_path / "a.jpg", 192).data) < 8_000


def test_picture_of_an_original_within_the_bounds_is_the_original(tmp_path):
    noise(300, 200).save(tmp_path / "a.jpg", quality=95)
    assert picture(tmp_path / "a.jpg", 300, 1_000_000).data == (tmp_path / "a.jpg").read_bytes()


def test_picture_is_scaled_to_its_px(tmp_path):
    noise(300, 200).save(tmp_path / "a.jpg", quality=95)
    assert shown(picture(tmp_path / "a.jpg", 150, 1_000_000)).size == (150, 100)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("max_bytes", [100_000, 20_000, 3_000])
def test_picture_keeps_to_its_bytes(tmp_path, channels, max_bytes):
    noise(600, 400, channels).save(tmp_path / "a.png")
    encoded = picture(tmp_path / "a.png", 600, max_bytes)
    assert max_bytes / 4 < len(encoded.data) <= max_bytes
    width, height = shown(encoded).size
    assert width / height == pytest.approx(1.5, abs=0.1)


def test_picture_gives_up_at_one_pixel(tmp_path):
    noise(60, 40).save(tmp_path / "a.png")
    assert shown(picture(tmp_path / "a.png", 60, 10)).size == (1, 1)


@pytest.mark.parametrize(
    "make", [lambda path: thumbnail(path, 0), lambda path: picture(path, 0, 9)]
)
def test_no_pictures_without_pixels(tmp_path, make):
    with pytest.raises(ValueError, match="a picture of 0 px; at least 1 is needed"):
        make(tmp_path / "a.png")
