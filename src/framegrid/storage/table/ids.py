"""Sample ids to rows, by the ids being strictly ascending: no dict of a million ids."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]

UNKNOWN = -1
"""Stands for a row or an id that is not there; real ones start at 0."""


def find(ids: Ids, sample_id: Any) -> int:
    """The row of a sample id, or ``UNKNOWN``.

    Args:
        ids: (N,) ids, strictly ascending.
        sample_id: anything; only integers can be known.
    """
    if type(sample_id) is not int:
        if not isinstance(sample_id, (int, np.integer)) or isinstance(sample_id, bool):
            return UNKNOWN
        sample_id = int(sample_id)
    if not len(ids):
        return UNKNOWN
    guess: int = sample_id - ids.item(0)  # right unless samples were removed
    if 0 <= guess < len(ids) and ids.item(guess) == sample_id:
        return guess
    row = bisect_left(ids.data, sample_id)
    return row if row < len(ids) and ids.item(row) == sample_id else UNKNOWN


def find_all(ids: Ids, sample_ids: Sequence[Any] | npt.NDArray[Any]) -> Rows:
    """The rows of sample ids, ``UNKNOWN`` where there is none.

    Args:
        ids: (N,) ids, strictly ascending.
        sample_ids: (M,) anything; only integers can be known.

    Returns:
        (M,) rows.
    """
    wanted = np.asarray(sample_ids)
    if not len(ids) or wanted.dtype.kind not in "iu":
        return np.array([find(ids, sample_id) for sample_id in wanted.tolist()], np.intp)
    wanted = wanted.astype(np.int64, copy=False)
    if np.array_equal(ids, wanted):
        return np.arange(len(ids))
    rows: Rows = (wanted - ids[0]).clip(0, len(ids) - 1)  # right unless samples were removed
    if np.array_equal(ids[rows], wanted):
        return rows
    order = np.argsort(wanted)  # a sorted search is five times as fast, the sort included
    rows[order] = np.searchsorted(ids, wanted[order]).clip(max=len(ids) - 1)
    return np.where(ids[rows] == wanted, rows, UNKNOWN)
