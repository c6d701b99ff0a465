"""The edits that can be taken back: the last ones, within bounds."""

from collections import deque
from collections.abc import Callable, Iterator
from time import time_ns
from typing import Any

from framegrid.base import Schema
from framegrid.storage.table.changes import AddSamples, Change, ReplaceKey, SetBlocks, Undo
from framegrid.storage.table.table import Table
from framegrid.storage.undo.done import Done
from framegrid.storage.undo.footprint import Line
from framegrid.storage.undo.inverse import undo

Entry = tuple[Line, Change, Any, Schema, Schema]
"""The fields of ``Done``: in every loop of single edits, making one would take too long."""

MOST_EDITS = 1_000
MOST_BYTES = 256 << 20


class UndoLog:
    """What this process did to a table and can take back."""

    def __init__(self) -> None:
        self._edits: deque[tuple[Entry, int]] = deque()
        self._size = 0
        self._is_cut = False
        self._begin = time_ns() // 1000
        self._taken_back: list[tuple[int, int]] = []  # when, and since when the edits were

    def note(self, entry: Entry, size: int) -> None:
        """Note an edit that was made; an ``Undo`` makes those forgotten that it took back.

        Args:
            entry: the edit.
            size: of its change, in bytes.
        """
        line, change, before, _, _ = entry
        if type(change) is Undo:
            first = self._edits[-change.edits][0][0]
            self._taken_back.append((line[0] or 0, first[0] or 0))
            for _ in range(change.edits):
                self._size -= self._edits.pop()[1]
            return
        size += _size_before(before)
        self._edits.append((entry, size))
        self._size += size
        while self._size > MOST_BYTES or len(self._edits) > MOST_EDITS:
            (cut, *_), cut_size = self._edits.popleft()
            self._size -= cut_size
            self._begin, self._is_cut = (cut[0] or 0) + 1, True

    def last(self, count: int) -> list[Done]:
        """The last edits that were not taken back, the last one first.

        Raises:
            ValueError: if there are not so many.
        """
        if count < 1:
            raise ValueError(f"edits={count}: at least 1 edit can be undone")
        if count > len(self._edits):
            raise ValueError(self._too_few(count))
        return [Done(*self._edits[-1 - place][0]) for place in range(count)]

    def newest(self) -> Iterator[Done]:
        """The edits that were not taken back, the last one first."""
        return (Done(*entry) for entry, _ in reversed(self._edits))

    def undo(self, table: Table, count: int) -> Undo:
        """Make the change that takes back the last edits.

        Raises:
            ValueError: if there are not so many.
            ConflictError: if what one of them did was changed since.
        """
        return undo(table, self.last(count))

    def since(self, when: int) -> int:
        """The number of edits made since a moment, those that were taken back left out.

        Args:
            when: the moment, in us since 1970; an edit made at it counts.

        Raises:
            ValueError: if it is before the first edit that is kept, or before edits that were taken
                back since.
        """
        if when < self._begin:
            raise ValueError(
                f"that was before the last {MOST_EDITS:,} edits, or the {MOST_BYTES >> 20} MB that "
                "are kept to undo them"
                if self._is_cut
                else "that was before the dataset was opened here"
            )
        if any(undone >= when > first for undone, first in self._taken_back):
            raise ValueError("undo took back edits since that had been made before it")
        return sum((entry[0][0] or 0) >= when for entry, _ in self._edits)

    def respell(self, made: Callable[[Any], Any]) -> None:
        """Take the changes in it to be others, of the same size."""
        self._edits = deque((_respelled(entry, made), size) for entry, size in self._edits)

    def clear(self) -> None:
        """Forget all edits."""
        self._edits.clear()
        self._size = 0

    def _too_few(self, count: int) -> str:
        held = len(self._edits)
        begin = (
            f"only {held} of {count} edits can be undone" if held else "there is nothing to undo"
        )
        if self._is_cut:
            return (
                f"{begin}: older edits are beyond the last {MOST_EDITS:,}, or the "
                f"{MOST_BYTES >> 20} MB that are kept to undo them"
            )
        return f"{begin}: it takes back only what was edited here since the dataset was opened"


def _respelled(entry: Entry, made: Callable[[Any], Any]) -> Entry:
    line, change, before, old, new = entry
    return line, made(change), before if type(before) is dict else list(map(made, before)), old, new


def size_of(change: Change) -> int:
    """The size of the arrays of a change, in bytes."""
    match change:
        case SetBlocks(blocks):
            return sum(array.nbytes for block in blocks for array in block.columns.values())
        case AddSamples(samples):
            return int(samples.nbytes)
        case ReplaceKey(_, _, values):
            return int(values.nbytes)
    return 0


def _size_before(before: Any) -> int:
    """The size of what an edit replaced, in bytes; single numbers do not count."""
    if type(before) is not dict:
        return sum(map(size_of, before))
    size = 0
    for value in before.values():
        if type(value) is str:
            size += len(value)
    return size
