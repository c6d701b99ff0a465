"""Pictures beside a dataset: parts that edits name, in files and in memory."""

import json
import os
import random
import shutil
import signal
import time
from functools import partial
from pathlib import Path
from platform import node

import pyarrow.parquet as pq
import pytest

from crash_lives import Nursery
from framegrid.base import MetadataTypeError
from framegrid.storage import Store, cell_locators, create_store, open_store, write_cells
from framegrid.storage.files import image_parts
from framegrid.storage.parquet import picture_cells
from framegrid.storage.records import own_images
from picture_lives import add_named, add_pictures, pictures_of, samples_with

KILLS = int(os.environ.get("KILLS", "24"))


@pytest.fixture
def store(tmp_path):
    store = create_store(tmp_path / "photos.parquet")
    yield store
    store.close()


def add(store, *pictures):
    """Add pictures as a part, and give where it is."""
    cells = [(picture, f"{number}.png") for number, picture in enumerate(pictures)]
    with store.new_part(partial(write_cells, cells=cells)) as put:
        change = store.commit(
            lambda table: samples_with(table, cell_locators(put(), len(pictures)))
        )
    return change.samples["file_path_abs"][0].as_py().partition("::")[2]


def parts(store):
    folder = Path(image_parts.images_of(store.path))
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def stored_paths(path):
    return pq.read_table(path)["file_path_abs"].to_pylist()


def test_each_call_makes_a_part_that_hugging_face_opens(store):
    add(store, b"one", b"two")
    part = add(store, b"three")
    assert parts(store) == ["0001.parquet", "0002.parquet"]
    table = pq.read_table(part)
    assert table["image"].to_pylist() == [{"bytes": b"three", "path": "0.png"}]
    described = json.loads(table.schema.metadata[b"huggingface"])
    assert described["info"]["features"] == {"image": {"_type": "Image"}}


def test_a_part_has_small_row_groups(store, monkeypatch):
    part = add(store, *[b"x"] * 130)
    groups = pq.read_metadata(part)
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [64, 64, 2]
    monkeypatch.setattr(picture_cells, "_GROUP_BYTES", 10)
    part = add(store, b"12345", b"12345", b"1", b"x" * 99, b"1")
    groups = pq.read_metadata(part)
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [2, 1, 1, 1]


def test_locators_are_absolute_in_memory_and_relative_in_files(store, tmp_path):
    add(store, b"one")
    locator = f"parquet://image/0::{tmp_path}/photos.images/0001.parquet"
    assert store.table.column("file_path_abs").to_pylist() == [locator]
    assert str(tmp_path).encode() not in store._journal.path.read_bytes()
    store.snapshot()
    assert stored_paths(store.path) == ["parquet://image/0::photos.images/0001.parquet"]


@pytest.mark.parametrize("when", ["journal", "snapshot"])
def test_a_dataset_moves_and_is_renamed_with_its_pictures(store, tmp_path, when):
    add(store, b"one")
    if when == "snapshot":
        store.close()
    else:
        store.is_closed = store._schedule.is_over = True
        store._journal.close()
    moved = tmp_path / "elsewhere" / "trip.parquet"
    moved.parent.mkdir()
    for old in tmp_path.glob("photos.*"):
        shutil.move(old, moved.parent / old.name.replace("photos", "trip"))
    assert pictures_of(moved) == {0: b"one"}
    with_more = open_store(moved)
    add(with_more, b"two")
    with_more.close()
    assert set(stored_paths(moved)) == {
        f"parquet://image/0::trip.images/000{number}.parquet" for number in (1, 2)
    }


def test_a_locator_that_is_not_of_a_part_stays_as_it_is(store):
    odd = [
        "parquet://image/0::../0001.parquet",
        "parquet://image/0::photos.images/../0001.parquet",
        "parquet://image/0::a/photos.images/0001.parquet",
        "parquet://image/0::photos.images/1.parquet",
        "parquet://image/x::photos.images/0001.parquet",
        "parquet://other/0::photos.images/0001.parquet",
        "photos.images/0001.parquet",
    ]
    store.commit(lambda table: samples_with(table, odd))
    path = store.path
    store.close()
    again = open_store(path)
    assert again.table.column("file_path_abs").to_pylist() == odd
    again.close()


def test_a_copy_has_copies_of_the_parts_that_it_names(store, tmp_path):
    add(store, b"one")
    add(store, b"two")
    store.copy_to(tmp_path / "copy.parquet")
    shutil.rmtree(tmp_path / "photos.images")
    assert pictures_of(tmp_path / "copy.parquet") == {0: b"one", 1: b"two"}
    assert set(stored_paths(tmp_path / "copy.parquet")) == {
        f"parquet://image/0::copy.images/000{number}.parquet" for number in (1, 2)
    }


def test_a_copy_of_a_dataset_whose_pictures_are_gone_names_where_they_were(store, tmp_path):
    part = add(store, b"one")
    shutil.rmtree(tmp_path / "photos.images")
    store.copy_to(tmp_path / "copy.parquet")
    assert stored_paths(tmp_path / "copy.parquet") == [f"parquet://image/0::{part}"]


def test_a_copy_that_cannot_be_made_leaves_no_parts(store, tmp_path):
    add(store, b"one")
    (tmp_path / "taken.parquet").write_bytes(b"something")
    with pytest.raises(FileExistsError):
        store.copy_to(tmp_path / "taken.parquet")
    assert not (tmp_path / "taken.images").exists()


def test_a_number_is_never_given_twice(store, tmp_path):
    other = open_store(store.path)
    assert [Path(add(each, b"x")).name for each in (store, other, store)] == [
        "0001.parquet",
        "0002.parquet",
        "0003.parquet",
    ]
    other.close()
    (tmp_path / "photos.images" / "0007.parquet").write_bytes(b"somebody's")
    assert Path(add(store, b"x")).name == "0008.parquet"


def test_a_number_is_not_given_again_while_the_folder_is_elsewhere(store, tmp_path):
    first, folder = add(store, b"one"), tmp_path / "photos.images"
    folder.rename(tmp_path / "elsewhere")
    second = add(store, b"two")
    assert [Path(part).name for part in (first, second)] == ["0001.parquet", "0002.parquet"]
    shutil.copytree(tmp_path / "elsewhere", folder, dirs_exist_ok=True)
    assert [pq.read_table(part)["image"][0]["bytes"].as_py() for part in (first, second)] == [
        b"one",
        b"two",
    ]


@pytest.mark.parametrize("name", ["9" * 5_000, "0009"])
def test_numbers_that_a_stranger_made_up_stop_nobody(store, tmp_path, name):
    locator = f"parquet://image/0::{tmp_path}/photos.images/{name}.parquet"
    store.commit(lambda table: samples_with(table, [locator]))
    assert Path(add(store, b"one")).name in {"0001.parquet", "0010.parquet"}


def test_a_number_that_another_process_took_meanwhile_is_left_to_it(store, monkeypatch):
    add(store, b"one")
    for module in (image_parts, own_images):  # it came after the look
        monkeypatch.setattr(module, "number_of", lambda _: 0)
    assert Path(add(store, b"two")).name == "0002.parquet"
    assert pictures_of(store.path) == {0: b"one", 1: b"two"}


@pytest.mark.parametrize("links", [True, False])
def test_an_edit_that_fails_leaves_no_part(store, monkeypatch, links):
    if not links:

        def refuse(*_):
            raise OSError("no hard links here")

        monkeypatch.setattr(os, "link", refuse)
    add(store, b"one")

    def build(put, _):
        put()
        raise MetadataTypeError("as values that do not fit")

    write = partial(write_cells, cells=[(b"two", "")])
    with pytest.raises(MetadataTypeError), store.new_part(write) as put:
        store.commit(partial(build, put))
    assert parts(store) == ["0001.parquet"]


def test_a_part_whose_record_is_written_stays_whatever_is_raised_then(store, monkeypatch):
    commit = Store.commit

    def interrupted(self, build):
        commit(self, build)
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        add(store, b"one")
    assert pictures_of(store.path) == {0: b"one"}


def test_a_disk_that_is_full_leaves_nothing(store, monkeypatch):
    def full(file, **_):
        file.write(b"x" * 1000)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space") as caught, store.new_part(full):
        pass
    assert caught.value.filename == str(store.path.with_name("photos.images"))
    assert parts(store) == []
    assert len(store.table) == 0


def test_parts_have_the_mode_of_the_dataset(store):
    store.path.chmod(0o600)
    assert Path(add(store, b"one")).stat().st_mode & 0o777 == 0o600


def test_samples_that_come_back_have_their_pictures(store):
    add(store, b"one")
    store.undo(1)
    store.snapshot()
    add(store, b"two")
    assert Path(add(store, b"three")).name == "0003.parquet"
    assert set(pictures_of(store.path).values()) == {b"two", b"three"}


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as nursery:
        yield nursery


def test_nothing_that_was_said_to_be_added_is_lost_by_a_kill(nursery, tmp_path):
    """Whether it comes while a part is written, gets its number, or is named."""
    path, noted = tmp_path / "photos.parquet", tmp_path / "acknowledged"
    create_store(path).close()
    noted.write_bytes(b"")
    rng = random.Random(0)
    for seed in range(KILLS):
        before = noted.stat().st_size
        pid = nursery.start(add_pictures, path, noted, seed)
        while rng.random() < 0.9 and noted.stat().st_size == before:
            time.sleep(0.001)
        time.sleep(rng.expovariate(1 / 0.01))
        assert nursery.kill(pid) == -signal.SIGKILL
        held = pictures_of(path)
        assert len(held) >= noted.stat().st_size
        assert all(data == b"%d" % id_ + b"." * (id_ % 7) * 9999 for id_, data in held.items())
    store = open_store(path)
    add(store, b"the last")
    store.close()
    assert not [name for name in parts(store) if node() in name]


def test_processes_that_add_at_the_same_time_do_not_meet(nursery, tmp_path):
    path = tmp_path / "photos.parquet"
    create_store(path).close()
    pids = [nursery.start(add_named, path, name, 12) for name in ("one", "other")]
    assert [nursery.wait(pid) for pid in pids] == [0, 0]
    added = {f"{name} {number}".encode() for name in ("one", "other") for number in range(12)}
    assert sorted(pictures_of(path).values()) == sorted(added)
    assert len(list((tmp_path / "photos.images").iterdir())) == 24


def test_kills_leave_nothing_that_is_taken_for_a_part(tmp_path, store):
    add(store, b"one")
    folder = tmp_path / "photos.images"
    left = folder / f"new.{2**22 + 1}-00000000@{node()}.tmp"
    left.write_bytes(b"half a part")
    open_store(store.path).close()
    assert not left.exists()
    left.write_bytes(b"half a part")
    orphan = folder / "0002.parquet"  # killed before the record was written
    orphan.write_bytes(b"a part that no record names")
    assert Path(add(store, b"two")).name == "0003.parquet"
    assert not left.exists()
    assert orphan.exists()  # a copy of a journal may name it
    assert pictures_of(store.path) == {0: b"one", 1: b"two"}
