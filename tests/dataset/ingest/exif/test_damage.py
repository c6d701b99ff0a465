"""EXIF data that is damaged, or makes no sense."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exif_blocks import (
    ASCII,
    BASE,
    CAMERA,
    DOUBLE,
    EXPECTED,
    LONG,
    PLACE,
    POINTERS,
    SHOT,
    block,
    read,
    read_block,
)
from framegrid.base import normalise
from framegrid.dataset.ingest.exif_keys import EXIF_TYPES

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
