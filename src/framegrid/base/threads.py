"""Pools of threads, also where no thread can start: in the browser (Pyodide, JupyterLite)."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Thread
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def pool(count: int, name: str) -> Executor:
    """Make an executor of `count` threads; where none can start, one that works on the caller's."""
    return ThreadPoolExecutor(count, name) if _can_start() else Here()


class Here(Executor):
    """An executor whose tasks are done before `submit` returns, and by `map` as they are asked for.

    It runs in no thread but the caller's.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call `fn`; what it raises is the future's exception."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is for the one who asks the future
            future.set_exception(error)
        return future

    def map(self, fn: Callable[..., T], *iterables: Iterable[Any], **_options: Any) -> Iterator[T]:
        """Call `fn` for each item when its result is wanted; timeouts mean nothing here."""
        return map(fn, *iterables)


def _can_start() -> bool:
    try:
        Thread(target=int, name="framegrid-probe").start()
    except RuntimeError:
        return False
    return True
