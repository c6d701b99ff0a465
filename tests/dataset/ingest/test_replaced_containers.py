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
