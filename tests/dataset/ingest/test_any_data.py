"""What becomes of whatever somebody has with images in it."""

import json
import warnings
from collections import UserList
from io import BytesIO
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from PIL import Image

import framegrid as fg


def photo(colour="teal", size=(40, 20)):
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def files(tmp_path):
    paths = [tmp_path / "photos" / name for name in ("a.jpg", "b.jpg")]
    paths[0].parent.mkdir()
    for path in paths:
        path.write_bytes(photo())
    return paths


def df_of(data, **options):
    """The samples that a dataset of it has; without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fg.ImageDataset.from_dataframe(data, **options).df


CELLS = [{"bytes": photo(), "path": "train/cat.jpg"}, {"bytes": photo("red"), "path": None}]
FEATURES = {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": ["cat", "dog"]}}


def arrow_table():
    table = pa.table({"label": [1, 0], "image": pa.array(CELLS), "score": [0.5, 0.25]})
    return table.replace_schema_metadata(
        {"huggingface": json.dumps({"info": {"features": FEATURES}})}
    )


class Image_:  # noqa: N801 - features are told by the names of their classes
    pass


Image_.__name__ = "Image"


class ClassLabel:
    names = ("cat", "dog")

    def __init__(self):
        self.names = ["cat", "dog"]


class HuggingFace:
    """As ``datasets.Dataset``: items are decoded, with_format("arrow") gives what is stored."""

    def __init__(self, table, format_=None):
        self.table, self.format = table, format_
        self.features = {"image": Image_(), "label": ClassLabel(), "score": SimpleNamespace()}
        self.column_names = list(self.features)

    def __len__(self):
        return len(self.table)

    def with_format(self, type):  # noqa: A002 - as there
        return HuggingFace(self.table, type)

    def __getitem__(self, key):
        assert self.format == "arrow", "nothing is to be decoded"
        return self.table[key]


FRAMES = {
    "arrow": arrow_table,
    "hugging face": lambda: HuggingFace(arrow_table().replace_schema_metadata(None)),
    "pandas": lambda: arrow_table().to_pandas().replace({"label": {0: "cat", 1: "dog"}}),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_structs_of_hugging_face_are_pictures_with_names_of_classes(kind):
    df = df_of(FRAMES[kind]())
    assert df["file_name"].tolist() == ["cat.jpg", "image-1.jpg"]
    assert df["width"].tolist() == [40, 40]
    assert df["label"].tolist() == ["dog", "cat"]
    assert df["score"].tolist() == [0.5, 0.25]


@pytest.mark.parametrize("kind", ["polars", "duckdb", "arrow", "reader"])
def test_bytes_in_a_column_of_any_frame_are_pictures(kind):
    arrow = pa.table({"n": [1, 2], "picture": [photo(), photo("red")]})
    frame = {"polars": pl.from_arrow, "duckdb": duckdb.from_arrow, "arrow": lambda same: same}
    frame["reader"] = pa.Table.to_reader
    df = df_of(frame[kind](arrow))
    assert df["width"].tolist() == [40, 40]
    assert df["n"].tolist() == [1, 2]


def test_columns_may_have_numbers_for_names():
    df = df_of(pd.DataFrame([[photo(), 3], [photo(), 4]]))
    assert df["1"].tolist() == [3, 4]


def test_structs_of_polars_are_pictures():
    assert len(df_of(pl.from_arrow(arrow_table()))) == 2


def test_classes_that_are_none_are_missing():
    table = arrow_table().set_column(0, "label", pa.array([-1, None]))
    assert df_of(table)["label"].isna().all()


def test_cells_without_a_picture_are_counted_and_named(files):
    cells = [photo(), None, np.zeros((2, 3)), b"no picture", str(files[0]), np.zeros((2, 2, 2))]
    frame = pd.DataFrame({"image": cells, "n": range(6)})
    with pytest.warns(RuntimeWarning, match="image: 3 of 6 rows hold no image: .*first is 1"):
        df = fg.ImageDataset.from_dataframe(frame).df
    assert df["n"].tolist() == [0, 2, 4]
    assert df["width"].tolist() == [40, 3, 40]
    assert df["file_path_abs"].iloc[2] == str(files[0])


def test_the_column_of_pictures_is_found_or_named():
    frame = pd.DataFrame(
        {"box": [np.zeros(4)], "file": ["not-here.jpg"], "x": [photo()], "mask": [np.zeros((2, 2))]}
    )
    assert df_of(frame)["width"].tolist() == [40]
    with pytest.warns(RuntimeWarning, match="x: left out"):
        named = fg.ImageDataset.from_dataframe(frame, image_column="mask")
    assert named.df["width"].tolist() == [2]
    assert named.df["file"].tolist() == ["not-here.jpg"]


def test_files_that_are_here_come_before_pictures_in_another_column(files):
    frame = pd.DataFrame({"path": list(map(str, files)), "thumbnail": [photo(size=(4, 4))] * 2})
    with pytest.warns(RuntimeWarning, match="thumbnail"):
        assert fg.ImageDataset.from_dataframe(frame).df["width"].tolist() == [40, 40]


def test_a_column_named_as_that_of_pictures_has_to_hold_some():
    frame = pd.DataFrame({"image": [1.5, 2.5], "path": ["a.jpg", "b.jpg"]})
    with pytest.raises(ValueError, match=r"no row of column 'image' holds a path.*1\.5"):
        fg.ImageDataset.from_dataframe(frame, image_column="image")
    with pytest.raises(KeyError, match="no column 'img'"):
        fg.ImageDataset.from_dataframe(frame, image_column="img")
    with pytest.raises(ValueError, match="pass one of them"):
        fg.ImageDataset.from_dataframe(frame, "path", image_column="image")


def test_a_frame_without_images_says_how_to_name_them():
    with pytest.raises(ValueError, match=r"path_column=, or one with images as image_column="):
        fg.ImageDataset.from_dataframe(pd.DataFrame({"label": ["cat"]}))


def test_lists_of_anything_are_pictures_in_their_order(files):
    data = [photo(), Image.new("L", (3, 5)), np.zeros((2, 4)), files[0], str(files[1])]
    df = df_of(data)
    assert df["width"].tolist() == [40, 3, 4, 40, 40]
    assert df["file_name"].tolist()[-2:] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize("kind", [list, tuple, iter, UserList, pd.Series])
def test_many_kinds_of_lists_will_do(kind):
    assert len(df_of(kind([photo(), photo()]))) == 2


def test_lists_of_paths_are_not_looked_into(files):
    df = df_of([*files, "not-here.txt"])
    assert df["width"].tolist()[:2] == [40, 40]
    assert len(df) == 3


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (photo(), 1),
        (Image.new("L", (3, 3)), 1),
        (np.zeros((4, 5)), 1),
        (np.zeros((4, 5, 3)), 1),
        (np.zeros((2, 4, 5, 3)), 2),
        (np.zeros((7, 28, 28), np.uint8), 7),
    ],
)
def test_one_picture_or_a_stack_of_them(data, count):
    assert len(df_of(data)) == count


@pytest.mark.parametrize("spell", [str, lambda path: path, lambda path: f"{path}/*.jpg"])
def test_folders_files_and_globs(files, spell):
    assert len(df_of(spell(files[0].parent))) == 2


def test_broken_files_of_a_folder_are_named(files):
    files[0].write_bytes(b"no picture")
    with pytest.warns(UserWarning, match=r"(?s)not all of .*photos.*is here.*broken 1.*a\.jpg"):
        assert len(fg.ImageDataset.from_dataframe(files[0].parent)) == 1


class Pairs:
    """As data sets of torchvision."""

    classes = ("cat", "dog")

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, place):
        item = self.items[place]
        if isinstance(item, Exception):
            raise item
        return item


def test_pairs_have_names_of_classes_as_labels():
    pairs = Pairs([(Image.new("L", (3, 3)), 1), (Image.new("L", (3, 3)), np.array(0))])
    assert df_of(pairs)["label"].tolist() == ["dog", "cat"]
    subset = SimpleNamespace(dataset=pairs)  # as torch.utils.data.Subset
    subset = type("Subset", (Pairs,), {"classes": None, "dataset": pairs})(pairs.items[:1])
    assert df_of(subset)["label"].tolist() == ["dog"]


def test_labels_without_names_stay_numbers():
    pairs = [(Image.new("L", (3, 3)), 7), (Image.new("L", (3, 3)), 8)]
    assert df_of(pairs)["label"].tolist() == [7, 8]


def test_items_that_cannot_be_had_are_counted_and_named():
    pairs = Pairs([(Image.new("L", (3, 3)), 0), OSError("unreadable"), (None, 1)])
    with pytest.warns(RuntimeWarning, match=r"2 of 3 rows.*first is 1 \(OSError: unreadable\)"):
        df = fg.ImageDataset.from_dataframe(pairs).df
    assert df["label"].tolist() == ["cat"]


def test_folders_of_torchvision_are_their_files(files):
    pairs = Pairs([AssertionError("decoded")] * 2)
    pairs.samples, pairs.transform = [(str(file), n) for n, file in enumerate(files)], None
    df = df_of(pairs)
    assert df["file_path_abs"].tolist() == list(map(str, files))
    assert df["label"].tolist() == ["cat", "dog"]
    pairs.transform, pairs.items = len, [(np.zeros((2, 2)), 0)] * 2
    assert df_of(pairs)["width"].tolist() == [2, 2]


def test_dicts_with_a_picture_have_the_rest_as_metadata():
    assert df_of([{"id": 5, "img": photo()}, {"id": 6, "img": photo()}])["id"].tolist() == [5, 6]


def test_columns_by_name():
    assert df_of({"image": [photo(), photo()], "n": [1, 2]})["n"].tolist() == [1, 2]


def test_a_dict_of_paths_is_columns_and_no_picture(files):
    df = df_of({"path": files, "score": 0.5})
    assert df["file_path_abs"].tolist() == list(map(str, files))
    assert df["score"].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("data", [{"a": 1}, {"a": "text", "b": b"0"}])
def test_a_dict_without_lists_has_no_columns(data):
    with pytest.raises(TypeError, match=r"there are no columns in .*: a dict has lists as columns"):
        fg.show(data)


@pytest.mark.parametrize("data", [17, None, object(), 1.5, len])
def test_anything_else_is_told_what_is_taken(data):
    with pytest.raises(TypeError, match=r"there are no images in .*: pass a dataset; a folder"):
        fg.ImageDataset.from_dataframe(data)


def test_the_message_quotes_no_more_than_anybody_reads():
    with pytest.raises(TypeError) as caught:
        fg.ImageDataset.from_dataframe(type("Odd", (), {"__repr__": lambda _: "x" * 10_000})())
    assert str(caught.value).count("x") < 320


def test_an_empty_list_is_said_to_be_empty():
    with pytest.raises(ValueError, match="there are no images: there are 0 rows"):
        fg.ImageDataset.from_dataframe([])


def test_a_dict_of_datasets_is_told_to_pass_one():
    with pytest.raises(TypeError, match=r"pass one, as in data\['train'\]"):
        fg.ImageDataset.from_dataframe({"train": HuggingFace(arrow_table())})


def test_a_stream_of_hugging_face_is_told_to_take_a_part():
    stream = SimpleNamespace(features={}, column_names=[], with_format=None)
    with pytest.raises(TypeError, match=r"stream without an end.*take\(1000\)"):
        fg.ImageDataset.from_dataframe(stream)


def test_a_dataset_file_is_shown_as_the_dataset(files, tmp_path):
    with fg.ImageDataset.create(tmp_path / "kept") as dataset:
        dataset.add_images_from_path(files[0].parent)
    for name in ("kept", "kept.parquet"):
        shown = fg.show(str(tmp_path / name)).dataset
        assert shown.path == tmp_path / "kept.parquet"
        shown.close()


def test_show_takes_what_from_dataframe_takes():
    assert len(fg.show([photo(), np.zeros((2, 2))]).dataset) == 2
