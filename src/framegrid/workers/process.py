"""One worker process, seen from the process that asks it."""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from math import inf
from time import monotonic
from typing import Any
from weakref import WeakSet

from framegrid import forks
from framegrid.errors import BrokenImageError
from framegrid.workers.serving import LENGTH_BYTES, framed

_SERVE = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits for us
sys.path[:] = {!r}
from framegrid.workers.serving import serve
serve(bounds={!r})
"""

_CHUNK_BYTES = 1 << 18
_START_S = 60.0


class WorkerError(RuntimeError):
    """A task that a worker could not do, or died of; the message says why."""


class Worker:
    """One process at a time: a task that finds the last one dead starts the next.

    Args:
        seconds: how long an item may take where it is bounded.
        bounds: whether all of a task is bounded, not only what runs ``bounded``.
        prepare: called in the process with None when it starts.
    """

    def __init__(
        self, seconds: float, *, bounds: bool, prepare: Callable[[None], object] | None
    ) -> None:
        self.due = inf
        self._seconds = seconds
        self._bounds = bounds
        self._prepare = prepare
        self._environment: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._received = bytearray()
        self._is_late = self._is_killed = False

    def answers(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Yield what a function gives for each item, or the error it raised.

        Raises:
            WorkerError: the process died of the item whose answer is missing.
            BrokenExecutor: no process could be started.
        """
        task = framed((function, items))
        process = self.start()
        try:
            yield from self._exchange(task, len(items))
        except (OSError, EOFError) as error:
            self.close()
            raise WorkerError(self._epitaph(process)) from error

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process unless there is one.

        Raises:
            BrokenExecutor: it could not be started.
        """
        if self._process is not None and self._environment != os.environ:
            self.close()  # where to find objects, and who may have them, stands in there
        if self._process is not None:
            return self._process
        self._environment = os.environ.copy()
        try:
            self._process = process = _started(bounds=self._bounds)
        except (OSError, ValueError, TypeError) as error:  # no processes here, no Python to run
            raise BrokenExecutor(f"a worker process could not start: {error}") from error
        _running.add(self)
        self._is_late = False
        if self._is_killed:
            process.kill()
        try:
            list(self._exchange(framed((self._prepare or _nothing, [None])), 1))
        except (OSError, EOFError, WorkerError) as error:
            self.close()
            raise BrokenExecutor(
                f"a worker process could not start: {self._epitaph(process)}"
            ) from error
        return process

    def end_if_late(self) -> None:
        """End the process if it takes longer than it may."""
        process = self._process
        if process is not None and monotonic() > self.due:
            self.due = inf
            self._is_late = True
            process.kill()

    def kill(self) -> None:
        """End the process for good, also one that is only being started by another thread."""
        self._is_killed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process, if there is one, and let go of it."""
        process, self._process = self._process, None
        self.due = inf
        self._received.clear()
        if process is not None:
            with process:  # closes its pipes and waits for it
                process.kill()

    def after_fork(self) -> None:
        """In a forked child, let go of the parent's process, which ends when its pipe is closed."""
        process, self._process = self._process, None
        if process is not None and process.stdin and process.stdout:
            process.returncode = 0  # it is not ours to wait for
            process.stdin.close()
            process.stdout.close()

    def _exchange(self, task: bytes, count: int) -> Iterator[Any]:
        """Send a task and yield the answers.

        Raises:
            OSError, EOFError: the process is dead.
            WorkerError: it refuses the task.
        """
        _write(self._process, task)
        self._set_due(self._bounds)
        try:
            while count:
                kind, content = self._frame()
                self._set_due(content if kind == "bounded" else self._bounds)
                if kind == "refusal":
                    raise WorkerError(content)
                if kind != "bounded":
                    count -= 1
                    yield answer(kind, content)
        finally:
            self.due = inf

    def _set_due(self, bounded: object) -> None:
        self.due = monotonic() + self._seconds if bounded else inf

    def _frame(self) -> Any:
        """Read one frame; what came with it in one read is kept for the next.

        Each read waits for Python's lock, for long while a cell computes: many answers come by one.
        """
        received = self._received
        while True:
            end = LENGTH_BYTES + int.from_bytes(received[:LENGTH_BYTES])
            if len(received) >= max(end, LENGTH_BYTES):
                frame = pickle.loads(received[LENGTH_BYTES:end])  # noqa: S301 - from our own process
                del received[:end]
                return frame
            received += _read(self._process)

    def _epitaph(self, process: subprocess.Popen[bytes]) -> str:
        if self._is_late:
            return f"took longer than {self._seconds:g} s"
        code = process.wait()
        if code >= 0:
            return f"the worker process ended with exit code {code}"
        name = signal.Signals(-code).name
        memory = ", perhaps for want of memory" if name == "SIGKILL" else ""
        return f"the worker process was killed by {name}{memory}"


def answer(kind: str, content: Any) -> Any:
    """Make of a worker's frame what it stands for: a result, or an error."""
    match kind:
        case "broken":
            return BrokenImageError(content)
        case "failure":
            return WorkerError(content)
    return content


_running: WeakSet[Worker] = forks.living()


def _started(*, bounds: bool) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _SERVE.format(sys.path, bounds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env={"OMP_NUM_THREADS": "1", **os.environ},  # the other cores have their own images
    )


def _write(process: subprocess.Popen[bytes] | None, data: bytes) -> None:
    if process is None or process.stdin is None:
        raise EOFError
    rest = memoryview(data)
    while rest:
        rest = rest[process.stdin.write(rest) :]


def _read(process: subprocess.Popen[bytes] | None) -> bytes:
    """Read what is there, and wait for something if there is nothing."""
    if process is None or process.stdout is None:
        raise EOFError
    data = process.stdout.read(_CHUNK_BYTES)
    if not data:
        raise EOFError
    return data


def _nothing(_item: None) -> None:
    """Do what a worker that is only to be there does."""
