"""What the next process finds in the file, and what other programs read from it."""

import datetime as dt
import gc
import os
import signal
import subprocess
import sys
import threading

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid as fg
from framegrid.errors import ConflictError, DatasetCorruptError
from framegrid.store import disk

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
    "seen": NAIVE.map(lambda when: when.replace(tzinfo=dt.UTC)),
}
IDS = st.integers(0, 3)
METADATA = st.fixed_dictionaries(
    {}, optional={key: st.none() | values for key, values in VALUES.items()}
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), IDS, METADATA),
        st.tuples(st.just("update"), st.lists(st.tuples(IDS, METADATA), max_size=6)),
        st.tuples(st.just("drop"), st.sampled_from([*VALUES])),
        st.tuples(st.just("reopen")),
    ),
    max_size=8,
)


def merge(expected, sample_id, metadata):
    merged = expected[sample_id] | metadata
    expected[sample_id] = {key: value for key, value in merged.items() if value is not None}


def state(dataset):
    """Everything as text, which tells 1 from 1.0 from True, and 0.0 from -0.0."""
    return {sample.sample_id: as_text(dict(sample.metadata)) for sample in dataset}


def as_text(metadata):
    return {key: repr(metadata[key]) for key in sorted(metadata)}


@settings(max_examples=40)
@given(edits=EDITS)
def test_random_edits_survive_exactly(tmp_path_factory, edits):
    path = tmp_path_factory.mktemp("edits") / "random"
    paths = [f"/photos/{number}.jpg" for number in range(4)]
    frame = pd.DataFrame({"path": paths, "width": 64, "height": 48})
    dataset = fg.ImageDataset.from_dataframe(frame)
    dataset.save(path)
    expected = {sample_id: {} for sample_id in range(4)}
    for edit in edits:
        match edit:
            case "set", sample_id, metadata:
                dataset.get_sample(sample_id).metadata.update(metadata)
                merge(expected, sample_id, metadata)
            case "update", pairs:
                dataset.update_metadata(pairs)
                for sample_id, metadata in pairs:
                    merge(expected, sample_id, metadata)
            case "drop", key if key in dataset.schema:
                dataset.drop_metadata(key)
                for metadata in expected.values():
                    metadata.pop(key, None)
            case ("reopen",):
                dataset.close()
                dataset = fg.ImageDataset.load(path)
        assert state(dataset) == {id_: as_text(metadata) for id_, metadata in expected.items()}
    schema = dataset.schema
    dataset.close()
    with fg.ImageDataset.load(path) as dataset:
        assert state(dataset) == {id_: as_text(metadata) for id_, metadata in expected.items()}
        assert dataset.schema == schema


# The end of a process


@pytest.fixture
def saved(photos):
    """Six photos in a file that is closed."""
    with fg.ImageDataset.create("saved") as dataset:
        dataset.add_images_from_path(photos)


EDIT = """
import os, signal
import framegrid as fg
from framegrid.errors import ConflictError, DatasetCorruptError
from framegrid.store import disk
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


# Saving


def test_saving_brings_the_file_up_to_date(saved):
    with fg.ImageDataset.load("saved") as dataset:
        dataset.get_sample(0).metadata["rank"] = 7
        dataset.save()
        assert pd.read_parquet("saved.parquet").loc[0, "rank"] == 7


def test_edits_and_reads_go_on_while_the_file_is_written(saved, monkeypatch):
    writing, edited, in_time = threading.Event(), threading.Event(), []
    to_parquet = disk.to_parquet

    def wait_for_the_edit(snapshot):
        writing.set()
        in_time.append(edited.wait(10))
        return to_parquet(snapshot)

    monkeypatch.setattr(disk, "to_parquet", wait_for_the_edit)
    with fg.ImageDataset.load("saved") as dataset:
        metadata = dataset.get_sample(0).metadata
        metadata["rank"] = 7
        thread = threading.Thread(target=dataset.save)
        thread.start()
        assert writing.wait(10)
        metadata["rank"] = 8
        assert dataset.df.loc[0, "rank"] == 8
        edited.set()
        thread.join(10)
        assert pd.read_parquet("saved.parquet").loc[0, "rank"] == 7  # as it was when asked for
    assert in_time[0]
    assert pd.read_parquet("saved.parquet").loc[0, "rank"] == 8


def test_a_copy_goes_its_own_way(saved, tmp_path):
    with fg.ImageDataset.load("saved") as dataset:
        dataset.get_sample(0).metadata["rank"] = 7
        dataset.save("copy")
        dataset.get_sample(0).metadata["rank"] = 8
        assert dataset.name == "saved"
        with fg.ImageDataset.load("copy") as copy:
            assert copy.get_sample(0).metadata["rank"] == 7


def test_a_copy_replaces_nothing(saved):
    pd.DataFrame({"a": [1]}).to_parquet("other.parquet")
    with fg.ImageDataset.load("saved") as dataset:
        with pytest.raises(FileExistsError, match=r"other\.parquet"):
            dataset.save("other")
        dataset.save("saved")


# Other programs


@pytest.fixture
def parquet(saved):
    with fg.ImageDataset.load("saved") as dataset:
        dataset.update_metadata(
            {
                0: {"größe": 2**63 - 1, "is open": True, "score": 0.5, "tags": ["a", "b"]},
                1: {"city": "Zürich", "gps": {"lat": 46.5}, "when": dt.datetime(2026, 1, 2)},
            }
        )
    return "saved.parquet"


COLUMNS = ["file_name", "file_path_abs", "width", "height", "größe", "is open", "score", "tags",
           "city", "gps", "when"]  # fmt: skip


def test_pandas_reads_the_file(parquet):
    frame = pd.read_parquet(parquet)
    assert list(frame) == COLUMNS
    assert (frame.index.name, list(frame.index)) == ("sample_id", [0, 1, 2, 3, 4, 5])
    assert frame["größe"].tolist() == [2**63 - 1, *[pd.NA] * 5]
    assert frame.loc[1, "city"] == "Zürich"


def test_polars_reads_the_file(parquet):
    import polars as pl

    frame = pl.read_parquet(parquet)
    assert set(frame.columns) == {"sample_id", *COLUMNS}
    assert frame["tags"].to_list()[0] == ["a", "b"]
    assert frame.filter(pl.col("größe") == 2**63 - 1)["sample_id"].to_list() == [0]


def test_duckdb_reads_the_file(parquet):
    import duckdb

    query = f"select sample_id, city, gps->>'$.lat' from '{parquet}' where city is not null"
    assert duckdb.sql(query).fetchall() == [(1, "Zürich", "46.5")]
    assert {name for name, *_ in duckdb.sql(f"select * from '{parquet}'").description} == {
        "sample_id", *COLUMNS,
    }  # fmt: skip


def test_repair_keeps_what_is_whole_of_a_damaged_dataset(photos):
    with fg.ImageDataset.create("damaged") as dataset:
        dataset.add_images_from_path(photos)
    whole = dataset.path.read_bytes()
    dataset.path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatasetCorruptError, match="repair=True"):
        fg.ImageDataset.load("damaged")
    with pytest.warns(RuntimeWarning), fg.ImageDataset.load("damaged", repair=True) as repaired:
        assert len(repaired) in {0, len(list(photos.iterdir()))}


def test_power_durability_is_passed_on():
    with pytest.raises(ValueError, match="durability is 'disk'"):
        fg.ImageDataset.create("durable", durability="disk")


def test_another_programs_rewrite_of_an_open_dataset_is_not_replaced(photos):
    dataset = fg.ImageDataset.create("rewritten")
    dataset.add_images_from_path(photos)
    dataset.save()
    pd.read_parquet(dataset.path).assign(label="mine").to_parquet(dataset.path)
    dataset.get_sample(0).metadata["score"] = 2
    with pytest.raises(ConflictError, match="safe in the journal"):
        dataset.save()
    with pytest.warns(RuntimeWarning, match="safe in the journal"):
        dataset.close()
    assert list(pd.read_parquet("rewritten.parquet")["label"].unique()) == ["mine"]


def test_a_dataset_whose_file_is_gone_says_what_to_do(photos):
    with fg.ImageDataset.create("gone") as dataset:
        dataset.add_images_from_path(photos)
    dataset.path.unlink()
    with pytest.raises(FileExistsError, match=r"gone\.parquet is gone, but its journal is here"):
        fg.ImageDataset.create("gone")


def test_a_dataset_is_not_made_of_a_name():
    with pytest.raises(TypeError, match=r"use ImageDataset\.create, load"):
        fg.ImageDataset("photos")
