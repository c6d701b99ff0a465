"""Sizes that a table lacks, read in the background while a grid of it is open."""

import gc
import pickle
import threading
import weakref

import pandas as pd
import pytest

import framegrid as fg
from framegrid.dataset.ingest import containers, later_sizes
from framegrid.dataset.ingest import from_frame as frames
from picture_tables import cells, write_parquet
from waiting import wait_until


@pytest.fixture(autouse=True)
def _none_at_once(monkeypatch):
    """As if each frame had very many files."""
    monkeypatch.setattr(frames, "SIZES_READ_AT_ONCE", 0)
    monkeypatch.setattr(later_sizes, "_AT_ONCE", 2)
    monkeypatch.setattr(later_sizes, "_FIRST_S", 0)
    monkeypatch.setattr(later_sizes, "_LAST_S", 0)


@pytest.fixture
def frame(photos, broken_photos):
    names = [*(f"photo-{n}.{'png' if n % 2 else 'jpg'}" for n in range(6)), "empty.jpg"]
    return pd.DataFrame({"path": [str(photos / name) for name in names], "rank": range(7)})


def keys_of(columns):
    return [info["key"] for info in columns if info["group"] != "files"]


class Page:
    """A grid that a browser has asked, and what that was told."""

    def __init__(self, dataset):
        self.grid = fg.Grid(dataset)
        self.told = []
        self.grid._messenger._send = lambda content, _: self.told.append(content)
        self.look()

    def look(self):
        """Keys, and how far the sizes are."""
        self.grid._messenger.receive({"id": "1", "type": "ready"})
        description = self.told.pop()["ok"]
        return keys_of(description["columns"]), description["sizes"]


def is_done(dataset):
    thread = dataset._later_sizes._thread
    return thread is not None and not thread.is_alive()


def test_an_open_grid_gets_the_sizes(frame):
    dataset = fg.ImageDataset.from_dataframe(frame)
    grid = fg.Grid(dataset)
    assert keys_of(grid._answers.view.keys) == ["rank"]
    assert dataset.sizes_progress is None
    assert dataset.df["width"].isna().all()
    page = Page(dataset)
    wait_until(lambda: is_done(dataset))
    assert page.look() == (["width", "height", "rank"], None)
    assert dataset.df["width"].tolist() == [64, 72, 80, 88, 96, 104, pd.NA]
    assert dataset.get_sample(5).height == 48
    wait_until(lambda: page.grid._revision == dataset.revision)


def test_what_is_read_is_shown_as_it_comes(frame, monkeypatch):
    go_on = threading.Semaphore(0)
    read = later_sizes.read_size
    monkeypatch.setattr(later_sizes, "read_size", lambda path: go_on.acquire() and read(path))
    dataset = fg.ImageDataset.from_dataframe(frame)
    page = Page(dataset)
    go_on.release(2)
    wait_until(lambda: dataset.df["width"].notna().sum() == 2)
    assert page.look() == (["width", "height", "rank"], (2, 7))
    dataset.remove_samples([3])
    go_on.release(5)
    wait_until(lambda: is_done(dataset))
    assert dataset.df["width"].tolist() == [64, 72, 80, 96, 104, pd.NA]


def test_it_is_no_edit(frame):
    dataset = fg.ImageDataset.from_dataframe(frame)
    dataset.get_sample(0).metadata["rank"] = 9
    Page(dataset)
    wait_until(lambda: is_done(dataset))
    assert len(dataset.history()) == 1
    dataset.undo()
    assert dataset.get_sample(0).metadata["rank"] == 0
    assert dataset.df["width"].notna().sum() == 6
    dataset.save("saved")
    dataset.close()
    with fg.ImageDataset.load("saved") as saved:
        assert saved.df["width"].notna().sum() == 6


def test_images_elsewhere_are_left_alone(monkeypatch):
    asked = []
    monkeypatch.setattr(later_sizes, "read_size", asked.append)
    far = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": ["s3://photos/a.jpg"]}))
    Page(far)
    wait_until(lambda: is_done(far))
    assert not asked


# On disk


@pytest.fixture
def saved(frame):
    dataset = fg.ImageDataset.from_dataframe(frame)
    dataset.save("saved")
    with dataset:
        yield dataset


def test_a_dataset_on_disk_keeps_them(saved):
    Page(saved)
    wait_until(lambda: is_done(saved))
    with fg.ImageDataset.load("saved") as other:
        assert other.df["width"].tolist() == [64, 72, 80, 88, 96, 104, pd.NA]
        assert set(other.history()["what"]) == {"read sizes"}


def test_what_is_closed_or_killed_meanwhile_is_read_the_next_time(saved, monkeypatch):
    go_on = threading.Semaphore(2)
    read = later_sizes.read_size
    monkeypatch.setattr(later_sizes, "read_size", lambda path: go_on.acquire() and read(path))
    saved.read_sizes_later()
    wait_until(lambda: saved.df["width"].count() == 2)
    with fg.ImageDataset.load("saved") as as_if_killed:
        assert as_if_killed.df["width"].count() == 2
    go_on.release(2)
    saved.close()
    go_on.release(100)
    wait_until(lambda: is_done(saved))
    with fg.ImageDataset.load("saved") as again:
        assert again.df["width"].count() == 4
        again.read_sizes_later()
        wait_until(lambda: again.df["width"].count() == 6)


def test_undo_takes_back_what_the_user_did(saved, tmp_path, make_photos):
    saved.add_images_from_path(make_photos(tmp_path / "more"))
    ids = saved.df.index[7:]
    saved.update_metadata({0: {"rank": 9}})
    saved.read_sizes_later()
    wait_until(lambda: saved.df["width"].count() == 6 + len(ids))
    saved.undo()
    assert saved.get_sample(0).metadata["rank"] == 0
    saved.undo()
    assert len(saved) == 7


def test_undo_takes_back_samples_whose_sizes_were_read_since(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(containers, "READ_AT_ONCE_FROM_DISK", 0)
    report = saved.add_images_from_path(write_parquet(tmp_path / "0.parquet", image=cells(3)))
    assert (report.unsized, report.sizes_follow) == (3, True)
    wait_until(lambda: saved.df["width"].count() == 9)
    saved.undo()
    assert len(saved) == 7


def test_those_that_are_added_later_follow(saved, tmp_path, monkeypatch):
    Page(saved)
    wait_until(lambda: is_done(saved))
    monkeypatch.setattr(containers, "READ_AT_ONCE_FROM_DISK", 0)
    saved.add_images_from_path(write_parquet(tmp_path / "0.parquet", image=cells(2)))
    wait_until(lambda: saved.df["width"].count() == 8)


def test_what_cannot_be_read_is_looked_at_once(saved, tmp_path, make_photos, monkeypatch):
    asked = []
    read = later_sizes.read_size
    monkeypatch.setattr(later_sizes, "read_size", lambda path: asked.append(path) or read(path))
    Page(saved)
    wait_until(lambda: is_done(saved))
    saved.add_images_from_path(make_photos(tmp_path / "more"))
    Page(saved)
    wait_until(lambda: is_done(saved))
    assert len(asked) == 7


def test_a_dataset_that_cannot_be_written_is_left_alone(saved):
    other = pickle.loads(pickle.dumps(saved))
    other.read_sizes_later()
    assert other._later_sizes._thread is None


def test_a_full_disk_ends_it_and_is_told(saved, monkeypatch, caplog):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved._connection.store, "fill", full)
    saved.read_sizes_later()
    wait_until(lambda: is_done(saved))
    assert "reading sizes in the background failed" in caplog.text
    assert saved.sizes_progress is None


def test_asking_for_all_of_them_ends_it(saved, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(later_sizes, "read_size", lambda _: go_on.wait() and "not read")
    monkeypatch.setattr(later_sizes, "_CLOSING_S", 0)
    saved.read_sizes_later()
    assert len(saved.read_sizes(progress=False)) == 1
    go_on.set()
    wait_until(lambda: is_done(saved))
    assert saved.df["width"].count() == 6


# Its end


def test_nobody_reads_for_what_is_gone(frame, monkeypatch):
    go_on = threading.Semaphore(0)
    monkeypatch.setattr(later_sizes, "read_size", lambda _: go_on.acquire() and (1, 1))
    dataset = fg.ImageDataset.from_dataframe(frame)
    dataset.read_sizes_later()
    thread, connection = dataset._later_sizes._thread, weakref.ref(dataset._connection)
    del dataset
    gc.collect()
    wait_until(lambda: connection() is None)
    go_on.release(2)
    thread.join(30)
    assert not thread.is_alive()
