"""Pictures beside a dataset on object storage: objects, put before the edit that names them."""

import numpy as np
import pytest

import framegrid as fg
from framegrid import remote
from object_datasets_helpers import stored


def grey(value):
    return np.full((4, 6), value, np.uint8)


def pixels(dataset):
    return [np.asarray(sample.open()).flat[0] for sample in dataset]


def test_pictures_lie_beside_the_object(folder):
    with fg.ImageDataset.create(f"{folder}/made") as dataset:
        dataset.add_images([grey(1), grey(2)])
        dataset.add_images([grey(3)])
        assert remote.status(f"{folder}/made.images/0002.parquet") is not None
        assert pixels(dataset) == [1, 2, 3]
    assert stored(f"{folder}/made.parquet")["file_path_abs"].tolist() == [
        "parquet://image/0::made.images/0001.parquet",
        "parquet://image/1::made.images/0001.parquet",
        "parquet://image/0::made.images/0002.parquet",
    ]
    with fg.ImageDataset.load(f"{folder}/made") as again:
        assert pixels(again) == [1, 2, 3]


def test_machines_that_add_pictures_at_the_same_time_keep_both(folder, there):
    with fg.ImageDataset.create(f"{folder}/made") as mine:
        mine.add_images([grey(1)])
        with there(), fg.ImageDataset.load(f"{folder}/made") as theirs:
            theirs.add_images([grey(2)])
        with pytest.warns(RuntimeWarning, match="other ids"):
            mine.save()
        assert sorted(pixels(mine)) == [1, 2]


def test_pictures_go_along_to_object_storage_and_back(folder, tmp_path):
    dataset = fg.ImageDataset.from_dataframe([grey(1), grey(2)])
    dataset.save(tmp_path / "here")
    dataset.save(f"{folder}/copy")
    with fg.ImageDataset.load(f"{folder}/copy") as copy:
        assert pixels(copy) == [1, 2]
        copy.save(tmp_path / "back")
    dataset.close()
    for part in (tmp_path / "here.images").iterdir():
        part.unlink()
    with fg.ImageDataset.load(tmp_path / "back") as back:
        assert pixels(back) == [1, 2]
