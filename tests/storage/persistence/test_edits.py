"""What the next process finds in the file, and what other programs read from it."""

import datetime as dt
import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg

# Random edits

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
INSIDE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAIVE = st.datetimes().map(lambda when: when.replace(fold=0))
VALUES = {
    "text": TEXT,
    "größe": st.integers(-(2**63), 2**63 - 1),
    "real number": st.floats(allow_nan=False),
    "flag": st.booleans(),
    "tags": st.lists(INSIDE, max_size=4),
    "gear.lens": st.dictionaries(TEXT, INSIDE, max_size=4),
    "when": NAIVE,
    "caption \U0001f4f7": TEXT,
    "seen": NAIVE.map(lambda when: when.replace(tzinfo=dt.UTC)),
}
MISSING = st.sampled_from([None, float("nan"), np.float64("nan"), pd.NaT, pd.NA])
IDS = st.integers(0, 3)
KEYS = st.sampled_from([*VALUES])
TEXTS = ("text", "caption \U0001f4f7")  # may take each other's place
METADATA = st.fixed_dictionaries(
    {}, optional={key: MISSING | values for key, values in VALUES.items()}
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), IDS, METADATA),
        st.tuples(st.just("pairs"), st.lists(st.tuples(IDS, METADATA), max_size=6)),
        st.tuples(st.just("frame"), st.dictionaries(IDS, METADATA, min_size=1)),
        st.sampled_from([("rename", *TEXTS), ("rename", *reversed(TEXTS))]),
        st.tuples(st.just("drop"), KEYS),
        st.tuples(st.just("remove"), IDS),
        st.tuples(st.sampled_from(["save", "reopen"])),
    ),
    max_size=8,
)


class Model:
    """What a dataset should hold: by sample id the values that are not missing."""

    def __init__(self):
        self.samples = {sample_id: {} for sample_id in range(4)}

    def merge(self, sample_id, metadata):
        kept = self.samples[sample_id] | metadata
        self.samples[sample_id] = {k: v for k, v in kept.items() if not is_missing(v)}

    def move(self, old, new=None):
        for metadata in self.samples.values():
            value = metadata.pop(old, None)
            if new is not None and value is not None:
                metadata[new] = value

    def as_text(self):
        return {sample_id: as_text(metadata) for sample_id, metadata in self.samples.items()}


def is_missing(value):
    return not isinstance(value, (list, dict)) and pd.isna(value)


def state(dataset):
    """Everything as text, which tells 1 from 1.0 from True, and 0.0 from -0.0."""
    return {sample.sample_id: as_text(dict(sample.metadata)) for sample in dataset}


def as_text(metadata):
    return {key: repr(metadata[key]) for key in sorted(metadata)}


def state_of_frame(dataset):
    return {
        sample_id: as_text({key: plain(value) for key, value in row.items() if not_missing(value)})
        for sample_id, row in dataset.df[list(dataset.schema)].astype(object).iterrows()
    }


def not_missing(value):
    return not is_missing(value)


def plain(value):
    value = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    return value.item() if isinstance(value, np.generic) else value


def state_after_a_kill(path, folder):
    """What another process reads from copies of the files as they are: it replays the journal."""
    for file in (path, Path(f"{path}.journal")):
        if file.exists():
            shutil.copy(file, folder)
    with fg.ImageDataset.load(folder / path.name) as copy:
        return state(copy)


def apply(dataset, model, edit):  # noqa: C901 - a case per kind of edit
    """Make an edit of both; give the dataset, which may have been opened anew."""
    match edit:
        case "set", sample_id, metadata if sample_id in model.samples:
            dataset.get_sample(sample_id).metadata.update(metadata)
            model.merge(sample_id, metadata)
        case "pairs", pairs:
            known = [(sample_id, values) for sample_id, values in pairs if sample_id in dataset]
            dataset.update_metadata(known)
            for sample_id, metadata in known:
                model.merge(sample_id, metadata)
        case "frame", rows:
            rows = {sample_id: values for sample_id, values in rows.items() if sample_id in dataset}
            keys = list(dict.fromkeys(key for values in rows.values() for key in values))
            index = pd.Index([*rows], dtype="int64")
            columns = {
                key: pd.Series([values.get(key) for values in rows.values()], index, object)
                for key in keys
            }
            dataset.update_metadata(pd.DataFrame(columns, index))
            for sample_id, values in rows.items():
                model.merge(sample_id, dict.fromkeys(keys) | values)
        case "rename", old, new if old in dataset.schema and new not in dataset.schema:
            dataset.rename_metadata(old, new)
            model.move(old, new)
        case "drop", key if key in dataset.schema:
            dataset.drop_metadata(key)
            model.move(key)
        case "remove", sample_id if sample_id in model.samples:
            dataset.remove_samples([sample_id])
            del model.samples[sample_id]
        case ("save",):
            dataset.save()
        case ("reopen",):
            dataset.close()
            return fg.ImageDataset.load(dataset.path)
    return dataset


@settings(max_examples=30)
@given(edits=EDITS)
def test_random_edits_survive_exactly(tmp_path_factory, edits):
    """Single sets and bulk updates, in memory, replayed, from a snapshot, and in the frame."""
    folder = tmp_path_factory.mktemp("edits")
    (folder / "copy").mkdir()
    paths = [f"/photos/{number}.jpg" for number in range(4)]
    frame = pd.DataFrame({"path": paths, "width": 64, "height": 48})
    dataset = fg.ImageDataset.from_dataframe(frame)
    dataset.save(folder / "random")
    model = Model()
    for edit in edits:
        dataset = apply(dataset, model, edit)
        assert state(dataset) == model.as_text()
    assert state_after_a_kill(dataset.path, folder / "copy") == model.as_text()
    assert state_of_frame(dataset) == model.as_text()
    schema = dataset.schema
    dataset.close()
    with fg.ImageDataset.load(dataset.path) as dataset:
        assert state(dataset) == model.as_text()
        assert dataset.schema == schema


EDIT = """
import os, signal
import framegrid as fg
from framegrid.base import ConflictError, DatasetCorruptError
dataset = fg.ImageDataset.load("saved")
dataset.get_sample(0).metadata["temperature"] = 25.3
dataset.update_metadata([(1, {"city": "Zürich", "rank": 2**63 - 1}), (2, {"tags": ["a"]})])
dataset.rename_metadata("city", "town")
dataset.remove_samples([5])
dataset.add_images_from_path("photos/photo-5.png")
"""
EDITED = {
    0: {"temperature": 25.3}, 1: {"town": "Zürich", "rank": 2**63 - 1}, 2: {"tags": ["a"]},
    3: {}, 4: {}, 6: {},
}  # fmt: skip


@pytest.mark.parametrize(
    "ending", ["", "raise SystemExit(3)", "1 / 0", "os.kill(os.getpid(), signal.SIGKILL)"]
)
def test_edits_that_returned_survive_the_process(saved, ending):
    subprocess.run([sys.executable, "-c", EDIT + ending], capture_output=True, check=False)
    with fg.ImageDataset.load("saved") as dataset:
        assert {sample.sample_id: dict(sample.metadata) for sample in dataset} == EDITED


def test_a_dataset_left_to_the_garbage_collector_loses_nothing(saved):
    fg.ImageDataset.load("saved").get_sample(0).metadata["rank"] = 7
    gc.collect()
    with fg.ImageDataset.load("saved") as dataset:
        assert dataset.get_sample(0).metadata["rank"] == 7


def test_an_interpreter_that_ends_brings_the_file_up_to_date(saved):
    subprocess.run([sys.executable, "-c", EDIT], check=True)
    assert pd.read_parquet("saved.parquet").loc[0, "temperature"] == 25.3


def test_closing_twice_does_nothing(saved):
    dataset = fg.ImageDataset.load("saved")
    dataset.close()
    dataset.close()


def test_an_error_in_the_block_closes_it_too(saved):
    def fail():
        with fg.ImageDataset.load("saved") as dataset:
            dataset.get_sample(0).metadata["rank"] = 7
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert pd.read_parquet("saved.parquet").loc[0, "rank"] == 7


def test_another_process_sees_an_edit_at_once(saved):
    with fg.ImageDataset.load("saved") as mine, fg.ImageDataset.load("saved") as other:
        heard = []

        def listen():
            heard.append(other.revision)

        other.subscribe(listen)
        mine.get_sample(0).metadata["rank"] = 7
        mine.remove_samples([1])
        assert other.schema == {"rank": "integer"}
        assert (other.df["rank"].tolist()[:1], len(other)) == ([7], 5)
        assert heard
        other.get_sample(2).metadata["rank"] = 0.5
        assert mine.schema == {"rank": "float"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_sample_at_hand_shows_the_edits_of_others(saved):
    with fg.ImageDataset.load("saved") as mine, fg.ImageDataset.load("saved") as others:
        sample, other = mine.get_sample(0), others.get_sample(0)
        for rank in range(20, 23):
            other.metadata["rank"] = rank
            deadline = time.monotonic() + 5
            while sample.metadata["rank"] != rank:
                assert time.monotonic() < deadline
            assert dict(sample.metadata)["rank"] == rank


def test_a_forked_child_does_not_wait_for_threads_of_its_parent(saved):
    with fg.ImageDataset.load("saved") as dataset:
        busy, done = threading.Event(), threading.Event()

        def keep_reading(table):
            busy.set()
            done.wait(timeout=20)

        thread = threading.Thread(target=dataset._connection.read, args=[keep_reading])
        thread.start()
        busy.wait(timeout=20)
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            dataset.get_sample(0).metadata["rank"] = 7
            os._exit(0)
        done.set()
        thread.join()
        assert os.waitpid(child, 0)[1] == 0
        assert dataset.get_sample(0).metadata["rank"] == 7
