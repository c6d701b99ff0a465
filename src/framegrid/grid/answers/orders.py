"""Rows in the order of one or several keys, or shuffled by a seed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from framegrid.filters import codes
from framegrid.grid import protocol
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.ranks import is_number, order_of_numbers, ranked, stable_order
from framegrid.grid.protocol import Sort

_WORD = 2**32


@dataclass(frozen=True, slots=True)
class SortKey:
    """What rows are sorted by.

    Attributes:
        name: a key, or ``"random:SEED"``.
        ascending: the direction; missing is last in both.
        seed: of a shuffle, None for a key.
    """

    name: str
    ascending: bool
    seed: int | None


def sort_keys(sort: Sort, view: GridView) -> list[SortKey]:
    """What `sort` goes by, the foremost first; a key comes before a shuffle of the same name."""
    return [_sort_key(each, view) for each in protocol.sorts_of(sort)]


def _sort_key(sort: str, view: GridView) -> SortKey:
    seed = None if view.has_key(sort) else protocol.random_seed(sort)
    key, ascending = protocol.parse_sort(sort)
    return SortKey(key, ascending, seed)


def check_sort(sort: Sort, view: GridView) -> None:
    """Raise unless rows can be sorted by `sort`.

    Raises:
        UnknownKeyError: the dataset has no such key.
        FilterError: a key holds lists or dicts.
    """
    for key in sort_keys(sort, view):
        if key.seed is None:
            view.check_ordered(key.name, "sort by")


def renamed_sort(sort: str, now: Callable[[str], str]) -> str:
    """One sort by the present name of its key, as `now` gives it."""
    key, ascending = protocol.parse_sort(sort)
    return protocol.sort_text(now(key), ascending=ascending)


def order(sort: Sort, view: GridView) -> np.ndarray:
    """Rows in the order of `sort`, missing last, ties in id order: (N,) uint32.

    Raises:
        UnknownKeyError, FilterError: as for ``check_sort``.
    """
    check_sort(sort, view)
    keys = sort_keys(sort, view)
    if len(keys) == 1 and (found := _numeric_order(keys[0], view)) is not None:
        return found
    rows = np.arange(len(view.rows), dtype=np.uint32)
    for place, key in enumerate(reversed(keys)):
        ranks = _ranks(key, view)
        rows = rows.take(stable_order(ranks.take(rows) if place else ranks))
    return rows


def _numeric_order(key: SortKey, view: GridView) -> np.ndarray | None:
    """Rows by a key of numbers, where that is quicker than by ranks; else None."""
    if key.seed is not None or key.name == view.rows.name:
        return None
    series = view.ordered(key.name)
    if not is_number(series):
        return None
    _, numbers, missing = codes.numbers(series)
    return order_of_numbers(numbers, missing, ascending=key.ascending)


def _ranks(key: SortKey, view: GridView) -> np.ndarray:
    """Numbers that sort as `key` does: (N,) of an unsigned type."""
    if key.seed is not None:
        return shuffled(view.rows.to_numpy(), key.seed)
    if key.name == view.rows.name:
        rows = np.arange(len(view.rows), dtype=np.uint32)
        return rows if key.ascending else rows[::-1]
    ranks = view.of_column("ranks", key.name, lambda: ranked(view.ordered(key.name)))
    return ranks.codes if key.ascending else ranks.descending()


def shuffled(sample_ids: np.ndarray, seed: int) -> np.ndarray:
    """Numbers that bring samples into a random order; twin of ``js/src/values/shuffled.ts``.

    Args:
        sample_ids: (N,) int64, not negative.
        seed: of which the lowest 64 bits count.

    Returns:
        (N,) uint32.
    """
    key = np.zeros(1, np.uint32)
    for part in (seed % _WORD, seed // _WORD % _WORD):
        key = _mixed(key ^ np.uint32(part))
    return _mixed(_mixed(key ^ (sample_ids >> 32).astype(np.uint32)) ^ sample_ids.astype(np.uint32))


def _mixed(bits: np.ndarray) -> np.ndarray:
    """The last step of MurmurHash3: every bit of the result depends on each of these."""
    bits = bits ^ (bits >> np.uint32(16))
    bits = bits * np.uint32(0x85EBCA6B)
    bits ^= bits >> np.uint32(13)
    bits *= np.uint32(0xC2B2AE35)
    bits ^= bits >> np.uint32(16)
    return bits
