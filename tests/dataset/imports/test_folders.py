"""Image folders with a file of metadata beside the images."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import framegrid as fg
from metadata_files import PATHS, write_csv, write_lines

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
    assert "\nmetadata: label: set on 2 of 6 samples; 1 row without a sample" in repr(report)


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
    rows = [{"file_name": "photo-0.jpg", "rank": 1}, {"file_name": "photo-1.png", "rank": [2]}]
    write_lines(photos, rows).rename(photos / "metadata.jsonl")
    report = folder_dataset.add_images_from_path(photos)
    assert by_name(folder_dataset) == {"photo-0.jpg": {"rank": 1}}
    assert report.metadata.conflicts["value"].to_dict() == {1: [2]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,label\nphoto-0.jpg,cat\n", "no column is named 'file_name' or ends so"),
        ("", "No columns to parse"),
        ('file_name,label\nphoto-0.jpg,"a\n', "EOF inside string"),
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


def test_one_column_that_cannot_be_a_key_costs_no_other(folder_dataset, photos):
    (photos / "metadata.csv").write_text("file_name,Width,label\nphoto-0.jpg,3,cat\n")
    report = folder_dataset.add_images_from_path(photos)
    assert by_name(folder_dataset) == {"photo-0.jpg": {"label": "cat"}}
    assert "column 'Width' is left out: " in report.metadata.notes[0]
    assert "differs from 'width' only in case" in report.metadata.notes[0]


@pytest.mark.parametrize(
    ("values", "kept", "note"),
    [
        ([[1.0, float("nan")], [2.0]], [[1.0, None], [2.0]], "column 'odd': NaN inside lists"),
        (pa.array([1, 2**63], pa.uint64()), ["1", str(2**63)], "column 'odd': integers beyond"),
        ([b"a", b"b"], [None, None], "column 'odd' is left out: metadata cannot be bytes"),
    ],
    ids=["nan", "big", "bytes"],
)
def test_odd_columns_of_parquet_are_converted_or_left_out(dataset, tmp_path, values, kept, note):
    table = pa.table({"sample_id": [0, 1], "good": [1, 2], "odd": values})
    pq.write_table(table, tmp_path / "odd.parquet")
    report = dataset.update_metadata_from_parquet(tmp_path / "odd.parquet", on="sample_id")
    assert [dataset.get_sample(i).metadata["odd"] for i in (0, 1)] == kept
    assert [dataset.get_sample(i).metadata["good"] for i in (0, 1)] == [1, 2]
    assert ("odd" in dataset.schema) == any(value is not None for value in kept)
    assert note in " ".join(report.notes)


def test_what_a_folders_metadata_does_not_say_is_told(folder_dataset, photos):
    rows = ["photo-0.jpg,1", "photo-0.jpg,2", "photo-1.png,3,4", "photo-2.webp,5"]
    (photos / "metadata.csv").write_text("\n".join(["file_name,rank", *rows]))
    report = folder_dataset.add_images_from_path(photos).metadata
    assert len(report.repeated) == 2
    assert "metadata.csv: 1 row left out with more cells than the header" in repr(report)


def test_files_beside_each_other_say_more_of_one_image(folder_dataset, photos):
    (photos / "cats_metadata.csv").write_text("file_name,cat,rank\nphoto-0.jpg,1,7\n")
    (photos / "dogs_metadata.csv").write_text("file_name,dog,rank\nphoto-0.jpg,2,8\n")
    report = folder_dataset.add_images_from_path(photos).metadata
    assert by_name(folder_dataset)["photo-0.jpg"] == {"cat": 1, "dog": 2}
    assert report.conflicts["key"].tolist() == ["rank"]


@pytest.mark.parametrize("name", ["metadata.parquet", "cats_metadata.csv", "dogs-metadata.jsonl"])
def test_metadata_may_be_in_other_files(folder_dataset, photos, name):
    frame = pd.DataFrame({"file_name": ["photo-0.jpg"], "label": ["cat"]})
    file = photos / name
    if name.endswith("csv"):
        frame.to_csv(file, index=False)
    elif name.endswith("jsonl"):
        frame.to_json(file, orient="records", lines=True)
    else:
        frame.to_parquet(file)
    folder_dataset.add_images_from_path(photos)
    assert by_name(folder_dataset) == {"photo-0.jpg": {"label": "cat"}}


def test_several_files_of_one_folder_add_up(folder_dataset, photos):
    (photos / "cats_metadata.csv").write_text("file_name,cat\nphoto-0.jpg,1\n")
    (photos / "dogs_metadata.csv").write_text("file_name,dog\nphoto-1.png,2\n")
    folder_dataset.add_images_from_path(photos)
    assert by_name(folder_dataset) == {"photo-0.jpg": {"cat": 1}, "photo-1.png": {"dog": 2}}


def test_a_row_may_name_several_images(folder_dataset, photos):
    text = "input_file_name,output_file_name,prompt\nphoto-0.jpg,photo-1.png,a\nphoto-2.jpg,,b\n"
    (photos / "metadata.csv").write_text(text)
    folder_dataset.add_images_from_path(photos)
    assert by_name(folder_dataset) == {
        "photo-0.jpg": {"prompt": "a"}, "photo-1.png": {"prompt": "a"},
        "photo-2.jpg": {"prompt": "b"},
    }  # fmt: skip


def test_a_list_of_names_is_for_each_of_them(folder_dataset, photos):
    line = {"file_names": ["photo-0.jpg", "photo-1.png"], "prompt": "a"}
    (photos / "metadata.jsonl").write_text(json.dumps(line))
    folder_dataset.add_images_from_path(photos)
    assert by_name(folder_dataset) == {
        "photo-0.jpg": {"prompt": "a"}, "photo-1.png": {"prompt": "a"},
    }  # fmt: skip


def test_names_may_begin_with_the_folder_that_they_lie_in(folder_dataset, photos, make_photos):
    make_photos(photos / "train", 2)
    (photos / "train/metadata.csv").write_text("file_name,label\ntrain/photo-0.jpg,cat\n")
    folder_dataset.add_images_from_path(photos)
    labelled = [s.file_path_abs for s in folder_dataset if s.metadata["label"] == "cat"]
    assert labelled == [str(photos / "train/photo-0.jpg")]


def test_a_glob_takes_no_metadata(folder_dataset, photos):
    (photos / "metadata.csv").write_text("file_name,label\nphoto-0.jpg,cat\n")
    assert folder_dataset.add_images_from_path(photos / "*.jpg").metadata is None


def test_an_empty_column_settles_no_type(dataset, tmp_path):
    (tmp_path / "empty.csv").write_text("file_name,notes\na.jpg,\n")
    dataset.update_metadata_from_csv(tmp_path / "empty.csv")
    assert "notes" not in dataset.schema


# Text that is none: JSON can spell halves of characters

HALVES = {
    "value": ({"text": "\ud800"}, "text", 1),
    "in a list": ({"text": ["a\udfff"]}, "text", 1),
    "in a dict": ({"text": {"a": "\ud800"}}, "text", 1),
    "key of a dict": ({"text": {"\ud800": 1}}, "text", 1),
    "key": ({"\ud800": "kept"}, "\\ud800", 0),
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
@pytest.mark.parametrize("extension", ["json", "jsonl"])
def test_half_a_character_costs_only_its_value(dataset, tmp_path, half, extension):
    bad, key, left_out = half
    names = [sample.file_name for sample in dataset]
    records = [{"file_name": names[0], "n": 1} | bad, {"file_name": names[1], "n": 2}]
    records[1][key] = next(iter(bad.values())) if not left_out else None
    path = tmp_path / f"halves.{extension}"
    lines = [json.dumps(record) for record in records]
    path.write_text("\n".join(lines) if extension == "jsonl" else f"[{', '.join(lines)}]")
    report = dataset.update_metadata_from_json(path)
    assert [dataset.get_sample(id_).metadata["n"] for id_ in (0, 1)] == [1, 2]
    assert len(report.conflicts) == left_out
    assert dataset.get_sample(0).metadata[key] == (None if left_out else "kept")
    assert "lone surrogates" in repr(report) or not left_out


@pytest.mark.parametrize("of", [list, dict])
def test_half_a_character_in_a_name_costs_only_its_row(dataset, tmp_path, of):
    names = [next(iter(dataset)).file_name, "\ud800.jpg"]
    content = [{"file_name": name, "n": 1} for name in names]
    path = tmp_path / "halves.json"
    path.write_text(json.dumps(content if of is list else {name: {"n": 1} for name in names}))
    report = dataset.update_metadata_from_json(path)
    assert dataset.get_sample(0).metadata["n"] == 1
    assert len(report.unmatched_rows) == 1
    assert "1 row without a sample" in repr(report)


def test_periods_and_intervals_of_a_parquet_file_are_left_out_by_name(dataset, tmp_path):
    frame = pd.DataFrame({"file_path_abs": PATHS[:2], "rank": [10, 20]})
    frame["month"] = pd.period_range("2024-01", periods=2, freq="M")
    frame["range"] = pd.IntervalIndex.from_breaks([0, 1, 2]).array
    frame.to_parquet(tmp_path / "rows.parquet")
    report = dataset.update_metadata_from_parquet(tmp_path / "rows.parquet", "file_path_abs")
    assert not {"month", "range"} & set(dataset.schema)
    assert all(f"'{name}' is left out" in repr(report) for name in ("month", "range"))
    with pytest.warns(RuntimeWarning, match=r"month: a period.*\n.*range: an interval"):
        loaded = fg.ImageDataset.load(tmp_path / "rows.parquet", filters=[])
    assert set(loaded.schema) == {"rank"}
