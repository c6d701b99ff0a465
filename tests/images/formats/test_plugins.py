"""Formats that need more than the oldest Pillow: AVIF in the box, HEIC and JPEG XL by plug-ins."""

import io
import subprocess
import sys

import pytest
from PIL import Image, features

import framegrid as fg
from framegrid.base import BrokenImageError
from framegrid.images import open_upright, picture, read_header, thumbnail
from framegrid.images.formats.headers.jpeg_xl import declared_size
from pictures import STORED

pillow_heif = pytest.importorskip("pillow_heif")
pytest.importorskip("pillow_jxl")

FORMATS = [
    "heic",
    "jxl",
    pytest.param("avif", marks=pytest.mark.skipif(not features.check("avif"), reason="AVIF")),
]
ORIENTATION, MODEL = 0x0112, 0x0110
UPRIGHT = Image.new("RGB", (60, 40), "blue")  # its left half is red
UPRIGHT.paste("red", (0, 0, 30, 40))


@pytest.fixture(autouse=True)
def heif_writer():
    pillow_heif.register_heif_opener()


def written(path, orientation=1, **options):
    """A photo as a phone holds it, with the orientation in its EXIF."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MODEL] = orientation, "Phone"
    turn = STORED[orientation]
    stored = UPRIGHT if turn is None else UPRIGHT.transpose(turn)
    stored.save(path, exif=exif.tobytes(), quality=95, **options)
    return path


def shown(encoded):
    return Image.open(io.BytesIO(encoded.data)).convert("RGB")


def is_red_left_of_blue(image):
    width, height = image.size
    left, right = (image.convert("RGB").getpixel((x, height // 2)) for x in (2, width - 3))
    return left[0] - left[2] > 150 and right[2] - right[0] > 150


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("extension", FORMATS)
def test_orientation_is_applied_once(tmp_path, extension, orientation):
    path = written(tmp_path / f"photo.{extension}", orientation)
    header = read_header(path, exif=True)
    assert (header.width, header.height, header.exif) == (60, 40, {"camera": "Phone"})
    for image in (open_upright(path), shown(thumbnail(path, 30)), shown(picture(path, 50, 10**6))):
        assert image.width * 2 == pytest.approx(image.height * 3, abs=3)
        assert is_red_left_of_blue(image)


def test_a_jpeg_within_a_jpeg_xl_is_turned_once(tmp_path):
    written(tmp_path / "photo.jpg", 6, subsampling=0)
    Image.open(tmp_path / "photo.jpg").save(tmp_path / "photo.jxl", lossless_jpeg=True)
    assert read_header(tmp_path / "photo.jxl").width == 60
    assert is_red_left_of_blue(open_upright(tmp_path / "photo.jxl"))


@pytest.mark.parametrize("extension", FORMATS)
def test_transparent_pictures_stay_so(tmp_path, extension):
    Image.new("RGBA", (40, 30), (255, 0, 0, 100)).save(tmp_path / f"glass.{extension}")
    assert thumbnail(tmp_path / f"glass.{extension}", 20).mime == "image/png"


@pytest.mark.parametrize("extension", FORMATS)
def test_damage_is_a_reason(tmp_path, extension):
    data = written(tmp_path / f"photo.{extension}").read_bytes()
    (tmp_path / f"cut.{extension}").write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(BrokenImageError, match=r"damaged|truncated"):
        thumbnail(tmp_path / f"cut.{extension}", 20)


@pytest.mark.parametrize(
    "size", [(1, 1), (8, 8), (256, 256), (64, 48), (1600, 900), (513, 7), (7, 513), (3000, 2000)]
)
def test_the_size_of_a_jpeg_xl_is_known_before_it_is_decoded(size):
    file = io.BytesIO()
    Image.new("L", size).save(file, "JXL", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    assert declared_size(file) == size


def test_a_large_jpeg_xl_is_refused_before_it_is_decoded(tmp_path):
    bits = "0" + "11" + f"{30_000 - 1:030b}"[::-1] + "001"[::-1]  # as high as wide, 30,000 px
    header = int(bits[::-1], 2).to_bytes(14, "little")
    (tmp_path / "bomb.jxl").write_bytes(b"\xff\x0a" + header)
    assert read_header(tmp_path / "bomb.jxl").height == 30_000
    with pytest.raises(BrokenImageError, match="30,000 x 30,000 is 900 million pixels"):
        open_upright(tmp_path / "bomb.jxl")


def test_they_are_read_in_worker_processes(tmp_path):
    for extension in ("heic", "jxl", "jpg"):
        written(tmp_path / f"photo.{extension}", 6)
    dataset = fg.ImageDataset.create(tmp_path / "photos")
    report = dataset.add_images_from_path(tmp_path, exif=True)
    assert (report.added, report.broken) == (3, [])
    result = dataset.compute_metadata(lambda image: {"wide": image.width}, progress=False)
    assert (result.computed, result.failures) == (3, [])
    assert dataset.df["wide"].tolist() == [60, 60, 60]
    assert dataset.df["camera"].tolist() == ["Phone"] * 3
    dataset.close()


WITHOUT = """
import sys, warnings
sys.modules["pillow_heif"] = sys.modules["pillow_jxl"] = None
import framegrid as fg
report = fg.ImageDataset.create("photos").add_images_from_path(".", progress=False)
print(report)
print([path[-6:] for path, _ in sorted(report.without_plug_in)])
"""


def test_without_the_plugins_the_extras_are_named(tmp_path):
    written(tmp_path / "1.heic")
    written(tmp_path / "2.heic")
    written(tmp_path / "3.jxl")
    written(tmp_path / "4.jpg")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "added 1, already present 0, broken 0",
        '  2 images: HEIC needs a plug-in: pip install "framegrid[heif]"',
        '  1 image: JPEG XL needs a plug-in: pip install "framegrid[jxl]"',
        "['1.heic', '2.heic', '/3.jxl']",
    ]
