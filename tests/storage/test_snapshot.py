"""What is in the files of a dataset, as framegrid and as other programs read it."""

import json
import shutil
import struct
import tempfile
import threading
from datetime import UTC
from pathlib import Path
from zlib import crc32

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crash_lives import new_samples, set_typed
from framegrid.base import ConflictError, held_array, to_json, to_lists
from framegrid.base.schema.list_text import to_texts
from framegrid.storage import (
    AddSamples,
    Block,
    DropKey,
    RemoveSamples,
    RenameKey,
    ReplaceKey,
    SetBlocks,
    SetValues,
    Table,
    create_store,
    open_store,
)
from framegrid.storage.parquet import snapshot
from framegrid.storage.records.records import decode, encode
from store_fixtures import FULL, SOME, TYPES, rows, rows_on_disk
from waiting import wait_until

FORMATS = Path(__file__).parents[1].joinpath("formats")


# What is in the files.


@pytest.mark.parametrize(
    "change",
    [
        SetValues(0, {"text": "x", "taken": None}, {}),
        SetValues(1, {"taken": FULL["taken"], "sent": FULL["sent"], "new": 1}, {"new": "integer"}),
        SetBlocks(
            (
                Block(np.array([2, 0]), {"text": pa.array(["é", None]), "new": pa.array([0.5, 1])}),
                Block(np.array([1]), {"gps": pa.array(['{"a":1}'])}),
            ),
            {"new": "float"},
        ),
        AddSamples(new_samples([7, 9]), {}),
        AddSamples(new_samples([7]).append_column("new", [["v"]]), {"new": "string"}),
        RemoveSamples(np.array([2, 0])),
        RenameKey("text", "caption"),
        DropKey("gps"),
        ReplaceKey("whole", "string", pa.array(["1", None, "3"])),
    ],
    ids=lambda change: type(change).__name__,
)
def test_a_change_comes_back_from_its_record(store, change):
    tables = []
    for applied in (change, decode(*encode(change))):
        table = Table.from_arrow(store.table.to_arrow(), store.table.schema, store.table.next_id)
        table.apply(applied)
        tables.append(table)
    one, other = tables
    assert one.to_arrow().equals(other.to_arrow())
    assert (one.schema, one.next_id) == (other.schema, other.next_id)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=9)
)
nested = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
VALUES = {
    "text": st.text(st.characters(codec="utf-8")),
    "whole": st.integers(-(2**63), 2**63 - 1),
    "real": st.floats(allow_nan=False),
    "flag": st.booleans(),
    "taken": st.datetimes().map(lambda time: time.replace(fold=0)),
    "sent": st.datetimes().map(lambda time: time.replace(fold=0, tzinfo=UTC)),
    "tags": st.one_of(
        st.lists(st.one_of(st.none(), items), max_size=4)
        for items in (st.booleans(), st.integers(-(2**63), 2**63), st.floats(allow_nan=False))
    )
    | st.lists(st.text(st.characters(codec="utf-8")), max_size=4),
    "boxes": st.lists(nested, max_size=4),
    "gps": st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), nested, max_size=4),
}


def stored(key, values):
    if TYPES[key] in ("list", "dict"):
        values = [None if value is None else to_json(value) for value in values]
    return held_array(values, TYPES[key])


def exact(values):
    """Values to compare with their types, and with the sign of zeros."""
    return {key: repr(value) for key, value in values.items() if value is not None}


@settings(max_examples=50)
@given(
    samples=st.lists(
        st.fixed_dictionaries({key: st.none() | values for key, values in VALUES.items()}),
        min_size=1,
        max_size=5,
    ),
    at_once=st.booleans(),
)
def test_values_survive_set_bulk_replay_and_snapshot(samples, at_once):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photos.parquet"
        store = create_store(path)
        ids = list(range(len(samples)))
        store.commit(lambda _: AddSamples(new_samples(ids), TYPES))
        if at_once:
            columns = {key: stored(key, [sample[key] for sample in samples]) for key in TYPES}
            store.commit(lambda _: SetBlocks((Block(np.array(ids), columns),), {}))
        else:
            for id_, values in enumerate(samples):
                store.commit(lambda _, id_=id_, values=values: SetValues(id_, values, {}))
        expected = [exact(sample) for sample in samples]
        replayed = open_store(path)
        store.close()
        for found in (store, replayed, open_store(path)):
            assert [exact(row) for row in rows(found)] == expected


@pytest.mark.parametrize("files", sorted(FORMATS.iterdir()), ids=lambda files: files.name)
def test_files_of_every_version_are_read(files, tmp_path):
    """Each folder has ROWS in a snapshot, and in the journal a score of 1.5 for sample 2.

    It was made by closing the dataset of the ``store`` fixture, opening it again, committing
    ``score(1.5)``, copying both files, and zeroing bytes 128 to 255 of the journal (its owner).
    """
    shutil.copytree(files, tmp_path / "copy")
    path = tmp_path / "copy" / "photos.parquet"
    assert rows_on_disk(path) == [FULL, SOME, {"score": 1.5}]
    for number in range(2):
        written = open_store(path)
        written.commit(lambda table, n=number: set_typed(2, {"text": str(n)}, TYPES, table))
        written.close() if number else written._journal.close()
        assert rows_on_disk(path)[2] == {"score": 1.5, "text": str(number)}
    assert not list(path.parent.glob("*.tail-*"))


@pytest.mark.parametrize("number", [1, 2])
def test_a_copy_of_an_early_file_is_another_history(number, tmp_path):
    """Edits of early versions have no digests; their snapshots have checksums."""
    path = tmp_path / "copy" / "photos.parquet"
    shutil.copytree(FORMATS / f"version-{number}", path.parent)
    other = tmp_path / "other" / "photos.parquet"
    shutil.copytree(path.parent, other.parent)
    for file, text in ((path, "A"), (other, "B")):
        store = open_store(file)
        store.commit(lambda table, t=text: set_typed(2, {"text": t}, TYPES, table))
        if file == other:
            store.close()
        else:
            store._journal.close()
            store.is_closed = True
    shutil.copy(other, path)
    with pytest.raises(ConflictError, match="two histories"):
        open_store(path)


def test_early_versions_refuse_these_files_by_name(path, store):
    """They look at the version first, in the footer, and in the first 64 bytes of the journal."""
    store.snapshot()
    facts = json.loads(pq.read_metadata(path).metadata[b"framegrid"])
    assert facts["version"] == 2
    copy = path.with_name("photos.parquet.journal").read_bytes()[:64]
    magic, version, *_, crc = struct.unpack("<8sH6x16sQQQ4xI", copy)
    assert (magic, version, crc) == (b"\x89FGRDJ\r\n", 3, crc32(copy[:60]))


# Lists.


@pytest.mark.parametrize(
    ("values", "item"),
    [
        ([["a", 'b"\\\n\0'], None, []], pa.string()),
        ([["2020-01-01"], [None]], pa.string()),
        ([[1, -1], None, [2**63 - 1]], pa.int64()),
        ([[0.5, 1.0, 1e-7, 1e300, -0.0], []], pa.float64()),
        ([[True, False, None]], pa.bool_()),
    ],
)
def test_lists_of_one_type_are_lists_in_parquet(values, item):
    texts = pa.array([None if value is None else to_json(value) for value in values])
    found = to_lists(texts.cast(pa.large_string())).combine_chunks()
    assert found.type == pa.list_(item)
    assert found.to_pylist() == values
    back = pa.chunked_array([to_texts(found)])
    assert to_lists(back.combine_chunks()).combine_chunks().equals(found)


@pytest.mark.parametrize(
    "values",
    [
        [[1], [0.5]],
        [[0.5, 1]],
        [[1, "a"]],
        [[1], [True]],
        [[1, None]],
        [[0.5], [None, 0.5]],
        [[2**63]],
        [[float("inf")]],
        [[[1, 2]]],
        [[{"a": 1}]],
    ],
)
def test_other_lists_are_text_in_parquet(values):
    texts = pa.array([to_json(value) for value in values], pa.large_string())
    assert to_lists(texts).equals(texts)


def test_a_list_may_be_larger_than_what_is_parsed_at_once():
    texts = pa.array(["[1]", to_json(list(range(300_000))), None], pa.large_string())
    assert to_lists(texts).to_pylist() == [[1], list(range(300_000)), None]


# Other programs.


def test_pandas_reads_the_values_and_the_types(path, store):
    store.close()
    frame = pd.read_parquet(path)
    assert frame.index.name == "sample_id"
    assert frame.index.tolist() == [0, 1, 2]
    dtypes = frame.dtypes.astype(str).to_dict()
    assert dtypes["whole"] == dtypes["width"] == "Int64"
    assert (dtypes["real"], dtypes["flag"]) == ("Float64", "boolean")
    assert (dtypes["taken"], dtypes["sent"]) == ("datetime64[us]", "datetime64[us, UTC]")
    assert frame["whole"].tolist() == [2**63 - 1, -(2**63), pd.NA]
    assert frame["text"].tolist()[:2] == [FULL["text"], ""]
    assert frame["tags"][0].tolist() == FULL["tags"]
    assert frame["gps"][0] == to_json(FULL["gps"])


def test_duckdb_and_polars_read_the_values(path, store):
    store.close()
    with duckdb.connect() as connection:
        query = f"select sample_id, whole, tags, gps->>'$.lat' from '{path}' order by sample_id"
        assert connection.execute(query).fetchall() == [
            (0, 2**63 - 1, FULL["tags"], "48.1"),
            (1, -(2**63), [], None),
            (2, None, None, None),
        ]
    frame = pl.read_parquet(path)
    assert frame["flag"].to_list() == [False, True, None]
    assert frame["tags"].to_list() == [FULL["tags"], [], None]


def test_the_parquet_file_is_laid_out_for_reading(path, monkeypatch):
    monkeypatch.setattr(snapshot, "_GROUP_ROWS", 100)
    store = create_store(path)
    ids = list(range(250))
    store.commit(lambda _: AddSamples(new_samples(ids), {}))
    store.close()
    metadata = pq.read_metadata(path)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [100, 100, 50]
    chunks = [groups[0].column(number) for number in range(metadata.num_columns)]
    columns = {chunk.path_in_schema: chunk for chunk in chunks}
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    assert columns["width"].has_dictionary_page
    assert not columns["sample_id"].has_dictionary_page
    assert not columns["file_name"].has_dictionary_page


def test_readers_never_see_two_snapshots_mixed(path, store):
    types = {"a": "integer", "b": "integer"}
    stop = threading.Event()

    def write():
        value = 0
        while not stop.is_set():
            value += 1
            store.commit(lambda table, v=value: set_typed(0, {"a": v, "b": v}, types, table))
            store.snapshot()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        wait_until(lambda: "a" in pq.read_schema(path.open("rb")).names)
        for _ in range(100):
            with path.open("rb") as file:
                frame = pd.read_parquet(file)
            assert frame["a"].tolist() == frame["b"].tolist()
    finally:
        stop.set()
        thread.join()
