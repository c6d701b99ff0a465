"""What messages about CSV and JSON files advise works when it is followed to the letter."""

import json
import re

import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

import framegrid as fg


@pytest.fixture
def dataset(tmp_path):
    for name in ("a#1.jpg", "b.jpg", "c.jpg"):
        Image.new("RGB", (3, 2)).save(tmp_path / name)
    with fg.ImageDataset.create(tmp_path / "set") as dataset:
        dataset.add_images_from_path(tmp_path)
        yield dataset


def advised(said):
    """The options in what a message says to pass."""
    call = re.search(r"[Pp]ass (\w+=[^ ;]+)", said)[1]
    return eval(f"dict({call})")


def write(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "said", "values"),
    [
        ('file_name,k\na#1.jpg,"x\nb.jpg,y\n', "a quote that opens in row 1", ['"x', "y", None]),
        ('file_name,k\na#1.jpg,x\nb.jpg,"\n', "a quote that opens in row 2", ["x", '"', None]),
        ("# by hand, in May\nfile_name,k\na#1.jpg,x\n", "Line 2 has it", ["x", None, None]),
        ("Labels\n\n# 2,3\nfile_name;k\na#1.jpg;x\n", "Line 4 has it", ["x", None, None]),
    ],
)
def test_a_file_that_cannot_be_read_says_which_line_and_option(
    dataset, tmp_path, text, said, values
):
    path = write(tmp_path, text)
    with pytest.raises(ValueError, match=said) as error:
        dataset.update_metadata_from_csv(path)
    dataset.update_metadata_from_csv(path, **advised(str(error.value)))
    assert [sample.metadata["k"] for sample in dataset] == values


@pytest.mark.parametrize(
    ("text", "said", "values"),
    [
        ("file_name,k\na#1.jpg,x,y\nb.jpg,z\n", "line 2. Put cells", ["x", "z", None]),
        ("file_name,k\nb.jpg,z\na#1.jpg,x,y\nc.jpg,,\n", "line 3, 4. Put", ["x", "z", None]),
        ("file_name,k\n# later\nb.jpg,z\n", "1 row begins with '#'", [None, "z", None]),
    ],
)
def test_rows_that_are_left_out_are_named_with_the_option(dataset, tmp_path, text, said, values):
    path = write(tmp_path, text)
    report = dataset.update_metadata_from_csv(path)
    (note,) = report.notes
    assert said in note
    dataset.update_metadata_from_csv(path, **advised(note))
    assert [sample.metadata["k"] for sample in dataset] == values


def test_a_file_without_a_header_says_so(dataset, tmp_path):
    path = write(tmp_path, "a#1.jpg,x\nb.jpg,y\n")
    with pytest.raises(ValueError, match="The first line seems to be a row") as error:
        dataset.update_metadata_from_csv(path)
    options = eval(f"dict({str(error.value).partition('pass ')[2]})")
    dataset.update_metadata_from_csv(path, **options)
    assert [sample.metadata["column_2"] for sample in dataset] == ["x", "y", None]


def test_rows_inside_a_quote_that_is_not_closed_are_named(dataset, tmp_path):
    path = write(tmp_path, 'file_name,k\na#1.jpg,"5 inch\nb.jpg,x\nc.jpg,"6 inch\n')
    (note,) = dataset.update_metadata_from_csv(path).notes
    assert "1 cell holds what look like further rows, in 'k'" in note
    dataset.update_metadata_from_csv(path, quoting=3)
    assert [sample.metadata["k"] for sample in dataset] == ['"5 inch', "x", '"6 inch']
    path = write(tmp_path, 'file_name,l\na#1.jpg,"two lines\nof text, as usual"\n')
    assert dataset.update_metadata_from_csv(path).notes == ()


@pytest.mark.parametrize(
    ("header", "cells", "values"),
    [
        ("file_name;k", ("a#1.jpg;1.234,5", "b.jpg;7,25"), [1234.5, 7.25, None]),
        ("file_name;k", ("a#1.jpg;1.234,5", "b.jpg;1.000.000,0"), [1234.5, 1e6, None]),
        ("file_name,k", ('a#1.jpg,"1.234,5"', 'b.jpg,"7,25"'), [1234.5, 7.25, None]),
        ("file_name,k", ('a#1.jpg,"1,234.5"', 'b.jpg,"7,250"'), [1234.5, 7250.0, None]),
    ],
)
def test_thousands_beside_fractions_are_read_or_the_options_named(
    dataset, tmp_path, header, cells, values
):
    path = write(tmp_path, "\n".join([header, *cells]))
    (note,) = dataset.update_metadata_from_csv(path).notes
    if "stay text" in note:
        dataset.drop_metadata("k")
        options = eval(f"dict({note.partition('pass ')[2]})")
        dataset.update_metadata_from_csv(path, **options)
    assert [sample.metadata["k"] for sample in dataset] == values


def test_a_comment_option_that_would_cut_names_says_so(dataset, tmp_path):
    path = write(tmp_path, "file_name,k\n# later\na#1.jpg,z\n")
    report = dataset.update_metadata_from_csv(path)
    assert report.notes[0].endswith("it cuts all lines at a '#'")


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_file_is_said_to_be_empty(dataset, tmp_path, text):
    with pytest.raises(ValueError, match="the file is empty"):
        dataset.update_metadata_from_csv(write(tmp_path, text))


@pytest.mark.parametrize("orient", ["columns", "index", "records", "split", "table"])
@pytest.mark.parametrize("named", [True, False])
def test_json_of_a_frame_is_read_in_every_order(dataset, tmp_path, orient, named):
    frame = pd.DataFrame({"file_name": ["b.jpg", "c.jpg"], "k": [1, 2]})
    if named and orient != "records":
        frame = frame.set_index("file_name")
    frame.to_json(tmp_path / "k.json", orient=orient)
    report = dataset.update_metadata_from_json(tmp_path / "k.json")
    assert str(report) == "k: set on 2 of 3 samples"
    assert dataset.schema == {"k": "integer"}
    assert dataset.df["k"].tolist()[1:] == [1, 2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"images": [], "annotations": []}, "read by update_metadata_from_coco"),
        ({"labels": [{"file_name": "b.jpg"}]}, "pass the list under 'labels' to import_metadata"),
    ],
)
def test_json_of_another_structure_says_what_to_do(dataset, tmp_path, content, said):
    path = tmp_path / "k.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=said):
        dataset.update_metadata_from_json(path)


def test_lines_of_json_are_read_whatever_the_file_is_called(dataset, tmp_path):
    path = tmp_path / "k.json"
    path.write_text('{"file_name": "b.jpg", "k": 1}\n{"file_name": "c.jpg", "k": 2}\n{"file')
    report = dataset.update_metadata_from_json(path)
    assert report.set_on == {"k": 2}
    assert report.notes == ("1 line left out, not JSON: 3",)


@pytest.mark.parametrize("read", ["json", "parquet"])
def test_other_empty_files_are_said_to_be_empty(dataset, tmp_path, read):
    (tmp_path / "k").touch()
    with pytest.raises(ValueError, match="k: the file is empty"):
        getattr(dataset, f"update_metadata_from_{read}")(tmp_path / "k")


def test_text_is_no_parquet(dataset, tmp_path):
    with pytest.raises(ValueError, match="this is no Parquet file: update_metadata_from_csv"):
        dataset.update_metadata_from_parquet(write(tmp_path, "file_name,k\n"))


def test_names_in_an_index_without_a_name(dataset):
    frame = pd.DataFrame({"k": [1]}, index=["b.jpg"])
    with pytest.raises(ValueError, match=r"frame.rename_axis\('file_name'\)"):
        dataset.import_metadata(frame, on="file_name")
    dataset.import_metadata(frame.rename_axis("file_name"), on="file_name")
    assert dataset.get_sample(1).metadata["k"] == 1


def test_the_column_that_may_name_images_is_the_example(dataset):
    frame = pd.DataFrame({"k": [1], "Image": ["b.jpg"]})
    with pytest.raises(ValueError, match=r"on=\{'Image': 'file_name'\}"):
        dataset.import_metadata(frame, on="file_name")


def test_images_of_hugging_face_are_named_by_their_path(dataset):
    frame = pa.table({"image": [{"bytes": b"", "path": "b.jpg"}, {"bytes": b"", "path": None}]})
    frame = frame.append_column("k", pa.array([1, 2]))
    report = dataset.import_metadata(frame, on={"image": "file_name"})
    assert report.matched.index.tolist() == [1]
    assert len(report.unmatched_rows) == 1


def test_web_addresses_are_suggested_without_their_query(dataset):
    urls = ["https://host/images/b.jpg?width=100", "https://host/images/c.jpg#top"]
    report = dataset.import_metadata({"file_name": urls, "k": [1, 2]}, on="file_name")
    assert report.suggested.index.tolist() == [1, 2]
