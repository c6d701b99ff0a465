"""What values of EXIF data mean."""

from datetime import datetime

import pytest
from PIL import ExifTags, Image, PngImagePlugin, features

from exif_blocks import (
    ASCII,
    BASE,
    BYTE,
    CAMERA,
    DOUBLE,
    EXPECTED,
    GPS,
    LONG,
    PLACE,
    RATIONAL,
    SHORT,
    SHOT,
    SRATIONAL,
    UNDEFINED,
    block,
    read,
    text,
)
from framegrid import images
from framegrid.base import normalise
from framegrid.dataset.ingest.exif_keys import EXIF_TYPES
from framegrid.images.exif.exif import exif_of
from framegrid.images.exif.tags import Tags
from framegrid.images.formats.headers.png import unhexed


def read_file(path):
    return images.read_header(path, exif=True).exif


# Files


@pytest.mark.parametrize("order", ["<", ">"], ids=["little endian", "big endian"])
def test_every_key(order):
    exif = read(order=order, exif=SHOT, gps=PLACE)
    assert exif == EXPECTED
    assert list(exif) == list(EXIF_TYPES)
    assert all(normalise(key, exif[key])[0] == kind for key, kind in EXIF_TYPES.items())


@pytest.mark.parametrize(
    "extension",
    [
        "jpg",
        "png",
        pytest.param("webp", marks=pytest.mark.skipif(not features.check("webp"), reason="WebP")),
        pytest.param("avif", marks=pytest.mark.skipif(not features.check("avif"), reason="AVIF")),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_formats(tmp_path, extension, order):
    path = tmp_path / f"photo.{extension}"
    data = b"Exif\0\0" + block(order=order, exif=SHOT, gps=PLACE)
    Image.new("RGB", (40, 30)).save(path, exif=data)
    header = images.read_header(path, exif=True)
    assert (header.width, header.height, header.exif) == (40, 30, EXPECTED)
    assert images.read_header(path).exif == {}


def test_tiff_written_by_pillow(tmp_path):
    exif = Image.Exif()
    exif[BASE.Make], exif[BASE.Model] = "NIKON CORPORATION", "NIKON D70"
    shot, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    shot.update({BASE.DateTimeOriginal: "2008:03:15 09:52:01", BASE.FocalLength: 8.25})
    place.update({1: "S", 2: (33.0, 51.0, 0.0), 3: "W", 4: (70.0, 30.0, 36.0)})
    Image.new("RGB", (40, 30)).save(tmp_path / "scan.tif", exif=exif.tobytes())
    assert read_file(tmp_path / "scan.tif") == {
        "captured": datetime(2008, 3, 15, 9, 52, 1),
        "camera": "NIKON D70",
        "focal_length": 8.25,
        "gps": {"lat": -33.85, "lon": -70.51},
    }


def test_exif_as_imagemagick_puts_it_into_a_png(tmp_path):
    data = (b"Exif\0\0" + block(exif=SHOT)).hex()
    info = PngImagePlugin.PngInfo()
    lines = [data[start : start + 72] for start in range(0, len(data), 72)]
    profile = "\n".join(["", "exif", f"{len(data) // 2:8}", *lines, ""])
    info.add_text("Raw profile type exif", profile, zip=True)
    Image.new("L", (4, 4)).save(tmp_path / "photo.png", pnginfo=info)
    assert read_file(tmp_path / "photo.png")["camera"] == "Canon EOS 40D"
    assert exif_of(Tags.of_bytes(unhexed(b"no hex"))) == {}


@pytest.mark.parametrize("extension", ["jpg", "png", "tif", "gif", "bmp"])
def test_files_without_exif(tmp_path, extension):
    Image.new("L", (4, 4)).save(tmp_path / f"plain.{extension}")
    assert read_file(tmp_path / f"plain.{extension}") == {}


def test_pixels_are_not_decoded(tmp_path):
    Image.new("RGB", (400, 300)).save(tmp_path / "cut.jpg", exif=b"Exif\0\0" + block())
    whole = (tmp_path / "cut.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: whole.index(b"\xff\xda") + 20])
    assert read_file(tmp_path / "cut.jpg") == {"camera": "Canon EOS 40D"}


# When


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2008:05:30 15:56:01", datetime(2008, 5, 30, 15, 56, 1)),
        ("2008-05-30T15:56:01+02:00", datetime(2008, 5, 30, 15, 56, 1)),
        ("2008/5/3  7:05:09", datetime(2008, 5, 3, 7, 5, 9)),
        ("0000:00:00 00:00:00", None),
        ("0001:01:01 00:00:00", None),
        ("2008:02:30 10:00:00", None),
        ("2008:05:30 24:00:00", None),
        ("    :  :     :  :  ", None),
        ("2008:05:30", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_captured(written, time):
    assert read(exif={BASE.DateTimeOriginal: text(written)}).get("captured") == time


@pytest.mark.parametrize(
    ("fraction", "microsecond"),
    [("5", 500_000), ("05 ", 50_000), ("016", 16_000), ("1234567", 123_456), ("", 0), ("??", 0)],
)
def test_fractions_of_a_second(fraction, microsecond):
    shot = {
        BASE.DateTimeOriginal: text("2008:05:30 15:56:01"),
        BASE.SubsecTimeOriginal: text(fraction),
    }
    assert read(exif=shot)["captured"].microsecond == microsecond


def test_captured_is_local_time_where_the_offset_is_known():
    offset = {BASE.OffsetTimeOriginal: text("+09:00")}
    assert read(exif=SHOT | offset)["captured"] == datetime(2008, 5, 30, 15, 56, 1, 54_000)


def test_captured_is_when_it_was_digitised_but_not_when_it_was_changed():
    scan = {
        BASE.DateTimeOriginal: text("0000:00:00 00:00:00"),
        BASE.SubsecTimeOriginal: text("99"),
        BASE.DateTimeDigitized: text("2001:02:03 04:05:06"),
        BASE.SubsecTimeDigitized: text("25"),
    }
    assert read(exif=scan)["captured"] == datetime(2001, 2, 3, 4, 5, 6, 250_000)
    assert "captured" not in read(first=CAMERA | {BASE.DateTime: text("2001:02:03 04:05:06")})


# With what


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 40D", "Canon EOS 40D"),
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("EASTMAN KODAK COMPANY", "KODAK CX7530", "KODAK CX7530"),
        ("FUJIFILM", "FinePix E500   ", "FUJIFILM FinePix E500"),
        ("OLYMPUS IMAGING CORP.  ", "E-P3", "OLYMPUS IMAGING CORP. E-P3"),
        ("NIKON CO.,LTD", "COOLPIX P1", "NIKON CO.,LTD COOLPIX P1"),
        ("samsung", "SAMSUNG-SM-G900A", "SAMSUNG-SM-G900A"),
        ("Jolla", "Jolla", "Jolla"),
        ("Apple", "", "Apple"),
        ("", "iPhone 6", "iPhone 6"),
        ("", "  ", None),
    ],
)
def test_the_make_is_named_once(make, model, camera):
    assert read(first={BASE.Make: text(make), BASE.Model: text(model)}).get("camera") == camera


@pytest.mark.parametrize(
    ("written", "lens"),
    [
        (b"35mm\0", "35mm"),
        (b"35mm", "35mm"),
        (b"35mm\0\0\0\0garbage", "35mm"),
        (b"  35mm  f/2 \r\n\0", "35mm f/2"),
        ("Objectif français".encode(), "Objectif français"),
        ("Objectif français".encode("latin-1"), "Objectif français"),
        (b"\x07\x1b35mm\x00", "35mm"),
        (b"", None),
        (b"\0", None),
        (b"\0\0\0\0\0\0\0\0", None),
        (b"          ", None),
        (b"----\0", None),
        (b"\x01\x02\x03\x04\x05", None),
    ],
)
@pytest.mark.parametrize("kind", [ASCII, UNDEFINED, 129])
def test_texts(written, lens, kind):
    assert read(exif={BASE.LensModel: (kind, written)}).get("lens") == lens


# How


@pytest.mark.parametrize(
    ("kind", "values", "seconds"),
    [
        (RATIONAL, [10, 600], 1 / 60),
        (RATIONAL, [30, 1], 30.0),
        (DOUBLE, [0.25], 0.25),
        (SHORT, [2], 2.0),
        (RATIONAL, [0, 0], None),
        (RATIONAL, [1, 0], None),
        (RATIONAL, [0, 1], None),
        (RATIONAL, [2**32 - 1, 100_000], None),
        (RATIONAL, [2_000_000, 1], None),
        (SRATIONAL, [-1, 60], None),
        (DOUBLE, [float("nan")], None),
        (DOUBLE, [float("inf")], None),
        (ASCII, b"1/60\0", None),
        (99, b"1234", None),
    ],
)
def test_numbers(kind, values, seconds):
    exposure = read(exif={BASE.ExposureTime: (kind, values)}).get("exposure_time")
    assert exposure == seconds
    assert exposure is None or type(exposure) is float


@pytest.mark.parametrize(
    ("shutter", "aperture", "expected"),
    [
        ([5, 1], [4, 1], {"exposure_time": 1 / 32, "f_number": 4.0}),
        ([-1, 1], [2, 1], {"exposure_time": 2.0, "f_number": 2.0}),
        ([0, 1], [0, 0], {}),
        ([9999, 1], [-9999, 1], {}),
    ],
)
def test_logarithms_stand_in(shutter, aperture, expected):
    logarithms = {
        BASE.ShutterSpeedValue: (SRATIONAL, shutter),
        BASE.ApertureValue: (SRATIONAL, aperture),
    }
    assert read(first={}, exif=logarithms) == expected
    assert read(exif=SHOT | logarithms)["f_number"] == 7.1


@pytest.mark.parametrize(
    ("tags", "iso"),
    [
        ({BASE.ISOSpeedRatings: (SHORT, [100])}, 100),
        ({BASE.ISOSpeedRatings: (SHORT, [0, 400])}, 400),
        ({BASE.ISOSpeedRatings: (LONG, [102_400])}, None),
        ({BASE.ISOSpeedRatings: (RATIONAL, [1000, 10])}, 100),
        ({BASE.ISOSpeedRatings: (SHORT, [0])}, None),
        ({BASE.ISOSpeedRatings: (SHORT, [65535])}, None),
        (
            {
                BASE.ISOSpeedRatings: (SHORT, [65535]),
                BASE.RecommendedExposureIndex: (LONG, [204_800]),
            },
            204_800,
        ),
        ({BASE.ISOSpeed: (LONG, [50])}, 50),
        ({BASE.ISOSpeedRatings: (DOUBLE, [1e300])}, None),
        ({BASE.ISOSpeed: (DOUBLE, [1e300])}, None),
    ],
)
def test_iso(tags, iso):
    found = read(exif=tags).get("iso")
    assert found == iso
    assert found is None or type(found) is int


@pytest.mark.parametrize("nonsense", [0, 200_000])
def test_lengths_of_zero_and_of_far_too_much_are_unknown(nonsense):
    lengths = {
        BASE.FocalLength: (RATIONAL, [nonsense, 1]),
        BASE.FocalLengthIn35mmFilm: (LONG, [nonsense]),
        BASE.FNumber: (RATIONAL, [nonsense, 10]),
    }
    assert read(first={}, exif=lengths) == {}


# Where


@pytest.mark.parametrize(("north", "lat"), [(b"N\0", 47.37925), (b"S\0", -47.37925)])
@pytest.mark.parametrize(("east", "lon"), [(b"E\0", 8.540166667), (b"west\0", -8.540166667)])
def test_four_quarters_of_the_world(north, lat, east, lon):
    place = PLACE | {GPS.GPSLatitudeRef: (ASCII, north), GPS.GPSLongitudeRef: (ASCII, east)}
    assert read(gps=place)["gps"] == {"lat": lat, "lon": lon, "alt": 408.6}


@pytest.mark.parametrize(
    ("kind", "values", "lat"),
    [
        (RATIONAL, [47, 1, 2275, 100, 0, 1], 47.379166667),
        (RATIONAL, [47, 1, 2275, 100, 0, 0], 47.379166667),
        (RATIONAL, [4737925, 100_000], 47.37925),
        (SRATIONAL, [47, 1, 22, 1, 4530, 100], 47.37925),
        (DOUBLE, [47.5, 0.0, 0.0], 47.5),
        (RATIONAL, [90, 1, 0, 1, 0, 1], 90.0),
        (RATIONAL, [90, 1, 0, 1, 1, 1], None),
        (RATIONAL, [47, 1, 99, 1, 0, 1], None),
        (RATIONAL, [0, 0, 22, 1, 0, 1], None),
        (RATIONAL, [47, 1, 0, 0, 30, 1], None),
        (RATIONAL, [0, 0, 0, 0, 0, 0], None),
        (SRATIONAL, [-47, 1, 0, 1, 0, 1], None),
        (DOUBLE, [float("nan")] * 3, None),
        (ASCII, b"47.37925\0", None),
    ],
)
def test_angles(kind, values, lat):
    gps = read(gps=PLACE | {GPS.GPSLatitude: (kind, values)}).get("gps", {})
    assert gps.get("lat") == lat


@pytest.mark.parametrize("tag", [1, 2, 3, 4])
def test_half_a_position_is_none(tag):
    assert "gps" not in read(gps={key: value for key, value in PLACE.items() if key != tag})


@pytest.mark.parametrize("direction", [b"\0", b"?\0", b"E\0"])
def test_an_unknown_direction_is_no_position(direction):
    assert "gps" not in read(gps=PLACE | {GPS.GPSLatitudeRef: (ASCII, direction)})


def test_zeros_are_no_position_but_the_equator_is():
    zero = (RATIONAL, [0, 1, 0, 1, 0, 1])
    on_equator = PLACE | {GPS.GPSLatitude: zero, GPS.GPSLatitudeRef: (ASCII, b"S\0")}
    assert str(read(gps=on_equator)["gps"]["lat"]) == "0.0"
    assert "gps" not in read(gps=on_equator | {GPS.GPSLongitude: zero})


@pytest.mark.parametrize(
    ("reference", "kind", "values", "alt"),
    [
        (0, RATIONAL, [4286, 10], 428.6),
        (1, RATIONAL, [4286, 10], -428.6),
        (3, RATIONAL, [4286, 10], -428.6),
        (0, SRATIONAL, [-50, 10], -5.0),
        (0, RATIONAL, [0, 0], None),
        (0, RATIONAL, [2**32 - 2, 1], None),
        (0, RATIONAL, [0, 1], 0.0),
    ],
)
def test_altitude(reference, kind, values, alt):
    height = {GPS.GPSAltitudeRef: (BYTE, [reference]), GPS.GPSAltitude: (kind, values)}
    assert read(gps=PLACE | height)["gps"].get("alt") == alt
