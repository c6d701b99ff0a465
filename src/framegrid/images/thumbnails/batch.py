"""One request for thumbnails, from its first delivery to its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import attrgetter
from threading import Lock
from typing import Any

from framegrid.base import logs
from framegrid.images.pixels.encoding import Encoded

_FIRST_BATCH = 8
"""Small, so that something shows soon."""

_BATCHES = (16, 32)
"""Larger then, since each delivery has its own cost."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The answer for one path of a request.

    Attributes:
        index: Position of the path in the request.
        encoded: The thumbnail, or None where there is an error.
        error: Why there is no thumbnail, in a few words for a tile, or None.
    """

    index: int
    encoded: Encoded | None
    error: str | None


class ThumbnailBatch:
    """A request under way; `cancel` it when its answers are no longer wanted.

    Attributes:
        paths: The image files, in the order wanted.
        px: Longer edge of the thumbnails.
        cancelled: Whether answers are no longer wanted.
    """

    def __init__(
        self,
        paths: Sequence[str],
        px: int,
        deliver: Callable[[list[Thumbnail]], None],
        done: Callable[[], None],
        on_cancel: Callable[["ThumbnailBatch"], None],
    ) -> None:
        self.paths = paths
        self.px = px
        self.cancelled = False
        self._deliver = deliver
        self._done = done
        self._on_cancel = on_cancel
        self._lock = Lock()
        self._open = set(range(len(paths)))  # whose answers have not come
        self._ready: list[Thumbnail] = []
        self._sizes = chain((_FIRST_BATCH,), _BATCHES, repeat(_BATCHES[-1]))
        self._size = next(self._sizes)
        self._together = False
        self._calling = False
        self._finished = False

    def cancel(self) -> None:
        """Drop what is not delivered yet; a delivery that has begun is completed.

        `done` is still called, once, from the pool.
        """
        if not self.cancelled:
            self.cancelled = True
            self._on_cancel(self)

    def add(self, answers: list[Thumbnail], *, together: bool = False) -> None:
        """Take in answers; deliver when a batch is full or all are there, or at once `together`."""
        with self._lock:
            self._ready += [answer for answer in answers if answer.index in self._open]
            self._open.difference_update(answer.index for answer in answers)
            self._together |= together
        self.go_on()

    @property
    def open(self) -> frozenset[int]:
        """Positions in `paths` whose answers have not come."""
        with self._lock:
            return frozenset(self._open)

    def go_on(self) -> None:
        """Call the receivers as long as there is something to tell them.

        While another thread does that, it is left to that one: nobody waits for a receiver.
        """
        with self._lock:
            if self._calling:
                return
            self._calling = True
        while call := self._next_call():
            self._call(*call)

    def _next_call(self) -> tuple[Any, ...] | None:
        with self._lock:
            if not self._finished and (self.cancelled or not (self._open or self._ready)):
                self._finished = True
                return (self._done,)
            is_full = self._together or not self._open or len(self._ready) >= self._size
            if self._finished or not self._ready or not is_full:
                self._calling = self._together = False
                return None
            if not self._together:
                self._size = next(self._sizes)
            made, self._ready, self._together = self._ready, [], False
        return self._deliver, sorted(made, key=attrgetter("index"))

    def _call(self, callback: Callable[..., None], *args: object) -> None:
        try:
            callback(*args)
        except Exception as error:  # noqa: BLE001 - it is of whoever asked
            logs.failed("a receiver of thumbnails", error)
            self.cancel()
