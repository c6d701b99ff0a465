"""Functions over all images: where they run, and what survives accidents."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures import ThreadPoolExecutor as Threads

import pytest

import framegrid as fg
from framegrid.base import ReadOnlyDatasetError
from framegrid.dataset.compute import computing, run
from image_functions import recording, width_of
from samples import column, failures


def deadly(width, die):
    """A function, as of a notebook, during which the process dies of an image of this width."""

    def function(image):
        if image.width == width:
            die()
        return {"w": image.width}

    return function


@pytest.fixture
def many(tmp_path, make_photos):
    """A dataset of 24 images: three batches."""
    with fg.ImageDataset.create(tmp_path / "many") as dataset:
        dataset.add_images_from_path(make_photos(tmp_path / "images", 3 * run._BATCH))
        yield dataset


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
        assert many.compute_metadata(function, keys="w", executor=executor).computed == 8


# Executors


class Reluctant(Executor):
    """Fails after so many tasks, as a pool whose process died."""

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


def test_where_there_are_no_processes_threads_compute(dataset, monkeypatch, caplog):
    def refuse(*_args, **_kwargs):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    dataset.compute_metadata(lambda image: {"w": image.width, "pid": os.getpid()})
    assert column(dataset, "w") == column(dataset, "width")
    assert set(column(dataset, "pid")) == {os.getpid()}
    assert "Function not implemented" in caplog.text


def test_where_no_process_starts_nothing_is_computed_here(dataset, monkeypatch):
    monkeypatch.setattr("framegrid.images.workers.pool._PAUSES_S", ())
    monkeypatch.setattr(
        "framegrid.images.workers.process.command",
        lambda **_: [sys.executable, "-c", "raise SystemExit(4)"],
    )
    report = dataset.compute_metadata(lambda image: {"w": image.width})
    assert report.computed == 0
    assert len(report.failures) == len(dataset)
    assert {reason for _, reason in report.failures} == {
        "a worker process could not start: the worker process ended with exit code 4"
    }


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
