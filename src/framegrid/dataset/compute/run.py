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

from framegrid import images, remote
from framegrid.images import (
    Function,
    Outcome,
    Portable,
    Processes,
    Workers,
    apply_each,
    reason_of,
    usable_cores,
)

Outcomes = Generator[list[tuple[int, Outcome]], None, None]
"""Positions of images that are finished, with their outcomes."""

_BATCH = 8  # images a task: handing it over then costs little, and an interruption loses little
_IN_FLIGHT = 256  # tasks an executor of unknown size gets at once: enough for a large cluster
_CARRIED_BYTES = 8 << 20  # of pictures that travel with a task, as only memory has them
_CARRIED_IN_FLIGHT = 8  # tasks with such pictures
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
        executor: where it runs; by default as many processes as there are cores.

    Yields:
        Lists of position in `paths` and outcome.
    """
    portable = Portable(function)
    if executor is not None:
        yield from _outcomes(portable, paths, executor, _IN_FLIGHT)
        return
    _check_portable(portable)
    count = min(usable_cores(), -(-len(paths) // _BATCH)) or 1
    processes = Processes(Workers(count, bounds=False), count)
    try:
        yield from _outcomes(portable, list(map(images.sent, paths)), processes, 2 * count)
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
        return executor.submit(apply_each, portable, [images.carried(paths[i]) for i in batch])

    suspects: list[int] = []
    in_flight = min(in_flight, _CARRIED_IN_FLIGHT) if _are_carried(paths) else in_flight
    for batch, answer in _answers(_batches(paths), submit, in_flight):
        if isinstance(answer, list):
            yield list(zip(batch, answer, strict=True))
        else:
            suspects.extend(batch)
    for batch, answer in _answers(([suspect] for suspect in suspects), submit, 1):
        yield [(batch[0], answer[0] if isinstance(answer, list) else reason_of(answer))]


def _are_carried(paths: Sequence[str]) -> bool:
    return any(map(remote.is_unsaved, paths))


def _batches(paths: Sequence[str]) -> Iterator[Batch]:
    """Positions of images for a task each: few, and not too large ones where they travel."""
    start, size = 0, 0
    states = images.file_states(paths) if _are_carried(paths) else [None] * len(paths)
    for place, (path, state) in enumerate(zip(paths, states, strict=True)):
        carried = state.size if state and remote.is_unsaved(path) else 0
        is_full = place - start == _BATCH or size + carried > _CARRIED_BYTES
        if is_full and place > start:
            yield range(start, place)
            start, size = place, 0
        size += carried
    if start < len(paths):
        yield range(start, len(paths))


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
