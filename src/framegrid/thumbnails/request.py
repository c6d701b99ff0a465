"""One request for thumbnails, from its first delivery to its end."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from threading import RLock

from framegrid.images import Encoded

_logger = logging.getLogger(__name__)

_FIRST_BATCH = 8
"""Small, so that something shows soon."""

_BATCH = 16
"""Larger, since each delivery has its own cost."""


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


class Request:
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
        on_cancel: Callable[["Request"], None],
    ) -> None:
        self.paths = paths
        self.px = px
        self.cancelled = False
        self._deliver = deliver
        self._done = done
        self._on_cancel = on_cancel
        self._turn = RLock()  # one delivery at a time, and `done` after the last
        self._left = len(paths)
        self._ready: list[Thumbnail] = []
        self._batch = _FIRST_BATCH
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
        with self._turn:
            self._ready += answers
            self._left -= len(answers)
            if together or not self._left:
                self._deliver_ready()
            elif len(self._ready) >= self._batch:
                self._deliver_ready()
                self._batch = _BATCH
            if not self._left:
                self.finish()

    def finish(self) -> None:
        """Call `done`, the first time."""
        with self._turn:
            if not self._finished:
                self._finished = True
                self._call(self._done)

    def _deliver_ready(self) -> None:
        batch = sorted(self._ready, key=attrgetter("index"))
        self._ready.clear()
        if batch and not self.cancelled:
            self._call(self._deliver, batch)

    def _call(self, callback: Callable[..., None], *args: object) -> None:
        try:
            callback(*args)
        except Exception:
            _logger.exception("a receiver of thumbnails failed; its request is dropped")
            self.cancel()
