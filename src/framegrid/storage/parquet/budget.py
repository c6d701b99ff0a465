"""How much memory a file may take: the sizes in a footer can lie."""

import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pyarrow as pa

_SHARE = 0.5  # of the machine's memory, for one dataset at most
_UNKNOWN_MEMORY = 8 << 30  # bytes, where the system does not say
_GROWTH = 1_000  # times its size that a file may take: texts of few values pack well, but not so
_ANYWAY = 256 << 20  # bytes that any file may take
_CONTAINER = Path("/sys/fs/cgroup/memory.max")


class Budget:
    """The memory that is left for what a file unpacks to; all is counted before it is taken.

    Args:
        what: names the file in the error message.
        size: of the file in bytes, if that limits what it may unpack to.
    """

    def __init__(self, what: str, size: int | None = None) -> None:
        self._what = what
        self._size = size
        self._limit = memory_limit()
        if size is not None:
            self._limit = min(self._limit, _ANYWAY + _GROWTH * size)
        self._left = self._limit

    def check(self, count: int) -> None:
        """Refuse so many bytes, if there is no memory for them.

        Raises:
            MemoryError: there is none.
        """
        if count > self._left:
            raise MemoryError(
                f"{self._what} unpacks to more than {self._bound()}: open it on a larger machine, "
                "if you trust it, or a part of it with ImageDataset.load(path, columns=..., "
                "filters=...)"
            )

    def take(self, count: int) -> None:
        """Take so many bytes.

        Raises:
            MemoryError: there are not so many left.
        """
        self.check(count)
        self._left -= count

    def _bound(self) -> str:
        if self._limit == memory_limit():
            return "half of the memory here"
        return f"{self._limit >> 20} MB, from {self._size:,} bytes"


def within_memory(batches: Iterable[pa.RecordBatch], budget: Budget) -> list[pa.RecordBatch]:
    """Take in batches as they are read, as long as there is memory for them.

    Raises:
        MemoryError: there is none left.
    """
    taken: list[pa.RecordBatch] = []
    for batch in batches:
        budget.take(batch.nbytes)
        taken.append(batch)
    return taken


def memory_limit() -> int:
    """The bytes that one dataset may take."""
    return int(_memory() * _SHARE)


@cache
def _memory() -> int:
    """The bytes of memory of this machine, or of the container that this runs in."""
    memories = [_UNKNOWN_MEMORY]
    with suppress(AttributeError, OSError, ValueError):  # the names are not known everywhere
        memories = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with suppress(OSError, ValueError):  # none, or "max"
        memories.append(int(_CONTAINER.read_text()))
    return min(memories)
