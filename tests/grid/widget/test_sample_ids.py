"""The trait of sample ids: what it takes, and how they travel."""

import tracemalloc
from base64 import b64encode
from contextlib import suppress
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

import framegrid as fg
from framegrid.grid.widget import sample_ids
from framegrid.grid.widget.sample_ids import ChosenIds, SampleIds, pack, unpack


class Holder(traitlets.HasTraits):
    """Something with such a trait."""

    ids = SampleIds()


@given(st.sets(st.integers(0, 20_000)), st.integers(0, 2**53 - 20_001))
def test_ids_come_back(ids, offset):
    ids = sorted(id_ + offset for id_ in ids)
    with patch.object(sample_ids, "LONGEST_LIST", 10):
        assert unpack(pack(ids), len(ids)) == ids


@given(st.integers(0, 3000), st.integers(0, 9))
def test_ranges_come_back(length, start):
    ids = list(range(start, start + length))
    with patch.object(sample_ids, "LONGEST_LIST", 10):
        assert unpack(pack(ids), len(ids)) == ids


def test_a_few_ids_travel_as_they_are():
    assert pack([3, 1]) == [3, 1]


def test_ids_far_apart_travel_as_they_are():
    ids = [1000 * number for number in range(20_000)]
    assert pack(ids) == ids


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        (range(16_000), "0:///////////////////X/w=="),
        (range(80_003, 96_000), "10000:Afj//////////////////9b/"),
    ],
)
def test_the_text_is_the_one_that_the_browser_writes(ids, text):
    assert pack(list(ids)) == text  # the same as in the tests of the frontend


def test_a_selection_of_a_million_is_a_text_of_at_most_a_third_of_a_megabyte():
    half = np.flatnonzero(np.random.default_rng(0).random(1_000_000) < 0.5)
    assert len(pack(half.tolist())) < 333_350
    assert len(pack(list(range(1_000_000)))) < 2000


@pytest.mark.parametrize(
    "given_ids",
    [
        [2, 1, 2],
        (i for i in (2, 1)),
        pd.Index([2, 1]),
        pd.Series([2, 1], dtype="Int64"),
        np.array([2, 1], np.uint8),
    ],
)
def test_any_iterable_of_integers_becomes_a_list_with_each_id_once(given_ids):
    holder = Holder(ids=given_ids)
    assert holder.ids == [2, 1]
    assert type(holder.ids[0]) is int


@pytest.mark.parametrize(
    ("given_ids", "message"),
    [
        (3, "takes an iterable of sample ids, not 3"),
        ("12", "takes an iterable of sample ids, not '12'"),
        ([1.5], "'float' object cannot be interpreted"),
        ([None], "'NoneType' object cannot be interpreted"),
    ],
)
def test_anything_else_is_refused(given_ids, message):
    with pytest.raises(TypeError, match=message):
        Holder(ids=given_ids)


def forged(pieces, first="0"):
    return f"{first}:{b64encode(bytes([255, 255]) * pieces).decode()}"


@pytest.mark.parametrize(
    "wire",
    [
        forged(20_000),
        forged(40),
        list(range(20_000)),
        "0:" + b64encode(b"\xff\0" * 9_000).decode(),
    ],
    ids=["53 kB", "107 bytes", "list", "no ids"],
)
def test_more_ids_than_there_can_be_are_refused_before_they_are_made(wire):
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"sample ids where there can be 10,006 at most"):
        unpack(wire, 10_006)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("wire", ["", ":", "x:AAAA", "0:AAA", "0:/w==", "0:~~~~"])
def test_what_is_no_text_of_ids_is_refused(wire):
    with pytest.raises(ValueError, match=r".+"):
        assert unpack(wire, 100) is None


def test_a_grid_takes_as_many_ids_as_its_dataset_has(photos):
    with fg.ImageDataset.create("dataset") as dataset:
        dataset.add_images_from_path(photos)
        grid = fg.Grid(dataset)
        grid.set_state({"selected": [3, 1]})
        assert grid.selected == [3, 1]
        with suppress(ValueError):  # the host of the widget may tell it
            grid.set_state({"selected": forged(20_000)})
        assert grid.selected == [3, 1]
        grid.close()


# Chosen rows


class Chooser(traitlets.HasTraits):
    """Something that shows some samples."""

    rows = ChosenIds()


FRAME = pd.DataFrame({"loss": [1, 5, 7]}, index=pd.Index([2, 3, 9], name="sample_id"))


@pytest.mark.parametrize(
    "given",
    [
        FRAME[FRAME["loss"] > 3],
        FRAME[FRAME["loss"] > 3].reset_index().set_index("loss"),
        FRAME["loss"] > 3,
        pd.Series([True, None, True], [9, 2, 3], dtype="boolean"),
        FRAME.index[1:],
        pd.Series([9, 3]),
        np.array([9, 3, 3]),
        {3, 9},
    ],
)
def test_rows_are_chosen_as_pandas_does(given):
    chooser = Chooser()
    assert chooser.rows is None
    chooser.rows = given
    assert chooser.rows == [3, 9]
    chooser.rows = None
    assert chooser.rows is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([True, False], "booleans do not say whose they are"),
        (FRAME.set_index("loss"), "this one is of 'loss'"),
        (FRAME.set_index("loss").index == 5, "booleans do not say whose they are"),
        ("3", "takes an iterable of sample ids, not '3'"),
    ],
)
def test_what_chooses_no_rows_says_what_does(given, message):
    with pytest.raises(TypeError, match=message):
        Chooser().rows = given
