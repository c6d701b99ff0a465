"""Parts of what Spark, Dask and others wrote as Parquet, opened as read-only datasets."""

import warnings
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import framegrid as fg
from framegrid.base import DatasetCorruptError, NotADatasetError, ReadOnlyDatasetError
from framegrid.storage.parquet import budget
from slices_helpers import COUNT, FRAME, TABLE, load, write, write_dask

# Read-only, until it is saved


def test_edits_are_refused_until_it_is_saved(folder):
    write({"rank": [1, 2]})
    dataset = load("table")
    assert repr(dataset) == (
        f"ImageDataset 'table': 2 samples, 1 metadata key (of {folder}/table.parquet, in memory, "
        "read-only)"
    )
    for edit in (
        lambda: dataset.get_sample(0).metadata.update(rank=3),
        lambda: dataset.update_metadata({0: {"rank": 3}}),
        lambda: dataset.drop_metadata("rank"),
        lambda: dataset.compute_metadata(dict, progress=False),
    ):
        with pytest.raises(ReadOnlyDatasetError, match=r"read-only: .* save\('new name'\)"):
            edit()
    with pytest.raises(FileExistsError):
        dataset.save("table")
    dataset.save("copy")
    dataset.get_sample(0).metadata["rank"] = 3
    dataset.close()
    with fg.ImageDataset.load("copy") as copy:
        assert [sample.metadata["rank"] for sample in copy] == [3, 2]


def test_a_part_of_a_dataset_has_the_edits_in_its_journal(folder):
    with fg.ImageDataset.from_dataframe(FRAME) as dataset:
        dataset.save("mine")
        dataset.update_metadata({5: {"score": 9, "tags": ["a"], "gps": {"lat": 1}}})
        before = {file: file.read_bytes() for file in folder.iterdir()}
        part = fg.ImageDataset.load("mine", columns=["tags", "gps"], filters=[("score", ">", 0.95)])
        assert {s.sample_id: dict(s.metadata) for s in part} == {
            5: {"tags": ["a"], "gps": {"lat": 1}}, 10: {}, 11: {},
        }  # fmt: skip
        assert part.schema == {"tags": "list", "gps": "dict"}
        assert {file: file.read_bytes() for file in folder.iterdir()} == before
        with pytest.raises(ReadOnlyDatasetError, match=r"save\('new name'\)"):
            part.get_sample(5).metadata["tags"] = ["b"]
        with pytest.raises(KeyError, match="no key 'x'; there are score, label, taken"):
            fg.ImageDataset.load("mine", columns=["x"])


@pytest.mark.parametrize("part", [{"columns": ["score"]}, {"filters": []}], ids=str)
@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"repair": True}, "repair=True is not for a part .*: load the whole dataset with it once"),
        ({"conflict": "both"}, "conflict='both' is not for a part .*: load the whole dataset"),
        ({"conflict": "nonsense"}, "conflict='nonsense' is not for a part"),
        ({"durability": "power"}, "durability='power' is not for a part .*: leave it out"),
    ],
    ids=str,
)
def test_what_only_a_whole_dataset_can_do_is_refused(part, option, words):
    fg.ImageDataset.from_dataframe(FRAME).save("mine")
    for name in ("mine", "other"):
        FRAME.to_parquet("other.parquet")
        with pytest.raises(ValueError, match=words):
            fg.ImageDataset.load(name, **part, **option)


def test_a_dataset_has_its_own_column_of_paths():
    fg.ImageDataset.from_dataframe(FRAME).save("mine")
    with pytest.raises(ValueError, match=r"path_column='label', but .*mine\.parquet is a "):
        fg.ImageDataset.load("mine", path_column="label")
    assert len(fg.ImageDataset.load("mine", path_column="file_path_abs")) == COUNT


# What is no table


@pytest.mark.parametrize("name", ["table.parquet", "folder.parquet"])
def test_without_options_the_message_names_the_way(name):
    pq.write_table(TABLE, "table.parquet")
    pq.write_to_dataset(TABLE, "folder.parquet")
    message = r"no framegrid dataset.*load\('.*', filters=\[\]\).*columns=.*from_dataframe"
    with pytest.raises(NotADatasetError, match=message):
        fg.ImageDataset.load(name)


def test_nothing_there():
    Path("empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no such file or folder: '.*table'"):
        load("table")
    with pytest.raises(NotADatasetError, match="empty is a folder without Parquet files"):
        load("empty")


def test_other_files_and_damage_are_told_apart():
    Path("text.parquet").write_text("path,label\n")
    with pytest.raises(NotADatasetError, match="is no Parquet file: it begins with b'path,lab'"):
        load("text")
    whole = Path(write({"x": [1, 2]})).read_bytes()
    Path("table.parquet").write_bytes(whole[:-20])
    with pytest.raises(DatasetCorruptError, match=r"table\.parquet is damaged"):
        load("table")


def test_names_that_are_no_text_are_damage():
    whole = Path(write({"label": [1, 2]})).read_bytes()
    Path("table.parquet").write_bytes(whole.replace(b"label", b"l\xffbel"))
    with pytest.raises(DatasetCorruptError, match=r"table\.parquet is damaged"):
        load("table")


def test_the_damaged_file_of_many_is_named():
    write_dask(None)
    file = Path("table/part.3.parquet")
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(DatasetCorruptError, match=r"part\.3\.parquet is damaged"):
        load("table")


def test_any_flipped_byte_is_read_as_it_is_or_refused():
    """There need not be checksums, so that a value can be another one; nothing worse may happen."""
    whole = Path(write({"x": ["ä", "b"]}, compression="none")).read_bytes()
    for position in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[position] ^= 0x81
        Path("table.parquet").write_bytes(flipped)
        with (
            warnings.catch_warnings(action="ignore"),
            suppress(ValueError, KeyError, OSError, MemoryError),
        ):
            load("table", filters=[("width", ">", 0)])


def test_what_unpacks_to_too_much_is_refused(monkeypatch):
    rows = 1_000_000
    bomb = pa.table(
        {"path": ["/photos/a.jpg"] * rows, "x": pa.nulls(rows, pa.int64()).fill_null(7)}
    )
    pq.write_table(bomb, "bomb.parquet")
    assert Path("bomb.parquet").stat().st_size < 100_000
    monkeypatch.setattr(budget, "memory_limit", lambda: 4_000_000)
    with pytest.raises(MemoryError, match=r"bomb\.parquet unpacks to more than half of the memory"):
        load("bomb")
