"""Values and rows that an import cannot take, and what its report says of them."""

import re
from datetime import datetime

import pandas as pd
import pytest

import framegrid as fg
from metadata_files import PATHS, write_json, write_lines
from samples import metadata

# Conflicts


@pytest.mark.parametrize("values", [[1, "x", 2.5], ["x", 1, 2.5], [2.5, 1, "x"]])
def test_a_new_key_of_mixed_values_is_text_with_all_of_them(dataset, tmp_path, values):
    names = ["b.jpg", "cats/1.jpg", "dogs/1.jpg"]
    mapping = {name: {"new": value} for name, value in zip(names, values, strict=True)}
    report = dataset.update_metadata_from_json(write_json(tmp_path, mapping))
    assert [sample.metadata["new"] for sample in dataset] == [None, *map(str, values)]
    assert report.conflicts.empty


@pytest.mark.parametrize("values", [[[1], "x", [2]], [[1], [2], "x"], ["x", [1], [2]]])
def test_beside_lists_the_commonest_type_counts(dataset, tmp_path, values):
    names = ["b.jpg", "cats/1.jpg", "dogs/1.jpg"]
    mapping = {name: {"new": value} for name, value in zip(names, values, strict=True)}
    report = dataset.update_metadata_from_json(write_json(tmp_path, mapping))
    assert dataset.schema["new"] == "list"
    assert report.conflicts["value"].tolist() == ["x"]


def test_values_that_cannot_be_stored_are_conflicts_too(dataset, tmp_path):
    path = tmp_path / "rows.json"
    path.write_text('{"a.jpg": {"new": 1e999}, "b.jpg": {"new": 99999999999999999999}}')
    report = dataset.update_metadata_from_json(path)
    assert dataset.get_sample(0).metadata["new"] == float("inf")
    assert "does not fit in 64 bits" in report.conflicts["reason"][1]


def test_a_conflict_among_other_keys_keeps_the_others(dataset, tmp_path):
    path = write_json(tmp_path, {"a.jpg": {"x": 1, "rank": "?"}, "b.jpg": {"x": 2, "rank": 20}})
    dataset.update_metadata_from_json(path)
    assert [dict(sample.metadata) for sample in dataset][:2] == [
        {"rank": 1, "x": 1}, {"rank": 20, "x": 2},
    ]  # fmt: skip


def test_a_fraction_among_integers_that_floats_cannot_hold_is_a_conflict(dataset, tmp_path):
    dataset.get_sample(3).metadata["rank"] = 2**53 + 1
    path = write_json(tmp_path, {"a.jpg": {"rank": 0.5}, "b.jpg": {"rank": 7}})
    report = dataset.update_metadata_from_json(path)
    assert [sample.metadata["rank"] for sample in dataset] == [1, 7, 3, 2**53 + 1]
    assert report.conflicts["value"].to_dict() == {0: 0.5}
    assert "sample 3" in report.conflicts["reason"][0]


# CSV


def test_digits_stay_text_in_a_key_of_strings(dataset, tmp_path):
    dataset.update_metadata({0: {"zip": "8001"}})
    path = tmp_path / "rows.csv"
    path.write_text("file_name,zip\nb.jpg,0815\n")
    dataset.update_metadata_from_csv(path)
    assert dataset.get_sample(1).metadata["zip"] == "0815"


@pytest.mark.parametrize(
    ("known", "cells", "values"),
    [(1, ["5", "7.5", "x", ""], [5.0, 7.5]), (True, ["true", "FALSE", "x", ""], [True, False])],
)
def test_one_word_among_numbers_is_one_conflict(dataset, tmp_path, known, cells, values):
    dataset.update_metadata({0: {"key": known}})
    names = ["a.jpg", "b.jpg", "cats/1.jpg", "dogs/1.jpg"]
    path = tmp_path / "rows.csv"
    path.write_text("file_name,key\n" + "".join(map("{},{}\n".format, names, cells)))
    report = dataset.update_metadata_from_csv(path)
    assert [sample.metadata["key"] for sample in dataset] == [*values, None, None]
    assert report.conflicts["value"].tolist() == ["x"]


def test_json_in_a_csv_file_goes_into_lists_and_dicts(dataset, tmp_path):
    dataset.update_metadata({0: {"tags": ["a"], "gps": {"lat": 46.5}}})
    path = tmp_path / "rows.csv"
    path.write_text('file_name,tags,gps\nb.jpg,"[""b""]","{""lat"": 47}"\na.jpg,b,3\n')
    report = dataset.update_metadata_from_csv(path)
    assert dataset.get_sample(1).metadata == {"rank": 2, "tags": ["b"], "gps": {"lat": 47}}
    assert dataset.get_sample(0).metadata == {"rank": 1, "tags": ["a"], "gps": {"lat": 46.5}}
    assert report.conflicts["key"].tolist() == ["tags", "gps"]


# JSON


def test_keys_that_a_record_does_not_have_stay(dataset, tmp_path):
    dataset.update_metadata({0: {"city": "Bern"}, 1: {"city": "Basel"}})
    path = write_lines(
        tmp_path,
        [{"file_name": "a.jpg", "x": [1, {"y": None}]}, {"file_name": "b.jpg", "city": None}],
    )
    dataset.update_metadata_from_json(path)
    assert metadata(dataset)[0] == {"rank": 1, "city": "Bern", "x": [1, {"y": None}]}
    assert metadata(dataset)[1] == {"rank": 2, "city": "Basel"}


def test_records_without_a_name_are_unmatched(dataset, tmp_path):
    path = write_json(tmp_path, [{"file_name": "a.jpg", "rank": 10}, {"rank": 20}])
    report = dataset.update_metadata_from_json(path)
    assert report.unmatched_rows["rank"].tolist() == [20]


@pytest.mark.parametrize("text", ["[]", "{}"])
def test_an_empty_file_changes_nothing(dataset, tmp_path, text):
    (tmp_path / "rows.json").write_text(text)
    assert len(dataset.update_metadata_from_json(tmp_path / "rows.json").unmatched_samples) == 4


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.NDJSON"])
def test_lines_may_be_empty_and_begin_with_a_mark(dataset, tmp_path, name):
    (tmp_path / name).write_text('\ufeff{"file_name": "a.jpg", "rank": 10}\n\n', "utf-8")
    assert len(dataset.update_metadata_from_json(tmp_path / name).matched) == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("rows.json", "[1, 2", r"rows\.json is not JSON: "),
        ("rows.jsonl", '{"file_name"\n{"file', r"rows\.jsonl, line 1 is not JSON: "),
        ("rows.json", "[1]", r"rows\.json: expected a list of records, .*, got \[1\]"),
        ("rows.jsonl", "1", r"rows\.jsonl: expected a list of records"),
        ("rows.json", '{"a.jpg": 1}', r"rows\.json: expected .* a mapping .* got \{'a\.jpg': 1\}"),
        ("rows.json", "null", "got None"),
        (
            "rows.json",
            '{"info": {}, "images": [], "annotations": []}',
            r"expected a list of records",
        ),
    ],
)
def test_another_structure_is_refused(dataset, tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        dataset.update_metadata_from_json(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        ("rows.jsonl", '{"file_name": "a.jpg", "rank": 10}\n{"file_na', "1 line left out.*: 2"),
        (
            "rows.jsonl",
            'x\n{"file_name": "a.jpg", "rank": 10}\n7',
            "1 line .*: 1\n.* 1 of 2 entries",
        ),
        ("rows.json", '[null, {"file_name": "a.jpg", "rank": 10}]', "left out 1 of 2 entries"),
        ("rows.json", '{"a.jpg": {"rank": 10}, "version": 2}', "left out 1 of 2 entries"),
    ],
)
def test_a_bad_record_costs_no_other(dataset, tmp_path, name, text, note):
    (tmp_path / name).write_text(text)
    report = dataset.update_metadata_from_json(tmp_path / name)
    assert re.search(note, repr(report))
    assert metadata(dataset)[0] == {"rank": 10}


def test_names_that_are_no_ids_are_refused(dataset, tmp_path):
    path = write_json(tmp_path, {"a.jpg": {"rank": 1}})
    with pytest.raises(ValueError, match=r"rows\.json: sample ids are integers: .*'a\.jpg'"):
        dataset.update_metadata_from_json(path, "sample_id")


# Parquet


def test_the_metadata_of_another_dataset(dataset, tmp_path):
    values = {"rank": 10, "tags": ["x", 1], "gps": {"lat": 46.5}, "taken": datetime(2024, 5, 1)}
    frame = pd.DataFrame({"path": ["/elsewhere/a.jpg"], "width": 64, "height": 48})
    other = fg.ImageDataset.from_dataframe(frame)
    other.update_metadata({0: values})
    other.save(tmp_path / "other")
    other.close()
    dataset.update_metadata_from_parquet(tmp_path / "other.parquet")
    assert dataset.get_sample(0).metadata == values


def test_what_is_no_parquet_file_is_named(dataset, tmp_path):
    (tmp_path / "rows.parquet").write_text("file_name,rank")
    with pytest.raises(ValueError, match=r"rows\.parquet: "):
        dataset.update_metadata_from_parquet(tmp_path / "rows.parquet")


# Reports


def test_the_report_reads_well(dataset, tmp_path):
    mapping = {"a.jpg": {"rank": "?"}, "b.jpg": {"rank": 2}, "x.jpg": {}}
    report = dataset.update_metadata_from_json(write_json(tmp_path, mapping))
    first, second = repr(report).splitlines()
    assert (
        first
        == str(report)
        == ("rank: set on 1 of 4 samples; 1 row without a sample; 1 value left out (rank)")
    )
    assert "sample 0 gets '?'" in second


def test_the_report_is_a_table_in_a_notebook(dataset, tmp_path):
    mapping = {"a.jpg": {"rank": "<script>"}, "<b>.jpg": {"rank": 2}}
    html = dataset.update_metadata_from_json(write_json(tmp_path, mapping))._repr_html_()
    assert "<p>nothing set; 1 row without a sample; 1 value left out (rank)</p>" in html
    assert "<summary>Values left out: 1</summary>" in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "<b>.jpg" not in html


def test_a_report_of_success_is_short(dataset, tmp_path):
    mapping = {path: {"rank": 0} for path in PATHS}
    report = dataset.update_metadata_from_json(write_json(tmp_path, mapping), "file_path_abs")
    assert report._repr_html_() == "<p>rank: set on 4 of 4 samples</p>"
    assert repr(report) == "rank: set on 4 of 4 samples"
