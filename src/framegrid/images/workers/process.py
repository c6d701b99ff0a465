"""One worker process, seen from the process that asks it."""

import errno
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

from framegrid.base import BrokenImageError, exceeded, forks, limits
from framegrid.images.workers.interpreter import command, environment, variables
from framegrid.images.workers.serving import LENGTH_BYTES, framed

_CHUNK_BYTES = 1 << 18
_START_S = 60.0


_NO_PROCESSES = frozenset({"emscripten", "wasi"})
_NEVER = frozenset({errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})


class WorkerError(RuntimeError):
    """A task that a worker could not do, or died of; the message says why."""


class StartError(WorkerError):
    """A process could not start; the next attempt may succeed."""


class NoProcessesError(BrokenExecutor):
    """There can be no processes here."""


class Worker:
    """One process at a time: a task that finds the last one dead starts the next.

    Args:
        seconds: how long an item may take where it is bounded; None for the limit of this process.
        bounds: whether all of a task is bounded, not only what runs ``bounded``.
        prepare: called in the process with None when it starts.
    """

    def __init__(
        self, seconds: float | None, *, bounds: bool, prepare: Callable[[None], object] | None
    ) -> None:
        self.due = inf
        self._seconds = seconds
        self._bounds = bounds
        self._prepare = prepare
        self._environment: dict[str, str] = {}
        self._limits: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._received = bytearray()
        self._is_late = self._is_killed = False

    def answers(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Yield what a function gives for each item, or the error it raised.

        Raises:
            WorkerError: the process died of the item whose answer is missing, or did not start.
            NoProcessesError: there can be none.
        """
        task = framed((function, items))
        process = self.start()
        try:
            yield from self._exchange(task, len(items), self._allowed_s() if self._bounds else inf)
        except (OSError, EOFError) as error:
            self.close()
            raise WorkerError(self._reason_of_end(process, self._seconds)) from error

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process unless there is one.

        Raises:
            StartError: it could not be started now.
            NoProcessesError: there can be none.
        """
        if self._process is not None and self._is_outdated():
            self.close()
        if self._process is not None:
            return self._process
        self._environment, self._limits = variables(), limits.as_dict()
        self._process = process = _started(self._environment, bounds=self._bounds)
        _running.add(self)
        self._is_late = False
        if self._is_killed:
            process.kill()
        try:
            list(self._exchange(framed((self._prepare or _nothing, [None])), 1, _START_S))
        except (OSError, EOFError, WorkerError, pickle.UnpicklingError) as error:
            self.close()
            reason = self._reason_of_end(process, _START_S)
            raise StartError(f"a worker process could not start: {reason}") from error
        return process

    def _is_outdated(self) -> bool:
        """Whether the process has other limits, or another environment.

        In that stands where to find objects, and who may have them.
        """
        return self._environment != variables() or self._limits != limits.as_dict()

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

    def _exchange(self, task: bytes, count: int, seconds: float) -> Iterator[Any]:
        """Send a task and yield the answers, each within some seconds.

        Raises:
            OSError, EOFError: the process is dead.
            WorkerError: it refuses the task.
        """
        self.due = monotonic() + seconds  # before the writing: who does not read is late, too
        try:
            _write(self._process, task)
            while count:
                kind, content = self._frame()
                self.due = monotonic() + self._allowed_after(kind, content, seconds)
                if kind == "refusal":
                    raise WorkerError(content)
                if kind not in {"bounded", "waiting"}:
                    count -= 1
                    yield answer(kind, content)
        finally:
            self.due = inf

    def _allowed_after(self, kind: str, content: Any, seconds: float) -> float:
        """How long the process may take until its next frame."""
        if kind == "waiting":
            return float(content)
        return self._allowed_s() if kind == "bounded" and content else seconds

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

    def _allowed_s(self) -> float:
        return limits.seconds if self._seconds is None else self._seconds

    def _reason_of_end(self, process: subprocess.Popen[bytes], seconds: float | None) -> str:
        if self._is_late:
            return (
                f"took longer than {exceeded('seconds') if seconds is None else f'{seconds:g} s'}"
            )
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


def _started(given: dict[str, str], *, bounds: bool) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command(bounds=bounds),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=environment(given),
        )
    except (OSError, ValueError, TypeError) as error:
        reason = f"a worker process could not start: {error}"
        is_never = isinstance(error, OSError) and error.errno in _NEVER
        if is_never or sys.platform in _NO_PROCESSES or not sys.executable:
            raise NoProcessesError(reason) from error
        raise StartError(reason) from error


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
