"""The last change of each value of a sample."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg
from samples import in_memory
from undo_helpers import set_values


@pytest.fixture
def dataset():
    return in_memory([f"/photos/{number}.jpg" for number in range(3)], a=[1, 2, 3], b=list("xyz"))


def last(dataset, sample_id=0):
    return {key: (old, what) for key, (old, _, what) in dataset.last_changes(sample_id).items()}


def test_each_value_has_its_own(dataset):
    assert last(dataset) == {}
    set_values(dataset, a=7)
    set_values(dataset, a=8, c=1)
    dataset.update_metadata({0: {"b": "y"}, 1: {"b": "q"}})
    assert last(dataset) == {"a": (7, "set"), "c": (None, "set"), "b": ("x", "update")}
    assert last(dataset, 1) == {"b": ("y", "update")}
    assert dataset.history()["when"].iloc[-1] == dataset.last_changes(0)["b"].when
    dataset.undo(2)
    assert last(dataset) == {"a": (1, "set")}


def test_edits_that_changed_nothing_are_none(dataset):
    set_values(dataset, a=7)
    set_values(dataset, a=7)
    dataset.update_metadata(dataset.df[["a"]])
    assert last(dataset) == {"a": (1, "set")}


def test_they_follow_keys(dataset):
    set_values(dataset, a=7)
    dataset.rename_metadata("a", "z")
    assert last(dataset) == {"z": (1, "set")}
    dataset.drop_metadata("z")
    set_values(dataset, z=9)
    assert last(dataset) == {"z": (None, "set")}
    dataset.cast_metadata("z", "string")
    assert last(dataset) == {"z": (9, "cast key")}


def test_what_somebody_else_changed_since_has_none(dataset, tmp_path):
    dataset.save(tmp_path / "photos")
    set_values(dataset, a=7, b="q")
    with fg.ImageDataset.load(tmp_path / "photos") as other:
        set_values(other, a=9)
    dataset.history()
    assert last(dataset) == {"b": ("x", "set")}


def test_an_unknown_sample_is_refused(dataset):
    with pytest.raises(KeyError):
        dataset.last_changes(99)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from("ab"), st.integers(0, 2)), max_size=9))
@settings(deadline=None, max_examples=40)
def test_it_is_the_last_other_value(edits):
    dataset = in_memory([f"/photos/{n}.jpg" for n in range(3)], a=[0, 0, 0], b=[1, 1, 1])
    expected = {}
    for sample_id, key, value in edits:
        before = dataset.get_sample(sample_id).metadata[key]
        set_values(dataset, sample_id, **{key: value})
        if before != value:
            expected[sample_id, key] = before
    found = {
        (sample_id, key): change.old
        for sample_id in range(3)
        for key, change in dataset.last_changes(sample_id).items()
    }
    assert found == expected
