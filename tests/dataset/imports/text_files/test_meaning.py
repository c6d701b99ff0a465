"""CSV and Excel files as people have them: what text means."""

import csv
import random
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metadata_files import DAY, rows
from samples import NAMES, numbered, values

MEANINGS = {
    "integers": (["1", "-2", "0"], "integer", [1, -2, 0]),
    "the largest": (["9223372036854775807"], "integer", [2**63 - 1]),
    "with missing ones": (["1", "NA", "", "nan", "None"], "integer", [1, None, None, None, None]),
    "with spaces": ([" 1", "2 "], "integer", [1, 2]),
    "floats": (["1", "0.5", ".5", "-inf"], "float", [1.0, 0.5, 0.5, float("-inf")]),
    "exponents": (["1e-05", "1.0E5", "1e+16"], "float", [1e-05, 1e5, 1e16]),
    "booleans": (["True", "false", "N/A"], "boolean", [True, False, None]),
    "days": (["2024-05-01", "null"], "datetime", [DAY, None]),
    "times": (["2024-05-01 00:00", "2024-05-01T00:00:00.000000"], "datetime", [DAY, DAY]),
    "zones": (["2024-05-01T02:00:00+02:00"], "datetime", [DAY.replace(tzinfo=UTC)]),
}
TEXTS = [
    ["007", "1"], ["02116"], ["10e1", "1e5"], ["1", "x"], ["+41791234567"], ["NA"], ["None", "nan"],
    ["9223372036854775808"], ["9007199254740993", "0.5"], ["1e+999"], ["True", "1"], ["yes", "no"],
    ["2024-05-01", "soon"], ["2024-02-30"], ["2024-05-01", "2024-05-01T00:00Z"], ["1_000"], ["0x1"],
    ["٣"], ["1.5.2"], ["--1"], ["[1]"], ["1 2"], ["2024-05-01 00:00:00.123456789"], [" x "],
    ["1", '""""'],
]  # fmt: skip


@pytest.mark.parametrize(("cells", "kind", "expected"), MEANINGS.values(), ids=MEANINGS)
def test_a_column_of_one_kind(dataset, update, cells, kind, expected):
    update(rows(*cells))
    assert (dataset.schema, values(dataset)[: len(cells)]) == ({"x": kind}, expected)


@pytest.mark.parametrize("cells", TEXTS)
def test_any_other_column_is_text_with_every_value_as_it_is(dataset, update, cells):
    update(rows(*cells))
    expected = [next(csv.reader([cell]))[0] for cell in cells]
    assert (dataset.schema, values(dataset)[: len(cells)]) == ({"x": "string"}, expected)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 5000), st.sampled_from(["x", "007", "1e5", "2024-05-01"]), st.randoms())
def test_neither_length_nor_place_matters(tmp_path_factory, length, odd, chance):
    cells = [str(chance.randrange(1000)) for _ in range(length)]
    cells.insert(random.Random(length).randrange(length + 1), odd)
    frame = pd.DataFrame({"file_name": [f"{row}.jpg" for row in range(len(cells))], "x": cells})
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    frame.to_csv(path, index=False)
    dataset = numbered()
    dataset.update_metadata_from_csv(path)
    assert dataset.schema == {"x": "datetime" if (odd, length) == ("2024-05-01", 0) else "string"}
    known = min(len(cells), len(NAMES))
    expected = [datetime(2024, 5, 1)] if dataset.schema["x"] == "datetime" else cells[:known]
    assert values(dataset)[:known] == expected


@pytest.mark.parametrize("place", [0, 1000, 2000])
def test_one_fraction_makes_all_of_them_floats(dataset, update, place):
    cells = ["1"] * 2000
    cells.insert(place, "0.5")
    lines = [f"{row}.jpg,{cell}" for row, cell in enumerate(cells)]
    update("\n".join(["file_name,x", *lines]))
    assert dataset.schema == {"x": "float"}


# For a key that there is

INF = float("inf")
WORDS = ["007", "NA", "True", "1e5", "2024-01-01", "[1]"]
LISTS = ["[1]", "['b']", "x", "\"('c', None)\"", "1", "{}"]
KNOWN = [
    (1, ["007", "3.0", "+5", "x", "9" * 20, "2"], [7, 3, 5, None, None, 2], 2),
    (0.5, ["1", "1e5", "x", f"{2**53 + 1}", "inf", "1e999"], [1, 1e5, None, None, INF, None], 3),
    (True, ["TRUE", "false", "1", "yes", "x", "T"], [True, False, None, None, None, None], 4),
    ("a", WORDS, WORDS, 0),
    (DAY, ["2024-05-01", "20240501", "x", "2024-05-01T00:00Z", "NaN", "1"],
     [DAY, DAY, None, None, None, None], 3),
    (["a"], LISTS, [[1], ["b"], None, ["c", None], None, None], 3),
]  # fmt: skip


@pytest.mark.parametrize(("known", "cells", "expected", "misfits"), KNOWN)
def test_the_type_of_a_key_decides(dataset, update, known, cells, expected, misfits):  # noqa: PLR0913, PLR0917 - a case
    dataset.update_metadata({0: {"x": known}})
    dataset.update_metadata({0: {"x": None}})
    report = update(rows(*cells))
    assert values(dataset) == expected
    assert len(report.conflicts) == misfits
    assert report.conflicts["value"].isin(cells).all()


# Blank cells


def test_a_blank_cell_says_nothing(dataset, update):
    dataset.update_metadata({id_: {"x": f"old {id_}"} for id_ in range(4)})
    report = update('file_name,x\n0.jpg,\n1.jpg,""\n2.jpg,new\n3.jpg\n')
    assert values(dataset)[:4] == ["old 0", "", "new", "old 3"]
    assert report.removed.empty


def test_a_blank_cell_removes_when_asked(dataset, update):
    dataset.update_metadata({id_: {"x": id_} for id_ in range(4)})
    report = update(rows("", "7", "NA"), blank="remove")
    assert values(dataset)[:4] == [None, 7, None, 3]
    assert report.removed.reset_index().to_dict("list") == {
        "sample_id": [0, 2], "key": ["x", "x"], "value": [0, 2],
    }  # fmt: skip
    assert str(report) == "x: set on 1 of 6 samples; 2 values removed (x)"


def test_another_meaning_of_blank_is_refused(update):
    with pytest.raises(ValueError, match=r"blank='drop': .*blank='keep'.*blank='remove'"):
        update(rows("1"), blank="drop")


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
def test_where_all_text_is_quoted_a_cell_without_text_is_blank(dataset, update, quoting):
    dataset.update_metadata({0: {"x": "old"}})
    frame = pd.DataFrame({"file_name": NAMES[:2], "x": [None, "new"], "n": [1, None]})
    update(frame.to_csv(index=False, quoting=quoting))
    assert values(dataset)[:2] == ["old", "new"]
    assert values(dataset, "n")[:2] == [1, None]


# Options of the user


def test_options_add_to_those_of_an_import(dataset, update):
    text = "file_name,code,a,b,when,flag\n0.jpg,007,1,-,01/05/2024,y\n1.jpg,12,NA,2,02/05/2024,n\n"
    update(
        text,
        dtype={"a": "Int64"},
        converters={"code": int},
        na_values={"b": ["-"]},
        parse_dates=["when"],
        dayfirst=True,
        true_values=["y"],
        false_values=["n"],
    )
    assert dataset.schema == {
        "code": "integer", "a": "integer", "b": "integer", "when": "datetime", "flag": "boolean",
    }  # fmt: skip
    assert [values(dataset, key)[0] for key in dataset.schema] == [7, 1, None, DAY, True]


OPTIONS = [
    {"dtype": str}, {"dtype": {"x": "string"}}, {"keep_default_na": False},
    {"keep_default_na": True}, {"na_filter": False}, {"dtype_backend": "pyarrow"},
    {"engine": "pyarrow"}, {"engine": "python"}, {"low_memory": False},
    {"dtype": {"file_name": int}},
    {"usecols": ["x"]}, {"usecols": lambda name: name != "y"}, {"usecols": [0, 1]},
    {"index_col": "y"}, {"index_col": 2}, {"sep": None}, {"encoding": "utf-8"}, {"nrows": 10},
    {"converters": {"y": str}}, {"na_values": ["-"]}, {"dtype": {"nothing": int}},
]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS, ids="-".join)
def test_no_option_switches_ours_off(dataset, update, options):
    dataset.update_metadata({1: {"x": "old"}})
    update("file_name,x,y\n0.jpg,007,1\n1.jpg,,2\n2.jpg,NA,3\n", **options)
    assert values(dataset)[:3] == ["007", "old", "NA"]


@pytest.mark.parametrize("options", [{"chunksize": 2}, {"iterator": True}])
def test_a_file_is_read_as_a_whole(update, options):
    with pytest.raises(ValueError, match="cannot be used here: a file is read as a whole"):
        update(rows("1"), **options)


def test_a_header_can_be_given(dataset, update):
    update("skip\n0.jpg;1\n1.jpg;2\n", names=["file_name", "x"], header=None, skiprows=1)
    assert values(dataset)[:2] == [1, 2]
    update("file_name,old\n0.jpg,3\n", names=["file_name", "x"], header=0)
    assert values(dataset)[:1] == [3]


def test_an_option_for_a_column_that_there_is_not(update):
    with pytest.raises(
        ValueError, match=r"rows\.csv: no column is named 'z'; there are 'file_name'"
    ):
        update(rows("1"), usecols=["z"])
