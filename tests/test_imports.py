"""Metadata from CSV, JSON, JSON Lines and Parquet files, and what their reports say."""

import json
from datetime import datetime

import pandas as pd
import polars as pl
import pytest

import framegrid as fg
from framegrid.errors import MetadataTypeError

PATHS = ["/photos/a.jpg", "/photos/b.jpg", "/photos/cats/1.jpg", "/photos/dogs/1.jpg"]
RECORDS = [
    {"file_name": "b.jpg", "rank": 20, "city": "Bern"},
    {"file_name": "x.jpg", "rank": 30, "city": None},
    {"file_name": "cats/1.jpg", "rank": 40, "city": None},
]


@pytest.fixture
def dataset():
    """Four samples in memory, two of them with the same file name."""
    frame = pd.DataFrame({"path": PATHS, "width": 64, "height": 48, "rank": [1, 2, 3, 4]})
    return fg.ImageDataset.from_dataframe(frame)


def metadata(dataset):
    return {sample.sample_id: dict(sample.metadata) for sample in dataset}


def write_csv(folder, records):
    pd.DataFrame(records).to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv"


def write_json(folder, data, name="rows.json"):
    (folder / name).write_text(json.dumps(data))
    return folder / name


def write_mapping(folder, records):
    mapping = {record.pop("file_name"): record for record in map(dict, records)}
    return write_json(folder, mapping)


def write_lines(folder, records):
    path = folder / "rows.jsonl"
    path.write_text("\n".join([*map(json.dumps, records), ""]))
    return path


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
def test_an_ambiguous_name_changes_nothing(dataset, tmp_path, write, update):
    records = [{"file_name": "a.jpg", "rank": 10}, {"file_name": "1.jpg", "rank": 20}]
    with pytest.raises(ValueError, match=r"'1\.jpg' is ambiguous.*/cats/1\.jpg', .*/dogs/1\.jpg'"):
        update(dataset, write(tmp_path, records))
    assert dataset.get_sample(0).metadata["rank"] == 1


@every_format
def test_two_rows_of_a_sample_change_nothing(dataset, tmp_path, write, update):
    records = [{"file_name": "photos/a.jpg", "rank": 10}, {"file_name": "a.jpg", "rank": 20}]
    with pytest.raises(ValueError, match=r"several rows are for the same sample: 'a\.jpg'"):
        update(dataset, write(tmp_path, records))
    assert dataset.get_sample(0).metadata["rank"] == 1


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
def test_a_bad_key_changes_nothing(dataset, tmp_path, write, update):
    before = dataset.revision
    with pytest.raises(ValueError, match="'Rank' differs from 'rank' only in case"):
        update(dataset, write(tmp_path, [{"file_name": "a.jpg", "Rank": 1}]))
    assert dataset.revision == before


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


# Conflicts


def test_the_first_value_sets_the_type_of_a_new_key(dataset, tmp_path):
    values = {"a.jpg": None, "b.jpg": 1, "cats/1.jpg": "x", "dogs/1.jpg": 2.5}
    path = write_json(tmp_path, {name: {"new": value} for name, value in values.items()})
    report = dataset.update_metadata_from_json(path)
    assert [sample.metadata["new"] for sample in dataset] == [None, 1.0, None, 2.5]
    assert report.conflicts["value"].to_dict() == {2: "x"}


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


def test_integers_that_floats_cannot_hold_refuse_the_import(dataset, tmp_path):
    dataset.get_sample(3).metadata["rank"] = 2**53 + 1
    with pytest.raises(MetadataTypeError, match="sample 3"):
        dataset.update_metadata_from_json(write_json(tmp_path, {"a.jpg": {"rank": 0.5}}))
    assert dataset.schema == {"rank": "integer"}


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
    assert metadata(dataset)[1] == {"rank": 2}


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
        ("rows.jsonl", '{"file_name": "a.jpg"}\n{"file', r"rows\.jsonl, line 2 is not JSON: "),
        ("rows.json", "[1]", r"rows\.json: expected a list of records, .*, got \[1\]"),
        ("rows.jsonl", "1", r"rows\.jsonl: expected a list of records"),
        ("rows.json", '{"a.jpg": 1}', r"rows\.json: expected .* a mapping .* got \{'a\.jpg': 1\}"),
        ("rows.json", "null", "got None"),
    ],
)
def test_another_structure_is_refused(dataset, tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        dataset.update_metadata_from_json(tmp_path / name)


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
    assert first == (
        "matched 2 rows, 1 rows without a sample, 2 samples without a row, "
        "1 values left out: 'rank'"
    )
    assert "sample 0 gets '?'" in second


def test_the_report_is_a_table_in_a_notebook(dataset, tmp_path):
    mapping = {"a.jpg": {"rank": "<script>"}, "<b>.jpg": {"rank": 2}}
    html = dataset.update_metadata_from_json(write_json(tmp_path, mapping))._repr_html_()
    assert "Matched 1 rows" in html
    assert "<summary>Values left out: 1</summary>" in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "<b>.jpg" not in html


def test_a_report_of_success_is_short(dataset, tmp_path):
    mapping = {path: {"rank": 0} for path in PATHS}
    report = dataset.update_metadata_from_json(write_json(tmp_path, mapping), "file_path_abs")
    assert report._repr_html_() == "<p>Matched 4 rows.</p>"


# Image folders of Hugging Face


@pytest.fixture
def folder_dataset(photos):
    with fg.ImageDataset.create("folder") as dataset:
        yield dataset


def by_name(dataset):
    found = {sample.file_name: dict(sample.metadata) for sample in dataset}
    return {name: values for name, values in found.items() if values}


@pytest.mark.parametrize("write", [write_csv, write_lines])
def test_metadata_of_a_folder_is_taken_over(folder_dataset, photos, write):
    rows = [
        {"file_name": "photo-0.jpg", "label": "cat"},
        {"file_name": "sub/../photo-1.png", "label": "dog"},
        {"file_name": "photo-9.jpg", "label": "owl"},
    ]
    file = write(photos, rows)
    file.rename(photos / f"metadata{file.suffix}")
    before = folder_dataset.revision
    report = folder_dataset.add_images_from_path(photos / ".." / "photos")
    assert by_name(folder_dataset) == {
        "photo-0.jpg": {"label": "cat"}, "photo-1.png": {"label": "dog"},
    }  # fmt: skip
    assert folder_dataset.revision == before + 1
    assert report.metadata.matched.index.tolist() == [0, 1]
    assert report.metadata.unmatched_rows["label"].tolist() == ["owl"]
    assert len(report.metadata.unmatched_samples) == 4
    assert "\nmetadata: matched 2 rows, 1 rows without a sample" in repr(report)


def test_every_split_has_its_own_file(folder_dataset, tmp_path, make_photos):
    for split, rank in ("test", 1), ("train", 0.5):
        make_photos(tmp_path / "data" / split, 2)
        rows = [{"file_name": "photo-0.jpg", "split": split, "rank": rank}]
        write_csv(tmp_path / "data" / split, rows).rename(
            tmp_path / "data" / split / "metadata.csv"
        )
    folder_dataset.add_images_from_path("data")
    assert [dict(sample.metadata) for sample in folder_dataset] == [
        {"split": "test", "rank": 1.0}, {}, {"split": "train", "rank": 0.5}, {},
    ]  # fmt: skip


def test_the_nearest_file_tells(folder_dataset, photos, make_photos):
    make_photos(photos / "sub", 2)
    (photos / "metadata.csv").write_text("file_name,label\nsub/photo-0.jpg,far\nphoto-0.jpg,x\n")
    (photos / "sub/metadata.jsonl").write_text('{"file_name": "photo-0.jpg", "label": "near"}')
    folder_dataset.add_images_from_path(photos)
    labels = [sample.metadata["label"] for sample in folder_dataset]
    assert [label for label in labels if label] == ["x", "near"]


def test_samples_already_there_keep_what_they_have(folder_dataset, photos):
    (photos / "metadata.csv").write_text("file_name,label\nphoto-0.jpg,cat\nphoto-5.png,dog\n")
    folder_dataset.add_images_from_path(photos, limit=3)
    folder_dataset.get_sample(0).metadata["label"] = "mine"
    assert folder_dataset.add_images_from_path(photos, limit=3).metadata is None
    report = folder_dataset.add_images_from_path(photos)
    assert by_name(folder_dataset)["photo-0.jpg"] == {"label": "mine"}
    assert report.metadata.matched["label"].tolist() == ["dog"]
    assert report.metadata.unmatched_rows.empty
    assert len(report.metadata.unmatched_samples) == 2


def test_an_integer_key_becomes_a_float_key(folder_dataset, photos):
    folder_dataset.add_images_from_path(photos, limit=1)
    folder_dataset.get_sample(0).metadata["rank"] = 1
    (photos / "metadata.csv").write_text("file_name,rank\nphoto-1.png,0.5\n")
    folder_dataset.add_images_from_path(photos)
    folder_dataset.close()
    values = [sample.metadata["rank"] for sample in fg.ImageDataset.load("folder")]
    assert repr(values) == "[1.0, 0.5, None, None, None, None]"


def test_conflicts_of_a_folder_are_reported(folder_dataset, photos):
    rows = [{"file_name": "photo-0.jpg", "rank": 1}, {"file_name": "photo-1.png", "rank": "x"}]
    write_lines(photos, rows).rename(photos / "metadata.jsonl")
    report = folder_dataset.add_images_from_path(photos)
    assert by_name(folder_dataset) == {"photo-0.jpg": {"rank": 1}}
    assert report.metadata.conflicts["value"].to_dict() == {1: "x"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,label\nphoto-0.jpg,cat\n", "no column is named 'file_name'"),
        ("", "No columns to parse"),
        ("file_name,Width\nphoto-0.jpg,3\n", "'Width' differs from 'width' only in case"),
        ("file_name,label\nphoto-0.jpg,a\nphoto-0.jpg,b,c\n", "Expected 2 fields"),
    ],
)
def test_metadata_that_cannot_be_used_does_not_stop_the_images(
    folder_dataset, photos, text, reason
):
    (photos / "metadata.csv").write_text(text)
    report = folder_dataset.add_images_from_path(photos)
    [(path, found)] = report.broken
    assert (report.added, report.already_present, report.metadata) == (6, 0, None)
    assert path == str(photos / "metadata.csv")
    assert reason in found


def test_a_glob_takes_no_metadata(folder_dataset, photos):
    (photos / "metadata.csv").write_text("file_name,label\nphoto-0.jpg,cat\n")
    assert folder_dataset.add_images_from_path(photos / "*.jpg").metadata is None


def test_an_empty_column_settles_no_type(dataset, tmp_path):
    (tmp_path / "empty.csv").write_text("file_name,notes\na.jpg,\n")
    dataset.update_metadata_from_csv(tmp_path / "empty.csv")
    assert "notes" not in dataset.schema
