"""What becomes of pictures that are handed over as bytes, images or arrays."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from framegrid.base import BrokenImageError
from framegrid.images.pixels.arrays import Note
from framegrid.images.pixels.handed_over import encoded_of
from pictures import four_corners, noise


class Tensor:
    """As tensors of torch: channels first, on a graph and a device that NumPy cannot read."""

    def __init__(self, values, *, ready=False):
        self.values, self.ready = values, ready

    def detach(self):
        return self

    def cpu(self):
        return Tensor(self.values, ready=True)

    def __array__(self, dtype=None, copy=None):
        if not self.ready:
            raise TypeError("can't convert cuda:0 device type tensor to numpy")
        return self.values


def decoded(value):
    made = encoded_of(value)
    return np.asarray(Image.open(io.BytesIO(made.data)))


def file_of(image, format_="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_eight_bit_arrays_keep_every_pixel(shape):
    pixels = RNG.integers(0, 256, shape, dtype=np.uint8)
    assert (decoded(pixels) == pixels).all()
    assert encoded_of(pixels).notes == ()


@pytest.mark.parametrize("dtype", ["<u2", ">u2"])
def test_sixteen_bits_are_kept_of_grey_and_said_of_colour(dtype):
    grey = RNG.integers(0, 1 << 16, (5, 7)).astype(dtype)
    assert (decoded(grey) == grey).all()
    colour = RNG.integers(0, 1 << 16, (5, 7, 3)).astype(dtype)
    assert (decoded(colour) == colour // 256).all()
    assert encoded_of(colour).notes == (Note.COLOUR_16,)


@pytest.mark.parametrize("shape", [(5, 7, 1), (1, 5, 7)])
def test_one_channel_is_grey_whichever_axis_it_is(shape):
    pixels = RNG.integers(0, 256, shape, dtype=np.uint8)
    assert (decoded(pixels) == pixels.reshape(5, 7)).all()


def test_booleans_are_black_and_white():
    assert decoded(np.array([[True, False]])).tolist() == [[255, 0]]


@pytest.mark.parametrize("shape", [(3, 5, 7), (1, 5, 7), (4, 5, 7), (3, 5, 3)])
def test_tensors_have_their_channels_first(shape):
    pixels = RNG.integers(0, 256, shape, dtype=np.uint8)
    assert (decoded(Tensor(pixels)) == pixels.transpose(1, 2, 0).squeeze()).all()


def test_arrays_have_their_channels_last_where_both_would_do():
    pixels = RNG.integers(0, 256, (3, 7, 3), dtype=np.uint8)
    assert (decoded(pixels) == pixels).all()


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_floats_between_0_and_1_are_taken_as_they_are(dtype):
    pixels = np.array([[0, 0.2, 0.6]], dtype)  # not stretched, though 1 is not reached
    assert decoded(pixels).tolist() == [[0, 51, 153]]
    assert encoded_of(pixels).notes == ()


def test_other_floats_are_stretched_and_it_is_said():
    pixels = np.array([[-2.0, 0.0, 2.0]])
    assert decoded(pixels).tolist() == [[0, 128, 255]]
    assert encoded_of(pixels).notes == (Note.STRETCHED,)


def test_pixels_that_are_no_number_are_black_or_extreme_and_it_is_said():
    pixels = np.array([[np.nan, -np.inf, 1.0, np.inf, 0.2]])
    assert decoded(pixels).tolist() == [[0, 0, 255, 255, 51]]
    assert encoded_of(pixels).notes == (Note.NOT_FINITE,)


@given(
    arrays.arrays(
        st.sampled_from(["f2", "f4", "f8"]),
        arrays.array_shapes(min_dims=2, max_dims=2, max_side=4),
        elements={"allow_nan": True},
    )
)
def test_any_floats_become_a_picture_of_their_order_or_a_reason(values):
    finite = np.isfinite(values)
    if not finite.any():
        with pytest.raises(BrokenImageError, match="finite"):
            encoded_of(values)
        return
    pixels = decoded(values).astype(int)
    order = np.argsort(values[finite], kind="stable")
    assert (np.diff(pixels[finite][order]) >= 0).all()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (np.zeros((2, 3, 2), np.uint8), r"shape \(2, 3, 2\)"),
        (np.zeros((2, 3, 3, 3), np.uint8), r"shape \(2, 3, 3, 3\)"),
        (np.zeros(9, np.uint8), r"shape \(9,\)"),
        (np.zeros((0, 5), np.uint8), "empty array"),
        (np.zeros((5, 5), np.int64), "type int64: convert"),
        (np.zeros((5, 5), complex), "type complex128"),
        (np.full((2, 2), None), "type object"),
        (np.full((2, 2), np.nan), "none of its pixels is a finite number"),
        (None, "no image: None is none of bytes"),
        (float("nan"), "no image: nan"),
        (17, "no image: 17"),
        (["a.jpg"], "no image"),
        ({"bytes": None, "path": None}, "has no bytes"),
        ({}, "has no bytes"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(value, reason):
    with pytest.raises(BrokenImageError, match=reason):
        encoded_of(value)


def test_a_reason_quotes_no_more_than_anybody_reads():
    with pytest.raises(BrokenImageError) as caught:
        encoded_of(["x" * 10_000])
    assert len(str(caught.value)) < 450


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_encoded_bytes_stay_as_they_are(kind):
    data = file_of(four_corners(), "JPEG")
    assert encoded_of(kind(data)).data == data
    assert encoded_of({"bytes": kind(data), "path": "train/a.jpg"}) == (data, "train/a.jpg", ())


def test_an_opened_file_is_taken_as_it_is_and_stays_usable(tmp_path):
    path = tmp_path / "a.jpg"
    noise(64, 48).save(path, quality=80, exif=exif_with(orientation=6))
    image = Image.open(path)
    assert encoded_of(image) == (path.read_bytes(), "a.jpg", ())
    assert image.load()[0, 0] == Image.open(path).load()[0, 0]


def test_a_decoded_file_may_have_been_drawn_on(tmp_path):
    path = tmp_path / "a.jpg"
    noise(64, 48).save(path)
    image = Image.open(path)
    image.putpixel((3, 4), (1, 2, 3))
    made = encoded_of(image)
    assert made.name == "a.png"
    assert (decoded(image) == np.asarray(image)).all()


def test_a_draft_is_taken_as_small_as_it_is(tmp_path):
    path = tmp_path / "a.jpg"
    noise(640, 480).save(path)
    image = Image.open(path)
    image.draft("L", (80, 60))
    assert decoded(image).shape[:2] == image.size[::-1]


def exif_with(orientation):
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = orientation, "A camera"
    return exif


def test_exif_and_colour_profile_stay_with_the_pixels(tmp_path):
    profile = (Path(__file__).parent / "x").name.encode() * 40
    image = four_corners()
    image.info |= {"exif": exif_with(6).tobytes(), "icc_profile": profile}
    made = Image.open(io.BytesIO(encoded_of(image).data))
    assert made.getexif()[0x0110] == "A camera"
    assert made.getexif()[0x0112] == 6
    assert made.info["icc_profile"] == profile


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK", "YCbCr", "LAB", "HSV"]
)
def test_images_of_every_mode_look_as_they_did(mode):
    image = (four_corners().convert("L") if mode in {"I;16", "I", "F"} else four_corners()).convert(
        mode
    )
    made = Image.open(io.BytesIO(encoded_of(image).data))
    assert made.size == image.size
    if mode == "F":  # 0..220: stretched
        assert encoded_of(image).notes == (Note.STRETCHED,)
    elif mode not in {"HSV", "YCbCr"}:  # no file keeps these: RGB
        assert made.mode == mode
        assert made.tobytes() == image.tobytes()


def test_later_frames_of_an_animation_are_the_frame_that_is_shown(tmp_path):
    path = tmp_path / "a.gif"
    frames = [Image.new("L", (8, 8), grey) for grey in (0, 255)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    image = Image.open(path)
    assert encoded_of(image).data == path.read_bytes()
    image.seek(1)
    assert np.asarray(Image.open(io.BytesIO(encoded_of(image).data)).convert("L")).max() == 255


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_arrays_of_more_pixels_than_may_be_decoded_are_refused_before_they_are_copied(dtype):
    pixels = np.broadcast_to(dtype(0), (1 << 20, 1 << 20, 3))
    with pytest.raises(BrokenImageError, match="too large: 1,048,576 x 1,048,576"):
        encoded_of(pixels)
