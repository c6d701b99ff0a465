"""Functions over all images: what is computed, where it runs, and what survives accidents."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures import ThreadPoolExecutor as Threads
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

import framegrid as fg
from framegrid.compute import NONE, file_checksums, run
from framegrid.dataset import computing
from framegrid.errors import ReadOnlyDatasetError


def width_of(image):
    return {"w": image.width}


def recording(seen):
    """A function, for threads, that notes the widths of the images it sees."""

    def function(image):
        seen.append(image.width)
        return {"w": image.width}

    return function


def deadly(width, die):
    """A function, as of a notebook, during which the process dies of an image of this width."""

    def function(image):
        if image.width == width:
            die()
        return {"w": image.width}

    return function


@pytest.fixture
def dataset(photos):
    with fg.ImageDataset.create("dataset") as dataset:
        dataset.add_images_from_path(photos)
        yield dataset


@pytest.fixture
def many(tmp_path, make_photos):
    """A dataset of 24 images: three batches."""
    with fg.ImageDataset.create(tmp_path / "many") as dataset:
        dataset.add_images_from_path(make_photos(tmp_path / "images", 3 * run._BATCH))
        yield dataset


@pytest.fixture
def threads():
    with Threads(2) as executor:
        yield executor


def column(dataset, key):
    return dataset.df[key].tolist()


def failures(report):
    return {Path(path).name: reason for path, reason in report.failures}


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


def test_without_keys_everything_is_computed_again(dataset, threads):
    dataset.compute_metadata(width_of, executor=threads)
    assert dataset.compute_metadata(width_of, executor=threads).computed == 6


def test_with_keys_only_what_is_missing(dataset, threads):
    seen = []
    dataset.compute_metadata(width_of, keys=["w"], executor=threads)
    dataset.get_sample(2).metadata["w"] = None
    report = dataset.compute_metadata(recording(seen), keys=["w"], executor=threads)
    assert seen == [80]
    assert (report.computed, report.up_to_date) == (1, 5)


def test_with_keys_new_images_are_computed(dataset, photos, threads):
    dataset.compute_metadata(width_of, keys="w", executor=threads)
    retouch(photos / "photo-9.png", 33)
    dataset.add_images_from_path(photos)
    seen = []
    dataset.compute_metadata(recording(seen), keys="w", executor=threads)
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
    assert list(dataset.df.columns)[4:] == ["w"]
    assert dict(dataset.get_sample(0).metadata) == {"w": 64}
    assert "1 metadata key" in repr(dataset)
    assert list(dataset.moment().schema) == ["w"]
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
    retouch(photos / "photo-1.png", 31)
    function = lambda image: {"wide": image.width}  # noqa: E731
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fn": 7}, "a function of an image is needed, got 7"),
        ({"fn": width_of, "executor": "client"}, "get_executor"),
    ],
)
def test_wrong_arguments_are_refused(dataset, arguments, message):
    with pytest.raises(TypeError, match=message):
        dataset.compute_metadata(**arguments)


def test_a_function_that_cannot_travel_is_refused(dataset):
    lock = threading.Lock()
    with pytest.raises(TypeError, match=r"cannot be sent .*executor=ThreadPoolExecutor"):
        dataset.compute_metadata(lambda _: {"locked": lock.locked()})


def test_a_read_only_dataset_says_so_before_the_work(dataset, monkeypatch, threads):
    def refuse():
        raise ReadOnlyDatasetError("read-only")

    seen = []
    with monkeypatch.context() as patch:
        patch.setattr(dataset._connection.store, "_check_writable", refuse)
        with pytest.raises(ReadOnlyDatasetError):
            dataset.compute_metadata(recording(seen), executor=threads)
    assert seen == []


# Writing on the way


def test_results_are_written_while_others_are_computed(many, monkeypatch):
    monkeypatch.setattr(computing, "_WRITE_EVERY_S", 0.0)
    written = threading.Event()
    listener = written.set
    unsubscribe = many.subscribe(listener)

    def function(image):
        if image.width == many.get_sample(23).width:
            assert written.wait(30)
        return {"w": image.width}

    with Threads(1) as executor:
        assert many.compute_metadata(function, executor=executor).failures == []
    unsubscribe()


def test_an_interruption_keeps_what_was_finished(many):
    seen, caught = [], threading.Event()

    def function(image):
        if len(seen) == 2 * run._BATCH:
            signal.raise_signal(signal.SIGINT)
            caught.wait(30)
        seen.append(image.width)
        return {"w": image.width}

    with Threads(1) as executor:
        with pytest.raises(KeyboardInterrupt):
            many.compute_metadata(function, keys="w", executor=executor)
        caught.set()
    assert many.df["w"].notna().tolist() == [True] * 16 + [False] * 8
    with Threads(1) as executor:
        assert many.compute_metadata(width_of, keys="w", executor=executor).computed == 8


# Executors


class Reluctant(Executor):
    """Gives up after so many tasks, as a pool whose process died."""

    def __init__(self, tasks):
        self.tasks = tasks

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        if self.tasks:
            self.tasks -= 1
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(BrokenExecutor("the pool is broken"))
        return future


def test_an_executor_that_gives_up_raises_and_results_are_kept(many):
    with pytest.raises(BrokenExecutor, match="the pool is broken"):
        many.compute_metadata(width_of, executor=Reluctant(2))
    assert many.df["w"].notna().sum() == 16


class Forgetful(Executor):
    """Loses every task with an image called so, as a cluster whose workers die of it."""

    def __init__(self, name):
        self.name = name
        self.tasks = []

    def submit(self, fn, /, portable, paths):
        self.tasks.append(len(paths))
        future = Future()
        if any(self.name in path for path in paths):
            future.set_exception(OSError("worker lost"))
        else:
            future.set_result(fn(portable, paths))
        return future


def test_a_task_that_failed_is_tried_image_by_image(many):
    executor = Forgetful("photo-9.")
    report = many.compute_metadata(width_of, executor=executor)
    assert failures(report) == {"photo-9.png": "OSError: worker lost"}
    assert sorted(executor.tasks) == [1] * 8 + [8] * 3


def test_a_function_of_the_moment_runs_in_a_pool_of_processes(dataset):
    offset = 100
    with ProcessPoolExecutor(1) as executor:
        dataset.compute_metadata(lambda image: {"w": image.width + offset}, executor=executor)
    assert column(dataset, "w") == [width + 100 for width in column(dataset, "width")]


def test_a_function_of_the_moment_runs_in_processes_of_our_own(many):
    offset = 100

    def function(image):
        os.write(1, sys.stdin.buffer.read() + b"workers may print")
        return {"w": image.width + offset, "pid": os.getpid()}

    assert many.compute_metadata(function).failures == []
    assert column(many, "w") == [width + 100 for width in column(many, "width")]
    assert os.getpid() not in column(many, "pid")


@pytest.mark.parametrize(
    ("die", "reason"),
    [
        (lambda: os._exit(3), "the worker process ended with exit code 3"),
        pytest.param(
            lambda: os.kill(os.getpid(), signal.SIGKILL),
            "the worker process was killed by SIGKILL, perhaps for want of memory",
            marks=pytest.mark.skipif(os.name == "nt", reason="signals of POSIX"),
        ),
    ],
)
def test_a_worker_that_dies_costs_one_image(many, die, reason):
    report = many.compute_metadata(deadly(many.get_sample(9).width, die))
    assert failures(report) == {"photo-9.png": reason}
    assert report.computed == 23


def test_a_result_that_cannot_travel_costs_one_image(many):
    def function(image):
        return {"w": image.width if image.width != 136 else threading.Lock()}

    report = many.compute_metadata(function)
    assert list(failures(report)) == ["photo-9.png"]
    assert "pickle" in failures(report)["photo-9.png"]


def test_where_no_process_starts_threads_compute(dataset, monkeypatch, caplog):
    monkeypatch.setattr("framegrid.workers.process._SERVE", "raise SystemExit(4) # {} {}")
    dataset.compute_metadata(lambda image: {"w": image.width, "pid": os.getpid()})
    assert column(dataset, "w") == column(dataset, "width")
    assert set(column(dataset, "pid")) == {os.getpid()}
    assert "exit code 4" in caplog.text


# Scripts, notebooks and clusters

SCRIPT = """
import os, signal, sys, time
import framegrid as fg

def measure(image):  # no `if __name__ == "__main__"` anywhere
    if image.width == 64 + 8 * 20:
        os.killpg(0, signal.SIGINT)  # as a terminal does it: to everyone
        time.sleep(60)
    return {"w": image.width, "worker": os.getpid()}

dataset = fg.ImageDataset.load(sys.argv[1])
try:
    dataset.compute_metadata(measure)
except KeyboardInterrupt:
    print(dataset.df["w"].notna().sum(), *dataset.df["worker"].dropna().unique())
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_in_a_script_keeps_results_and_leaves_no_process(many, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    many.close()
    script = [sys.executable, tmp_path / "script.py", many.path]
    done = subprocess.run(
        script, capture_output=True, text=True, check=True, timeout=50, start_new_session=True
    )
    count, *workers = map(int, done.stdout.split())
    assert count >= run._BATCH
    assert done.stderr == ""
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


ORPHANING = """
import os, signal, sys
import framegrid as fg

def kill_the_kernel(image):
    os.kill(os.getppid(), signal.SIGKILL)
    return {}

fg.ImageDataset.load(sys.argv[1]).compute_metadata(kill_the_kernel)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_workers_end_with_a_kernel_that_is_killed(many):
    many.close()
    script = [sys.executable, "-c", ORPHANING, many.path]
    # Workers hold stderr, too: reading it to its end means that they have ended.
    done = subprocess.run(script, capture_output=True, check=False, timeout=50)
    assert done.returncode == -signal.SIGKILL


def test_a_function_defined_in_a_notebook_runs(dataset):
    from jupyter_client.manager import run_kernel

    dataset.close()
    define = "def measure(image):\n    return {'w': image.width + offset}"
    run_it = f"""
        import framegrid as fg
        offset = 100
        dataset = fg.ImageDataset.load({str(dataset.path)!r})
        print(dataset.compute_metadata(measure), dataset.df["w"].tolist())
        """
    outputs = []
    with run_kernel(kernel_name="python3") as client:
        for cell in [define, textwrap.dedent(run_it)]:
            client.execute_interactive(cell, output_hook=outputs.append, timeout=60)
    text = "".join(message["content"].get("text", "") for message in outputs)
    assert text.strip() == ("computed 6, up to date 0, failed 0 [164, 172, 180, 188, 196, 204]"), (
        outputs
    )


def test_the_same_call_runs_on_a_dask_cluster_with_a_worker_that_dies(many):
    import dask
    import distributed

    function = deadly(many.get_sample(9).width, lambda: os._exit(3))
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),  # by default it takes four
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        report = many.compute_metadata(function, executor=client.get_executor())
    assert list(failures(report)) == ["photo-9.png"]
    assert "KilledWorker" in failures(report)["photo-9.png"]
    assert many.df["w"].notna().sum() == 23
