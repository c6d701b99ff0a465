"""One spelling for all that a path may have, for images that are held and added."""

import unicodedata

import pandas as pd
import pytest
from PIL import Image

import framegrid as fg


def make(columns, **options):
    return fg.ImageDataset.from_dataframe(pd.DataFrame(columns), **options)


SIZE = {"width": 64, "height": 48}


def test_paths_as_urls_and_below_home_are_paths(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    dataset = make({"path": ["~/a b.jpg", (tmp_path / "c é.png").as_uri()], **SIZE})
    assert dataset.df["file_path_abs"].tolist() == [f"{tmp_path}/a b.jpg", f"{tmp_path}/c é.png"]
    assert make({"where": ["file:///photos/a.jpg"], **SIZE}).get_sample(0).file_name == "a.jpg"


@pytest.mark.parametrize(
    "spelling",
    [
        "{}/../photos/a#1.jpg",
        "{}/./a#1.jpg",
        "{}//a#1.jpg",
        "/{}/a#1.jpg",
        "photos/./a#1.jpg",
        "photos\\a#1.jpg",
        "~/photos/../photos/a#1.jpg",
        "file://{}/a%231.jpg",
        "file://{}/a#1.jpg",
        "FILE://localhost{}/../photos/a#1.jpg",
    ],
)
def test_two_spellings_of_one_file_are_one_file(spelling, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    file = tmp_path / "photos/a#1.jpg"
    Image.new("RGB", (3, 2)).save(file)
    dataset = make({"path": [spelling.format(tmp_path / "photos")]}, path_column="path")
    assert dataset.df["file_path_abs"].tolist() == [str(file)]
    report = dataset.add_images_from_path(spelling.format(tmp_path / "photos"))
    assert (report.added, report.already_present) == (0, 1)


@pytest.mark.parametrize(
    "spelling",
    [
        r"c:\x\..\photos\.\1.jpg",
        "C:/photos//1.jpg",
        "file:///c:/photos/1.jpg",
        r"\\?\C:\photos\1.jpg",
    ],
)
def test_two_spellings_of_a_file_on_windows_are_one(spelling):
    dataset = make({"path": [spelling], **SIZE})
    assert dataset.df["file_path_abs"].tolist() == [r"C:\photos\1.jpg"]


@pytest.mark.parametrize("held", ["NFC", "NFD"])
@pytest.mark.parametrize("given", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_are_one_file(tmp_path, held, given):
    file = tmp_path / unicodedata.normalize(held, "Größe ü.png")
    Image.new("RGB", (3, 2)).save(file)
    dataset = make({"path": [str(tmp_path / unicodedata.normalize(given, "Größe ü.png"))]})
    assert dataset.df["file_path_abs"].tolist() == [str(file)]
    assert dataset.add_images_from_path(tmp_path).added == 0


def test_two_spellings_in_a_parquet_file_are_one_file(tmp_path):
    file = tmp_path / "photos/a.png"
    file.parent.mkdir()
    Image.new("RGB", (3, 2)).save(file)
    paths = ["photos/../photos/./a.png", f"{tmp_path}//photos/a.png"]
    pd.DataFrame({"path": paths, "k": [1, 2]}).to_parquet(tmp_path / "table.parquet")
    dataset = fg.ImageDataset.load(tmp_path / "table.parquet", filters=[])
    assert dataset.df["file_path_abs"].tolist() == [str(file)] * 2


def test_a_link_is_a_file_of_its_own(tmp_path):
    Image.new("RGB", (3, 2)).save(tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    dataset = make({"path": [str(tmp_path / "a.png")]})
    assert dataset.add_images_from_path(tmp_path).added == 1
