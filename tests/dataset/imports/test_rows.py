"""Metadata from CSV, JSON, JSON Lines and Parquet files, row by row."""

from datetime import datetime

import polars as pl
import pytest

import framegrid as fg
from metadata_files import PATHS, write_csv, write_json, write_lines
from samples import metadata

RECORDS = [
    {"file_name": "b.jpg", "rank": 20, "city": "Bern"},
    {"file_name": "x.jpg", "rank": 30, "city": None},
    {"file_name": "cats/1.jpg", "rank": 40, "city": None},
]


def write_mapping(folder, records):
    mapping = {record.pop("file_name"): record for record in map(dict, records)}
    return write_json(folder, mapping)


def write_parquet(folder, records):
    pl.DataFrame(records).write_parquet(folder / "rows.parquet")
    return folder / "rows.parquet"


FORMATS = {
    "csv": (write_csv, fg.ImageDataset.update_metadata_from_csv),
    "json": (write_json, fg.ImageDataset.update_metadata_from_json),
    "mapping": (write_mapping, fg.ImageDataset.update_metadata_from_json),
    "lines": (write_lines, fg.ImageDataset.update_metadata_from_json),
    "parquet": (write_parquet, fg.ImageDataset.update_metadata_from_parquet),
}
every_format = pytest.mark.parametrize(("write", "update"), FORMATS.values(), ids=FORMATS)


# What all formats share


@every_format
def test_rows_find_their_samples(dataset, tmp_path, write, update):
    report = update(dataset, write(tmp_path, RECORDS))
    assert [sample.metadata["rank"] for sample in dataset] == [1, 20, 40, 4]
    assert dataset.schema == {"rank": "integer", "city": "string"}
    assert report.matched.index.tolist() == [1, 2]
    assert report.matched["rank"].tolist() == [20, 40]
    assert report.unmatched_rows["file_name"].tolist() == ["x.jpg"]
    assert report.unmatched_samples["file_path_abs"].to_dict() == {0: PATHS[0], 3: PATHS[3]}
    assert report.conflicts.empty


@every_format
def test_an_import_is_one_edit(dataset, tmp_path, write, update):
    before = dataset.revision
    update(dataset, write(tmp_path, RECORDS))
    assert dataset.revision == before + 1


@every_format
def test_nothing_matched_is_no_edit(dataset, tmp_path, write, update):
    before = dataset.revision
    report = update(dataset, write(tmp_path, [{"file_name": "x.jpg", "new": 1}]))
    assert (dataset.revision, len(report.unmatched_samples)) == (before, 4)


@every_format
def test_conflicts_are_left_out_and_listed(dataset, tmp_path, write, update):
    records = [
        {"file_name": "a.jpg", "rank": "first", "city": "Bern"},
        {"file_name": "b.jpg", "rank": "second", "city": "Basel"},
    ]
    report = update(dataset, write(tmp_path, records))
    assert metadata(dataset)[0] == {"rank": 1, "city": "Bern"}
    assert report.conflicts.index.tolist() == [0, 1]
    assert report.conflicts["key"].tolist() == ["rank", "rank"]
    assert report.conflicts["value"].tolist() == ["first", "second"]
    assert report.conflicts["reason"].str.contains("'rank' is integer").all()


@every_format
def test_an_ambiguous_name_is_a_row_without_a_sample(dataset, tmp_path, write, update):
    records = [{"file_name": "a.jpg", "rank": 10}, {"file_name": "1.jpg", "rank": 20}]
    report = update(dataset, write(tmp_path, records))
    assert [sample.metadata["rank"] for sample in dataset] == [10, 2, 3, 4]
    assert report.unmatched_rows["file_name"].tolist() == ["1.jpg"]
    assert "1 row could be for several samples each, such as '1.jpg'" in repr(report)


@every_format
def test_two_rows_of_a_sample_are_both_left_out(dataset, tmp_path, write, update):
    names = ["photos/a.jpg", "b.jpg", "a.jpg"]
    records = [{"file_name": name, "rank": rank} for rank, name in enumerate(names, 10)]
    report = update(dataset, write(tmp_path, records))
    assert [sample.metadata["rank"] for sample in dataset] == [1, 11, 3, 4]
    assert report.repeated.index.tolist() == [0, 0]
    assert report.repeated["rank"].tolist() == [10, 12]
    assert report.matched.index.tolist() == [1]
    assert report.unmatched_samples.index.tolist() == [2, 3]
    assert report.unmatched_rows.empty
    assert "2 rows left out, as several are for one sample" in str(report)


@every_format
def test_built_in_columns_are_not_taken_over(dataset, tmp_path, write, update):
    records = [{"file_name": "a.jpg", "width": 1, "file_path_abs": "/elsewhere/a.jpg", "rank": 10}]
    report = update(dataset, write(tmp_path, records))
    assert (dataset.get_sample(0).width, dataset.get_sample(0).metadata["rank"]) == (64, 10)
    assert report.conflicts.empty


@every_format
@pytest.mark.parametrize("on", ["sample_id", "file_path_abs"])
def test_samples_may_be_named_otherwise(dataset, tmp_path, write, update, on):
    if write is write_mapping:
        path = write_json(tmp_path, {{"sample_id": "3"}.get(on, PATHS[3]): {"rank": 10}})
    else:
        path = write(tmp_path, [{"sample_id": 3, "file_path_abs": PATHS[3], "rank": 10}])
    assert len(update(dataset, path, on).matched) == 1
    assert dataset.get_sample(3).metadata["rank"] == 10


@pytest.mark.parametrize("form", sorted(FORMATS.keys() - {"mapping"}))
def test_a_file_without_the_column_is_named(dataset, tmp_path, form):
    write, update = FORMATS[form]
    with pytest.raises(ValueError, match=r"rows\.\w+: no column is named 'file_name'.*'rank'"):
        update(dataset, write(tmp_path, [{"rank": 1}]))


@every_format
def test_an_unknown_identifier_is_refused(dataset, tmp_path, write, update):
    with pytest.raises(ValueError, match="on='name': samples are identified by"):
        update(dataset, write(tmp_path, RECORDS), on="name")


@every_format
def test_a_column_that_cannot_be_a_key_is_left_out_by_name(dataset, tmp_path, write, update):
    report = update(dataset, write(tmp_path, [{"file_name": "a.jpg", "Rank": 1, "good": 2}]))
    assert dataset.get_sample(0).metadata["good"] == 2
    assert "column 'Rank' is left out: " in report.notes[-1]
    assert "'Rank' differs from 'rank' only in case" in report.notes[-1]


@every_format
def test_dates_go_into_a_key_of_datetimes(dataset, tmp_path, write, update):
    dataset.update_metadata({0: {"taken": datetime(2024, 5, 1)}})
    records = [
        {"file_name": "a.jpg", "taken": "someday"},
        {"file_name": "b.jpg", "taken": "2024-05-02 12:00:00"},
    ]
    report = update(dataset, write(tmp_path, records))
    assert dataset.get_sample(1).metadata["taken"] == datetime(2024, 5, 2, 12)
    assert dataset.get_sample(0).metadata["taken"] == datetime(2024, 5, 1)
    assert report.conflicts["value"].tolist() == ["someday"]


@pytest.mark.parametrize(
    ("update", "name"),
    [
        (fg.ImageDataset.update_metadata_from_csv, "none.csv"),
        (fg.ImageDataset.update_metadata_from_json, "none.json"),
        (fg.ImageDataset.update_metadata_from_json, "none.jsonl"),
        (fg.ImageDataset.update_metadata_from_parquet, "none.parquet"),
    ],
)
def test_a_missing_file(dataset, tmp_path, update, name):
    with pytest.raises(FileNotFoundError, match=name):
        update(dataset, tmp_path / name)


def test_an_encoding_can_be_named(dataset, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("file_name,label\na.jpg,é\n".encode("cp1252"))
    with pytest.raises(ValueError, match=r"rows\.csv: .*; name its encoding"):
        dataset.update_metadata_from_csv(path)
    dataset.update_metadata_from_csv(path, encoding="cp1252")
    assert dataset.get_sample(0).metadata["label"] == "é"
