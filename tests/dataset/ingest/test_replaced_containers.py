"""Files with images in them that hold other things than when they were added."""

import zipfile

import pytest

import framegrid as fg
from picture_tables import cells, jpeg_of, write_parquet


@pytest.fixture
def dataset(tmp_path):
    with fg.ImageDataset.create(tmp_path / "saved") as dataset:
        yield dataset


def write_zip(path, *numbers):
    with zipfile.ZipFile(path, "w") as archive:
        for place, number in enumerate(numbers):
            archive.writestr(f"{place}.jpg", jpeg_of(number))
    return path


def problems(dataset):
    return dataset.check_images(progress=False)["problem"].tolist()


def write_cells(path, *numbers):
    return write_parquet(path, image=[cell for n in numbers for cell in cells(1, n)])


KINDS = {"zip": write_zip, "parquet": write_cells}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_told_and_taken_over(dataset, tmp_path, kind):
    path = tmp_path / f"0.{kind}"
    KINDS[kind](path, 1, 2)
    dataset.add_images_from_path(path)
    assert problems(dataset) == []
    KINDS[kind](path, 1, 5)
    found = dataset.check_images(progress=False)
    assert found["problem"].tolist() == ["changed", "replaced"]
    assert f"'0.{kind}' holds other things" in found["reason"].iloc[0]
    dataset.read_sizes(changed=True, progress=False)
    assert dataset.df["width"].tolist() == [11, 15]
    assert problems(dataset) == []
    dataset.undo()
    assert problems(dataset) == ["changed", "replaced"]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_are_not_there_any_more(dataset, tmp_path, kind):
    path = tmp_path / f"0.{kind}"
    KINDS[kind](path, 1, 2)
    dataset.add_images_from_path(path)
    KINDS[kind](path, 1)
    found = dataset.check_images(progress=False)
    assert found["problem"].iloc[-1] in ("changed", "gone")
    assert "no such" in found["reason"].iloc[-1]


def test_it_is_known_after_loading_again_and_is_no_key(dataset, tmp_path):
    path = write_cells(tmp_path / "0.parquet", 1)
    dataset.add_images_from_path(path)
    dataset.close()
    write_cells(path, 1, 2)
    with fg.ImageDataset.load(dataset.path) as again:
        assert problems(again) == ["changed"]
        assert again.schema == {}
        assert again.history()["keys"].tolist() == [[]]


def test_copies_are_the_same(dataset, tmp_path):
    path = write_cells(tmp_path / "0.parquet", 1)
    dataset.add_images_from_path(path)
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)
    assert problems(dataset) == []


# Moved ones


@pytest.mark.parametrize("new", ["new/0.parquet", "old/1.parquet"])
def test_a_parquet_file_that_moved_is_followed_and_not_added(dataset, tmp_path, new):
    path = write_cells(tmp_path / "old/0.parquet", 1, 2)
    dataset.add_images_from_path(path)
    (tmp_path / new).parent.mkdir(exist_ok=True)
    path.rename(tmp_path / new)
    with pytest.warns(UserWarning, match=r"not added: 2 .*dataset\.relink"):
        report = dataset.add_images_from_path((tmp_path / new).parent)
    ((old_place, new_place, count),) = report.moved
    assert (report.added, count, len(dataset)) == (0, 2, 2)
    assert dataset.relink(old_place, new_place) == 2
    assert [sample.open().width for sample in dataset] == [11, 12]
    assert dataset.add_images_from_path(tmp_path / new).already_present == 2


def test_shards_that_are_new_are_added_beside_those_that_moved(dataset, tmp_path):
    for number in range(2):
        write_cells(tmp_path / f"old/{number}.parquet", number)
    dataset.add_images_from_path(tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    write_cells(tmp_path / "new/2.parquet", 7)
    with pytest.warns(UserWarning, match="not added: 2"):
        report = dataset.add_images_from_path(tmp_path / "new")
    assert report.moved == [(str(tmp_path / "old"), str(tmp_path / "new"), 2)]
    assert (report.added, len(dataset)) == (1, 3)


def test_copies_and_those_that_shall_be_new_are_added(dataset, tmp_path):
    path = write_cells(tmp_path / "old/0.parquet", 1)
    dataset.add_images_from_path(path)
    copy = write_cells(tmp_path / "copy/0.parquet", 1)
    assert dataset.add_images_from_path(copy).added == 1
    path.rename(tmp_path / "new.parquet")
    copy.unlink()
    assert dataset.add_images_from_path(tmp_path / "new.parquet", relink=False).added == 1
