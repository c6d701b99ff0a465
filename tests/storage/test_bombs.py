"""Small files that would take gigabytes, and nonsense under a valid checksum: refused when read."""

import json

import numpy as np
import pyarrow as pa
import pytest

from crash_lives import new_samples
from framegrid.base import DatasetCorruptError
from framegrid.storage import AddSamples, RemoveSamples, SetValues, create_store, open_store
from framegrid.storage.parquet import snapshot
from framegrid.storage.table.changes import Undo
from store_fixtures import rows_on_disk, score

MOST = 300 << 20  # bytes that reading one of them may take on the way

COUNTING = pa.proxy_memory_pool(pa.default_memory_pool())  # for ever: buffers go back to theirs


def refused(path, error, match):
    """Check that a dataset is refused before Arrow took much memory for it."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(COUNTING)
    try:
        with pytest.raises(error, match=match):
            open_store(path)
    finally:
        pa.set_memory_pool(before)
    assert COUNTING.max_memory() < MOST


def planted(path, monkeypatch, key_type, column, rows=1):
    """Write a dataset with a column as it is, whatever we would make of it."""
    create_store(path).close()
    samples = new_samples(list(range(rows))).append_column("key", column)
    whole = snapshot.from_parquet(path.read_bytes(), path)
    whole = whole._replace(samples=samples, types={"key": key_type}, next_id=rows)
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "with_lists", lambda samples, _: samples)
        patch.setattr(snapshot, "_has_few_values", lambda column: pa.types.is_string(column.type))
        path.write_bytes(snapshot.to_parquet(whole))
    assert path.stat().st_size < 200_000


def written(store, kind, payload):
    """Append a record with a valid checksum."""
    journal = store._journal
    journal.exclusively(journal.append, kind, 0, payload)
    store.is_closed = True
    journal.close()


ROWS = 10_000
LONG = pa.array(["x" * 60_000])


@pytest.mark.parametrize("is_dictionary", [False, True], ids=["text", "dictionary"])
def test_one_long_text_of_many_rows(path, monkeypatch, is_dictionary):
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(ROWS, np.int32)), LONG)
    planted(path, monkeypatch, "string", column if is_dictionary else column.cast("string"), ROWS)
    refused(path, MemoryError, "unpacks to more than")


def test_one_long_text_in_many_lists(path, monkeypatch):
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(ROWS, np.int32)), LONG)
    offsets = pa.array(np.arange(ROWS + 1, dtype=np.int32))
    lists = pa.ListArray.from_arrays(offsets, texts)
    planted(path, monkeypatch, "list", lists, ROWS)
    refused(path, MemoryError, "unpacks to more than")


def test_a_list_of_very_many_items(path, monkeypatch):
    items = 40_000_000
    lists = pa.ListArray.from_arrays(pa.array([0, items], pa.int32()), pa.repeat(True, items))
    planted(path, monkeypatch, "list", lists)
    refused(path, MemoryError, "unpacks to more than")


def test_a_record_of_very_many_keys(path):
    store = create_store(path)
    store.commit(lambda _: AddSamples(new_samples(list(range(30_000))), {}))
    store.snapshot()
    types = {f"key {number}": "float" for number in range(3_000)}
    written(store, 1, json.dumps([0, {}, types, []]).encode())
    refused(path, MemoryError, "unpacks to more than")


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_a_compressed_record(path, store, compression):
    zeros = np.zeros(20_000_000, np.int64)
    table = pa.table({"sample_id": zeros}).replace_schema_metadata({"types": "{}"})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    del zeros, table
    written(store, 4, bytes(sink.getvalue()))
    refused(path, DatasetCorruptError, "a stream is compressed")


def test_what_packs_well_is_no_bomb(path):
    """A hundred thousand samples with a few long texts, and lists of zeros."""
    rows = 20_000
    store = create_store(path)
    samples = new_samples(list(range(rows)))
    samples = samples.append_column("key", [["a long text " * 40] * rows])
    samples = samples.append_column("zeros", [["[" + "0," * 99 + "0]"] * rows])
    store.commit(lambda _: AddSamples(samples, {"key": "string", "zeros": "list"}))
    store.close()
    assert rows_on_disk(path)[-1] == {"key": "a long text " * 40, "zeros": [0] * 100}


# Nonsense.


@pytest.mark.parametrize("key_type", ["list", "dict"])
@pytest.mark.parametrize("text", ["[" * 5000 + "]" * 5000, '{"a":' * 5000 + "1" + "}" * 5000])
def test_deep_nesting_in_the_snapshot(path, monkeypatch, key_type, text):
    planted(path, monkeypatch, key_type, pa.array(["[1]", text, None], pa.large_string()), 3)
    with pytest.raises(DatasetCorruptError, match="nested deeper than 200 levels"):
        open_store(path)


def test_brackets_in_texts_are_not_nested(path, monkeypatch):
    texts = ['["' + "[" * 500 + '"]', "[" + ",".join(["[1]"] * 500) + "]", None]
    planted(path, monkeypatch, "list", pa.array(texts, pa.large_string()), 3)
    assert rows_on_disk(path)[0] == {"key": ["[" * 500]}


@pytest.mark.parametrize(
    "facts",
    [
        {"seq": 2**64},
        {"seq": -1},
        {"next_id": 2**70},
        {"next_id": 0},
        {"dataset": "00"},
        {"types": ["text"]},
        {"types": {"gone": "string"}},
        {"types": {"text": "code"}},
        {"seq": "x"},
        {"dataset": 1},
    ],
)
def test_impossible_facts(path, store, facts, monkeypatch):
    store.close()
    whole = snapshot.from_parquet(path.read_bytes(), path)
    true = json.loads(snapshot._footer(whole, whole.samples.num_columns))
    monkeypatch.setattr(snapshot, "_footer", lambda *_: json.dumps(true | facts).encode())
    path.write_bytes(snapshot.to_parquet(whole))
    with pytest.raises(DatasetCorruptError):
        open_store(path)


NESTED = "[" * 900 + "]" * 900
UNDO = b"\x00\x00" + (15).to_bytes(8, "little") + b'[1,["text"], 1]'


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (1, b'[0,{"text":5},{},[]]'),
        (1, b'[0,{"whole":"x"},{},[]]'),
        (1, b'[0,{"whole":1e300},{},[]]'),
        (1, b'[0,{"whole":%d},{},[]]' % 2**64),
        (1, b'[0,{"tags":{"a":1}},{},[]]'),
        (1, f'[0,{{"tags":{NESTED}}},{{}},[]]'.encode()),
        (1, ("[" * 100_000).encode()),
        (9, b""),
        (9, b"\x00"),
        (9, UNDO + b"\x09\x00" + len(UNDO).to_bytes(8, "little") + UNDO),
        (9, UNDO + b"\x01\x00" + (2**63).to_bytes(8, "little")),
        (250, b"{}"),
    ],
)
def test_records_of_nonsense(path, store, kind, payload):
    written(store, kind, payload)
    with pytest.raises(DatasetCorruptError, match=r"edit 5 in .* cannot be applied"):
        open_store(path)


def test_an_undo_of_ones_own_is_read(path, store):
    store.commit(score(1.0))
    store.undo(1)
    store.commit(lambda _: RemoveSamples(np.array([0])))
    change = store.commit(lambda table: store.log.undo(table, 1))
    assert isinstance(change, Undo)
    store.commit(lambda _: SetValues(2, {"text": "x"}, {}))
    assert rows_on_disk(path)[2]["text"] == "x"
