"""Opening what is no dataset, not this one, damaged, or cannot be written."""

import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from platform import node

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crash_lives import new_samples
from framegrid.base import (
    ConflictError,
    DatasetCorruptError,
    NotADatasetError,
    ReadOnlyDatasetError,
)
from framegrid.storage import AddSamples, Block, SetBlocks, Table, create_store, open_store
from framegrid.storage.journal import lock
from framegrid.storage.parquet import budget, snapshot
from framegrid.storage.places import file as file_place
from framegrid.storage.records.records import decode, encode
from store_fixtures import ROWS, TYPES, rows, rows_on_disk, score

# Files that are no datasets, or not this one.


def test_a_parquet_file_of_another_program_is_described(path):
    pd.DataFrame({"image": ["a.jpg"], "label": ["cat"]}).to_parquet(path)
    with pytest.raises(NotADatasetError, match=r"1 rows with the columns image, label.*from_da"):
        open_store(path)


@pytest.mark.parametrize("content", [b"image,label\na.jpg,cat\n", b"\x89PNG and so on"])
def test_another_file_is_no_dataset(path, content):
    path.write_bytes(content)
    with pytest.raises(NotADatasetError, match="is no Parquet file"):
        open_store(path)


def test_a_missing_dataset_is_not_made(path):
    with pytest.raises(FileNotFoundError, match=r"no such dataset.*photos\.parquet"):
        open_store(path)
    assert not list(path.parent.iterdir())


def test_a_missing_dataset_names_its_backup(path, store):
    store.close()
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"the snapshot before it is .*\.bak"):
        open_store(path)


def test_a_file_in_the_way_is_not_replaced(path, store):
    with pytest.raises(FileExistsError, match="there is a file already"):
        create_store(path)
    assert rows(store) == ROWS


def test_the_journal_of_a_deleted_dataset_is_in_the_way(path, store):
    store.close()
    path.unlink()
    with pytest.raises(FileExistsError, match="journal"):
        create_store(path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such folder.*nowhere"):
        create_store(tmp_path / "nowhere" / "photos.parquet")


def test_damage_names_the_backup(path, store):
    store.snapshot()
    store.close()
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DatasetCorruptError, match=r"cut short.*the snapshot before it is .*\.bak"):
        open_store(path)


def test_repair_goes_back_to_the_snapshot_before(path, store):
    store.snapshot()
    store.commit(score(1.0))
    store.close()
    path.write_bytes(b"PAR1")
    with pytest.warns(RuntimeWarning, match=f"before it, with 3 samples and {len(TYPES)} meta"):
        repaired = open_store(path, repair=True)
    assert rows(repaired) == ROWS
    repaired.commit(score(2.0))
    repaired.close()
    assert rows_on_disk(path)[2] == {"score": 2.0}
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


def test_repair_keeps_what_is_whole_of_a_damaged_snapshot(path, store):
    store.snapshot()
    store.commit(score(1.0))
    damaged = bytearray(path.read_bytes())
    place = pq.read_schema(path).get_field_index("text")
    damaged[pq.read_metadata(path).row_group(0).column(place).data_page_offset + 30] ^= 1
    path.write_bytes(damaged)
    with pytest.warns(RuntimeWarning, match="what is whole of it, in which values of 'text' are"):
        repaired = open_store(path, repair=True)
    lost = [{key: value for key, value in row.items() if key != "text"} for row in ROWS]
    assert rows(repaired) == [*lost[:2], {"score": 1.0}], "with what the journal has on top"
    repaired.close()
    assert rows_on_disk(path) == rows(repaired)
    aside = next(path.parent.glob("*.damaged-*"))
    assert aside.read_bytes() == damaged


def test_whatever_byte_is_damaged_what_is_kept_is_true(path, store):
    store.snapshot()
    whole = path.read_bytes()
    columns = snapshot.from_parquet(whole, path).samples.to_pydict()
    kept, told = 0, 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        if (found := snapshot.salvage(bytes(damaged), path)) is None:
            continue
        kept += 1
        told += bool(found[1])
        assert found[0].types == TYPES
        for name, values in found[0].samples.to_pydict().items():
            lost = name in found[1]
            assert values == ([None] * 3 if lost else columns[name]), f"byte {place}"
    assert kept > 1000
    assert told > 500


def test_a_rewritten_parquet_file_is_a_conflict(path, store):
    store.close()
    pd.read_parquet(path).to_parquet(path)
    with pytest.raises(ConflictError, match=r"another program rewrote .*\.bak"):
        open_store(path)


def test_another_dataset_in_its_place_is_a_conflict(path, store, tmp_path):
    store.close()
    create_store(tmp_path / "other.parquet").close()
    (tmp_path / "other.parquet").replace(path)
    with pytest.raises(ConflictError, match="belongs to another dataset"):
        open_store(path)


def test_an_older_parquet_file_is_a_conflict(path, store):
    store.close()
    path.with_name("photos.parquet.bak").replace(path)
    with pytest.raises(ConflictError, match="older than its journal"):
        open_store(path)


def test_a_newer_version_is_refused(path, monkeypatch):
    for module in (snapshot, file_place):
        monkeypatch.setattr(module, "VERSION", 3)
    create_store(path).close()
    monkeypatch.undo()
    with pytest.raises(NotADatasetError, match=r"file version 3.*upgrade framegrid"):
        open_store(path)


def test_a_file_that_unpacks_to_too_much_is_refused(path, store, monkeypatch):
    store.close()
    monkeypatch.setattr(budget, "memory_limit", lambda: 100)
    with pytest.raises(MemoryError, match="3 rows unpacks to more than half"):
        open_store(path)


def test_nonsense_with_a_valid_checksum_is_refused(path, store):
    journal = store._journal
    journal.exclusively(journal.append, 1, 0, b'[99,{"text":"x"},{},[]]')
    journal.accept()
    with pytest.raises(DatasetCorruptError, match=r"edit 5 in .* cannot be applied.*no sample 99"):
        open_store(path)


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
    """A block in which a folder and its files have permissions that bind the user."""
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
    writer = create_store(path)
    writer.commit(lambda _: AddSamples(new_samples([0]), {}))
    with permissions(folder, 0o555, 0o444):
        with pytest.warns(RuntimeWarning, match="is open read-only"):
            reader = open_store(path)
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
    create_store(path).close()
    path.with_name("photos.parquet.journal").unlink()
    with permissions(folder, 0o555, 0o666), pytest.warns(RuntimeWarning, match="open read-only"):
        assert open_store(path).read_only


def test_a_read_only_folder_takes_edits_but_no_snapshots(folder):
    path = folder / "photos.parquet"
    store = create_store(path)
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
        assert rows(open_store(path)) == ROWS


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
    create_store(path).close()
    with pytest.raises(ValueError, match="'disk'; it can be 'process' or 'power'"):
        open_store(path, durability="disk")
