"""Datasets on object storage: a local S3 server, and memory."""

import signal

import pandas as pd
import pytest

import framegrid as fg
from framegrid import remote
from object_datasets_helpers import add, run, stored


def test_create_and_load(folder):
    with fg.ImageDataset.create(f"{folder}/new") as dataset:
        assert (dataset.path, dataset.name, len(dataset)) == (f"{folder}/new.parquet", "new", 0)
    with fg.ImageDataset.load_or_create(f"{folder}/new.parquet") as dataset:
        assert repr(dataset).endswith(f"0 samples, 0 metadata keys ({folder}/new.parquet)")
    with pytest.raises(FileExistsError, match="already"):
        fg.ImageDataset.create(f"{folder}/new")
    with pytest.raises(FileNotFoundError, match="no such object"):
        fg.ImageDataset.load(f"{folder}/other")


def test_a_missing_bucket(bucket):
    for opened in (fg.ImageDataset.load, fg.ImageDataset.create, fg.ImageDataset.load_or_create):
        with pytest.raises(FileNotFoundError, match=r"bucket.*s3://nobody-has-this/photos.parquet"):
            opened("s3://nobody-has-this/photos")


def test_what_is_no_dataset(folder):
    remote.create(f"{folder}/text.parquet", b"no Parquet")
    with pytest.raises(ValueError, match=rf"{folder}/text.parquet is no Parquet file"):
        fg.ImageDataset.load(f"{folder}/text")


def test_other_urls():
    with pytest.raises(ValueError, match="only object storage"):
        fg.ImageDataset.load("file:///tmp/photos")


def test_edits_reach_the_object_at_saving_and_closing(url):
    with fg.ImageDataset.load(url) as dataset:
        dataset.get_sample(0).metadata["score"] = 1
        assert "score" not in stored(url)
        dataset.save()
        assert stored(url)["score"].tolist() == [1, pd.NA]
        dataset.get_sample(1).metadata["score"] = 2
    assert stored(url)["score"].tolist() == [1, 2]


def test_a_save_with_nothing_to_save_puts_nothing(url):
    before = remote.status(url)
    with fg.ImageDataset.load(url) as dataset:
        dataset.save()
    assert remote.status(url) == before


def test_no_other_object_appears(folder, url):
    with fg.ImageDataset.load(url) as dataset:
        dataset.get_sample(0).metadata["score"] = 1
    assert [each for each in remote.find(folder, recursive=True) if "jpg" not in each] == [url]


def test_a_copy_there_and_back(folder, url, tmp_path):
    with fg.ImageDataset.load(url) as dataset:
        dataset.get_sample(0).metadata["score"] = 1
        dataset.save(tmp_path / "local")
    with fg.ImageDataset.load(tmp_path / "local") as local:
        assert local.get_sample(0).metadata["score"] == 1
        local.save(f"{folder}/copy")
    with fg.ImageDataset.load(f"{folder}/copy") as copy:
        assert copy.df["score"].tolist() == [1, pd.NA]


def test_a_dataset_in_memory_moves_there(folder):
    dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": ["a.jpg"], "score": [1]}))
    dataset.save(f"{folder}/moved")
    dataset.get_sample(0).metadata["score"] = 2
    dataset.close()
    assert stored(f"{folder}/moved.parquet")["score"].tolist() == [2]


def test_edits_survive_a_killed_process(bucket):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        url = dataset.path
    before = remote.status(url)
    code = """
    for score in range(100):
        dataset.get_sample(0).metadata["score"] = score
    os.kill(os.getpid(), signal.SIGKILL)
    """
    assert run(code, url).returncode == -signal.SIGKILL
    assert remote.status(url) == before
    with fg.ImageDataset.load(url) as dataset:
        assert dataset.get_sample(0).metadata["score"] == 99
    assert stored(url)["score"].tolist() == [99]


def test_the_end_of_a_process_puts_the_edits(bucket):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        url = dataset.path
    assert run("dataset.get_sample(0).metadata['score'] = 1", url).returncode == 0
    assert stored(url)["score"].tolist() == [1]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_around_the_put(bucket, moment):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        url = dataset.path
    code = f"""
    from framegrid import remote
    from framegrid.storage.store.ledger import Ledger
    moment = "replace" if {moment!r} == "before" else "publish"
    owner = remote if moment == "replace" else Ledger
    setattr(owner, moment, lambda *args: os.kill(os.getpid(), signal.SIGKILL))
    dataset.get_sample(0).metadata["score"] = 1
    dataset.save()
    """
    assert run(code, url).returncode == -signal.SIGKILL
    with fg.ImageDataset.load(url) as dataset:
        assert dataset.get_sample(0).metadata["score"] == 1
        dataset.get_sample(0).metadata["score"] = 2
    assert stored(url)["score"].tolist() == [2]


def test_two_processes_of_one_machine_share_the_journal(bucket):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        url = dataset.path
        dataset.save()
        code = "dataset.get_sample(0).metadata['score'] = 1; dataset.close()"
        assert run(code, url).returncode == 0
        assert dataset.get_sample(0).metadata["score"] == 1
        dataset.get_sample(0).metadata["score"] = 2
    assert stored(url)["score"].tolist() == [2]
