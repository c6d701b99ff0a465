"""Worker processes of our own, for one reason: the death of one costs its task, not the pool.

They are started afresh instead of forked, since the threads of a notebook do not survive a fork,
and they never run ``__main__`` again, so that a script needs no ``if __name__ == "__main__"``.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from queue import LifoQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_SERVE = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits for us
sys.path[:] = {!r}
from framegrid.compute.worker import serve
serve()
"""


class WorkerError(RuntimeError):
    """A task that a worker could not do, or died of; the message says why."""


def usable_cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Processes(Executor):
    """An executor whose tasks run in worker processes, each with a thread here that waits for it.

    Args:
        count: number of processes; one starts when there is a task for it.
    """

    def __init__(self, count: int) -> None:
        self._threads = ThreadPoolExecutor(count, "framegrid-compute")
        self._workers = [_Worker() for _ in range(count)]
        self._idle: LifoQueue[_Worker] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a worker call `fn`; one that cannot fails the future by `WorkerError`."""
        return self._threads.submit(self._call, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers; with `cancel_futures` at once, whatever they are working on."""
        if cancel_futures:
            self._threads.shutdown(wait=False, cancel_futures=True)
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown(wait)
        for worker in self._workers:
            worker.close()

    def _call(self, *task: Any) -> Any:
        worker = self._idle.get()
        try:
            return worker.call(pickle.dumps(task))
        finally:
            self._idle.put(worker)


class _Worker:
    """One process at a time: a task that finds the last one dead starts the next."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False

    def call(self, task: bytes) -> Any:
        process = self._process or self._start()
        try:
            answer = _exchange(process, task)
        except (OSError, EOFError) as error:
            self.close()
            raise WorkerError(_epitaph(process.returncode)) from error
        succeeded, result = pickle.loads(answer)  # noqa: S301 - from our own process
        if succeeded:
            return result
        raise WorkerError(result)

    def kill(self) -> None:
        """End the process, also one that is only being started by another thread."""
        self._killed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process, if there is one, and let go of it."""
        process, self._process = self._process, None
        if process is not None:
            with process:  # closes its pipes and waits for it
                process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = process = subprocess.Popen(
            [sys.executable, "-c", _SERVE.format(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"OMP_NUM_THREADS": "1", **os.environ},  # the other cores have their own images
        )
        if self._killed:
            process.kill()
        try:
            _exchange(process, pickle.dumps((int, (), {})))
        except (OSError, EOFError) as error:
            self.close()
            raise BrokenExecutor(
                f"a worker process could not start: {_epitaph(process.returncode)}; its own "
                "message is above or in the log, and executor=ThreadPoolExecutor() needs none"
            ) from error
        return process


def _exchange(process: subprocess.Popen[bytes], task: bytes) -> bytes:
    """Send a pickled task and wait for the pickled answer.

    Raises:
        OSError, EOFError: the process is dead.
    """
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(len(task).to_bytes(8) + task)
    process.stdin.flush()
    header = process.stdout.read(8)
    answer = process.stdout.read(int.from_bytes(header))
    if len(header) < 8 or len(answer) < int.from_bytes(header):
        raise EOFError
    return answer


def _epitaph(returncode: int) -> str:
    if returncode >= 0:
        return f"the worker process ended with exit code {returncode}"
    name = signal.Signals(-returncode).name
    memory = ", perhaps for want of memory" if name == "SIGKILL" else ""
    return f"the worker process was killed by {name}{memory}"
