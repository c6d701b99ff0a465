"""The other end: what a worker process does, until there is nobody left to ask it.

It reads tasks, a function with items, and writes a frame for each item. All frames are a length and
a pickle.
"""

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from threading import current_thread, main_thread
from typing import IO, Any

from framegrid.base import BrokenImageError, set_memory_bounded, tell_waits
from framegrid.base import limits as the_limits
from framegrid.images.workers.user_modules import UserModules

LENGTH_BYTES = 8

_served: "_Server | None" = None
_user_modules: UserModules | None = None


def serve(
    *,
    bounds: bool,
    limits: Mapping[str, Any],
    beside: Sequence[str] = (),
    names: Sequence[str] = (),
) -> None:
    """Answer tasks that arrive on the standard input, until its end.

    Args:
        bounds: whether all of a task is bounded, not only what runs `bounded`.
        limits: on what decoding may take, as ``Limits.set`` takes them.
        beside: folders whose modules are for the functions of users, see ``UserModules``.
        names: of the modules that the process that asks has from there.
    """
    global _served, _user_modules  # noqa: PLW0603 - what the process is
    the_limits.set(limits)
    _user_modules = UserModules(beside, names)
    _served = _Server(bounds=bounds)
    tell_waits(_served.note_wait)
    with suppress(BrokenPipeError):  # nobody is there any more
        _served.run()


def framed(content: object) -> bytes:
    """Pickle a message, behind its length."""
    message = pickle.dumps(content)
    return len(message).to_bytes(LENGTH_BYTES) + message


def attempt(function: Callable[[Any], Any], item: Any) -> tuple[str, Any]:
    """Call a function: what it gave, or what went wrong."""
    try:
        return "result", function(item)
    except BrokenImageError as error:
        return "broken", str(error)
    except Exception as error:  # noqa: BLE001 - it is for the one who asked
        return "failure", f"{type(error).__name__}: {error}"


@contextmanager
def bounded() -> Iterator[None]:
    """Decode within bounds of time and memory, and silently; only where a worker process runs this.

    The process is ended when the block takes too long.
    """
    if _served is None or _served.bounds:
        yield
        return
    with _served.bounded():
        yield


def user_modules() -> AbstractContextManager[None]:
    """Let a user's function find the modules beside its notebook; only where a worker runs this."""
    return nullcontext() if _user_modules is None else _user_modules.importable()


class _Server:
    def __init__(self, *, bounds: bool) -> None:
        self.bounds = bounds
        self._is_bounded = bounds
        self._tasks, self._answers = _private_pipes()
        if bounds:
            _silence()
            _limit_memory(the_limits.bytes)
            set_memory_bounded(value=True)

    def run(self) -> None:
        """Answer until there is no more task."""
        while len(header := self._tasks.read(LENGTH_BYTES)) == LENGTH_BYTES:
            try:
                function, items = pickle.loads(self._tasks.read(int.from_bytes(header)))  # noqa: S301 - from the process that started us
            except Exception as error:  # noqa: BLE001 - it is for the one who asked
                self._send(("refusal", f"{type(error).__name__}: {error}"))
                continue
            for item in items:
                self._send(attempt(function, item))

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """See ``bounded``."""
        self._send(("bounded", True))
        self._is_bounded = True
        stderr = os.dup(2)
        _silence()
        before = _limit_memory(_memory_in_use() + the_limits.bytes)
        set_memory_bounded(value=True)
        try:
            yield
        finally:
            self._is_bounded = False
            set_memory_bounded(value=False)
            if before is not None:
                _limit_memory(before)
            os.dup2(stderr, 2)
            os.close(stderr)
            self._send(("bounded", False))

    def note_wait(self, seconds: float | None) -> None:
        """Tell of a wait that begins, or with None ends, while the time is bounded."""
        if self._is_bounded and current_thread() is main_thread():
            self._send(("bounded", True) if seconds is None else ("waiting", seconds))

    def _send(self, answer: tuple[str, Any]) -> None:
        try:
            frame = framed(answer)
        except Exception as error:  # noqa: BLE001 - what cannot be pickled, for whatever reason
            frame = framed(("failure", f"{type(error).__name__}: {error}"))
        self._answers.write(frame)
        self._answers.flush()


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the pipes away from what prints or reads: that finds stderr and nothing there."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return tasks, answers


def _silence() -> None:
    """Let nobody hear what decoders in C print: libtiff has much to say of some files."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)


def _limit_memory(limit: int) -> int | None:
    """Set what allocations fail beyond, where the platform can, and give what it was."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not everywhere

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if resource.RLIM_INFINITY not in {hard, limit}:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        return soft
    return None


def _memory_in_use() -> int:
    """Address space of this process in bytes; much, where nobody tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 1 << 45
    return pages * os.sysconf("SC_PAGE_SIZE")
