"""The trait of sample ids: what it takes, and how they travel."""

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from framegrid.grid import sample_ids
from framegrid.grid.sample_ids import SampleIds, pack, unpack


class Holder(traitlets.HasTraits):
    """Something with such a trait."""

    ids = SampleIds()


@given(st.sets(st.integers(0, 20_000)), st.integers(0, 2**53 - 20_001))
def test_ids_come_back(ids, offset):
    ids = sorted(id_ + offset for id_ in ids)
    with patch.object(sample_ids, "LONGEST_LIST", 10):
        assert unpack(pack(ids)) == ids


@given(st.integers(0, 3000), st.integers(0, 9))
def test_ranges_come_back(length, start):
    ids = list(range(start, start + length))
    with patch.object(sample_ids, "LONGEST_LIST", 10):
        assert unpack(pack(ids)) == ids


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
        ("12", "'str' object cannot be interpreted"),
        ([1.5], "'float' object cannot be interpreted"),
        ([None], "'NoneType' object cannot be interpreted"),
    ],
)
def test_anything_else_is_refused(given_ids, message):
    with pytest.raises(TypeError, match=message):
        Holder(ids=given_ids)
