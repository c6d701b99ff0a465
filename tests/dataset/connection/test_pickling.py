"""Datasets that are copied, or sent to other processes: their files, open read-only."""

import copy
import multiprocessing
import pickle
from functools import partial

import pytest

import framegrid as fg
import worker_tasks
from framegrid.base import ReadOnlyDatasetError

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("photos") as dataset:
        dataset.add_images_from_path(photos)
        dataset.save()
        for sample in dataset:
            sample.metadata["rank"] = sample.sample_id  # these are in the journal
        yield dataset


def test_a_data_loader_opens_images_in_its_workers(dataset):
    items = worker_tasks.Pictures(dataset)
    with SPAWN.Pool(2) as pool:
        made = pool.map(partial(worker_tasks.loaded, items), range(len(items)))
    assert made == [items[index] for index in range(6)]
    assert made[1] == ((72, 48), 1)


def test_a_worker_follows_and_does_not_edit(dataset):
    seen = SPAWN.Queue()
    with SPAWN.Pool(1) as pool:
        message = pool.apply(worker_tasks.edited, (dataset,))
        assert f"load it here to edit it, with ImageDataset.load('{dataset.path}')" in message
        worker = SPAWN.Process(target=worker_tasks.follow, args=(dataset, 7, seen))
        worker.start()
        dataset.get_sample(0).metadata["rank"] = 7
        assert seen.get(timeout=60) == [7, 1, 2, 3, 4, 5]
        worker.join()
        pool.apply(worker_tasks.edit_at, (dataset.path,))
    assert dataset.df["rank"].tolist() == [7, 8, 2, 3, 4, 5]


COPIES = {
    "pickle": lambda dataset: pickle.loads(pickle.dumps(dataset)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.filterwarnings("error")
def test_a_copy_is_open_read_only(dataset, copied):
    other = copied(dataset)
    assert (type(other), other.path, len(other)) == (fg.ImageDataset, dataset.path, 6)
    assert "read-only" in repr(other)
    assert other.df.equals(dataset.df)
    with pytest.raises(ReadOnlyDatasetError, match="sent here from another process: load it"):
        other.drop_metadata("rank")
    dataset.get_sample(0).metadata["rank"] = 7
    assert other.df["rank"][0] == 7
    other.close()
    dataset.get_sample(0).metadata["rank"] = 8
    assert dataset.df["rank"][0] == 8


def test_a_pickle_is_small_and_says_no_more_than_the_place(dataset):
    fg.allow_urls("s3://another-bucket/")
    data = pickle.dumps(dataset)
    assert len(data) < 1_000
    assert str(dataset.path).encode() in data
    assert b"another-bucket" not in data
    fg.allow_urls(forget="s3://another-bucket/")


def test_samples_travel_with_their_dataset(dataset):
    samples = pickle.loads(pickle.dumps(list(dataset)))
    assert [sample.metadata["rank"] for sample in samples] == list(range(6))
    assert len({id(sample._connection) for sample in samples}) == 1
    with pytest.raises(ReadOnlyDatasetError):
        samples[0].metadata["rank"] = 1


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_one_in_memory_says_what_to_do(dataset, copied):
    frame = dataset.df
    memory = fg.ImageDataset.from_dataframe(frame)
    part = fg.ImageDataset.load(dataset.path, columns=["rank"])
    for each in (memory, part):
        with pytest.raises(TypeError, match=r"in memory.*save it first, with save\('photos'\)"):
            copied(each)
    memory.save("saved")
    assert copied(memory).df.equals(frame)


def test_what_is_gone_is_said(dataset):
    data = pickle.dumps(dataset)
    dataset.close()
    dataset.path.unlink()
    with pytest.raises(FileNotFoundError, match="no such dataset"):
        pickle.loads(data)


def test_one_on_object_storage(bucket):
    url = bucket.url("photos")
    with fg.ImageDataset.create(url) as dataset:
        other = pickle.loads(pickle.dumps(dataset))
        assert (other.path, len(other)) == (f"{url}.parquet", 0)
        with pytest.raises(ReadOnlyDatasetError, match="load it here"):
            other._connection.set_metadata(0, {"rank": 1})
