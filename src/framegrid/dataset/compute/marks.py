"""What is known of where the values of a key are from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framegrid.dataset.compute import makers
from framegrid.dataset.ingest import file_notes
from framegrid.storage import Table

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class KeyMarks:
    """Of each sample, what tells whether a value is to be computed again.

    Attributes:
        lacks: (N,) whether it has no value, and it is not known that there is none.
        states: (N,) of the file that it was computed from, ``file_notes.NONE`` if not known.
        makers: (N,) the number of the function that computed it, ``makers.NONE`` if not known.
    """

    lacks: Mask
    states: file_notes.States
    makers: makers.Numbers

    @property
    def is_noted(self) -> Mask:
        """(N,) whether it is known that it was computed."""
        return np.asarray((self.states != file_notes.NONE) | (self.makers != makers.NONE))

    def is_of_other_file(self, states: file_notes.States) -> Mask:
        """(N,) whether it was computed from another state of its file, which is still there.

        Args:
            states: (N,) of the files as they are.
        """
        known = (self.states != file_notes.NONE) & (states != file_notes.NONE)
        return np.asarray(known & (self.states != states))

    def is_by_other(self, number: int) -> Mask:
        """(N,) whether another function computed it, or other code of the one with a number."""
        return makers.are_by_other_code(self.makers, number)


def marks_of(table: Table, key: str) -> KeyMarks:
    """The marks of a key, which the table need not have."""
    written = file_notes.notes_of(table, key)
    is_known_missing = written >= file_notes.MISSING
    states = written - file_notes.MISSING * is_known_missing
    lacks = ~(is_known_missing | has_value(table, key))
    return KeyMarks(lacks, states, makers.makers_in(table, key))


def has_value(table: Table, key: str) -> Mask:
    """(N,) whether samples have a value of a key, which the table need not have."""
    if key not in table.schema:
        return np.full(len(table), fill_value=False)
    return np.asarray(table.column(key).is_valid())
