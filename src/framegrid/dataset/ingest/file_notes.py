"""Notes of which file a value was computed from: one number per sample and key.

The note of a key is a checksum of the state (size and time of modification) of the image file that
its value was computed from, or that gave no value. The notes of a key are a key of their own, a
hidden one, so that they are saved, copied and undone together with the values; everything else is
derived: what is missing from the values, what has changed from the files.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from framegrid import images
from framegrid.base import notes_key, threads
from framegrid.storage import Table

NONE = -1
"""Stands for no note, and for no file."""

MISSING = 1 << 32
"""Is added to the note of a result that is missing: it is known, and not to be computed again."""

States = npt.NDArray[np.int64]

_THREADS = 4  # for network disks; a local one needs none
_FILES_PER_TASK = 256


def notes_of(table: Table, key: str) -> States:
    """The notes of a key by row: (N,), ``NONE`` where there is none."""
    if notes_key(key) not in table.schema:
        return np.full(len(table), NONE)
    return np.asarray(table.column(notes_key(key)).fill_null(NONE), np.int64)


def file_checksums(paths: pa.Array) -> States:
    """A checksum of the state of each of N files: (N,), ``NONE`` where there is none."""
    tasks = [paths.slice(i, _FILES_PER_TASK) for i in range(0, len(paths), _FILES_PER_TASK)]
    states = np.empty(len(paths), np.int64)
    with threads.pool(_THREADS, "framegrid-states") as pool:
        for number, found in enumerate(pool.map(_states, tasks)):
            states[number * _FILES_PER_TASK :][: len(found)] = found
    return states


def _states(paths: pa.Array) -> Sequence[int]:
    return [_checksum(state) for state in images.file_states(paths.to_pylist())]


def _checksum(state: images.FileState | None) -> int:
    return NONE if state is None else crc32(f"{state.size} {state.version}".encode())
