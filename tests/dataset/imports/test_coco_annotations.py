"""COCO files: metadata from them, and the images of a dataset as one."""

import json
from datetime import UTC, datetime

import pandas as pd
import pytest

import framegrid as fg
from samples import records

PATHS = ["/photos/train/1.jpg", "/photos/train/2.jpg", "/photos/val/1.jpg"]
CONTENT = {
    "info": {"year": 2017},
    "licenses": [{"id": 4, "name": "CC BY"}],
    "images": [
        {
            "id": 100, "file_name": "train/1.jpg", "width": 640, "height": 480, "license": 4,
            "date_captured": "2013-11-14 16:28:13",
        },
        {"id": 7, "file_name": "2.jpg", "date_captured": "2013-11-15 00:00:00"},
        {"id": 8, "file_name": "9.jpg"},
    ],
    "categories": [
        {"id": 1, "name": "dog", "supercategory": "animal"},
        {"id": 2, "name": "traffic light"},
        {"id": 3, "name": "cat"},
    ],
    "annotations": [
        {"id": 1, "image_id": 100, "category_id": 1, "bbox": [0, 0, 1, 1], "iscrowd": 0},
        {"id": 2, "image_id": 100, "category_id": 1, "iscrowd": 1},
        {"id": 3, "image_id": 7, "category_id": 2},
        {"id": 4, "image_id": 8, "category_id": 99},
    ],
}  # fmt: skip
CAPTURED = datetime(2013, 11, 14, 16, 28, 13)


@pytest.fixture
def dataset():
    """Three samples in memory, two of them with the same file name."""
    return fg.ImageDataset.from_dataframe(pd.DataFrame({"path": PATHS, "width": 64, "height": 48}))


def write(folder, content):
    (folder / "coco.json").write_text(json.dumps(content))
    return folder / "coco.json"


def read(path):
    return json.loads(path.read_text())


# In


def test_fields_and_counts_become_keys(dataset, tmp_path):
    dataset.update_metadata_from_coco(write(tmp_path, CONTENT))
    counts = {"annotations": 2, "count.dog": 2, "count.traffic light": 0, "count.99": 0}
    assert records(dataset) == [
        {"license": 4, "date_captured": CAPTURED, **counts},
        {
            "date_captured": datetime(2013, 11, 15), "annotations": 1, "count.dog": 0,
            "count.traffic light": 1, "count.99": 0,
        },
        {},
    ]  # fmt: skip
    assert dataset.schema["count.dog"] == "integer"
    assert dataset.schema["date_captured"] == "datetime"
    assert (dataset.get_sample(0).width, "id" in dataset.schema) == (64, False)


def test_the_report_lists_what_is_on_one_side_only(dataset, tmp_path):
    report = dataset.update_metadata_from_coco(write(tmp_path, CONTENT))
    assert report.matched.index.tolist() == [0, 1]
    assert report.unmatched_rows["file_name"].tolist() == ["9.jpg"]
    assert report.unmatched_samples["file_path_abs"].tolist() == [PATHS[2]]


def test_counts_can_be_filtered(dataset, tmp_path):
    dataset.update_metadata_from_coco(write(tmp_path, CONTENT))
    assert dataset.show(filters={"count.dog": (1, None)}).filtered.index.tolist() == [0]


@pytest.mark.parametrize("annotations", [{}, {"annotations": []}])
def test_without_annotations_there_are_no_counts(dataset, tmp_path, annotations):
    content = {"images": CONTENT["images"], "categories": CONTENT["categories"]} | annotations
    dataset.update_metadata_from_coco(write(tmp_path, content))
    assert list(dataset.schema) == ["license", "date_captured"]


def test_captions_are_counted_without_a_category(dataset, tmp_path):
    captions = [{"image_id": 7, "caption": "a dog"}, {"image_id": 7, "caption": "two dogs"}]
    content = {"images": [{"id": 7, "file_name": "2.jpg"}], "annotations": captions}
    dataset.update_metadata_from_coco(write(tmp_path, content))
    assert records(dataset)[1] == {"annotations": 2}


@pytest.mark.parametrize("other", ["yesterday", 0.5])
def test_dates_that_are_none_stay_as_they_are(dataset, tmp_path, other):
    images = [
        {"id": 1, "file_name": "train/1.jpg", "date_captured": other},
        {"id": 2, "file_name": "2.jpg", "date_captured": str(CAPTURED)},
    ]
    dataset.update_metadata_from_coco(write(tmp_path, {"images": images}))
    assert records(dataset)[0] == {"date_captured": str(other)}
    assert records(dataset)[1] == {"date_captured": str(CAPTURED)}


def test_dates_may_have_a_zone_or_be_empty(dataset, tmp_path):
    images = [
        {"id": 1, "file_name": "train/1.jpg", "date_captured": "2013-11-14T17:28:13+01:00"},
        {"id": 2, "file_name": "2.jpg", "date_captured": ""},
    ]
    dataset.update_metadata_from_coco(write(tmp_path, {"images": images}))
    assert records(dataset)[0] == {"date_captured": CAPTURED.replace(tzinfo=UTC)}
    assert dataset.schema["date_captured"] == "datetime"


def test_an_ambiguous_name_is_for_no_image(dataset, tmp_path):
    content = {"images": [{"id": 1, "file_name": "1.jpg", "license": 4}]}
    report = dataset.update_metadata_from_coco(write(tmp_path, content))
    assert report.unmatched_rows["file_name"].tolist() == ["1.jpg"]
    assert "license" not in dataset.schema


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], r"coco\.json is no COCO file: it has no list \"images\""),
        ({"annotations": []}, 'no list "images"'),
        ({"images": 1}, r'coco\.json is no valid COCO file: "images" is no list'),
        ({"images": [{"id": 1}]}, "no valid COCO file: none of its images has a file_name"),
    ],
)
def test_what_is_no_coco_file_is_refused(dataset, tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        dataset.update_metadata_from_coco(write(tmp_path, content))


@pytest.mark.parametrize("nothing", [None, []])
def test_lists_may_be_null(dataset, tmp_path, nothing):
    content = {"images": CONTENT["images"], "annotations": nothing, "categories": nothing}
    dataset.update_metadata_from_coco(write(tmp_path, content))
    assert list(dataset.schema) == ["license", "date_captured"]
    report = dataset.update_metadata_from_coco(write(tmp_path, {"images": nothing}))
    assert report.set_on == {}


def test_lvis_names_its_images_by_urls(dataset, tmp_path):
    images = [
        {"id": 1, "coco_url": "http://images.cocodataset.org/train/1.jpg", "neg_category_ids": [3]},
        {"id": 2, "coco_url": "http://images.cocodataset.org/val/1.jpg"},
    ]
    annotations = [{"image_id": 1, "category_id": 1}]
    content = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "x"}]}
    report = dataset.update_metadata_from_coco(write(tmp_path, content))
    assert report.matched.index.tolist() == [0, 2]
    assert [sample.metadata["count.x"] for sample in dataset] == [1, None, 0]


def test_one_bad_entry_costs_no_other(dataset, tmp_path):
    content = CONTENT | {
        "images": [*CONTENT["images"], 5, {"id": 9}],
        "annotations": [
            *CONTENT["annotations"],
            None,
            {"id": 5},
            {"image_id": 55},
            {"image_id": []},
        ],
        "categories": [*CONTENT["categories"], {"id": 12}, "cat"],
    }
    report = dataset.update_metadata_from_coco(write(tmp_path, content))
    assert dataset.get_sample(0).metadata["count.dog"] == 2
    notes = " ".join(report.notes)
    assert "1 entries of images are no records" in notes
    assert "1 entries of annotations are no records" in notes
    assert "1 entries of categories are no records" in notes
    assert "3 annotations are of no image of the file" in notes


def test_twin_categories_are_one_and_those_that_differ_in_case_are_two(dataset, tmp_path):
    names = ["dog", "dog", "Dog"]
    content = {
        "images": [{"id": 1, "file_name": "2.jpg"}],
        "categories": [{"id": number, "name": name} for number, name in enumerate(names)],
        "annotations": [{"image_id": 1, "category_id": number} for number in (0, 1, 2)],
    }
    dataset.update_metadata_from_coco(write(tmp_path, content))
    assert records(dataset)[1] == {"annotations": 3, "count.dog": 2, "count.Dog (2)": 1}


def test_a_folder_tells_splits_with_equal_names_apart(dataset, tmp_path):
    for split, license_ in (("train", 1), ("val", 2)):
        content = {"images": [{"id": 1, "file_name": "1.jpg", "license": license_}]}
        dataset.update_metadata_from_coco(write(tmp_path, content), folder=split)
    assert [sample.metadata["license"] for sample in dataset] == [1, None, 2]


@pytest.mark.parametrize(
    ("on", "image"),
    [
        ("file_name", {"id": 7, "file_name": "val/1.jpg"}),
        ({"id": "sample_id"}, {"id": 2, "file_name": "x.jpg"}),
        ({"coco_url": "file_name"}, {"id": 7, "file_name": "x.jpg", "coco_url": "val/1.jpg"}),
        ("file_path_abs", {"id": 7, "file_path_abs": "val/1.jpg"}),
    ],
)
def test_another_field_may_name_the_images(dataset, tmp_path, on, image):
    annotations = [{"image_id": image["id"], "category_id": 1}]
    content = {"images": [image], "annotations": annotations}
    report = dataset.update_metadata_from_coco(write(tmp_path, content), on)
    assert report.matched.index.tolist() == [2]
    assert dataset.get_sample(2).metadata["annotations"] == 1
    assert "id" not in dataset.schema


# Out


def test_images_are_written_with_their_metadata(dataset, tmp_path):
    taken = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
    values = {"rank": 1, "tags": ["a"], "gps": {"lat": 46.5}, "city": "Zürich", "taken": taken}
    dataset.update_metadata({1: values})
    dataset.to_coco(tmp_path / "out.json")
    content = read(tmp_path / "out.json")
    assert content.keys() == {"info", "images", "annotations", "categories", "licenses"}
    assert content["images"] == [
        {"id": 0, "file_name": "train/1.jpg", "width": 64, "height": 48},
        {
            "id": 1, "file_name": "train/2.jpg", "width": 64, "height": 48, "rank": 1,
            "tags": ["a"], "gps": {"lat": 46.5}, "city": "Zürich",
            "taken": "2024-05-01 12:30:00+00:00",
        },
        {"id": 2, "file_name": "val/1.jpg", "width": 64, "height": 48},
    ]  # fmt: skip


def test_a_file_comes_back(dataset, tmp_path):
    dataset.update_metadata_from_coco(write(tmp_path, CONTENT))
    dataset.update_metadata({2: {"score": float("inf"), "tags": ["x"]}})
    before = records(dataset)
    dataset.to_coco(tmp_path / "out.json")
    for sample in dataset:
        sample.metadata.clear()
    report = dataset.update_metadata_from_coco(tmp_path / "out.json")
    assert (records(dataset), len(report.matched)) == (before, 3)


def test_names_are_relative_to_the_folder_of_all_that_are_written(dataset, tmp_path):
    dataset.to_coco(tmp_path / "out.json", [1, 0])
    names = [(image["id"], image["file_name"]) for image in read(tmp_path / "out.json")["images"]]
    assert names == [(1, "2.jpg"), (0, "1.jpg")]


def test_names_may_be_relative_to_another_folder(dataset, tmp_path):
    dataset.to_coco(tmp_path / "out.json", [1], root="/photos")
    assert read(tmp_path / "out.json")["images"][0]["file_name"] == "train/2.jpg"
    with pytest.raises(ValueError, match=r"/photos/train/2\.jpg"):
        dataset.to_coco(tmp_path / "out.json", [1], root="/elsewhere")


def test_sizes_that_are_missing_are_read(photos, tmp_path):
    paths = [str(photos / "photo-0.jpg"), str(photos / "none.jpg")]
    dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": paths}))
    dataset.to_coco(tmp_path / "out.json")
    first, second = read(tmp_path / "out.json")["images"]
    assert (first["width"], first["height"]) == (64, 48)
    assert "width" not in second


def test_an_empty_dataset_is_valid(dataset, tmp_path):
    dataset.remove_samples([0, 1, 2])
    dataset.to_coco(tmp_path / "out.json")
    assert read(tmp_path / "out.json")["images"] == []


def test_a_key_called_id_is_refused(dataset, tmp_path):
    dataset.update_metadata({0: {"id": 5}})
    with pytest.raises(ValueError, match=r"'id' cannot be written.*rename_metadata\('id'"):
        dataset.to_coco(tmp_path / "out.json")


def test_annotations_of_an_id_that_several_images_have_are_given_to_none(dataset, tmp_path):
    twin = CONTENT["images"][1] | {"id": CONTENT["images"][0]["id"]}
    content = CONTENT | {"images": [CONTENT["images"][0], twin, *CONTENT["images"][2:]]}
    report = dataset.update_metadata_from_coco(write(tmp_path, content))
    assert any("annotations are of several images: left out" in note for note in report.notes)
    assert [sample.metadata["annotations"] for sample in dataset] == [None, None, None]
    assert dataset.get_sample(0).metadata["license"] == 4
