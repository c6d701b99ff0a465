"""Functions over all images: what is computed, and what is kept of it."""

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor as Threads

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

import framegrid as fg
from framegrid.dataset.ingest.file_notes import NONE, file_checksums
from image_functions import recording, width_of
from samples import column, failures


def retouch(path, width):
    Image.new("RGB", (width, 50)).save(path)


# What is computed


def test_values_become_metadata(dataset, threads):
    report = dataset.compute_metadata(width_of, executor=threads)
    assert column(dataset, "w") == column(dataset, "width")
    assert (report.computed, report.up_to_date, report.failures) == (6, 0, [])
    assert list(dataset.schema) == ["w"]


def test_images_come_upright(tmp_path, threads):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "turned.jpg", exif=exif)
    with fg.ImageDataset.create(tmp_path / "d") as dataset:
        dataset.add_images_from_path(tmp_path)
        dataset.compute_metadata(width_of, executor=threads)
        assert column(dataset, "w") == [40]


def test_a_dataset_in_memory_computes_too(photos, threads):
    paths = sorted(map(str, photos.iterdir()))
    dataset = fg.ImageDataset.from_dataframe(pd.DataFrame({"path": paths}))
    dataset.compute_metadata(width_of, executor=threads)
    assert column(dataset, "w") == [64, 72, 80, 88, 96, 104]


def test_nothing_is_computed_of_an_empty_dataset(tmp_path):
    with fg.ImageDataset.create(tmp_path / "empty") as dataset:
        assert dataset.compute_metadata(width_of, keys="w").computed == 0


def test_values_survive_reopening(dataset, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    dataset.close()
    with fg.ImageDataset.load("dataset") as again:
        assert column(again, "w") == column(again, "width")
        assert again.compute_metadata(width_of, keys="w", executor=threads).up_to_date == 6


def test_a_sample_removed_meanwhile_is_left_out(dataset):
    def function(image):
        if 5 in dataset:
            dataset.remove_samples([5])
        return {"w": image.width}

    with Threads(1) as executor:
        dataset.compute_metadata(function, executor=executor)
    assert column(dataset, "w") == [64, 72, 80, 88, 96]


# What is computed again


def test_what_a_function_gave_is_not_computed_again(dataset, threads):
    dataset.compute_metadata(width_of, executor=threads)
    report = dataset.compute_metadata(width_of, executor=threads)
    assert (report.computed, report.up_to_date) == (0, 6)
    assert dataset.compute_metadata(width_of, executor=threads, force=True).computed == 6


def test_with_keys_only_what_is_missing(dataset, threads):
    seen = []
    function = recording(seen)
    dataset.compute_metadata(function, keys=["w"], executor=threads)
    del seen[:]
    dataset.get_sample(2).metadata["w"] = None
    report = dataset.compute_metadata(function, keys=["w"], executor=threads)
    assert seen == [80]
    assert (report.computed, report.up_to_date) == (1, 5)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, np.float64("nan")], ids=str)
def test_results_that_are_missing_are_remembered(dataset, photos, threads, missing):
    seen = []

    def wide_only(image):
        seen.append(image.width)
        return {"w": image.width if image.width > 80 else missing, "never": missing}

    keys = ["w", "never"]
    assert dataset.compute_metadata(wide_only, keys=keys, executor=threads).computed == 6
    assert dataset.compute_metadata(wide_only, keys=keys, executor=threads).up_to_date == 6
    assert dataset.compute_metadata(wide_only, keys="never", executor=threads).up_to_date == 6
    assert sorted(seen) == [64, 72, 80, 88, 96, 104]
    assert dataset.df["w"].isna().tolist() == [True] * 3 + [False] * 3
    assert "never" not in dataset.df.columns
    dataset.close()
    with fg.ImageDataset.load(dataset.path) as again:
        assert again.compute_metadata(wide_only, keys=keys, executor=threads).up_to_date == 6
        retouch(photos / "photo-1.png", 33)  # another file: its result may be another
        del seen[:]
        assert again.compute_metadata(wide_only, keys=keys, executor=threads).computed == 1
        again.get_sample(4).metadata["w"] = None  # taken away by the user, so wanted again
        assert again.compute_metadata(wide_only, keys=keys, executor=threads).computed == 1
        assert seen == [33, 96]
        assert (
            again.compute_metadata(wide_only, keys=keys, executor=threads, force=True).computed == 6
        )


def test_with_keys_new_images_are_computed(dataset, photos, threads):
    seen = []
    function = recording(seen)
    dataset.compute_metadata(function, keys="w", executor=threads)
    retouch(photos / "photo-9.png", 33)
    dataset.add_images_from_path(photos)
    del seen[:]
    dataset.compute_metadata(function, keys="w", executor=threads)
    assert seen == [33]


def test_with_keys_changed_files_are_computed(dataset, photos, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    retouch(photos / "photo-1.png", 31)
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    assert column(dataset, "w") == [64, 31, 80, 88, 96, 104]
    assert dataset.compute_metadata(width_of, keys="w", executor=threads).computed == 0


def test_a_change_is_seen_by_each_key_for_itself(dataset, photos, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    retouch(photos / "photo-1.png", 31)
    dataset.compute_metadata(lambda image: {"h": image.height}, keys="h", executor=threads)
    assert dataset.compute_metadata(width_of, keys="w", executor=threads).computed == 1


def test_values_of_other_origin_count_as_of_the_file_as_it_is(dataset, photos, threads):
    dataset.update_metadata({sample.sample_id: {"w": 1} for sample in dataset})
    assert dataset.compute_metadata(width_of, keys="w", executor=threads).computed == 0
    retouch(photos / "photo-1.png", 31)
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    assert column(dataset, "w") == [1, 31, 1, 1, 1, 1]


def test_a_file_that_is_gone_keeps_its_values(dataset, photos, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    (photos / "photo-1.png").unlink()
    report = dataset.compute_metadata(width_of, keys="w", executor=threads)
    assert (report.computed, report.failures) == (0, [])


def test_force_computes_everything(dataset, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    assert dataset.compute_metadata(width_of, keys="w", force=True, executor=threads).computed == 6


def test_images_that_failed_are_tried_again(dataset, photos, threads):
    whole = (photos / "photo-1.png").read_bytes()
    (photos / "photo-1.png").write_bytes(whole[:60])
    assert len(dataset.compute_metadata(width_of, keys="w", executor=threads).failures) == 1
    (photos / "photo-1.png").write_bytes(whole)
    assert dataset.compute_metadata(width_of, keys="w", executor=threads).computed == 1


def test_notes_are_kept_and_not_shown(dataset, photos, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    assert dataset.schema == {"w": "integer"}
    assert list(dataset.df.columns)[5:] == ["w"]
    assert dict(dataset.get_sample(0).metadata) == {"w": 64}
    assert "1 metadata key" in repr(dataset)
    assert list(dataset.view().schema) == ["w"]
    dataset.to_coco(photos / "out.json")
    assert "framegrid" not in (photos / "out.json").read_text()
    dataset.close()
    with fg.ImageDataset.load(dataset.path) as again:
        assert again.schema == {"w": "integer"}
        retouch(photos / "photo-1.png", 31)
        assert again.compute_metadata(width_of, keys="w", executor=threads).computed == 1


def test_notes_follow_their_key(dataset, photos, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    dataset.rename_metadata("w", "wide")
    function = lambda image: {"wide": image.width}  # noqa: E731
    assert dataset.compute_metadata(function, keys="wide", executor=threads).computed == 6
    retouch(photos / "photo-1.png", 31)
    assert dataset.compute_metadata(function, keys="wide", executor=threads).computed == 1
    dataset.drop_metadata("wide")
    assert dataset._connection.table.schema == {}


def test_the_state_of_a_file_tells_size_and_time(tmp_path):
    file = tmp_path / "file"
    states = []
    for text, time in [("a", 10), ("ab", 10), ("ab", 20), ("ab", 20)]:
        file.write_text(text)
        os.utime(file, ns=(time, time))
        states += file_checksums(pa.array([str(file)])).tolist()
    assert len(set(states)) == 3
    assert states[2] == states[3]
    assert file_checksums(pa.array([str(tmp_path / "absent")])) == [NONE]


# What fails


def test_broken_images_are_listed(dataset, photos, threads):
    (photos / "photo-1.png").write_bytes(b"")
    (photos / "photo-2.jpg").unlink()
    report = dataset.compute_metadata(width_of, executor=threads)
    assert failures(report) == {
        "photo-1.png": "empty file (0 bytes)",
        "photo-2.jpg": "file not found",
    }
    assert report.computed == 4
    assert repr(report).startswith("computed 4, up to date 0, failed 2\n")


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (lambda: 1 // 0, "ZeroDivisionError: integer division"),
        (sys.exit, "SystemExit"),
        (lambda: 7, "the function gave int, not a dict"),
        (lambda: {"w": "wide"}, "'w' .*integer"),
        (lambda: {"": 1}, "key"),
        (lambda: {"w": 2**70}, "64 bits"),
        (lambda: {"h": 1}, "keys= names 'w'; it gave 'h'"),
    ],
)
def test_what_a_function_does_wrong_costs_one_image(dataset, threads, result, reason):
    dataset.get_sample(0).metadata["w"] = 1

    def function(image):
        return result() if image.width == 88 else {"w": image.width}

    report = dataset.compute_metadata(function, keys="w", force=True, executor=threads)
    assert list(failures(report)) == ["photo-3.png"]
    assert re.search(reason, failures(report)["photo-3.png"])
    assert report.computed == 5
    assert dataset.df["w"].notna().sum() == 5
