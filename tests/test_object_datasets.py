"""Datasets on object storage: a local S3 server, and memory."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import uuid
from contextlib import contextmanager

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import framegrid as fg
from framegrid import remote
from framegrid.errors import ConflictError, DatasetCorruptError, ReadOnlyDatasetError
from object_store import jpeg


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """This machine: what makes it one is its cache."""
    monkeypatch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "here"))


@pytest.fixture
def there(tmp_path, monkeypatch):
    """Makes what is opened in its block be opened on another machine."""

    @contextmanager
    def there():
        with monkeypatch.context() as patch:
            patch.setenv("FRAMEGRID_CACHE_DIR", str(tmp_path / "there"))
            yield

    return there


@pytest.fixture
def url(folder):
    """The URL of a dataset of two images."""
    for name in ("0.jpg", "1.jpg"):
        remote.create(f"{folder}/photos/{name}", jpeg(20, 10))
    with fg.ImageDataset.create(f"{folder}/photos") as dataset:
        dataset.add_images_from_path(f"{folder}/photos")
        return dataset.path


def add(dataset, name):
    url = f"{dataset.path.rpartition('/')[0]}/more/{name}"
    if remote.status(url) is None:
        remote.create(url, jpeg(30, 10))
    dataset.add_images_from_path(url)


def stored(url):
    return pd.read_parquet(io.BytesIO(remote.read(url)))


def values(dataset, key):
    return dict(zip(dataset.df["file_name"], dataset.df[key], strict=True))


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


def run(code, url, **options):
    """Run Python code as a process, with `url` and `dataset`."""
    start = f"""
    import os, signal, sys, framegrid as fg
    url = {url!r}
    dataset = fg.ImageDataset.load(url)
    """
    code = textwrap.dedent(start) + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", code], check=False, **options)


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
    from framegrid.store.objects import ObjectStore
    moment = "replace" if {moment!r} == "before" else "_note_put"
    owner = remote if moment == "replace" else ObjectStore
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


def test_edits_of_two_machines_meet(url, there):
    with fg.ImageDataset.load(url) as mine:
        mine.get_sample(0).metadata["score"] = 1
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(1).metadata.update(score=2, label="cat")
        mine.get_sample(0).metadata["weight"] = 0.5
        mine.save()
        assert mine.df["score"].tolist() == [1, 2]
        assert mine.df["label"].tolist() == [None, "cat"] or mine.df["label"].isna()[0]
        mine.get_sample(1).metadata["weight"] = 1
    assert stored(url)["score"].tolist() == [1, 2]
    assert stored(url)["weight"].tolist() == [0.5, 1]


def test_what_met_another_machines_edits_is_not_undone(url, there):
    with fg.ImageDataset.load(url) as mine:
        mine.get_sample(0).metadata["score"] = 1
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(0).metadata["score"] = 2
        mine.save()
        with pytest.raises(ValueError, match="nothing to undo"):
            mine.undo()  # it would lose theirs
    assert stored(url)["score"].tolist()[0] == 1


def test_machines_take_turns(url, there):
    for turn in range(3):
        with fg.ImageDataset.load(url) as mine:
            mine.get_sample(0).metadata["turn"] = turn
        with there(), fg.ImageDataset.load(url) as theirs:
            assert theirs.get_sample(0).metadata["turn"] == turn
            theirs.get_sample(1).metadata["turn"] = turn
    assert stored(url)["turn"].tolist() == [2, 2]


def test_edits_of_a_killed_process_meet_those_of_another_machine(bucket, there):
    with fg.ImageDataset.create(bucket.url("photos")) as dataset:
        add(dataset, "0.jpg")
        url = dataset.path
    kill = "dataset.get_sample(0).metadata['mine'] = 1; os.kill(os.getpid(), signal.SIGKILL)"
    run(kill, url)
    with there(), fg.ImageDataset.load(url) as theirs:
        theirs.get_sample(0).metadata["theirs"] = 2
    run(kill.replace("'mine'", "'more'"), url)
    with there(), fg.ImageDataset.load(url) as theirs:
        theirs.get_sample(0).metadata["theirs"] = 3
    with fg.ImageDataset.load(url) as mine:
        assert dict(mine.get_sample(0).metadata) == {"theirs": 3, "mine": 1, "more": 1}
    assert stored(url)[["mine", "theirs", "more"]].iloc[0].tolist() == [1, 3, 1]


def test_samples_that_two_machines_add(url, there):
    with fg.ImageDataset.load(url) as mine:
        add(mine, "mine.jpg")
        add(mine, "both.jpg")
        mine.get_sample(2).metadata["by"] = "me"
        mine.get_sample(3).metadata["seen"] = True
        with there(), fg.ImageDataset.load(url) as theirs:
            add(theirs, "theirs.jpg")
            add(theirs, "both.jpg")
            theirs.get_sample(2).metadata["by"] = "them"
        with pytest.warns(RuntimeWarning, match="other ids now, such as 4 instead of 2"):
            mine.save()
        names = ["0.jpg", "1.jpg", "theirs.jpg", "both.jpg", "mine.jpg"]
        assert mine.df["file_name"].tolist() == names
        add(mine, "later.jpg")
        mine.get_sample(4).metadata["by"] = "me again"
    by = values(fg.ImageDataset.load(url), "by")
    assert by["theirs.jpg"] == "them"
    assert by["mine.jpg"] == "me again"
    assert values(fg.ImageDataset.load(url), "seen")["both.jpg"]


def test_new_ids_hold_when_the_put_fails(bucket, there, monkeypatch):
    """Edits made before and after ids changed are told apart in the journal."""
    url = fg.ImageDataset.create(bucket.url("photos")).path
    mine = fg.ImageDataset.load(url)
    add(mine, "mine.jpg")
    mine.get_sample(0).metadata["by"] = "me"
    with there(), fg.ImageDataset.load(url) as theirs:
        add(theirs, "theirs.jpg")
    with monkeypatch.context() as patch:
        patch.setattr(remote, "replace", fail)
        with pytest.warns(RuntimeWarning, match="other ids"), pytest.raises(OSError, match="no n"):
            mine.save()
    assert mine.get_sample(1).file_name == "mine.jpg"
    mine.get_sample(0).metadata["note"] = "of theirs"
    mine.get_sample(1).metadata["note"] = "of mine"
    with there(), fg.ImageDataset.load(url) as theirs:
        add(theirs, "theirs-2.jpg")
    with pytest.warns(RuntimeWarning, match="other ids"):
        mine.close()
    with fg.ImageDataset.load(url) as merged:
        expected = {"theirs.jpg": "of theirs", "theirs-2.jpg": None, "mine.jpg": "of mine"}
        notes = {sample.file_name: sample.metadata["note"] for sample in merged}
        assert notes == expected
        assert merged.get_sample(2).metadata["by"] == "me"


def test_new_ids_hold_after_the_put(bucket, there):
    url = fg.ImageDataset.create(bucket.url("photos")).path
    remote.create(bucket.url("more/mine.jpg"), jpeg(30, 10))
    kill = "os.kill(os.getpid(), signal.SIGKILL)"
    run(f"dataset.add_images_from_path({bucket.url('more/mine.jpg')!r}); {kill}", url)
    with there(), fg.ImageDataset.load(url) as theirs:
        add(theirs, "theirs.jpg")
    run(f"dataset.save(); dataset.get_sample(1).metadata['note'] = 'of mine'; {kill}", url)
    with fg.ImageDataset.load(url) as merged:
        notes = {sample.file_name: sample.metadata["note"] for sample in merged}
        assert notes == {"theirs.jpg": None, "mine.jpg": "of mine"}


def fail(*_):
    raise OSError("no network")


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        ({"label": "cat"}, {"label": 1}, "'label' is integer there and string here"),
        ({"score": "high"}, "drop", "'score' was renamed or dropped"),
        ({"label": "cat"}, "remove", "1 samples edited here, such as 0, were removed"),
        ("cast", {"score": "low"}, "ReplaceKey is about what the dataset was before"),
    ],
)
def test_edits_that_do_not_fit(url, there, mine, theirs, why):
    with fg.ImageDataset.load(url) as dataset:
        dataset.get_sample(0).metadata["score"] = "low"
    dataset = fg.ImageDataset.load(url)
    edit(dataset, mine)
    dataset.get_sample(1).metadata["fits"] = True
    before = dataset.df
    with there(), fg.ImageDataset.load(url) as other:
        edit(other, theirs)
    put = remote.status(url)
    with pytest.raises(ConflictError, match=rf"{why}.*save\('another name'\).*repair=True"):
        dataset.save()
    pd.testing.assert_frame_equal(dataset.df, before)
    dataset.get_sample(1).metadata["more"] = True
    with pytest.warns(RuntimeWarning, match="not yet in the Parquet file"):
        dataset.close()
    assert remote.status(url) == put
    with pytest.raises(ConflictError, match=why):
        fg.ImageDataset.load(url)
    with pytest.warns(RuntimeWarning, match=r"edits made here do not fit.*kept in"):
        kept = fg.ImageDataset.load(url, repair=True)
    with kept:
        assert kept.get_sample(1).metadata["fits"] is True
        assert kept.get_sample(1).metadata["more"] is True
    with fg.ImageDataset.load(url) as kept:
        assert kept.get_sample(1).metadata["fits"] is True


def edit(dataset, what):
    if what == "drop":
        dataset.drop_metadata("score")
    elif what == "remove":
        dataset.remove_samples([0])
    elif what == "cast":
        dataset.cast_metadata("score", "list")
    else:
        dataset.get_sample(0).metadata.update(what)


def test_integers_and_floats_of_two_machines(url, there):
    with fg.ImageDataset.load(url) as mine:
        mine.get_sample(0).metadata.update(a=1, b=1.5)
        mine.update_metadata({1: {"c": 2}})
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(1).metadata.update(a=1.5, b=1, c=0.5)
    with fg.ImageDataset.load(url) as both:
        assert both.schema == {"a": "float", "b": "float", "c": "float"}
        assert dict(both.get_sample(0).metadata) == {"a": 1.0, "b": 1.5}
        assert dict(both.get_sample(1).metadata) == {"a": 1.5, "b": 1.0, "c": 2.0}


def test_what_both_did_alike(url, there):
    with fg.ImageDataset.load(url) as dataset:
        dataset.get_sample(0).metadata.update(old=1, gone=2)
    with fg.ImageDataset.load(url) as mine:
        mine.rename_metadata("old", "new")
        mine.drop_metadata("gone")
        mine.remove_samples([1])
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.rename_metadata("old", "new")
            theirs.drop_metadata("gone")
            theirs.remove_samples([1])
    with fg.ImageDataset.load(url) as both:
        assert (len(both), both.schema) == (1, {"new": "integer"})


def test_a_process_follows_when_another_of_this_machine_took_others_edits_in(bucket, there):
    url = fg.ImageDataset.create(bucket.url("photos")).path
    with fg.ImageDataset.load(url) as mine:
        add(mine, "0.jpg")
        mine.save()
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(0).metadata["theirs"] = 1
        code = "dataset.get_sample(0).metadata['theirs'] = 2; dataset.close()"
        assert run(code, url).returncode == 0
        assert mine.get_sample(0).metadata["theirs"] == 2


def test_open_grids_follow_a_save_that_took_something_in(url, there):
    heard = []
    with fg.ImageDataset.load(url) as mine:

        def listener():
            heard.append(mine.revision)

        mine.subscribe(listener)
        with there(), fg.ImageDataset.load(url) as theirs:
            theirs.get_sample(0).metadata["score"] = 1
        mine.save()
        assert len(mine) == 2
        assert heard
        assert mine.get_sample(0).metadata["score"] == 1


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
    from framegrid.store import background
    from framegrid.store.objects import ObjectStore
    from waiting import wait_until

    monkeypatch.setattr(background, "INTERVAL", 0.001)
    monkeypatch.setattr(ObjectStore, "_pace", background.Pace(1, 2, 1 << 20))
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
