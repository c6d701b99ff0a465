"""Features of images: known values on generated images, and what changes none of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

import framegrid as fg
from framegrid.images import features
from framegrid.images.features.duplicates import _bit_count

SINGLE = [
    features.luminance,
    features.contrast,
    features.colour_ratios,
    features.sharpness,
    features.entropy,
    features.aspect_ratio,
    features.perceptual_hash,
]


def flat(colour, mode="RGB", size=(40, 30)):
    return Image.new(mode, size, colour)


def noise(seed=0, size=(90, 70), mode="RGB"):
    shape = (size[1], size[0], 3)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8)).convert(
        mode
    )


def scene(seed=0, size=(320, 240)):
    """A picture of soft large shapes, as photos have them."""
    return noise(seed, (6, 5)).resize(size, Image.Resampling.BICUBIC)


def halves(dark, bright, size=(40, 30)):
    image = Image.new("L", size, dark)
    image.paste(bright, (size[0] // 2, 0, *size))
    return image


def value(feature, image):
    (only,) = feature(image).values()
    return only


def distance(one, other):
    return (
        int(value(features.perceptual_hash, one), 16)
        ^ int(value(features.perceptual_hash, other), 16)
    ).bit_count()


pictures = st.builds(
    noise,
    st.integers(0, 100),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.sampled_from(["L", "RGB", "RGBA", "CMYK", "P", "1", "I", "F", "LA", "YCbCr", "HSV"]),
)


# Known values


@pytest.mark.parametrize(
    ("image", "luminance"),
    [
        (flat("black"), 0),
        (flat("white"), 1),
        (flat("red"), 0.299),
        (flat((0, 0, 51)), 0.114 / 5),
        (flat(51, "L"), 0.2),
        (flat(1, "1"), 1),
        (flat((51, 0), "LA"), 0.2),
        (flat((255, 255, 255, 0), "RGBA"), 1),
        (flat(13107, "I;16"), 0.2),
        (flat(13107, "I"), 0.2),
        (flat(0.2, "F"), 0.2),
        (flat(float("nan"), "F"), 0),
        (halves(0, 255), 0.5),
        (halves(0, 255, (3000, 2000)), 0.5),
    ],
)
def test_luminance(image, luminance):
    assert features.luminance(image) == {"luminance": pytest.approx(luminance, abs=1e-6)}


@pytest.mark.parametrize(
    ("image", "contrast"),
    [(flat("grey"), 0), (halves(0, 255), 0.5), (halves(51, 102), 0.1)],
)
def test_contrast(image, contrast):
    assert features.contrast(image) == {"contrast": pytest.approx(contrast, abs=1e-3)}


@pytest.mark.parametrize(
    ("colour", "ratios"),
    [
        ("red", (1, 0, 0)),
        ((100, 60, 40), (0.5, 0.3, 0.2)),
        ("grey", (1 / 3, 1 / 3, 1 / 3)),
        ("black", (1 / 3, 1 / 3, 1 / 3)),
    ],
)
@pytest.mark.parametrize("size", [(4, 3), (2100, 30)])
def test_colour_ratios(colour, ratios, size):
    assert features.colour_ratios(flat(colour, size=size)) == pytest.approx(
        dict(zip(["red_ratio", "green_ratio", "blue_ratio"], ratios, strict=True))
    )


def test_sharpness_of_a_dot():
    image = Image.new("L", (5, 5))
    image.putpixel((2, 2), 10)
    laplacian = np.array([-40, 10, 10, 10, 10, 0, 0, 0, 0])
    assert features.sharpness(image) == {"sharpness": pytest.approx(laplacian.var())}


def test_sharpness_of_many_rows_is_that_of_the_whole():
    levels = np.asarray(noise(size=(50, 333), mode="L")).astype(float)
    laplacian = (
        levels[:-2, 1:-1] + levels[2:, 1:-1] + levels[1:-1, :-2] + levels[1:-1, 2:]
    ) - 4 * levels[1:-1, 1:-1]
    measured = value(features.sharpness, noise(size=(50, 333), mode="L"))
    assert measured == pytest.approx(laplacian.var())


def test_blur_lowers_sharpness():
    from PIL import ImageFilter

    image = scene(size=(640, 480))
    image.paste(noise(size=(200, 200)), (100, 100))
    values = [
        value(features.sharpness, image.filter(ImageFilter.GaussianBlur(radius)))
        for radius in (0, 1, 2, 4)
    ]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("size", [(1, 1), (2, 9), (9, 2)])
def test_an_image_too_small_for_edges_has_no_sharpness(size):
    assert features.sharpness(noise(size=size)) == {"sharpness": 0.0}


@pytest.mark.parametrize(
    ("image", "bits"),
    [
        (flat("grey"), 0),
        (halves(3, 200), 1),
        (Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)), 8),
        (Image.fromarray(np.arange(65536, dtype=np.uint16).reshape(256, 256)), 8),
    ],
)
def test_entropy(image, bits):
    assert features.entropy(image) == {"entropy": pytest.approx(bits, abs=1e-2)}


def test_aspect_ratio():
    assert features.aspect_ratio(flat("red", size=(48, 32))) == {"aspect_ratio": 1.5}


# Any image


@settings(max_examples=60)
@given(pictures)
def test_every_mode_gives_values_within_their_bounds(image):
    found = features.combine(*SINGLE)(image)
    assert 0 <= found["luminance"] <= 1
    assert 0 <= found["contrast"] <= 0.5
    assert 0 <= found["entropy"] <= 8
    assert found["sharpness"] >= 0
    assert found["red_ratio"] + found["green_ratio"] + found["blue_ratio"] == pytest.approx(1)
    assert len(found["perceptual_hash"]) == 16


@settings(max_examples=30)
@given(pictures)
def test_an_image_is_left_as_it_was(image):
    before = image.tobytes()
    features.combine(*SINGLE)(image)
    assert image.tobytes() == before


@settings(max_examples=30)
@given(pictures, st.sampled_from([ImageOps.mirror, ImageOps.flip]))
def test_a_mirror_changes_no_measure_of_light(image, turn):
    measure = features.combine(
        features.luminance, features.contrast, features.colour_ratios, features.entropy,
        features.sharpness, features.aspect_ratio,
    )  # fmt: skip
    assert measure(turn(image)) == pytest.approx(measure(image), rel=1e-4, abs=1e-5)


@settings(max_examples=30)
@given(st.integers(0, 100), st.integers(2, 5))
def test_averaging_down_first_changes_no_mean(seed, factor):
    image = noise(seed, (64, 48)).resize((64 * 8 * factor, 48 * 8 * factor), 0)
    small = noise(seed, (64, 48))
    for feature in (features.luminance, features.colour_ratios):
        assert feature(image) == pytest.approx(feature(small), abs=2e-3)


# Perceptual hashes


def test_a_hash_is_hexadecimal_and_depends_on_the_image_alone():
    first, again = (value(features.perceptual_hash, scene(3)) for _ in range(2))
    assert first == again
    assert int(first, 16) > 0


@pytest.mark.parametrize("colour", ["black", "grey", "white", (30, 90, 200)])
@pytest.mark.parametrize("size", [(1, 1), (33, 47), (1999, 1500)])
def test_a_flat_image_has_the_hash_of_nothing(colour, size):
    assert features.perceptual_hash(flat(colour, size=size)) == {"perceptual_hash": "0" * 16}


@settings(max_examples=25)
@given(st.integers(0, 1000), st.sampled_from([(160, 120), (500, 375), (1700, 1275), (300, 240)]))
def test_a_resized_copy_has_nearly_the_same_hash(seed, size):
    assert distance(scene(seed), scene(seed).resize(size, Image.Resampling.BICUBIC)) <= 4


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(0.5, 1))
def test_a_darker_copy_has_nearly_the_same_hash(seed, share):
    assert distance(scene(seed), scene(seed).point(lambda level: int(level * share))) <= 4


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_an_inverted_copy_has_the_opposite_hash(seed):
    assert distance(scene(seed), ImageOps.invert(scene(seed))) >= 60


def test_different_images_have_different_hashes():
    distances = [distance(scene(2 * seed), scene(2 * seed + 1)) for seed in range(20)]
    assert min(distances) > 10


# Combinations


def test_a_combination_gives_all_values_of_later_functions_first():
    both = features.combine(features.aspect_ratio, lambda _: {"aspect_ratio": 0, "x": 1})
    assert both(flat("red")) == {"aspect_ratio": 0, "x": 1}


def test_features_are_computed_of_a_dataset(photos):
    with fg.ImageDataset.create("dataset") as dataset:
        dataset.add_images_from_path(photos)
        report = dataset.compute_metadata(features.combine(*SINGLE))
        assert report.failures == []
        dataset.update_metadata(features.near_duplicates(dataset.df).to_frame())
        assert dataset.schema["luminance"] == "float"
        assert dataset.schema["perceptual_hash"] == "string"
        assert dataset.df["duplicate_group"].isna().all()  # all are of one colour each
        again = dataset.compute_metadata(features.combine(*SINGLE))
        assert (again.computed, again.up_to_date) == (0, 6)


@pytest.mark.parametrize("function", SINGLE)
def test_features_know_the_keys_that_they_give(function):
    assert list(function.keys_given) == list(function(Image.new("RGB", (8, 8))))


def test_a_combination_with_a_function_of_ones_own_does_not_know_its_keys():
    assert not hasattr(features.combine(features.luminance, lambda _: {"own": 1}), "keys_given")


# Near duplicates


def hexadecimal(numbers):
    return pd.Series([f"{number:016x}" for number in numbers], dtype=object)


def slowly_grouped(numbers, max_distance):
    """Groups as sets of positions, by comparing all with all."""
    groups = [{position} for position in range(len(numbers))]
    for one in range(len(numbers)):
        for other in range(one):
            is_flat = 0 in {numbers[one], numbers[other]}
            if not is_flat and (numbers[one] ^ numbers[other]).bit_count() <= max_distance:
                joined = next(g for g in groups if one in g) | next(g for g in groups if other in g)
                groups = [group for group in groups if not group & joined] + [joined]
    return {frozenset(group) for group in groups if len(group) > 1}


def test_flat_pictures_are_no_duplicates_of_each_other():
    hashes = pd.Series(
        [
            features.perceptual_hash(Image.new(mode, (40, 30), colour))["perceptual_hash"]
            for mode, colour in [("L", 0), ("L", 255), ("RGB", "red"), ("RGB", "blue"), ("1", 1)]
        ]
    )
    for distance in (0, 4, 16):
        assert features.near_duplicates(hashes, max_distance=distance).isna().all()
    near = pd.Series(["00000000000000ff"] * 2)  # to all flat ones, and alike
    more = pd.concat([hashes, near], ignore_index=True)
    assert features.near_duplicates(more, max_distance=16).dropna().to_dict() == {5: 0, 6: 0}
    alone = features.near_duplicates(more[:6], max_distance=16)
    assert alone.isna().all()


near_each_other = st.lists(
    st.builds(
        lambda base, flips: base ^ sum(1 << bit for bit in flips),
        st.sampled_from([0, 2**64 - 1, 0x0123456789ABCDEF]),
        st.sets(st.integers(0, 63), max_size=9),
    ),
    max_size=25,
)


@given(near_each_other, st.integers(0, 16))
def test_groups_are_those_of_comparing_all_with_all(numbers, max_distance):
    groups = features.near_duplicates(hexadecimal(numbers), max_distance=max_distance)
    found = groups.dropna().groupby(groups.dropna()).groups.values()
    assert {frozenset(positions) for positions in found} == slowly_grouped(numbers, max_distance)


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_bits_are_counted(numbers):
    counted = _bit_count(np.array(numbers, np.uint64)).tolist()
    assert counted == [number.bit_count() for number in numbers]


def test_the_largest_group_is_the_first_and_those_alone_have_none():
    texts = hexadecimal([1 << 40, 3, 1 << 40, 255 << 20, 3, 3]).set_axis([10, 20, 30, 40, 50, 60])
    texts[70] = None
    groups = features.near_duplicates(texts, max_distance=0)
    assert groups.name == "duplicate_group"
    assert groups.dtype == "Int64"
    assert groups.dropna().to_dict() == {10: 1, 30: 1, 20: 0, 50: 0, 60: 0}
    assert groups.index.tolist() == [10, 20, 30, 40, 50, 60, 70]


def test_groups_are_connected_by_those_in_between():
    groups = features.near_duplicates(hexadecimal([0b1, 0b111, 0b11111]), max_distance=2)
    assert groups.tolist() == [0, 0, 0]


def test_without_hashes_there_are_no_groups():
    frame = pd.DataFrame({"perceptual_hash": [None, None]})
    assert features.near_duplicates(frame).isna().tolist() == [True, True]
    assert len(features.near_duplicates(frame[:0])) == 0


@pytest.mark.parametrize("text", ["12", "0" * 17, "g" * 16, " " + "0" * 15, "0x" + "0" * 14, 7])
def test_what_is_no_hash_is_refused(text):
    with pytest.raises(ValueError, match="a perceptual hash has 16 hexadecimal digits, not"):
        features.near_duplicates(pd.Series(["0" * 16, text], dtype=object))


@pytest.mark.parametrize("max_distance", [-1, 17])
def test_a_distance_out_of_range_is_refused(max_distance):
    with pytest.raises(ValueError, match="the number of bits is 0 to 16"):
        features.near_duplicates(hexadecimal([1]), max_distance=max_distance)


def test_a_frame_without_hashes_is_refused():
    with pytest.raises(KeyError, match="perceptual_hash"):
        features.near_duplicates(pd.DataFrame({"x": [1]}))
