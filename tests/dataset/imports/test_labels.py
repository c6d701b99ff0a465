"""Annotations of labelling tools as metadata of the images."""

import json

import pandas as pd
import pytest

import framegrid as fg
from framegrid.dataset.imports.counting import class_keys, with_counts
from samples import records

PATHS = ["/data/images/train/1.jpg", "/data/images/train/2.jpg", "/data/images/val/1.jpg"]


@pytest.fixture
def dataset():
    return fg.ImageDataset.from_dataframe(pd.DataFrame({"path": PATHS, "width": 64, "height": 48}))


def write(folder, name, content):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


# Counting


def test_classes_that_do_not_occur_have_no_key_and_the_others_zeros():
    records = with_counts([{"a": 1}, {}, {}], [["cat", None], [], None], order=["dog", "cat"])
    assert records == [
        {"a": 1, "annotations": 2, "count.cat": 1},
        {"annotations": 0, "count.cat": 0},
        {},
    ]


def test_keys_of_classes_never_differ_only_in_case():
    keys = class_keys(["dog", "Dog", "DOG", "cat", 1])
    assert list(keys.values()) == [
        "count.dog", "count.Dog (2)", "count.DOG (3)", "count.cat", "count.1",
    ]  # fmt: skip


# Label Studio

REGION = {"type": "rectanglelabels", "from_name": "box", "value": {"rectanglelabels": ["Car"]}}


def task(image, *results, **more):
    return {"id": 1, "data": {"image": image}, "annotations": [{"result": list(results)}], **more}


def choice(name, *values):
    return {"type": "choices", "from_name": name, "value": {"choices": list(values)}}


def test_label_studio(dataset, tmp_path):
    rating = {"type": "rating", "from_name": "quality", "value": {"rating": 4}}
    tasks = [
        task("/data/local-files/?d=images/train/1.jpg", REGION, REGION, choice("sky", "blue")),
        task("/data/upload/7/0123abcd-2.jpg", choice("sky", "grey", "dark"), rating),
        task("val/1.jpg", {"type": "choices", "value": {}}) | {"annotations": []},
    ]
    report = dataset.update_metadata_from_labels(write(tmp_path, "export.json", tasks))
    assert report.matched.index.tolist() == [0, 1, 2]
    assert "read as format='label_studio'" in report.notes
    assert dataset.get_sample(0).metadata["count.Car"] == 2
    assert dataset.get_sample(1).metadata["count.Car"] == 0
    assert records(dataset)[1]["quality"] == 4
    assert records(dataset)[2] == {}, "nobody has annotated it"


@pytest.mark.parametrize(
    ("on", "field", "value"),
    [
        ("sample_id", "sample_id", 2),
        ({"key": "sample_id"}, "key", "2"),
        ({"source": "file_path_abs"}, "source", PATHS[2]),
        ("file_path_abs", "image", PATHS[2]),
    ],
)
def test_a_field_of_the_data_may_name_the_image(dataset, tmp_path, on, field, value):
    given = {"image": "s3://elsewhere/0.jpg", field: value}
    results = [{"result": [choice("quality", "good")]}]
    file = write(tmp_path, "a.json", [{"data": given, "annotations": results}])
    report = dataset.update_metadata_from_labels(file, on)
    assert report.matched.index.tolist() == [2]
    assert dataset.get_sample(2).metadata["quality"] == "good"


def test_a_field_that_is_not_there_is_said(dataset, tmp_path):
    with pytest.raises(ValueError, match="no task has 'key' in its data"):
        dataset.update_metadata_from_labels(
            write(tmp_path, "a.json", [{"data": {"image": "1.jpg"}}]), {"key": "sample_id"}
        )
    with pytest.raises(
        ValueError, match=r"on='sample_id': files of voc name images by their files"
    ):
        dataset.update_metadata_from_labels(write(tmp_path, "1.xml", voc("1.jpg")), "sample_id")


def test_a_question_without_an_answer_removes_if_asked_to(dataset, tmp_path):
    dataset.update_metadata({1: {"quality": "old"}, 2: {"quality": "old"}})
    tasks = [task("train/1.jpg", choice("quality", "good")), task("val/1.jpg")]
    file = write(tmp_path, "a.json", tasks)
    dataset.update_metadata_from_labels(file)
    assert dataset.df["quality"].tolist() == ["good", "old", "old"]
    report = dataset.update_metadata_from_labels(file, blank="remove")
    assert dataset.df["quality"].fillna("").tolist() == ["good", "old", ""]
    assert report.removed.index.tolist() == [2]


def test_label_studio_without_regions_has_no_counts(dataset, tmp_path):
    tasks = [task("images/train/1.jpg", choice("kind", "cat")), {"id": 3, "data": {}}, None]
    report = dataset.update_metadata_from_labels(write(tmp_path, "export.json", tasks))
    assert records(dataset)[0] == {"kind": "cat"}
    assert "2 tasks have no image: left out" in report.notes


def test_answers_to_one_question_are_alike_on_all_images(dataset, tmp_path):
    both = choice("weather", "rain")
    both["value"]["choices"].append("wind")
    tasks = [task("train/1.jpg", choice("weather", "sun")), task("train/2.jpg", both)]
    report = dataset.update_metadata_from_labels(write(tmp_path, "export.json", tasks))
    assert [one.get("weather") for one in records(dataset)[:2]] == [["sun"], ["rain", "wind"]]
    assert report.conflicts.empty


def test_a_cancelled_annotation_does_not_count(dataset, tmp_path):
    done = {"result": [REGION], "was_cancelled": False}
    tasks = [task("train/1.jpg") | {"annotations": [{"result": [], "was_cancelled": True}, done]}]
    dataset.update_metadata_from_labels(write(tmp_path, "export.json", tasks))
    assert records(dataset)[0] == {"annotations": 1, "count.Car": 1}


def test_the_short_export_of_label_studio(dataset, tmp_path):
    tasks = [
        {"image": "/data/upload/0123abcd-2.jpg", "id": 1, "choice": "cat",
         "label": [{"x": 1, "rectanglelabels": ["Car"]}]},
    ]  # fmt: skip
    dataset.update_metadata_from_labels(write(tmp_path, "min.json", tasks))
    assert records(dataset)[1] == {"choice": "cat", "annotations": 1, "count.Car": 1}


# CVAT

CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task><name>t</name></task></meta>
  <image id="0" name="train/1.jpg" subset="train" width="64" height="48">
    <box label="dog" xtl="1" ytl="1" xbr="2" ybr="2"><attribute name="a">1</attribute></box>
    <polygon label="cat" points="1,1;2,2;3,1"/>
    <tag label="blurred"/>
  </image>
  <image id="1" name="2.jpg" width="64" height="48"><mask label="dog" rle="1"/></image>
  <image id="2" width="64" height="48"/>
</annotations>
"""


def test_cvat(dataset, tmp_path):
    report = dataset.update_metadata_from_labels(write(tmp_path, "annotations.xml", CVAT))
    assert records(dataset)[:2] == [
        {"subset": "train", "blurred": True, "annotations": 2, "count.dog": 1, "count.cat": 1},
        {"blurred": False, "annotations": 1, "count.dog": 1, "count.cat": 0},
    ]
    assert "1 images have no name: left out" in report.notes


def test_a_video_of_cvat_says_what_to_export(dataset, tmp_path):
    content = '<annotations><track id="0" label="dog"/></annotations>'
    with pytest.raises(ValueError, match=r'export it as "CVAT for images"'):
        dataset.update_metadata_from_labels(write(tmp_path, "a.xml", content))


# Pascal VOC


def voc(name, *things):
    objects = "".join(f"<object><name>{thing}</name><bndbox/></object>" for thing in things)
    return f"<annotation><filename>{name}</filename>{objects}</annotation>"


def test_voc(dataset, tmp_path):
    write(tmp_path, "Annotations/2.xml", voc("2.jpg", "dog", " dog ", "cat"))
    write(tmp_path, "Annotations/9.xml", voc("9.jpg", "cow"))
    write(tmp_path, "Annotations/broken.xml", "<annotation><filename>")
    write(tmp_path, "Annotations/other.xml", "<page/>")
    report = dataset.update_metadata_from_labels(tmp_path / "Annotations", format="voc")
    counts = {"annotations": 3, "count.dog": 2, "count.cat": 1, "count.cow": 0}
    assert records(dataset)[1] == counts
    assert report.unmatched_rows["file_name"].tolist() == ["9.jpg"]
    notes = " ".join(report.notes)
    assert "broken.xml is left out" in notes
    assert "other.xml is left out: it is no annotation of Pascal VOC" in notes


def placed(name, folder=None, path=None):
    place = f"<folder>{folder}</folder>" if folder else ""
    place += f"<path>{path}</path>" if path else ""
    return voc(name, "cat").replace("<annotation>", f"<annotation>{place}")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (placed("1.jpg", "train"), [0]),
        (placed("1.jpg", "images/val"), [2]),
        (placed("1.jpg", "VOC2012", r"C:\photos\images\val\1.jpg"), [2]),
        (placed("1.jpg", "VOC2012"), []),
        (placed("2.jpg", "VOC2012", "/home/a/photos/2.jpg"), [1]),
        (placed("2.jpg", "test"), []),
        (placed("2.jpg", "val", "/home/a/val/2.jpg"), []),
        (placed("3.jpg", "val"), []),
    ],
)
def test_the_folder_of_voc_tells_images_of_one_name_apart(dataset, tmp_path, content, found):
    report = dataset.update_metadata_from_labels(write(tmp_path, "1.xml", content))
    assert report.matched.index.tolist() == found
    assert len(report.unmatched_rows) == 1 - len(found)


def test_one_file_of_voc_is_recognised(dataset, tmp_path):
    dataset.update_metadata_from_labels(write(tmp_path, "2.xml", voc("train/2.jpg", "dog")))
    assert records(dataset)[1] == {"annotations": 1, "count.dog": 1}


def test_entities_cannot_make_a_small_file_large(dataset, tmp_path):
    bomb = '<!DOCTYPE a [<!ENTITY b "x">]><annotation><filename>&b;</filename></annotation>'
    report = dataset.update_metadata_from_labels(write(tmp_path, "2.xml", bomb), format="voc")
    assert "declares entities" in " ".join(report.notes)


# YOLO

OBJECT = "{} 0.5 0.5 0.1 0.1\n"


@pytest.mark.parametrize(
    "names",
    [
        ("data.yaml", "path: .\nnames: ['dog', \"cat\"]\nnc: 2\n"),
        ("data.yaml", "names:\n  0: dog  # best\n  1: cat\nnc: 2\n"),
        ("data.yml", "nc: 2\nnames:\n- dog\n- cat\n"),
        ("data.yaml", "names: {0: dog, 1: cat}\n"),
        ("labels/classes.txt", "dog\ncat\n"),
        ("obj.names", "dog\ncat\n"),
    ],
    ids=lambda names: names[0],
)
def test_yolo(dataset, tmp_path, names):
    write(tmp_path, *names)
    write(tmp_path, "labels/train/1.txt", OBJECT.format(0) + OBJECT.format(1) + OBJECT.format(0))
    write(tmp_path, "labels/val/1.txt", "")
    report = dataset.update_metadata_from_labels(tmp_path / "labels")
    assert records(dataset) == [
        {"annotations": 3, "count.dog": 2, "count.cat": 1},
        {},
        {"annotations": 0, "count.dog": 0, "count.cat": 0},
    ]
    assert report.unmatched_rows.empty


def test_a_label_of_yolo_is_never_given_by_a_guess(dataset, tmp_path):
    write(tmp_path, "labels/1.txt", OBJECT.format(0))  # of train or val
    write(tmp_path, "labels/test/2.txt", OBJECT.format(0))  # there is only train/2.jpg
    report = dataset.update_metadata_from_labels(tmp_path / "labels", classes=["dog"])
    assert records(dataset) == [{}, {}, {}]
    assert len(report.unmatched_rows) == 2


def test_yolo_without_names_counts_numbers_and_says_so(dataset, tmp_path):
    write(tmp_path, "labels/train/2.txt", OBJECT.format(7) + "no object\n")
    report = dataset.update_metadata_from_labels(tmp_path / "labels")
    assert records(dataset)[1] == {"annotations": 1, "count.7": 1}
    assert "pass classes=[...]" in " ".join(report.notes)
    assert "2.txt: 1 lines are no objects: left out" in report.notes


# What is none


@pytest.mark.parametrize(
    ("name", "content"), [("a.json", "{}"), ("a.xml", "<x/>"), ("a.txt", "hello"), ("a.csv", "1")]
)
def test_what_is_no_file_of_labels_says_what_is(dataset, tmp_path, name, content):
    with pytest.raises(
        ValueError, match=r"holds no labels of Label Studio.*update_metadata_from_coco"
    ):
        dataset.update_metadata_from_labels(write(tmp_path, name, content))


def test_a_damaged_file_is_named(dataset, tmp_path):
    with pytest.raises(ValueError, match=r"a\.json is no whole file of label_studio"):
        dataset.update_metadata_from_labels(write(tmp_path, "a.json", '[{"data": '))
    with pytest.raises(FileNotFoundError, match="does not exist"):
        dataset.update_metadata_from_labels(tmp_path / "nothing.xml")
    with pytest.raises(ValueError, match="format='coco': it can be 'label_studio'"):
        dataset.update_metadata_from_labels(tmp_path, format="coco")
