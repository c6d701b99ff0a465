"""What a forked child must not go on with: threads, locks, files and processes of its parent."""

import os
from collections.abc import Callable
from typing import Protocol, TypeVar
from weakref import WeakSet


class Forkable(Protocol):
    """Something that has to start afresh in a forked child."""

    def after_fork(self) -> None:
        """Let go of what is the parent's."""


T = TypeVar("T", bound=Forkable)


def in_child(let_go: Callable[[], object]) -> None:
    """Have a function called in each forked child, on systems that fork."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=let_go)


def living() -> WeakSet[T]:
    """A set that holds objects weakly, and calls their `after_fork` in a forked child."""
    objects: WeakSet[T] = WeakSet()

    def let_go() -> None:
        for each in list(objects):
            each.after_fork()

    in_child(let_go)
    return objects
