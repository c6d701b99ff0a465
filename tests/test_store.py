"""The store: edits on disk, snapshots, what other programs read, and files that are no datasets."""

import errno
import gc
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from platform import node

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import framegrid
from crash_lives import new_samples, set_typed
from framegrid.errors import (
    ConflictError,
    DatasetCorruptError,
    NotADatasetError,
    ReadOnlyDatasetError,
)
from framegrid.journal import lock
from framegrid.schema import arrow_type, to_json
from framegrid.store import MemoryStore, Store, background, budget, snapshot
from framegrid.store.lists import to_lists, to_texts
from framegrid.store.records import decode, encode
from framegrid.table import (
    AddSamples,
    Block,
    DropKey,
    RemoveSamples,
    RenameKey,
    ReplaceKey,
    SetBlocks,
    SetValues,
    Table,
)

TYPES = {
    "text": "string",
    "whole": "integer",
    "real": "float",
    "flag": "boolean",
    "taken": "datetime",
    "sent": "datetime_utc",
    "tags": "list",
    "boxes": "list",
    "gps": "dict",
}
FULL = {
    "text": 'a "quoted" \\ naïve 😀\0\n',
    "whole": 2**63 - 1,
    "real": -0.1,
    "flag": False,
    "taken": datetime(9999, 12, 31, 23, 59, 59, 999999),
    "sent": datetime(1, 1, 1, tzinfo=UTC),
    "tags": ["a", "", 'b"'],
    "boxes": [[1, 2.5], None],
    "gps": {"lat": 48.1, "deep": {"list": [1e300, 2**70]}, "": None},
}
SOME = {"text": "", "whole": -(2**63), "real": float("inf"), "flag": True, "tags": [], "gps": {}}
ROWS = [FULL, SOME, {}]

FORMATS = Path(__file__).with_name("formats")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "photos.parquet"


@pytest.fixture
def store(path):
    """A dataset of three samples: one with every type, one with some, one with none."""
    store = Store.create(path)
    store.commit(lambda _: AddSamples(new_samples([0, 1, 2]), {}))
    for row, values in enumerate(ROWS):
        store.commit(lambda table, row=row, values=values: set_typed(row, values, TYPES, table))
    yield store
    store.close()


def rows(store):
    return [store.table.metadata(row) for row in range(len(store.table))]


def rows_on_disk(path):
    store = Store.open(path)
    found = rows(store)
    store.close()
    return found


def score(value, sample_id=2):
    return lambda table: set_typed(sample_id, {"score": value}, {"score": "float"}, table)


# Edits and snapshots.


def test_edits_are_there_for_the_next_who_opens(path, store):
    assert rows_on_disk(path) == rows(store) == ROWS


def test_a_snapshot_has_all_edits(path, store):
    store.close()
    path.with_name("photos.parquet.journal").unlink()
    assert rows_on_disk(path) == ROWS
    assert Store.open(path).table.schema == TYPES


def test_closing_makes_a_snapshot(path, store):
    store.close()
    store.close()
    assert pd.read_parquet(path)["text"].tolist()[:2] == [FULL["text"], SOME["text"]]
    assert rows(store) == ROWS


def test_closing_without_new_edits_needs_no_files(path, store):
    store.snapshot()
    for file in path.parent.iterdir():
        file.unlink()
    store.close()


def test_an_edit_that_is_refused_leaves_nothing(path, store):
    size = path.with_name("photos.parquet.journal").stat().st_size
    with pytest.raises(ZeroDivisionError):
        store.commit(lambda _: 1 / 0)
    assert store.commit(lambda _: None) is None
    assert path.with_name("photos.parquet.journal").stat().st_size == size
    assert rows(store) == ROWS


def test_commit_gives_the_change_and_applies_it(store):
    change = store.commit(score(0.5))
    assert change == SetValues(2, {"score": 0.5}, {"score": "float"})
    assert store.table.metadata(2) == {"score": 0.5}


def test_two_stores_follow_each_other(path, store):
    other = Store.open(path)
    assert not other.refresh()
    store.commit(score(1.0))
    assert other.refresh()
    other.commit(score(2.0))
    store.commit(lambda table: score(table.metadata(2)["score"] + 1)(table))
    other.refresh()
    assert rows(store)[2] == rows(other)[2] == {"score": 3.0}
    other.close()


def test_a_store_that_fell_behind_a_snapshot_loads_it(path, store):
    other = Store.open(path)
    revision = other.table.revision
    store.commit(score(1.0))
    store.snapshot()
    store.commit(score(2.0))
    assert other.refresh()
    assert rows(other)[2] == {"score": 2.0}
    assert other.table.revision > revision
    other.close()


def test_the_snapshot_before_is_kept(path, store):
    store.snapshot()
    before = path.read_bytes()
    store.commit(score(1.0))
    store.snapshot()
    assert path.with_name("photos.parquet.bak").read_bytes() == before


def test_a_snapshot_keeps_links_and_permissions(path, store, tmp_path):
    store.close()
    path.chmod(0o640)
    link = tmp_path / "link.parquet"
    link.symlink_to(path)
    linked = Store.open(link)
    linked.commit(score(1.0))
    linked.close()
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert rows_on_disk(path)[2] == {"score": 1.0}


def test_closed_stores_refuse_edits(store):
    store.close()
    with pytest.raises(ValueError, match=r"photos\.parquet is closed"):
        store.commit(score(1.0))
    assert not store.refresh()


def test_samples_get_no_id_twice(path, store):
    store.commit(lambda _: RemoveSamples(np.array([1, 2])))
    store.snapshot()
    reopened = Store.open(path)
    assert reopened.table.next_id == 3
    assert reopened.table.ids.tolist() == [0]
    reopened.close()


# In the background.


def wait_until(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.fixture
def quick(monkeypatch):
    """Turns of the background thread at once, and snapshots after a few edits."""
    monkeypatch.setattr(background, "INTERVAL", 0.001)
    monkeypatch.setattr(background, "ON_DISK", background.ON_DISK._replace(quiet_bytes=500))


@pytest.mark.usefixtures("quick")
def test_a_pause_after_edits_makes_a_snapshot(path, store):
    before = path.stat().st_ino
    store.commit(score(1.0))
    wait_until(lambda: path.stat().st_ino != before)
    wait_until(lambda: path.with_name("photos.parquet.journal").stat().st_size < 300)
    assert rows_on_disk(path)[2] == {"score": 1.0}


@pytest.mark.usefixtures("quick")
def test_many_edits_make_a_snapshot_without_a_pause(path, store, monkeypatch):
    pace = background.ON_DISK._replace(quiet_turns=10**9, busy_bytes=20_000)
    monkeypatch.setattr(background, "ON_DISK", pace)
    before = path.stat().st_ino
    journal = path.with_name("photos.parquet.journal")
    values = iter(range(10**9))

    def is_replaced():
        store.commit(score(float(next(values))))
        return path.stat().st_ino != before and journal.stat().st_size < 20_000

    wait_until(is_replaced)


@pytest.mark.usefixtures("quick")
def test_edits_are_synced_in_the_background(store):
    store.commit(score(1.0))
    wait_until(lambda: store._journal.is_synced)


@pytest.mark.usefixtures("quick")
def test_a_background_snapshot_that_fails_is_reported_and_tried_again(store, path, monkeypatch):
    reports, real = [], os.fsync

    def fail(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    monkeypatch.setattr(background, "excuse", reports.append)
    before = path.stat().st_ino
    store.commit(score(1.0))
    wait_until(lambda: reports)
    assert str(reports[0]) == f"[Errno 28] No space left on device: '{path}'"
    assert path.stat().st_ino == before
    monkeypatch.setattr(os, "fsync", real)
    monkeypatch.setattr(store._upkeep, "_retry_at", 0.0)
    wait_until(lambda: path.stat().st_ino != before)


def test_reading_goes_on_while_snapshots_are_written(store):
    ending = threading.Event()

    def write():
        while not ending.is_set():
            store._write_snapshot()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for value in range(2000):
            store.commit(score(float(value)))
            assert store.table.frame()["score"][2] == value
    finally:
        ending.set()
        thread.join()


def run(code, *arguments):
    search = os.pathsep.join([str(Path(framegrid.__file__).parents[1]), *sys.path])
    environment = os.environ | {"PYTHONPATH": search}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )


def test_the_end_of_python_makes_a_snapshot(path, store):
    store.close()
    code = (
        "import sys; from pathlib import Path; from framegrid.store import Store\n"
        "from framegrid.table import SetValues\n"
        "store = Store.open(Path(sys.argv[1]))\n"
        "store.commit(lambda _: SetValues(2, {'text': 'at the end'}, {}))\n"
    )
    assert run(code, path).stderr == ""
    assert pd.read_parquet(path)["text"][2] == "at the end"


def test_a_forgotten_store_loses_nothing(path, store):
    store.close()
    forgotten = Store.open(path)
    forgotten.commit(score(1.0))
    del forgotten
    gc.collect()
    assert rows_on_disk(path)[2] == {"score": 1.0}


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
    return pa.array(values, arrow_type(TYPES[key]))


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
        store = Store.create(path)
        ids = list(range(len(samples)))
        store.commit(lambda _: AddSamples(new_samples(ids), TYPES))
        if at_once:
            columns = {key: stored(key, [sample[key] for sample in samples]) for key in TYPES}
            store.commit(lambda _: SetBlocks((Block(np.array(ids), columns),), {}))
        else:
            for id_, values in enumerate(samples):
                store.commit(lambda _, id_=id_, values=values: SetValues(id_, values, {}))
        expected = [exact(sample) for sample in samples]
        replayed = Store.open(path)
        store.close()
        for found in (store, replayed, Store.open(path)):
            assert [exact(row) for row in rows(found)] == expected


@pytest.mark.parametrize("files", sorted(FORMATS.iterdir()), ids=lambda files: files.name)
def test_files_of_every_version_are_read(files, tmp_path):
    """Each folder has ROWS in a snapshot, and in the journal a score of 1.5 for sample 2.

    It was made by closing the dataset of the ``store`` fixture, opening it again, committing
    ``score(1.5)``, copying both files, and zeroing bytes 128 to 255 of the journal (its owner).
    """
    shutil.copytree(files, tmp_path / "copy")
    assert rows_on_disk(tmp_path / "copy" / "photos.parquet") == [FULL, SOME, {"score": 1.5}]


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
    store = Store.create(path)
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


# Files that are no datasets, or not this one.


def test_a_parquet_file_of_another_program_is_described(path):
    pd.DataFrame({"image": ["a.jpg"], "label": ["cat"]}).to_parquet(path)
    with pytest.raises(NotADatasetError, match=r"1 rows with the columns image, label.*from_da"):
        Store.open(path)


@pytest.mark.parametrize("content", [b"image,label\na.jpg,cat\n", b"\x89PNG and so on"])
def test_another_file_is_no_dataset(path, content):
    path.write_bytes(content)
    with pytest.raises(NotADatasetError, match="is no Parquet file"):
        Store.open(path)


def test_a_missing_dataset_is_not_made(path):
    with pytest.raises(FileNotFoundError, match=r"no such dataset.*photos\.parquet"):
        Store.open(path)
    assert not list(path.parent.iterdir())


def test_a_missing_dataset_names_its_backup(path, store):
    store.close()
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"the snapshot before it is .*\.bak"):
        Store.open(path)


def test_a_file_in_the_way_is_not_replaced(path, store):
    with pytest.raises(FileExistsError, match="there is a file already"):
        Store.create(path)
    assert rows(store) == ROWS


def test_the_journal_of_a_deleted_dataset_is_in_the_way(path, store):
    store.close()
    path.unlink()
    with pytest.raises(FileExistsError, match="journal"):
        Store.create(path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such folder.*nowhere"):
        Store.create(tmp_path / "nowhere" / "photos.parquet")


def test_damage_names_the_backup(path, store):
    store.snapshot()
    store.close()
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DatasetCorruptError, match=r"cut short.*the snapshot before it is .*\.bak"):
        Store.open(path)


def test_repair_goes_back_to_the_snapshot_before(path, store):
    store.snapshot()
    store.commit(score(1.0))
    store.close()
    path.write_bytes(b"PAR1")
    with pytest.warns(RuntimeWarning, match=f"3 samples and {len(TYPES)} metadata keys, is in"):
        repaired = Store.open(path, repair=True)
    assert rows(repaired) == ROWS
    repaired.commit(score(2.0))
    repaired.close()
    assert rows_on_disk(path)[2] == {"score": 2.0}
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


def test_a_rewritten_parquet_file_is_a_conflict(path, store):
    store.close()
    pd.read_parquet(path).to_parquet(path)
    with pytest.raises(ConflictError, match=r"another program rewrote .*\.bak"):
        Store.open(path)


def test_another_dataset_in_its_place_is_a_conflict(path, store, tmp_path):
    store.close()
    Store.create(tmp_path / "other.parquet").close()
    (tmp_path / "other.parquet").replace(path)
    with pytest.raises(ConflictError, match="belongs to another dataset"):
        Store.open(path)


def test_an_older_parquet_file_is_a_conflict(path, store):
    store.close()
    path.with_name("photos.parquet.bak").replace(path)
    with pytest.raises(ConflictError, match="older than its journal"):
        Store.open(path)


def test_a_newer_version_is_refused(path, monkeypatch):
    monkeypatch.setattr(snapshot, "VERSION", 2)
    Store.create(path).close()
    monkeypatch.undo()
    with pytest.raises(NotADatasetError, match=r"file version 2.*upgrade framegrid"):
        Store.open(path)


def test_a_file_that_unpacks_to_too_much_is_refused(path, store, monkeypatch):
    store.close()
    monkeypatch.setattr(budget, "memory_limit", lambda: 100)
    with pytest.raises(MemoryError, match="3 rows unpacks to more than half"):
        Store.open(path)


@pytest.mark.parametrize(
    "facts",
    [{"types": {"gone": "string"}}, {"types": {"text": "code"}}, {"seq": "x"}, {"dataset": 1}],
)
def test_nonsense_with_a_valid_seal_is_refused(path, store, facts, monkeypatch):
    store.close()
    whole = snapshot.from_parquet(path.read_bytes(), path)
    true = json.loads(snapshot._footer(whole))
    monkeypatch.setattr(snapshot, "_footer", lambda _: json.dumps(true | facts).encode())
    path.write_bytes(snapshot.to_parquet(whole))
    with pytest.raises(DatasetCorruptError):
        Store.open(path)


def test_nonsense_with_a_valid_checksum_is_refused(path, store):
    journal = store._journal
    journal.exclusively(lambda: journal.write(1, 0, b'[99,{"text":"x"},{},[]]', lambda: None))
    with pytest.raises(DatasetCorruptError, match=r"edit 5 in .* cannot be applied.*no sample 99"):
        Store.open(path)


def test_damaged_arrow_data_never_crashes_the_interpreter(store):
    rng = random.Random(1)
    columns = {"text": pa.array(["x", None, "zz"]), "whole": pa.array([1, None, 3])}
    kind, payload = encode(SetBlocks((Block(np.arange(3), columns),), {}))
    for _ in range(500):
        damaged = bytearray(payload)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        table = Table.from_arrow(store.table.to_arrow(), TYPES, 3)
        with suppress(Exception):  # of many types
            table.apply(decode(kind, bytes(damaged)))
            table.to_arrow().validate(full=True)


# Datasets that cannot be written.


@pytest.fixture
def folder():
    """A folder that every user may enter, for tests of permissions."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


@contextmanager
def permissions(folder, mode, files):
    """Give the folder and its files these permissions, and be a user who is bound by them."""
    user = os.geteuid()
    for file in folder.iterdir():
        file.chmod(files)
    folder.chmod(mode)
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_files_that_cannot_be_written_open_read_only(folder):
    path = folder / "photos.parquet"
    writer = Store.create(path)
    writer.commit(lambda _: AddSamples(new_samples([0]), {}))
    with permissions(folder, 0o555, 0o444):
        with pytest.warns(RuntimeWarning, match="is open read-only"):
            reader = Store.open(path)
        assert reader.read_only
        assert len(reader.table) == 1
        for edit in (lambda: reader.commit(score(1.0, 0)), reader.snapshot):
            with pytest.raises(ReadOnlyDatasetError, match="save a copy under another name"):
                edit()
    writer.commit(score(1.0, 0))
    assert reader.refresh()
    assert rows(reader) == [{"score": 1.0}]
    reader.close()
    folder.chmod(0o777)
    writer.close()


def test_a_parquet_file_alone_in_a_read_only_folder_opens_read_only(folder):
    path = folder / "photos.parquet"
    Store.create(path).close()
    path.with_name("photos.parquet.journal").unlink()
    with permissions(folder, 0o555, 0o666), pytest.warns(RuntimeWarning, match="open read-only"):
        assert Store.open(path).read_only


def test_a_read_only_folder_takes_edits_but_no_snapshots(folder):
    path = folder / "photos.parquet"
    store = Store.create(path)
    store.commit(lambda _: AddSamples(new_samples([0]), {}))
    store.snapshot()
    with permissions(folder, 0o555, 0o666):
        store.commit(score(1.0, 0))
        with pytest.warns(RuntimeWarning, match="not yet in the Parquet file"):
            store.close()
    folder.chmod(0o777)
    assert rows_on_disk(path) == [{"score": 1.0}]


def test_a_place_without_locks_opens_read_only(path, store, monkeypatch):
    store.close()

    def fail():
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "lock_functions", lambda _, **__: (fail, int))
    with pytest.warns(RuntimeWarning, match="open read-only"):
        assert rows(Store.open(path)) == ROWS


def test_leftovers_of_dead_processes_are_removed(path, store):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    names = [f"{gone.pid}-01234567@{node()}", f"{os.getpid()}-01234567@{node()}", "1-01234567@far"]
    temporary = [path.with_name(f"photos.parquet.{name}.tmp") for name in names]
    for file in temporary:
        file.touch()
    assert rows_on_disk(path) == rows(store)
    assert [file.exists() for file in temporary] == [False, True, True]


def test_unknown_durability_is_refused(path):
    Store.create(path).close()
    with pytest.raises(ValueError, match="'disk'; it can be 'process' or 'power'"):
        Store.open(path, durability="disk")


# Copies, and datasets in memory.


def test_a_copy_is_a_dataset_of_its_own(path, store, tmp_path):
    copy = tmp_path / "copy.parquet"
    store.copy_to(copy)
    store.commit(score(1.0))
    copied = Store.open(copy)
    assert rows(copied) == ROWS
    assert copied._dataset != store._dataset
    copied.close()
    with pytest.raises(FileExistsError, match="there is a file already"):
        store.copy_to(path)


def test_a_copy_saves_what_is_in_memory_when_the_files_are_gone(path, store, tmp_path):
    for file in path.parent.iterdir():
        file.unlink()
    with pytest.raises(ConflictError, match="save it under another name"):
        store.refresh()
    store.copy_to(tmp_path / "copy.parquet")
    assert rows_on_disk(tmp_path / "copy.parquet") == ROWS
    store._closed = True


def test_a_dataset_in_memory_can_be_saved(path, store, tmp_path):
    memory = MemoryStore(store.table)
    assert (memory.path, memory.read_only, memory.refresh()) == (None, False, False)
    memory.commit(lambda _: DropKey("gps"))
    assert memory.commit(lambda _: None) is None
    memory.close()
    saved = memory.save_as(tmp_path / "saved.parquet")
    assert "gps" not in saved.table.schema
    assert saved.table.to_arrow().equals(memory.table.to_arrow())
    saved.close()
