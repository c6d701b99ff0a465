"""What cameras wrote into files, as metadata."""

import struct
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin, features

import framegrid as fg
from framegrid import images
from framegrid.dataset.adding.exif import EXIF_TYPES
from framegrid.errors import MetadataTypeError
from framegrid.images.exif import exif_of
from framegrid.schema import normalise

ASCII, BYTE, SHORT, LONG, RATIONAL, UNDEFINED, SRATIONAL, DOUBLE = 2, 1, 3, 4, 5, 7, 10, 12
CODES = {BYTE: "B", SHORT: "H", LONG: "L", RATIONAL: "L", SRATIONAL: "l", DOUBLE: "d"}
POINTERS = {"exif": 0x8769, "gps": 0x8825}
BASE, GPS = ExifTags.Base, ExifTags.GPS

CAMERA = {BASE.Make: (ASCII, b"Canon\0"), BASE.Model: (ASCII, b"Canon EOS 40D\0")}
SHOT = {
    BASE.ExposureTime: (RATIONAL, [1, 160]),
    BASE.FNumber: (RATIONAL, [71, 10]),
    BASE.ISOSpeedRatings: (SHORT, [100]),
    BASE.DateTimeOriginal: (ASCII, b"2008:05:30 15:56:01\0"),
    BASE.SubsecTimeOriginal: (ASCII, b"054\0"),
    BASE.FocalLength: (RATIONAL, [135, 1]),
    BASE.FocalLengthIn35mmFilm: (SHORT, [216]),
    BASE.LensModel: (ASCII, b"EF70-300mm f/4-5.6 IS USM\0"),
}
PLACE = {
    GPS.GPSLatitudeRef: (ASCII, b"N\0"),
    GPS.GPSLatitude: (RATIONAL, [47, 1, 22, 1, 4530, 100]),
    GPS.GPSLongitudeRef: (ASCII, b"E\0"),
    GPS.GPSLongitude: (RATIONAL, [8, 1, 32, 1, 2460, 100]),
    GPS.GPSAltitudeRef: (BYTE, [0]),
    GPS.GPSAltitude: (RATIONAL, [40860, 100]),
}
EXPECTED = {
    "captured": datetime(2008, 5, 30, 15, 56, 1, 54_000),
    "camera": "Canon EOS 40D",
    "lens": "EF70-300mm f/4-5.6 IS USM",
    "exposure_time": 1 / 160,
    "f_number": 7.1,
    "iso": 100,
    "focal_length": 135.0,
    "focal_length_35mm": 216,
    "gps": {"lat": 47.379250000, "lon": 8.540166667, "alt": 408.6},
}


def packed(order, kind, values):
    """The count and the bytes of the values of a tag."""
    if isinstance(values, bytes):
        return len(values), values
    data = struct.pack(f"{order}{len(values)}{CODES[kind]}", *values)
    return len(values) // (2 if kind in {RATIONAL, SRATIONAL} else 1), data


def directory(order, start, entries):
    """A directory of tags that begins at `start`, with the values behind it."""
    behind = start + 2 + 12 * len(entries) + 4
    table, values = struct.pack(f"{order}H", len(entries)), b""
    for tag, (kind, content) in sorted(entries.items()):
        count, data = packed(order, kind, content)
        place = struct.pack(f"{order}L", behind + len(values))
        table += struct.pack(f"{order}HHL", tag, kind, count)
        table += data.ljust(4, b"\0") if len(data) <= 4 else place
        values += data if len(data) > 4 else b""
    return table + bytes(4) + values


def block(first=CAMERA, order="<", **others):
    """EXIF data with the tags of the first directory, of `exif` and of `gps`."""
    pointers = {POINTERS[name]: (LONG, [0]) for name in others}
    place = 8 + len(directory(order, 8, first | pointers))
    data = b""
    for name, entries in others.items():
        pointers[POINTERS[name]] = (LONG, [place + len(data)])
        data += directory(order, place + len(data), entries)
    magic = b"II*\0" if order == "<" else b"MM\0*"
    return magic + struct.pack(f"{order}L", 8) + directory(order, 8, first | pointers) + data


def read_block(data):
    return exif_of(SimpleNamespace(format="JPEG", info={"exif": b"Exif\0\0" + data}))


def read(**directories):
    return read_block(block(**directories))


def read_file(path):
    return images.read_header(path, exif=True).exif


def text(value):
    return ASCII, value.encode() + b"\0"


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
    assert exif_of(SimpleNamespace(format="PNG", info={"Raw profile type exif": "no hex"})) == {}


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


# Broken data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II*\0",
        b"XX*\0\x08\0\0\0",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II*\0\0\0\0\0" * 9,
        b"MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\xff\xff\xff\xff\0\0\0\0",
    ],
)
def test_hardly_any_data(data):
    assert read_block(data) == {}


def test_a_second_prefix_is_skipped():
    assert read_block(b"\0\0\0\0Exif\0\0" + block()) == {"camera": "Canon EOS 40D"}


def test_a_directory_that_points_to_itself():
    first = CAMERA | {POINTERS["exif"]: (LONG, [8]), POINTERS["gps"]: (LONG, [8])}
    assert read(first=first) == {"camera": "Canon EOS 40D"}


@pytest.mark.parametrize("pointer", [(LONG, [2**32 - 1]), (DOUBLE, [1e300]), (ASCII, b"text\0")])
def test_a_pointer_to_nowhere_leaves_the_rest(pointer):
    first = CAMERA | {POINTERS["exif"]: pointer, POINTERS["gps"]: pointer}
    assert read(first=first) == {"camera": "Canon EOS 40D"}


def test_one_broken_value_leaves_the_rest():
    whole = block(exif=SHOT)
    cut = whole[: whole.index(b"EF70-300mm")]
    assert read_block(cut) == {k: v for k, v in EXPECTED.items() if k not in {"lens", "gps"}}


def test_a_claim_of_many_values_reads_few():
    whole = block(exif={BASE.LensModel: (ASCII, b"35mm" + bytes(1000))})
    entry = struct.pack("<HHL", BASE.LensModel, ASCII, 1004)
    assert entry in whole
    claim = struct.pack("<HHL", BASE.LensModel, ASCII, 2**32 - 1)
    assert read_block(whole.replace(entry, claim))["lens"] == "35mm"


WHOLE = block(exif=SHOT, gps=PLACE)


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=12),
    st.integers(0, len(WHOLE)),
)
def test_whatever_is_damaged_the_values_can_be_stored(damage, end):
    data = bytearray(WHOLE)
    for place, value in damage:
        data[place] = value
    for key, value in read_block(bytes(data[:end])).items():
        assert normalise(key, value)[0] == EXIF_TYPES[key]


@given(st.binary(max_size=300), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_noise_is_read_without_an_error(noise, header):
    read_block(header + noise)


# In a dataset


@pytest.fixture
def shots(photos):
    """Photos of which two have EXIF values, one of those without a place."""
    for name, directories in {"with": {"gps": PLACE}, "without-gps": {}}.items():
        exif = b"Exif\0\0" + block(exif=SHOT, **directories)
        Image.new("RGB", (64, 48)).save(photos / f"{name}.jpg", exif=exif)
    return photos


@pytest.fixture
def dataset(shots):
    with fg.ImageDataset.create("shots") as dataset:
        yield dataset


def named(dataset, name):
    return next(sample for sample in dataset if sample.file_name == name)


def test_adding_exif_to_a_dataset(dataset, shots):
    dataset.add_images_from_path(shots)
    assert dataset.schema == {}
    report = dataset.add_exif_metadata()
    assert dict(named(dataset, "with.jpg").metadata) == EXPECTED
    assert "gps" not in named(dataset, "without-gps.jpg").metadata
    assert dict(named(dataset, "photo-0.jpg").metadata) == {}
    assert (report.with_exif, report.without_exif, report.broken) == (2, 6, [])
    assert report.found == dict.fromkeys(EXPECTED, 2) | {"gps": 1}
    assert dataset.schema == EXIF_TYPES


def test_adding_images_with_exif_is_the_same(dataset, shots):
    revision = dataset.revision
    assert dataset.add_images_from_path(shots, exif=True).added == 8
    assert dataset.revision == revision + 1
    found = dataset.df
    dataset.add_exif_metadata()
    assert found.equals(dataset.df)


def test_exif_is_saved(dataset, shots):
    dataset.add_images_from_path(shots, exif=True)
    dataset.close()
    with fg.ImageDataset.load("shots") as again:
        assert dict(named(again, "with.jpg").metadata) == EXPECTED


def test_adding_images_without_exif_keeps_the_keys_there_are(dataset, shots):
    dataset.add_images_from_path(shots / "with.jpg", exif=True)
    dataset.add_images_from_path(shots)
    assert named(dataset, "without-gps.jpg").metadata["camera"] is None
    assert dict(named(dataset, "with.jpg").metadata) == EXPECTED


def test_only_exif_values_are_overwritten(dataset, shots):
    dataset.add_images_from_path(shots)
    mine = {"camera": "mine", "iso": 50, "label": "cat"}
    dataset.update_metadata([(sample.sample_id, mine) for sample in dataset])
    dataset.add_exif_metadata()
    assert dict(named(dataset, "with.jpg").metadata) == EXPECTED | {"label": "cat"}
    assert dict(named(dataset, "photo-0.jpg").metadata) == mine


def test_places_can_be_filtered_by(dataset, shots):
    dataset.add_images_from_path(shots, exif=True)
    shown = dataset.show(filters={"gps.lat": (47, 48)}).filtered
    assert shown["file_name"].tolist() == ["with.jpg"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("May 2008", "'captured' are of type datetime, and the dataset's 'captured' is string"),
        (datetime(2008, 5, 30, tzinfo=UTC), "'captured' is datetime with time zone"),
    ],
)
@pytest.mark.parametrize(
    "add",
    [
        lambda dataset: dataset.add_images_from_path("photos", exif=True),
        lambda dataset: dataset.add_exif_metadata(),
    ],
    ids=["images", "metadata"],
)
def test_a_key_of_another_type_is_refused_before_reading(dataset, monkeypatch, value, message, add):
    dataset.add_images_from_path("photos/with.jpg")
    dataset.get_sample(0).metadata["captured"] = value
    monkeypatch.setattr(images, "read_header", None)
    before = dataset.df
    with pytest.raises(MetadataTypeError, match=rf"{message}.*rename_metadata\('captured'"):
        add(dataset)
    assert dataset.df.equals(before)


def test_a_key_that_differs_in_case_is_refused(dataset, shots):
    dataset.add_images_from_path(shots / "with.jpg")
    dataset.get_sample(0).metadata["ISO"] = 100
    with pytest.raises(ValueError, match=r"need the key 'iso', and the dataset's 'ISO' differs"):
        dataset.add_exif_metadata()


def test_integers_and_floats_of_the_user_are_taken(dataset, shots):
    dataset.add_images_from_path(shots)
    dataset.update_metadata({0: {"iso": 99.5, "f_number": 8}})
    dataset.add_exif_metadata()
    assert (dataset.schema["iso"], dataset.schema["f_number"]) == ("float", "float")
    assert dataset.get_sample(0).metadata["iso"] == 99.5


def test_files_that_are_gone_are_reported(dataset, shots):
    dataset.add_images_from_path(shots, exif=True)
    (shots / "with.jpg").unlink()
    report = dataset.add_exif_metadata()
    assert report.broken == [(str(shots / "with.jpg"), "file not found")]
    assert named(dataset, "with.jpg").metadata["iso"] == 100
    text = repr(report)
    assert text.startswith("with EXIF 1, without 6, broken 1: captured 1, camera 1, lens 1, ")
    assert text.endswith("with.jpg: file not found")


def test_a_dataset_without_any_exif_gets_no_keys(photos):
    with fg.ImageDataset.create("plain") as dataset:
        assert repr(dataset.add_exif_metadata()) == "with EXIF 0, without 0, broken 0"
        dataset.add_images_from_path(photos, exif=True)
        revision = dataset.revision
        dataset.add_exif_metadata()
        assert (dataset.schema, dataset.revision) == ({}, revision)


def test_samples_removed_meanwhile_are_left_alone(dataset, shots, monkeypatch):
    dataset.add_images_from_path(shots)
    read_header = images.read_header
    gone = named(dataset, "with.jpg").sample_id

    def read_while_another_removes(path, **options):
        if path.endswith("with.jpg"):
            dataset.remove_samples([gone])
        return read_header(path, **options)

    monkeypatch.setattr(images, "read_header", read_while_another_removes)
    dataset.add_exif_metadata()
    assert gone not in dataset
    assert named(dataset, "without-gps.jpg").metadata["iso"] == 100
