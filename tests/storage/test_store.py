"""The store: edits on disk, snapshots in the background, and copies."""

import errno
import gc
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import framegrid
from framegrid.base import ConflictError
from framegrid.storage import DropKey, RemoveSamples, create_store, open_store, store_in_memory
from framegrid.storage.journal import background
from store_fixtures import FULL, ROWS, SOME, TYPES, rows, rows_on_disk, score
from waiting import wait_until

# Edits and snapshots.


def test_a_snapshot_has_all_edits(path, store):
    store.close()
    path.with_name("photos.parquet.journal").unlink()
    with pytest.warns(RuntimeWarning, match=r"photos\.parquet\.journal is gone: edits that were"):
        assert rows_on_disk(path) == ROWS
    assert open_store(path).table.schema == TYPES


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
    linked = open_store(link)
    linked.commit(score(1.0))
    linked.close()
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert rows_on_disk(path)[2] == {"score": 1.0}


def test_samples_get_no_id_twice(path, store):
    store.commit(lambda _: RemoveSamples(np.array([1, 2])))
    store.snapshot()
    reopened = open_store(path)
    assert reopened.table.next_id == 3
    assert reopened.table.ids.tolist() == [0]
    reopened.close()


# In the background.


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
    wait_until(lambda: path.with_name("photos.parquet.journal").stat().st_size < 5000)
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
    monkeypatch.setattr(background, "report_failure", reports.append)
    before = path.stat().st_ino
    store.commit(score(1.0))
    # Datasets of other tests may still be open, and fail alike.
    wait_until(lambda: f"[Errno 28] No space left on device: '{path}'" in map(str, reports))
    assert path.stat().st_ino == before
    monkeypatch.setattr(os, "fsync", real)
    monkeypatch.setattr(store._schedule, "_retry_at", 0.0)
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
        "import sys; from pathlib import Path; from framegrid.storage import open_store\n"
        "from framegrid.storage import SetValues\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "store.commit(lambda _: SetValues(2, {'text': 'at the end'}, {}))\n"
    )
    assert run(code, path).stderr == ""
    assert pd.read_parquet(path)["text"][2] == "at the end"


def test_a_forgotten_store_loses_nothing(path, store):
    store.close()
    forgotten = open_store(path)
    forgotten.commit(score(1.0))
    del forgotten
    gc.collect()
    assert rows_on_disk(path)[2] == {"score": 1.0}


# Copies, and datasets in memory.


def test_a_copy_is_a_dataset_of_its_own(path, store, tmp_path):
    copy = tmp_path / "copy.parquet"
    store.copy_to(copy)
    store.commit(score(1.0))
    copied = open_store(copy)
    assert rows(copied) == ROWS
    assert copied._ledger.dataset != store._ledger.dataset
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
    store.is_closed = True


def test_a_dataset_in_memory_can_be_saved(path, store, tmp_path):
    memory = store_in_memory(store.table)
    assert (memory.path, memory.read_only, memory.refresh()) == (None, False, False)
    memory.commit(lambda _: DropKey("gps"))
    assert memory.commit(lambda _: None) is None
    memory.close()
    saved = create_store(tmp_path / "saved.parquet", table=memory.table, history=memory.history)
    assert "gps" not in saved.table.schema
    assert saved.table.to_arrow().equals(memory.table.to_arrow())
    saved.close()


# Who may read the files.


@pytest.fixture
def modes(monkeypatch):
    """The modes that files had when they were made, by name."""
    found, real = {}, os.open

    def noting(path, flags, *args, **options):
        fd = real(path, flags, *args, **options)
        if flags & os.O_CREAT:
            found.setdefault(Path(path).name, os.fstat(fd).st_mode & 0o777)
        return fd

    monkeypatch.setattr(os, "open", noting)
    before = os.umask(0)
    yield found
    os.umask(before)


def test_a_snapshot_is_never_open_to_more_readers(path, store, modes):
    path.chmod(0o600)
    store.snapshot()
    store.commit(score(1.0))
    store.snapshot()
    assert set(modes.values()) == {0o600}
    assert {file.stat().st_mode & 0o777 for file in path.parent.glob("*.bak")} == {0o600}


def test_files_made_before_the_mode_changed_get_it_when_opened(path, store):
    store.snapshot()
    store.commit(score(1.0))
    store.close()
    path.chmod(0o600)
    open_store(path).close()
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


# Things in the way.


def test_a_folder_in_the_place_of_the_backup_is_told(path, store):
    backup = path.with_name("photos.parquet.bak")
    store.snapshot()
    backup.unlink()
    backup.mkdir()
    store.commit(score(1.0))
    with pytest.warns(RuntimeWarning, match=r"could not be kept as .*\.bak: Is a directory"):
        store.snapshot()
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "photos.parquet",
        "photos.parquet.bak",
        "photos.parquet.journal",
    ]
    store.close()
    assert rows_on_disk(path)[2] == {"score": 1.0}
