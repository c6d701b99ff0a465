"""What ``to_csv`` wrote, ``update_metadata_from_csv`` brings back, whatever it is."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg

PATHS = ["/photos/cats/1.jpg", "/photos/dogs/1.jpg", "/photos/007", "/photos/dogs/NA.jpg"]
COUNT = len(PATHS)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
odd_text = st.sampled_from(
    ["NA", "None", "null", "nan", "", " ", " x ", "007", "1e5", "10e1", "True", "1,5", '"', '""',
     "a\nb", "\r\n", "\r", ",", ";", "\t", "2024-01-01", "[1]", "{}", "inf", "\x00", "\ufeff"]
)  # fmt: skip
strings = text | odd_text
integers = st.integers(-(2**63), 2**63 - 1)
floats = st.floats(allow_nan=False)
leaves = st.none() | st.booleans() | st.integers() | floats | strings
nested = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings, inner, max_size=3)
)
VALUES = {
    "string": strings,
    "integer": integers,
    "float": floats,
    "boolean": st.booleans(),
    "datetime": st.datetimes(),
    "aware": st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),
    "list": st.lists(nested, max_size=3),
    "dict": st.dictionaries(strings, nested, max_size=3),
}
DAY = datetime(2024, 1, 1)
OTHER = {
    "string": "other", "integer": 1, "float": 0.5, "boolean": True, "datetime": DAY,
    "aware": DAY.replace(tzinfo=UTC), "list": ["other"], "dict": {"other": 1},
}  # fmt: skip

key_text = st.characters(exclude_categories=["Cc", "Cs"])
odd_keys = ["Unnamed: 0", " x ", "NA", "a.1", "a,b", 'say "hi"', "1", "index", "é", "a;b"]
keys = (st.sampled_from(odd_keys) | st.text(key_text, min_size=1, max_size=5)).filter(
    lambda key: key.casefold() not in {"sample_id", "file_name", "file_path_abs", "width", "height"}
)


def new_dataset():
    frame = pd.DataFrame({"path": PATHS, "width": 64, "height": 48})
    return fg.ImageDataset.from_dataframe(frame)


def metadata(dataset):
    return [repr(dict(sample.metadata)) for sample in dataset]


def emptied(dataset, kinds):
    """What every value is overwritten with, or removed by, the types staying as they are."""
    for key, kind in kinds.items():
        dataset.update_metadata(
            {id_: {key: OTHER[kind] if id_ % 2 else None} for id_ in range(COUNT)}
        )


@st.composite
def columns(draw):
    """Values of some keys, each with some missing, and a type per key."""
    names = draw(st.lists(keys, min_size=1, max_size=3, unique_by=str.casefold))
    kinds = {name: draw(st.sampled_from(sorted(VALUES))) for name in names}
    values = {
        name: draw(st.lists(st.none() | VALUES[kind], min_size=COUNT, max_size=COUNT))
        for name, kind in kinds.items()
    }
    return kinds, values


@settings(deadline=None, max_examples=100)
@given(columns())
def test_a_file_of_our_own_comes_back_exactly(tmp_path_factory, drawn):
    kinds, values = drawn
    path = tmp_path_factory.mktemp("csv") / "own.csv"
    dataset = new_dataset()
    emptied(dataset, kinds)
    given_values = [
        (id_, {key: column[id_] for key, column in values.items()}) for id_ in range(COUNT)
    ]
    dataset.update_metadata(given_values)
    before, schema = metadata(dataset), dataset.schema
    dataset.to_csv(path)
    emptied(dataset, kinds)
    missing = {key: [value is None for value in column] for key, column in values.items()}
    report = dataset.update_metadata_from_csv(path)
    for id_ in range(COUNT):  # a blank cell says nothing: what was set since stays
        lacks = {key: None for key in values if missing[key][id_]}
        dataset.update_metadata({id_: lacks})
    assert (metadata(dataset), dataset.schema) == (before, schema)
    assert len(report.matched) == COUNT
    assert report.conflicts.empty


@settings(deadline=None, max_examples=30)
@given(columns())
def test_with_blanks_that_remove_it_is_the_same_at_once(tmp_path_factory, drawn):
    kinds, values = drawn
    path = tmp_path_factory.mktemp("csv") / "own.csv"
    dataset = new_dataset()
    emptied(dataset, kinds)
    dataset.update_metadata(
        [(id_, {key: column[id_] for key, column in values.items()}) for id_ in range(COUNT)]
    )
    before = metadata(dataset)
    dataset.to_csv(path)
    emptied(dataset, kinds)
    report = dataset.update_metadata_from_csv(path, blank="remove")
    assert metadata(dataset) == before
    odd = sum(column[id_] is None for column in values.values() for id_ in (1, 3))
    assert len(report.removed) == odd


@pytest.mark.parametrize("moved", [False, True])
def test_files_with_one_name_are_told_apart(tmp_path, moved):
    dataset = new_dataset()
    dataset.update_metadata({id_: {"rank": id_} for id_ in range(COUNT)})
    dataset.to_csv(tmp_path / "own.csv")
    dataset.update_metadata({id_: {"rank": 99} for id_ in range(COUNT)})
    if moved:
        frame = pd.read_csv(tmp_path / "own.csv")
        frame["file_path_abs"] = frame["file_path_abs"].str.replace("/photos", "/old")
        frame.to_csv(tmp_path / "own.csv", index=False)
    dataset.update_metadata_from_csv(tmp_path / "own.csv")
    assert dataset.df["rank"].tolist() == [0, 1, 2, 3]


def test_ids_of_another_dataset_do_not_count(tmp_path):
    """There, the samples have other ids: the paths tell them."""
    frame = pd.DataFrame({"path": PATHS[::-1], "width": 64, "height": 48, "rank": [3, 2, 1, 0]})
    fg.ImageDataset.from_dataframe(frame).to_csv(tmp_path / "own.csv")
    dataset = new_dataset()
    dataset.update_metadata_from_csv(tmp_path / "own.csv")
    assert dataset.df["rank"].tolist() == [0, 1, 2, 3]


def test_a_path_counts_more_than_an_id_and_a_name(tmp_path):
    """Row 0 has the id and the name of one sample, and the path of another."""
    (tmp_path / "own.csv").write_text(
        '"sample_id","file_name","file_path_abs","width","height","rank"\n'
        '0,"1.jpg","/photos/dogs/1.jpg",64,48,7\n'
    )
    dataset = new_dataset()
    dataset.update_metadata_from_csv(tmp_path / "own.csv")
    assert metadata(dataset) == ["{}", "{'rank': 7}", "{}", "{}"]
