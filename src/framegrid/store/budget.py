"""How much memory a file may take: the sizes in a footer can lie."""

import os
from collections.abc import Iterable

import pyarrow as pa

_SHARE = 0.5  # of the machine's memory, for one dataset at most
_UNKNOWN_MEMORY = 8 << 30  # bytes, where the system does not say


def within_memory(
    batches: Iterable[pa.RecordBatch], what: str, reserved: int = 0
) -> list[pa.RecordBatch]:
    """Take in batches as they are read, as long as there is memory for them.

    Args:
        batches: what is being read.
        what: names it in the error message.
        reserved: bytes that will be needed beside them.

    Raises:
        MemoryError: they take more than half of the machine's memory.
    """
    budget = memory_limit() - reserved
    waiting = iter(batches)
    taken: list[pa.RecordBatch] = []
    while budget >= 0:
        batch = next(waiting, None)
        if batch is None:
            return taken
        taken.append(batch)
        budget -= batch.nbytes
    raise MemoryError(
        f"{what} unpacks to more than half of the memory here: open it on a larger machine, if you "
        "trust it, or a part of it with ImageDataset.load(path, columns=..., filters=...)"
    )


def memory_limit() -> int:
    """Give the bytes that one dataset may take."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # the names are not known everywhere
        memory = _UNKNOWN_MEMORY
    return int(memory * _SHARE)
