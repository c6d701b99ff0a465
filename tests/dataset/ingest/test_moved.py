"""Images that moved, were replaced or are gone: noticed, told, and followed by a call."""

import pickle
import threading
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import framegrid as fg
from waiting import wait_until


@pytest.fixture
def folder(tmp_path):
    """Images of different sizes in two folders, two of them with the same name."""
    for number, name in enumerate(["cats/1.png", "cats/2.png", "dogs/1.png", "3.png"]):
        path = tmp_path / "old" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20 + number, 10)).save(path)
    return tmp_path / "old"


@pytest.fixture
def dataset(folder, tmp_path):
    with fg.ImageDataset.create(tmp_path / "set") as dataset:
        dataset.add_images_from_path(folder)
        yield dataset


def paths(dataset):
    return dataset.df["file_path_abs"].tolist()


# Adding the new place


def test_images_that_moved_are_not_added_and_the_call_follows_them(dataset, folder):
    new = folder.rename(folder.with_name("new"))
    with pytest.warns(UserWarning, match=r"not added: 4 .*relink=False adds them"):
        report = dataset.add_images_from_path(new)
    assert (report.added, report.already_present, len(dataset)) == (0, 0, 4)
    assert report.moved == [(str(folder), str(new), 4)]
    call = f"dataset.relink({str(folder)!r}, {str(new)!r})"
    assert call in repr(report)
    assert eval(call, {"dataset": dataset}) == 4
    assert all(path.startswith(str(new)) for path in paths(dataset))
    assert dataset.add_images_from_path(new).already_present == 4


def test_they_are_added_when_asked_for(dataset, folder):
    new = folder.rename(folder.with_name("new"))
    report = dataset.add_images_from_path(new, relink=False)
    assert (report.added, report.moved, len(dataset)) == (4, [], 8)


def test_other_images_are_added_beside_those_that_moved(dataset, folder):
    new = folder.rename(folder.with_name("new"))
    Image.new("RGB", (50, 10)).save(new / "4.png")
    Image.new("RGB", (51, 10)).save(new / "cats/2.png")  # another picture of that name
    with pytest.warns(UserWarning, match="not added: 3 "):
        report = dataset.add_images_from_path(new)
    assert sorted(Path(path).name for path in paths(dataset)[4:]) == ["2.png", "4.png"]
    assert report.added == 2


@pytest.mark.parametrize("renamed", ["pets", "dogs/young"])
def test_a_folder_that_moved_is_told_from_one_of_equal_names_that_did_not(dataset, folder, renamed):
    (folder / renamed).parent.mkdir(exist_ok=True)
    new = (folder / "cats").rename(folder / renamed)
    with pytest.warns(UserWarning, match="not added: 2 "):
        report = dataset.add_images_from_path(folder)
    assert (report.added, report.already_present) == (0, 2)
    assert report.moved == [(str(folder / "cats"), str(new), 2)]


def test_sizes_tell_which_of_equal_names_moved(dataset, folder):
    new = folder.rename(folder.with_name("new"))
    (new / "dogs").rename(new / "hounds")
    with pytest.warns(UserWarning, match="not added: 1 "):
        report = dataset.add_images_from_path(new / "hounds")
    assert report.added == 0
    assert report.moved == [(str(folder / "dogs"), str(new / "hounds"), 1)]


def test_images_that_could_be_each_of_several_that_are_gone_are_not_added(folder, tmp_path):
    (folder / "cats/2.png").unlink()
    (folder / "dogs/1.png").write_bytes((folder / "cats/1.png").read_bytes())
    with fg.ImageDataset.create(tmp_path / "alike") as dataset:
        dataset.add_images_from_path(folder)
        new = folder.rename(folder.with_name("new"))
        (new / "cats").rename(new / "a")
        (new / "dogs").rename(new / "b")
        with pytest.warns(UserWarning, match="not added: 2 of name and size of several images"):
            report = dataset.add_images_from_path(new)
        assert (report.added, report.already_present, len(dataset)) == (0, 0, 3)
        assert report.like_several == [str(new / "a/1.png"), str(new / "b/1.png")]
        assert "dataset.relink(old_folder, new_folder)" in repr(report)
        assert dataset.relink(folder / "cats", new / "a") == 1
        assert dataset.add_images_from_path(new / "b", relink=False).added == 1


def test_copies_of_images_that_are_still_there_are_added(dataset, folder, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/3.png").write_bytes((folder / "3.png").read_bytes())
    assert dataset.add_images_from_path(tmp_path / "copy").added == 1


# Following


def test_relink_leaves_those_that_are_not_there(dataset, folder):
    new = folder.rename(folder.with_name("new"))
    (new / "3.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"1 of 4 files .*missing='skip' moves the others"):
        dataset.relink(folder, new)
    assert dataset.relink(folder, new, missing="skip") == 3
    assert [path for path in paths(dataset) if path.startswith(str(folder))] == [
        str(folder / "3.png")
    ]
    with pytest.raises(ValueError, match="missing='ignore'"):
        dataset.relink(folder, new, missing="ignore")


@pytest.mark.parametrize(
    ("held", "old"),
    [
        (r"C:\photos\{}", r"C:\photos"),
        (r"C:\photos\{}", "c:/photos/"),
        ("C:/photos/{}", r"C:\photos"),
        (r"\\nas\photos\{}", r"\\nas\photos"),
        (r"\\nas\photos\{}", "//nas/photos"),
        (r"C:\Photos\İ\{}", r"c:\photos\İ"),
        (r"\\NAS\Photos\{}", r"\\nas\photos"),
        (r"C:\photos\new\{}", r"C:\photos\old\..\new\."),
    ],
)
def test_relink_reaches_paths_of_windows(folder, held, old):
    names = [r"cats\1.png", "3.png"]
    frame = pd.DataFrame({"path": [held.format(n) for n in names], "width": 1, "height": 1})
    dataset = fg.ImageDataset.from_dataframe(frame, "path")
    assert dataset.relink(old, folder) == 2
    assert paths(dataset) == [str(folder / "cats/1.png"), str(folder / "3.png")]


# What is no longer what it was


def test_problems_are_listed(dataset, folder):
    dataset.compute_metadata(lambda image: {"w": image.width}, keys="w", progress=False)
    assert dataset.check_images().empty
    (folder / "3.png").unlink()
    Image.new("RGB", (70, 30)).save(folder / "cats/1.png")
    Image.new("RGB", (21, 10), "red").save(folder / "cats/2.png")
    (folder / "dogs/1.png").write_bytes(b"no image")
    found = dataset.check_images()
    by_path = found.set_index("file_path_abs")
    assert by_path["problem"].to_dict() == {
        str(folder / "3.png"): "gone",
        str(folder / "cats/1.png"): "replaced",
        str(folder / "cats/2.png"): "changed",
        str(folder / "dogs/1.png"): "changed",
    }
    assert by_path.loc[str(folder / "cats/1.png"), ["width", "height"]].tolist() == [70, 30]
    assert "w was computed" in by_path.loc[str(folder / "cats/2.png"), "reason"]
    assert found.index.name == "sample_id"
    assert set(found.index) == set(dataset.df.index)


def test_sizes_that_changed_are_read_again(dataset, folder):
    Image.new("RGB", (70, 30)).save(folder / "cats/1.png")
    before = dataset.revision
    assert dataset.read_sizes() == []
    assert dataset.revision == before
    assert dataset.read_sizes(changed=True) == []
    row = dataset.df.set_index("file_path_abs").loc[str(folder / "cats/1.png")]
    assert row[["width", "height"]].tolist() == [70, 30]
    assert dataset.revision == before + 1
    assert dataset.check_images().empty


# Loading


def test_loading_says_when_images_are_gone(dataset, folder, tmp_path):
    dataset.close()
    new = folder.rename(folder.with_name("new"))
    with fg.ImageDataset.load(tmp_path / "set") as again:
        assert "4 of 4 image files looked at are gone" in repr(again)
        assert "dataset.relink(old_folder, new_folder)" in again.gone
        assert pickle.loads(pickle.dumps(again)).gone == ""
        grid, heard = again.show(), []
        grid._messenger.notice = heard.append
        grid._receive({"type": "ready", "id": 1, "versions": {}, "arrays": []})
        grid._receive({"type": "ready", "id": 2, "versions": {}, "arrays": []})
        assert heard == [f"{again.gone}."]
        grid.close()
        again.relink(folder, new)
        assert again.gone == ""
        assert "gone" not in repr(again)
    assert not [t for t in threading.enumerate() if t.name == "framegrid-check"]


def test_loading_warns_unasked_of_a_dataset_in_use(dataset, folder, tmp_path):
    dataset.close()
    folder.rename(folder.with_name("new"))
    said = pytest.warns(RuntimeWarning, match="4 of 4 image files looked at are gone")
    with fg.ImageDataset.load(tmp_path / "set"), said as caught:
        wait_until(lambda: caught.list)


def test_loading_says_when_images_were_replaced(dataset, folder, tmp_path):
    dataset.close()
    Image.new("RGB", (7, 7)).save(folder / "3.png")
    with fg.ImageDataset.load(tmp_path / "set") as again:
        assert "1 of 4 image files looked at are now of another size than before" in again.gone
        assert str(folder / "3.png") in again.gone
        assert "dataset.read_sizes(changed=True)" in repr(again)
        again.read_sizes(changed=True)
        assert again.gone == ""
        (folder / "3.png").unlink()
    with fg.ImageDataset.load(tmp_path / "set") as again:
        Image.new("RGB", (8, 8)).save(folder / "cats/1.png")  # it looks when it is asked
        assert "are gone, such as" in again.gone
        assert "are now of another size than before" in again.gone
        assert again.gone.endswith("; dataset.check_images() lists all")


def test_loading_says_nothing_of_images_that_are_there(dataset, tmp_path):
    dataset.close()
    with fg.ImageDataset.load(tmp_path / "set") as again:
        assert again.gone == ""
