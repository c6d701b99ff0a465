"""Names as people spell them find their samples, and never those of other pictures."""

import unicodedata
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import framegrid as fg
from framegrid.base import UnknownSampleError
from framegrid.dataset.matching.matching import match_given


def make_dataset(*paths):
    frame = pd.DataFrame({"path": paths, "width": 64, "height": 48})
    return fg.ImageDataset.from_dataframe(frame, "path")


def found(dataset, names, on="file_name"):
    """By name the path that it found, None where there is none and "several" for more than one."""
    ids = match_given(dataset._connection.table, on, pd.Series(names, dtype=object))
    paths = {-1: None, -2: "several", **dataset.df["file_path_abs"]}
    return [paths[sample_id] for sample_id in ids.tolist()]


def one(dataset, name, on="file_name"):
    return found(dataset, [name], on)[0]


CAFE = unicodedata.normalize("NFC", "café")
PATHS = ["/data/images/1/a.jpg", "/data/images/dogs/2.jpg", f"/data/images/{CAFE}/my dog.jpg"]


@pytest.mark.parametrize("on", ["file_name", "file_path_abs"])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        (r"images\1/a.jpg", PATHS[0]),
        (r"images\1\a.jpg", PATHS[0]),
        ("../images/1/a.jpg", PATHS[0]),
        ("./1/./a.jpg", PATHS[0]),
        ("1/../1//a.jpg", PATHS[0]),
        (r"C:\images\1\a.jpg", PATHS[0]),
        (r"\\server\images\1\a.jpg", PATHS[0]),
        (r"\\?\C:\images\1\a.jpg", PATHS[0]),
        ("/dogs/2.jpg", PATHS[1]),
        ("/images/dogs/2.jpg", PATHS[1]),
        ("file:///data/images/dogs/2.jpg", PATHS[1]),
        ("file:/data/images/dogs/2.jpg", PATHS[1]),
        ("file://localhost/data/images/dogs/2.jpg", PATHS[1]),
        ("file:///D:/images/dogs/2.jpg", PATHS[1]),
        ("caf%C3%A9/my%20dog.jpg", PATHS[2]),
        (f"{CAFE}/my%20dog.jpg", PATHS[2]),
        (unicodedata.normalize("NFD", f"{CAFE}/my dog.jpg"), PATHS[2]),
        ("file:///data/images/caf%c3%a9/my%20dog.jpg", PATHS[2]),
        ("s3://bucket/dogs/2.jpg", PATHS[1]),
        ("Dogs/2.jpg", None),
        ("ogs/2.jpg", None),
        ("cats/dogs/2.jpg", None),
        ("2", None),
        ("", None),
        (".", None),
    ],
)
def test_spellings_of_a_file(on, name, path):
    assert one(make_dataset(*PATHS), name, on) == path


def test_the_home_folder_has_a_short_name():
    path = Path.home() / "photos/cats/1.jpg"
    dataset = make_dataset(str(path), "/elsewhere/cats/1.jpg")
    assert one(dataset, "~/photos/cats/1.jpg") == str(path)


def test_paths_of_windows_are_found_anywhere():
    paths = [r"C:\photos\cats\1.jpg", r"\\server\share\dogs\1.jpg"]
    dataset = make_dataset(*paths)
    assert dataset.df["file_path_abs"].tolist() == paths
    assert dataset.df["file_name"].tolist() == ["1.jpg", "1.jpg"]
    names = ["c:/photos/cats/1.jpg", "//server/share/dogs/1.jpg", "cats/1.jpg", r"dogs\1.jpg"]
    assert found(dataset, names) == [*paths, *paths]


CAFES = [unicodedata.normalize(form, "/p/café.jpg") for form in ("NFC", "NFD")]


def test_a_name_as_it_is_comes_before_what_it_may_spell():
    paths = ["/p/a%20b.jpg", "/p/a b.jpg", *CAFES, r"/p/x\y.jpg", "/p/x/y.jpg"]
    dataset = make_dataset(*paths)
    assert found(dataset, [path.removeprefix("/p/") for path in paths]) == paths


def test_equal_names_in_two_folders_need_one_of_these():
    paths = ["/p/cats/1.jpg", "/p/dogs/1.jpg"]
    dataset = make_dataset(*paths)
    names = ["1.jpg", "cats/1.jpg", "/dogs/1.jpg", "/x/1.jpg", "x/1.jpg", "p/cats/1.jpg"]
    assert found(dataset, names) == ["several", *paths, None, None, paths[0]]


def test_the_root_that_all_rows_share_may_be_another():
    paths = ["/here/set/cats/1.jpg", "/here/set/dogs/1.jpg"]
    dataset = make_dataset(*paths)
    assert found(dataset, ["/mnt/x/photos/cats/1.jpg", "/mnt/x/photos/dogs/1.jpg"]) == paths
    assert found(dataset, [r"D:\photos\cats\1.jpg", r"D:\photos\dogs\1.jpg"]) == paths


MISLEADING = {
    "of another split": (["/data/train/0001.jpg"], ["test/0001.jpg", "/data/test/0001.jpg"]),
    "all of another split": (["/here/train/0001.jpg"], ["/there/test/0001.jpg"]),
    "of another split on Windows": (["/here/train/0001.jpg"], [r"D:\test\0001.jpg"]),
    "of another share": (["/here/train/0001.jpg"], [r"\\test\0001.jpg"]),
    "of another bucket": (["s3://train/0001.jpg"], ["s3://test/0001.jpg"]),
    "with classes below": (["/here/train/0/1.jpg"], ["/there/test/0/1.jpg", "/there/test/1/1.jpg"]),
    "with years": (["/here/val2017/0/1.jpg"], ["/there/val2014/0/1.jpg", "/there/val2014/1/1.jpg"]),
    "of another camera": (["/x/cam_1/0/1.jpg"], ["/y/cam_2/0/1.jpg", "/y/cam_2/1/1.jpg"]),
    "beside": (["/photos/alice/cats/1.jpg"], ["/photos/bob/cats/1.jpg", "/photos/bob/dogs/1.jpg"]),
    "of a third": (
        ["/here/alice/0/1.jpg", "/here/bob/0/2.jpg"],
        ["/there/carol/0/1.jpg", "/there/carol/0/2.jpg"],
    ),
    "in upper case": (["/here/cats/1.jpg"], ["/CATS/1.jpg", "Cats/1.jpg", "cats/1.JPG"]),
    "of another kind": (["/here/cats/1.jpg"], ["cats/1.png", "cats/1", "cats/01.jpg"]),
    "of part of a name": (["/here/xcats/1.jpg"], ["cats/1.jpg", "s/1.jpg"]),
    "above": (["/here/cats/1.jpg"], ["cats/../1.jpg/x", "../dogs/1.jpg", "../../a/1.jpg"]),
}


@pytest.mark.parametrize("on", ["file_name", "file_path_abs"])
@pytest.mark.parametrize(("paths", "names"), MISLEADING.values(), ids=MISLEADING)
def test_no_picture_takes_what_is_said_of_another(paths, names, on):
    assert found(make_dataset(*paths), names, on) == [None] * len(names)
    assert [one(make_dataset(*paths), name, on) for name in names] == [None] * len(names)


# The rule, for any tree

folders = st.lists(st.sampled_from(["a", "b", "cats", "dogs"]), max_size=3)
files = st.sampled_from(["1.jpg", "2.jpg", "é.jpg", "a b.jpg"])
paths_of_samples = st.builds(lambda parts, file: "/".join(["/here", *parts, file]), folders, files)
relative_names = st.builds(lambda parts, file: "/".join([*parts, file]), folders, files)


def ends_so(path, name):
    parts = PurePosixPath(name).parts
    return PurePosixPath(path).parts[-len(parts) :] == parts


def expected(paths, name):
    """The rule for relative names, in the plainest words."""
    means = [path for path in paths if ends_so(path, name)]
    return means[0] if len(means) == 1 else "several" if means else None


@settings(max_examples=60)
@given(st.lists(paths_of_samples, min_size=1, unique=True), st.lists(relative_names, min_size=1))
def test_a_relative_name_is_the_end_of_exactly_one_path(paths, names):
    assert found(make_dataset(*paths), names) == [expected(paths, name) for name in names]


@settings(max_examples=60)
@given(st.lists(paths_of_samples, min_size=1, unique=True), st.lists(relative_names, min_size=1))
def test_an_absolute_name_shares_its_folder_and_all_that_tells_pictures_apart(paths, names):
    names = [f"/there/{name}" for name in names]
    root = PurePosixPath(*PurePosixPath(paths[0]).parts[:2])
    for name, path in zip(names, found(make_dataset(*paths), names), strict=True):
        if path in {None, "several"}:
            continue
        same = [part for part in PurePosixPath(name).parts[2:] if part]
        assert ends_so(path, "/".join(same[-2:]))
        assert [p for p in paths if ends_so(p, "/".join(same))] in ([path], [])
        assert path.startswith(str(root))


def as_on_windows(path):
    return "C:" + path.replace("/", "\\")


RESPELL = {
    "as it is": lambda path: path,
    "as a URL": lambda path: "file://" + quote(path),
    "percent": quote,
    "decomposed": lambda path: unicodedata.normalize("NFD", path),
    "with dots": lambda path: path.replace("/", "/./"),
    "and back": lambda path: path.replace("/here", "/here/x/.."),
    "double": lambda path: path.replace("/", "//"),
}


@settings(max_examples=40)
@given(
    st.lists(paths_of_samples, min_size=1, unique=True),
    st.sampled_from(sorted(RESPELL)),
    st.sampled_from(["file_name", "file_path_abs"]),
)
def test_whole_paths_are_found_however_they_are_spelled(paths, how, on):
    names = [RESPELL[how](path) for path in paths]
    assert found(make_dataset(*paths), names, on) == paths


@settings(max_examples=40)
@given(
    st.lists(relative_names, min_size=1, unique=True),
    st.sampled_from(sorted({*RESPELL} - {"as it is", "and back", "as a URL", "double"})),
)
def test_ends_of_paths_are_found_however_they_are_spelled(names, how):
    paths = [f"/here/{name}" for name in names]
    spelled = [RESPELL[how](name).replace("/", "\\") for name in names]
    assert found(make_dataset(*paths), spelled) == [expected(paths, name) for name in names]


@settings(max_examples=30)
@given(st.lists(relative_names, min_size=1, unique=True), st.sampled_from(["", "x/", "x/y/"]))
def test_what_is_said_of_a_test_set_stays_out_of_a_training_set(names, above):
    assume(any("/" in name for name in names))
    train = make_dataset(*(f"/here/{above}train/{name}" for name in names))
    for root in "/there/", "/here/", "/", "", "C:\\", "file:///there/x/":
        test = [f"{root}{above}test/{name}" for name in names]
        assert not {*found(train, test)} - {None, "several"}


# Numbers and text


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (1, "/p/b.jpg"),
        ("1", "/p/b.jpg"),
        (" 1 ", "/p/b.jpg"),
        (1.0, "/p/b.jpg"),
        (np.int8(1), "/p/b.jpg"),
        ("001", None),
        ("1.0", "/p/b.jpg"),
        ("b", None),
        (1.5, None),
        (-1, None),
        (-2, None),
        (True, None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (2**70, None),
        ("9" * 5000, None),
        ([1], None),
    ],
)
def test_ids_may_be_text_or_numbers(value, path):
    assert one(make_dataset("/p/a.jpg", "/p/b.jpg"), value, "sample_id") == path


@pytest.mark.parametrize(
    ("value", "path"),
    [("12", "/p/12"), (12, "/p/12"), (12.0, "/p/12"), ("012", None), (True, None), ([12], None)],
)
def test_names_may_be_numbers(value, path):
    assert one(make_dataset("/p/12", "/p/1"), value) == path
    assert found(make_dataset("/p/12", "/p/1"), [value, "1"]) == [path, "/p/1"]


def test_an_update_names_the_import_that_forgives():
    with pytest.raises(UnknownSampleError, match=r"import_metadata\(frame, on=\.\.\.\)"):
        make_dataset("/p/a.jpg").update_metadata({"x.jpg": {"rank": 1}}, on="file_name")


@pytest.mark.parametrize("name", ["y/1.jpg", "./y/1.jpg", r"y\1.jpg", "/y/1.jpg", "z/../y/1.jpg"])
@pytest.mark.parametrize("on", ["file_name", "file_path_abs"])
def test_the_path_from_the_shared_folder_is_suggested_where_it_could_be_several(name, on):
    dataset = make_dataset("/d/x/y/1.jpg", "/d/y/1.jpg", "/d/1.jpg")
    frame = pd.DataFrame({"name": [name, "1.jpg"], "k": [1, 2]})
    report = dataset.import_metadata(frame, on={"name": on})
    assert len(report.unmatched_rows) == 2
    assert "by their path from the folder that all images share" in repr(report)
    assert dataset.import_metadata(report.suggested, on="sample_id").matched.index.tolist() == [1]
