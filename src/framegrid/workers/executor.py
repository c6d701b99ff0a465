"""Worker processes as an executor of the standard library."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from framegrid.workers.pool import Workers

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
        self._threads = ThreadPoolExecutor(threads, "framegrid-tasks")

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a worker call `fn`.

        What went wrong is the future's exception: a `BrokenImageError` that `fn` raised, otherwise
        a `WorkerError`.
        """
        try:
            return self._threads.submit(self._call, fn, args, kwargs)
        except RuntimeError:
            return self._done(fn, args, kwargs)

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

    def _done(self, *task: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(self._call(*task))
        except Exception as error:  # noqa: BLE001 - it is for the one who asks the future
            future.set_exception(error)
        return future


def _called(task: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> Any:
    function, args, kwargs = task
    return function(*args, **kwargs)
