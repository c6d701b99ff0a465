"""Datasets on object storage: a local S3 server, and memory."""

import os
import shutil
import uuid
from contextlib import contextmanager

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import framegrid as fg
from framegrid import remote
from framegrid.base import ConflictError, DatasetCorruptError, ReadOnlyDatasetError
from object_datasets_helpers import add, stored
from object_store import jpeg


@pytest.mark.parametrize("theirs", [b"PAR1 of another program PAR1", None])
def test_the_object_was_replaced_or_deleted(bucket, theirs, tmp_path):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        bucket.delete("photos.parquet")
        if theirs:
            bucket.put("photos.parquet", theirs)
        with pytest.raises((ConflictError, DatasetCorruptError), match="photos"):
            dataset.save()
        dataset.save(tmp_path / "mine")
        with pytest.warns(RuntimeWarning, match="not yet"):
            dataset.close()
    assert len(fg.ImageDataset.load(tmp_path / "mine")) == 1
    assert not theirs or bucket.get("photos.parquet") == theirs


def test_a_new_dataset_under_the_url_of_an_old_one(bucket):
    url = fg.ImageDataset.create(bucket.url("photos")).path
    with fg.ImageDataset.load(url) as dataset:
        add(dataset, "0.jpg")
    bucket.delete("photos.parquet")
    with fg.ImageDataset.create(url) as dataset:
        assert len(dataset) == 0


def test_a_put_that_fails_leaves_the_good_object(bucket, monkeypatch):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        dataset.save()
        good = bucket.get("photos.parquet")
        dataset.get_sample(0).metadata["score"] = 1
        with monkeypatch.context() as patch:
            patch.setattr("aiobotocore.httpsession.AIOHTTPSession.send", fail_half_way)
            with pytest.raises(OSError, match="photos"):
                dataset.save()
        assert bucket.get("photos.parquet") == good
        assert dataset.get_sample(0).metadata["score"] == 1
    assert stored(dataset.path)["score"].tolist() == [1]


def refuses(dataset):
    """Edits and saves are refused, from now on; closing says where the edits are."""
    for work in (lambda: dataset.get_sample(0).metadata.update(by="again"), dataset.save):
        with pytest.raises(ConflictError, match="Until it is loaded again"):
            work()
    with pytest.warns(RuntimeWarning, match=r"was closed and not saved.*photos\.parquet\.journal"):
        dataset.close()


def test_another_dataset_under_its_url_is_not_replaced(bucket, tmp_path):
    dataset = fg.ImageDataset.create(bucket.url("photos"))
    add(dataset, "0.jpg")
    fg.ImageDataset.from_dataframe(pd.DataFrame({"path": ["x.jpg"]})).save(tmp_path / "other")
    theirs = (tmp_path / "other.parquet").read_bytes()
    bucket.put("photos.parquet", theirs)
    dataset._connection.store._journal.settled = False  # as Ctrl-C leaves it
    with pytest.raises(ConflictError, match="replaced by another dataset"):
        dataset.get_sample(0).metadata["by"] = "me"
    refuses(dataset)
    assert bucket.get("photos.parquet") == theirs
    dataset.save(tmp_path / "mine")
    assert len(fg.ImageDataset.load(tmp_path / "mine")) == 1
    with pytest.raises(ConflictError, match=r"belongs to another dataset.*'snapshot'"):
        fg.ImageDataset.load(dataset.path)
    with pytest.warns(RuntimeWarning, match="goes on with the Parquet file"):
        again = fg.ImageDataset.load(dataset.path, conflict="snapshot")
    with again:
        assert [sample.file_name for sample in again] == ["x.jpg"]


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """Makes what is opened in its block be opened on a copy of this machine, cache and all."""

    @contextmanager
    def clone():
        with monkeypatch.context() as patch:
            if not (tmp_path / "clone").exists():
                shutil.copytree(tmp_path / "here", tmp_path / "clone")
            patch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "clone"))
            yield

    return clone


@pytest.mark.parametrize("edits", [1, 3])
def test_two_machines_of_one_name(url, clone, edits):
    with fg.ImageDataset.load(url) as dataset:
        dataset.get_sample(0).metadata["by"] = "first"
    with clone(), fg.ImageDataset.load(url) as theirs:
        for number in range(edits):
            theirs.get_sample(1).metadata["by"] = f"them {number}"
    mine = fg.ImageDataset.load(url)
    assert mine.df["by"].tolist()[1] == f"them {edits - 1}"
    with clone(), fg.ImageDataset.load(url) as theirs:
        theirs.get_sample(0).metadata["by"] = "them"
        mine.get_sample(1).metadata["by"] = "me"
    put = remote.read(url)
    with pytest.raises(ConflictError, match="goes by the same name as this one"):
        mine.save()
    refuses(mine)
    assert remote.read(url) == put
    with pytest.raises(ConflictError, match=r"two histories.*'both'"):
        fg.ImageDataset.load(url)
    with pytest.warns(RuntimeWarning, match=r"1 of its edits were made, in .*photos-from-journal"):
        fg.ImageDataset.load(url, conflict="both").close()
    with fg.ImageDataset.load(url) as again:
        assert again.df["by"].tolist() == ["them", f"them {edits - 1}"]
    with fg.ImageDataset.load(url.replace(".parquet", "-from-journal")) as kept:
        assert kept.df["by"].tolist()[1] == "me"


async def fail_half_way(session, request):
    raise OSError("the connection broke")


def test_read_only(bucket, read_only):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        url = dataset.path
    read_only()
    with pytest.warns(RuntimeWarning, match="photos.parquet is open read-only"):
        dataset = fg.ImageDataset.load_or_create(url)
    assert dataset.get_sample(0).width == 30
    assert dataset.get_sample(0).open().size == (30, 10)
    with pytest.raises(ReadOnlyDatasetError, match="save a copy under another name"):
        dataset.get_sample(0).metadata["score"] = 1
    with pytest.raises(PermissionError, match="access denied"):
        fg.ImageDataset.create(bucket.url("other"))


def test_quiet_time_puts_the_edits(bucket, monkeypatch):
    from framegrid.storage.journal import background
    from framegrid.storage.places.object import ObjectPlace
    from waiting import wait_until

    monkeypatch.setattr(background, "INTERVAL", 0.001)
    monkeypatch.setattr(ObjectPlace, "pace", background.SnapshotPace(1, 2, 1 << 20))
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        before = remote.status(dataset.path)
        add(dataset, "0.jpg")
        wait_until(lambda: remote.status(dataset.path) != before)
        assert len(stored(dataset.path)) == 1


def test_a_part_cannot_be_opened(url):
    with pytest.raises(ValueError, match="on object storage, of which a dataset is opened as a wh"):
        fg.ImageDataset.load(url, columns=["score"])


def test_forked_children_use_it(bucket):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        child = os.fork()
        if not child:
            dataset.get_sample(0).metadata["score"] = 1
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert dataset.get_sample(0).metadata["score"] == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["here", "there"]),
        st.sampled_from(["add", "set", "save"]),
        st.integers(0, 4),
    ),
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@pytest.mark.filterwarnings("ignore:samples added here have other ids")
def test_nothing_is_lost_between_two_machines(steps, tmp_path, monkeypatch):
    url = f"memory://{tmp_path.name}/{uuid.uuid4().hex}"
    expected, machines = {}, {}
    for machine in ("here", "there"):
        monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / uuid.uuid4().hex))
        machines[machine] = fg.ImageDataset.load_or_create(url)
    for value, (machine, step, number) in enumerate(steps):
        path = f"memory://images/{number}.jpg"
        values = take(step, machines[machine], path, {machine: value})
        if values is not None:
            expected.setdefault(path, {}).update(values)
    for dataset in [*machines.values(), *machines.values()]:
        dataset.save()
    for dataset in machines.values():
        found = {sample.file_path_abs: dict(sample.metadata) for sample in dataset}
        assert found == expected
        dataset.close()


def take(step, dataset, path, values):
    """Make one step, and give the values that its sample has since, if any."""
    held = {sample.file_path_abs: sample for sample in dataset}
    if step == "save":
        dataset.save()
    elif path in held and step == "set":
        held[path].metadata.update(values)
        return values
    elif path not in held and step == "add":
        if remote.status(path) is None:
            remote.create(path, jpeg(8, 8))
        dataset.add_images_from_path(path)
        return {}
    return None
