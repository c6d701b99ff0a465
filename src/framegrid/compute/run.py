"""Sending batches of paths to an executor, and telling what each image came to."""

import pickle
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    wait,
)
from itertools import islice

from framegrid import images
from framegrid.compute.portable import Function, Outcome, Portable, apply_each, reason
from framegrid.workers import Processes, Workers, usable_cores

Outcomes = Generator[list[tuple[int, Outcome]], None, None]
"""Positions of images that are finished, with their outcomes."""

_BATCH = 8  # images a task: handing it over then costs little, and an interruption loses little
_IN_FLIGHT = 256  # tasks an executor of unknown size gets at once: enough for a large cluster
_TICK_S = 0.5  # some systems hold Ctrl-C back while a thread waits

Batch = Sequence[int]
Submit = Callable[[Batch], Future[list[Outcome]]]


def outcomes(function: Function, paths: Sequence[str], executor: Executor | None) -> Outcomes:
    """Apply a function to images, and give the outcomes as they come, in any order.

    When a task fails as a whole, since its worker died, its images are tried again at the end, one
    at a time: then it is clear which of them did it.

    Args:
        function: takes an upright image.
        paths: image files, as the workers know them.
        executor: where it runs; by default as many processes as there are cores, or threads for
            images that no other process finds.

    Yields:
        Lists of position in `paths` and outcome.

    Raises:
        TypeError: processes are to run it, but it cannot be pickled.
        BrokenExecutor, CancelledError: the executor gave up.
    """
    portable = Portable(function)
    if executor is not None:
        yield from _outcomes(portable, paths, executor, _IN_FLIGHT)
        return
    _check_portable(portable)
    count = min(usable_cores(), -(-len(paths) // _BATCH)) or 1
    is_here = any(map(images.is_here_only, paths))
    processes = Processes(Workers(0 if is_here else count, bounds=False), count)
    try:
        yield from _outcomes(portable, paths, processes, 2 * count)
    finally:
        processes.shutdown(cancel_futures=True)


def _check_portable(portable: Portable) -> None:
    try:
        portable.code  # noqa: B018 - kept for the tasks
    except (TypeError, ValueError, AttributeError, pickle.PicklingError) as error:
        raise TypeError(
            f"the function cannot be sent to worker processes: {error}; make what it needs "
            "inside of it, or pass executor=ThreadPoolExecutor()"
        ) from error


def _outcomes(
    portable: Portable, paths: Sequence[str], executor: Executor, in_flight: int
) -> Outcomes:
    def submit(batch: Batch) -> Future[list[Outcome]]:
        return executor.submit(apply_each, portable, [paths[i] for i in batch])

    batches = (range(i, min(i + _BATCH, len(paths))) for i in range(0, len(paths), _BATCH))
    suspects: list[int] = []
    for batch, answer in _answers(batches, submit, in_flight):
        if isinstance(answer, list):
            yield list(zip(batch, answer, strict=True))
        else:
            suspects.extend(batch)
    for batch, answer in _answers(([suspect] for suspect in suspects), submit, 1):
        yield [(batch[0], answer[0] if isinstance(answer, list) else reason(answer))]


def _answers(
    batches: Iterable[Batch], submit: Submit, in_flight: int
) -> Iterator[tuple[Batch, list[Outcome] | BaseException]]:
    """Yield each batch with its outcomes, or with why there are none, as they come."""
    waiting = iter(batches)
    running: dict[Future[list[Outcome]], Batch] = {}
    try:
        while True:
            for batch in islice(waiting, in_flight - len(running)):
                running[submit(batch)] = batch
            if not running:
                return
            interruption = _wait(running)
            for future in [future for future in running if future.done()]:
                yield running.pop(future), _answer(future)
            if interruption:
                raise interruption
    finally:
        for future in running:
            future.cancel()


def _wait(running: Iterable[Future[list[Outcome]]]) -> KeyboardInterrupt | None:
    """Wait for the next; an interruption can wait, too, until what is finished is handed out."""
    try:
        wait(running, _TICK_S, FIRST_COMPLETED)
    except KeyboardInterrupt as interruption:
        return interruption
    return None


def _answer(future: Future[list[Outcome]]) -> list[Outcome] | BaseException:
    error = future.exception()
    if isinstance(error, BrokenExecutor):  # it runs nothing any more
        raise error
    return error or future.result()
