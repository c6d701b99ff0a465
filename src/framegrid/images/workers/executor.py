"""Worker processes as an executor of the standard library."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from framegrid.base import threads as pools
from framegrid.images.workers.pool import Workers

P = ParamSpec("P")
T = TypeVar("T")


class Processes(Executor):
    """An executor whose tasks run in worker processes, each with a thread here that waits for it.

    Where no thread can be started, a task is done before `submit` returns.

    Args:
        workers: the processes.
        threads: how many tasks are done at a time.
    """

    def __init__(self, workers: Workers, threads: int) -> None:
        self._workers = workers
        self._threads = pools.pool(threads, "framegrid-tasks")

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a worker call `fn`.

        What went wrong is the future's exception: a `BrokenImageError` that `fn` raised, otherwise
        a `WorkerError`.
        """
        return self._threads.submit(self._call, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers; with `cancel_futures` at once, whatever they are working on."""
        if cancel_futures:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._workers.kill()
        self._threads.shutdown(wait)
        self._workers.close()

    def _call(self, *task: Any) -> Any:
        (result,) = self._workers.each(_called, [task])
        if isinstance(result, Exception):
            raise result
        return result


def _called(task: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> Any:
    function, args, kwargs = task
    return function(*args, **kwargs)
