"""The table of a dataset, the history of its edits, and what of them can be taken back here."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pyarrow as pa

from framegrid.store.history import History, to_table
from framegrid.table import Change, Entry, SetValues, Table, UndoLog, line_of, replaced


class Ledger:
    """What datasets on disk and in memory have in common.

    Attributes:
        log: the edits made here, to be undone.
    """

    def __init__(self, table: Table, history: History) -> None:
        """Begin with what there is; it cannot be undone."""
        self.log = UndoLog()
        self._table = table
        self._history = history

    def commit(self, build: Callable[[Table], Change | None]) -> Change | None:
        """Make one edit."""
        raise NotImplementedError

    def history(self) -> pa.Table:
        """Give a line per edit, newest last: when, what, keys, rows."""
        return self._history.table()

    def undo(self, edits: int) -> pa.Table:
        """Take back the last edits made here, in one edit.

        Returns:
            Their lines in the history, newest last.

        Raises:
            ValueError: if there are not so many, or they are too old.
            ConflictError: if what they did was changed since.
        """
        undone = self.log.last(edits)
        self.commit(partial(self.log.undo, count=edits))
        return to_table(done.line for done in reversed(undone))

    def _make(self, change: Change, when: int) -> Entry | None:
        """Apply an edit of one's own, and give what it takes to undo it, if it can be seen."""
        table, old = self._table, self._table.schema
        line = line_of(when, table, change)
        before: Any
        if type(change) is SetValues:
            before = table.apply(change)
        else:
            before = replaced(table, change)
            table.apply(change)
        if line is None:
            return None
        self._history.add(line)
        return line, change, before, old, table.schema

    def _follow(self, change: Change, when: int | None) -> None:
        """Apply an edit that was made elsewhere or before."""
        line = line_of(when, self._table, change)
        self._table.apply(change)
        if line is not None:
            self._history.add(line)
