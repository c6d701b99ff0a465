"""Finding image files: files, folders and globs."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framegrid.images import EXTENSIONS, find_images
from framegrid.images.sources.finding import natural_order


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(found: list[Path], folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in found]


def test_finds_a_single_file(tmp_path):
    touch(tmp_path, "a.jpg")
    assert find_images(tmp_path / "a.jpg") == [tmp_path / "a.jpg"]


def test_sorts_numbers_by_value_and_files_before_subfolders(tmp_path):
    touch(tmp_path, "img10.jpg", "img2.jpg", "b/1.jpg", "dir10/a.jpg", "dir9/a.jpg", "z.jpg")
    expected = ["img2.jpg", "img10.jpg", "z.jpg", "b/1.jpg", "dir9/a.jpg", "dir10/a.jpg"]
    assert names(find_images(tmp_path), tmp_path) == expected


@given(st.lists(st.integers(0, 2**64), unique=True))
def testnatural_order_is_the_order_of_numbers(numbers):
    paths = [f"{os.sep}photos{os.sep}img{number}.jpg" for number in numbers]
    ordered = [f"{os.sep}photos{os.sep}img{number}.jpg" for number in sorted(numbers)]
    assert sorted(paths, key=natural_order()) == ordered


def test_knows_extensions_in_any_case(tmp_path):
    touch(tmp_path, *(f"a{ext}" for ext in EXTENSIONS), "B.JPG", "notes.txt", "jpg", "c.jpg.bak")
    assert len(find_images(tmp_path)) == len(EXTENSIONS) + 1


def test_not_recursive_stays_in_the_folder(tmp_path):
    touch(tmp_path, "a.jpg", "sub/b.jpg")
    assert names(find_images(tmp_path, recursive=False), tmp_path) == ["a.jpg"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.jpg", ["a.jpg"]),
        ("**/*.jpg", ["a.jpg", "x/b.jpg", "x/y/c.jpg"]),
        ("x/*", ["x/b.jpg", "x/y/c.jpg"]),
        ("[xz]/*.png", ["z/d.png"]),
        ("*/y", ["x/y/c.jpg"]),
    ],
)
def test_globs(tmp_path, pattern, expected):
    touch(tmp_path, "a.jpg", "a.txt", "x/b.jpg", "x/y/c.jpg", "z/d.png", ".hidden/e.jpg")
    assert names(find_images(tmp_path / pattern), tmp_path) == expected


def test_a_name_goes_before_a_glob(tmp_path):
    touch(tmp_path, "trip [2020]/a.jpg")
    assert names(find_images(tmp_path / "trip [2020]"), tmp_path) == ["trip [2020]/a.jpg"]


def test_a_glob_inside_a_folder_with_brackets(tmp_path):
    touch(tmp_path, "trip [2020]/a.jpg", "trip [2020]/b.png")
    assert names(find_images(tmp_path / "trip [2020]" / "*.jpg"), tmp_path) == ["trip [2020]/a.jpg"]


def test_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    touch(tmp_path, "photos/a.jpg")
    assert find_images("~/photos") == [tmp_path / "photos" / "a.jpg"]


def test_paths_are_absolute(tmp_path, monkeypatch):
    touch(tmp_path, "photos/a.jpg")
    monkeypatch.chdir(tmp_path)
    assert find_images("photos/../photos") == [tmp_path / "photos" / "a.jpg"]


def test_hidden_names_are_skipped_below_the_start(tmp_path):
    touch(tmp_path, ".start/a.jpg", ".start/.b.jpg", ".start/.cache/c.jpg")
    assert names(find_images(tmp_path / ".start"), tmp_path) == [".start/a.jpg"]


def test_linked_folders_are_followed_without_loops(tmp_path):
    touch(tmp_path, "photos/a.jpg", "elsewhere/b.jpg")
    (tmp_path / "photos" / "again").symlink_to(tmp_path / "photos", target_is_directory=True)
    (tmp_path / "photos" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "photos", target_is_directory=True)
    (tmp_path / "photos" / "self.jpg").symlink_to(tmp_path / "photos" / "self.jpg")
    found = names(find_images(tmp_path / "photos"), tmp_path)
    assert found == ["photos/a.jpg", "photos/self.jpg", "photos/link/b.jpg"]


def test_a_folder_is_found_by_its_own_name_rather_than_a_links(tmp_path):
    touch(tmp_path, "z/deep/a.jpg")
    (tmp_path / "a").symlink_to(tmp_path / "z" / "deep", target_is_directory=True)
    assert names(find_images(tmp_path), tmp_path) == ["z/deep/a.jpg"]


def test_missing_path_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such file or folder: .*nowhere"):
        find_images(tmp_path / "nowhere")


def test_glob_without_matches_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such file or folder: .*\*\.jpg"):
        find_images(tmp_path / "*.jpg")


def test_folder_without_images_says_what_is_there(tmp_path):
    touch(tmp_path, "a.txt", "sub/b.txt")
    with pytest.raises(ValueError, match=r"0 of 2 files in .* have an image extension \(\.apng, "):
        find_images(tmp_path)


def test_folder_without_images_tells_of_subfolders_left_out(tmp_path):
    touch(tmp_path, "sub/a.jpg")
    with pytest.raises(ValueError, match=r"0 of 0 files in .*, subfolders left out, have"):
        find_images(tmp_path, recursive=False)


def test_undecodable_names_are_skipped_with_a_warning(tmp_path):
    touch(tmp_path, "a.jpg")
    try:
        Path(os.fsdecode(bytes(tmp_path) + b"/\xff.jpg")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    with pytest.warns(UserWarning, match=r"skipped 1 file.* not valid UTF-8, such as .*\\udcff"):
        assert names(find_images(tmp_path), tmp_path) == ["a.jpg"]


def deny(monkeypatch, denied):
    scandir = os.scandir

    def denying(folder):
        if Path(folder) == denied:
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", denying)


def test_unreadable_subfolders_are_skipped_with_a_warning(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", "secret/b.jpg")
    deny(monkeypatch, tmp_path / "secret")
    with pytest.warns(UserWarning, match=r"skipped 1 folder.* cannot be read, such as .*secret"):
        assert names(find_images(tmp_path), tmp_path) == ["a.jpg"]


def test_an_unreadable_start_is_an_error(tmp_path, monkeypatch):
    deny(monkeypatch, tmp_path)
    with pytest.raises(PermissionError, match="Permission denied"):
        find_images(tmp_path)
