"""The built-in key ``folder``: derived from the paths, filtered by, and in step with them."""

import gzip
import re
from base64 import b64decode

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg
from framegrid import filters
from framegrid.base import FilterError
from framegrid.storage.table import folder_column
from framegrid.storage.table.folder_column import folders_of

PATHS = [
    "/data/set/train/cats/1.jpg",
    "/data/set/train/cats/black/2.jpg",
    "/data/set/train/catsup/3.jpg",
    "/data/set/test/cats/4.jpg",
    "/data/set/5.jpg",
]
FOLDERS = ["train/cats", "train/cats/black", "train/catsup", "test/cats", ""]


def make_dataset(*paths, **columns):
    frame = pd.DataFrame({"path": paths, "width": 64, "height": 48, **columns})
    return fg.ImageDataset.from_dataframe(frame, "path")


@pytest.fixture
def dataset():
    return make_dataset(*PATHS)


def folders(dataset):
    return dataset.df["folder"].tolist()


PLACES = {
    "files": (PATHS, FOLDERS),
    "one": (["/data/set/1.jpg"], [""]),
    "folders that begin alike": (["/a/cat/1.jpg", "/a/cats/1.jpg"], ["cat", "cats"]),
    "a drive": (["C:\\set\\a\\1.jpg", "C:\\set\\b\\1.jpg"], ["a", "b"]),
    "a share": (["\\\\nas\\set\\a\\1.jpg", "\\\\nas\\set\\1.jpg"], ["a", ""]),
    "a bucket": (["s3://bucket/x/1.jpg", "s3://bucket/x/y/1.jpg"], ["", "y"]),
    "nothing shared": (["s3://bucket/1.jpg", "/x/1.jpg"], ["s3://bucket", "/x"]),
    "a backslash in a name": (["/a/x\\y/1.jpg", "/a/1.jpg"], ["x\\y", ""]),
}


@pytest.mark.parametrize(("paths", "expected"), PLACES.values(), ids=PLACES)
def test_folders_start_from_the_one_that_all_images_share(paths, expected):
    dataset = make_dataset(*paths)
    assert folders(dataset) == expected
    assert [sample.folder for sample in dataset] == expected


def test_the_folders_of_an_archive_start_from_its_root():
    inside = ["zip://a/b/1.jpg::/data/x.zip", "zip://a/2.jpg::/data/x.zip"]
    root, below = folders_of(pa.array(inside, pa.large_string()))
    assert (root, below.to_pylist()) == ("/data/x.zip/", ["a/b", "a"])
    rows = ["parquet://image/0::/data/x.parquet", "parquet://image/1::/data/x.parquet"]
    assert folders_of(pa.array(rows, pa.large_string()))[1].to_pylist() == ["", ""]
    both = [inside[0], "/data/y/1.jpg"]
    assert folders_of(pa.array(both, pa.large_string()))[1].to_pylist() == ["x.zip/a/b", "y"]


@given(
    st.lists(st.text("ab/:\\.?é", max_size=8), min_size=1, max_size=5),
    st.sampled_from(["", "/", "/r/", "C:\\r\\", "https://r/", "zip://x::/r/"]),
    st.integers(0, 2),
)
def test_folders_are_the_same_however_they_are_found(names, root, cut):
    paths = pa.array([root + name for name in names], pa.large_string())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder_column, "_counted", lambda *_: -1)
        expected = folders_of(paths[cut:])
    assert folders_of(paths[cut:]) == expected
    alone = pa.array(paths[cut:].to_pylist(), pa.large_string())
    assert folders_of(alone) == expected


def test_folders_are_not_stored(dataset, tmp_path):
    dataset.save(tmp_path / "set")
    assert "folder" not in pd.read_parquet(tmp_path / "set.parquet").columns
    assert "folder" not in dataset.schema
    with fg.ImageDataset.load(tmp_path / "set") as again:
        assert folders(again) == FOLDERS


def test_folders_in_a_frame_are_ignored_when_it_comes_back(dataset):
    frame = dataset.df
    frame["folder"] = "elsewhere"
    frame["rank"] = range(5)
    dataset.update_metadata(frame)
    assert (folders(dataset), dataset.schema) == (FOLDERS, {"rank": "integer"})


def test_part_of_a_frame_has_folders_of_its_own(dataset):
    part = fg.ImageDataset.from_dataframe(dataset.df.iloc[:3])
    assert folders(part) == ["cats", "cats/black", "catsup"]
    assert part.schema == {}


def test_metadata_called_folder_is_kept_and_filtered_as_such():
    dataset = make_dataset(*PATHS, folder=["x", "y", "x", "y", None])
    assert dataset.schema == {"folder": "string"}
    grid = dataset.show(filters={"folder": ["x"]})
    assert grid.filtered.index.tolist() == [0, 2]
    with pytest.raises(FilterError):
        grid.filters = {"folder": {"under": "x"}}
    dataset.update_metadata({4: {"folder": "x"}})
    assert grid.filtered.index.tolist() == [0, 2, 4]
    dataset.drop_metadata("folder")
    assert folders(dataset) == FOLDERS


def test_no_sample_can_be_given_another_folder(dataset):
    with pytest.raises(ValueError, match="'folder' is built in"):
        dataset.get_sample(0).metadata["folder"] = "x"
    assert dataset.schema == {}


# Filters

CONDITIONS = {
    "a folder and what is in it": ({"under": "train/cats"}, {"under": "train/cats"}, [0, 1]),
    "with slashes": ({"under": "/train/"}, {"under": "train"}, [0, 1, 2]),
    "a folder alone": (["train/cats"], {"in": ["train/cats"]}, [0]),
    "in one of them": (["train/cats", ""], {"in": ["train/cats", ""]}, [0, 4]),
    "part of a name": ({"contains": "cats"}, {"contains": "cats"}, [0, 1, 2, 3]),
}


@pytest.mark.parametrize(("given_", "full", "rows"), CONDITIONS.values(), ids=CONDITIONS)
def test_filters_on_folders(dataset, given_, full, rows):
    grid = dataset.show(filters={"folder": given_})
    assert grid.filters == {"folder": full}
    assert grid.filtered.index.tolist() == rows
    assert dataset.df.query(grid.query).index.tolist() == rows
    assert filters.parse(grid.query, dataset.schema) == {"folder": full}


def test_under_the_root_is_everything(dataset):
    assert dataset.show(filters={"folder": {"under": ""}}).filters == {}


@pytest.mark.parametrize("given_", [{"under": 1}, {"under": None}, {"under": "a", "in": []}])
def test_what_is_no_folder_is_refused(dataset, given_):
    with pytest.raises(FilterError, match="'folder' cannot be filtered by"):
        dataset.show(filters={"folder": given_})


def test_file_names_are_searched(dataset):
    grid = dataset.show(filters={"file_name": {"contains": "4.J"}})
    assert grid.filtered["file_name"].tolist() == ["4.jpg"]
    assert dataset.df.query(grid.query)["file_name"].tolist() == ["4.jpg"]


names = st.lists(st.sampled_from(["a", "b", "ab", "a.b", "a'b", "é"]), max_size=3).map("/".join)


@settings(max_examples=60)
@given(st.lists(names, min_size=1, max_size=6), names)
def test_grid_query_and_words_agree(below, folder):
    dataset = make_dataset(*(f"/data/{name}/{i}.jpg" for i, name in enumerate(below)))
    root = dataset.view().folder_root.removeprefix("/data/")
    wanted = folder.removeprefix(root)
    expected = [f"{each}/".startswith(f"{wanted}/" if wanted else "") for each in folders(dataset)]
    grid = dataset.show(filters={"folder": {"under": wanted}})
    frame = dataset.df
    assert grid.filtered.index.tolist() == frame.index[expected].tolist()
    if grid.query:
        assert frame.query(grid.query).index.tolist() == frame.index[expected].tolist()
    assert filters.parse(grid.query, {}) == grid.filters


# Another root


def notices(grid, monkeypatch):
    heard = []
    monkeypatch.setattr(grid._messenger, "notice", heard.append)
    return heard


def add(dataset, folder, make_photos):
    make_photos(folder, 1)
    dataset.add_images_from_path(folder)


def test_filters_follow_when_one_more_image_moves_the_root(tmp_path, make_photos, monkeypatch):
    dataset = fg.ImageDataset.create(tmp_path / "set")
    for name in "cats", "dogs":
        add(dataset, tmp_path / "data/train" / name, make_photos)
    grid = dataset.show(filters={"folder": {"under": "cats"}})
    heard = notices(grid, monkeypatch)
    add(dataset, tmp_path / "data/test/cats", make_photos)
    assert grid.filtered["folder"].tolist() == ["train/cats"]
    assert grid.filters == {"folder": {"under": "train/cats"}}
    (notice,) = heard
    assert notice.startswith(f"Folders start from {tmp_path}/data/ now, which all images share")
    dataset.remove_samples([2])
    assert grid.filtered["folder"].tolist() == ["cats"]
    assert grid.filters == {"folder": {"under": "cats"}}
    dataset.close()


RELOCATED = {
    "up": ({"under": "a"}, "/d/x/", "/d/", {"under": "x/a"}),
    "down": ({"under": "x/a"}, "/d/", "/d/x/", {"under": "a"}),
    "down to all": ({"under": "x"}, "/d/", "/d/x/", None),
    "one by one": ({"in": ["", "a"]}, "/d/x/", "/d/", {"in": ["x", "x/a"]}),
    "elsewhere": ({"under": "a"}, "/d/", "/e/", {"under": "a"}),
    "a text": ({"contains": "a"}, "/d/x/", "/d/", {"contains": "a"}),
}


@pytest.mark.parametrize(("condition", "old", "new", "expected"), RELOCATED.values(), ids=RELOCATED)
def test_conditions_follow_the_root(condition, old, new, expected):
    assert filters.relocated(condition, old, new) == expected


def test_captions_and_the_order_go_by_folder(dataset):
    grid = dataset.show(sort="-folder", captions=["folder"])
    assert grid.filtered["folder"].tolist() == sorted(FOLDERS, reverse=True)


def values_in(page):
    packed = re.search(r'id="framegrid-data">([^<]+)<', page.read_text("utf-8"))[1]
    return gzip.decompress(b64decode(packed)).decode()


def test_a_saved_page_tells_folders_only_if_the_grid_goes_by_them(dataset, tmp_path):
    dataset.show().save_html(tmp_path / "page.html")
    assert "train/cats" not in values_in(tmp_path / "page.html")
    dataset.show(filters={"folder": {"under": "train"}}).save_html(tmp_path / "page.html")
    assert "train/cats" in values_in(tmp_path / "page.html")
    assert "/data/set" not in values_in(tmp_path / "page.html")
