"""What the next process finds in the file, and what other programs read from it."""

import datetime as dt
import threading

import pandas as pd
import pytest

import framegrid as fg
from framegrid.base import ConflictError, DatasetCorruptError
from framegrid.storage.places import file as file_place

# Saving


def test_saving_brings_the_file_up_to_date(saved):
    with fg.ImageDataset.load("saved") as dataset:
        dataset.get_sample(0).metadata["rank"] = 7
        dataset.save()
        assert pd.read_parquet("saved.parquet").loc[0, "rank"] == 7


def test_edits_and_reads_go_on_while_the_file_is_written(saved, monkeypatch):
    writing, edited, in_time = threading.Event(), threading.Event(), []
    to_parquet = file_place.to_parquet

    def wait_for_the_edit(snapshot):
        writing.set()
        in_time.append(edited.wait(10))
        return to_parquet(snapshot)

    monkeypatch.setattr(file_place, "to_parquet", wait_for_the_edit)
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
    with pytest.raises(ConflictError, match="safe in the journal"):
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
