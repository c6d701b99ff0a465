"""Pixels of any mode as thumbnails and pictures for the browser."""

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from framegrid.images import picture, thumbnail
from pictures import CORNERS, RED, assert_colours, corners_of, four_corners, noise, shown

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
def test_small_originals_look_as_they_are(tmp_path, extension):
    path = tmp_path / f"a.{extension}"
    four_corners(32, 32).save(path)
    encoded = thumbnail(path, 128)
    with Image.open(path) as original:
        assert shown(encoded).convert("RGB").tobytes() == original.convert("RGB").tobytes()
    assert len(encoded.data) <= 16_384


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
