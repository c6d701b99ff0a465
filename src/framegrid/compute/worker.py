"""The other end: what a worker process does, until there is nobody left to ask it."""

import os
import pickle
from typing import IO


def serve() -> None:
    """Answer tasks that arrive on the standard input, until its end."""
    tasks, answers = _private_pipes()
    while len(header := tasks.read(8)) == 8:
        answer = _answer(tasks.read(int.from_bytes(header)))
        answers.write(len(answer).to_bytes(8) + answer)
        answers.flush()


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the pipes away from what prints or reads: that finds stderr and nothing there."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return tasks, answers


def _answer(task: bytes) -> bytes:
    """Run a pickled task: whether it succeeded, and its result or what went wrong, pickled."""
    try:
        function, args, kwargs = pickle.loads(task)  # noqa: S301 - from the process that started us
        return pickle.dumps((True, function(*args, **kwargs)))
    except Exception as error:  # noqa: BLE001 - it is for the asking process
        return pickle.dumps((False, f"{type(error).__name__}: {error}"))
