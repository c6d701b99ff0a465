"""Bringing the rows of a file in: which sample each one is for, and which values fit."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from framegrid.base import BUILTIN_COLUMNS, Schema, shown
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.edits import Patch, as_change
from framegrid.dataset.imports.aggregating import Aggregate, aggregated, check_aggregate
from framegrid.dataset.imports.builtins import notes_of_builtins
from framegrid.dataset.imports.file_rows import Rows
from framegrid.dataset.imports.fitting import Fitting, picked
from framegrid.dataset.imports.outcome import names_of, outcome_of, unmatched
from framegrid.dataset.imports.own import is_own, match_own
from framegrid.dataset.imports.suggesting import Suggestion, note_of, suggest
from framegrid.dataset.matching.matching import On, identified, match_given
from framegrid.dataset.matching.path_ends import SEVERAL
from framegrid.dataset.reports.import_report import ImportReport
from framegrid.dataset.reports.wording import counted
from framegrid.storage import UNKNOWN, Ids, SetBlocks, Table

Blank = Literal["keep", "remove"]


Read = Callable[[str, Schema], Rows]
"""Reads rows, by the column that names their samples and the types of the keys there are."""


def import_rows(
    connection: Connection,
    read: Read,
    on: On,
    blank: Blank,
    aggregate: Aggregate | None,
) -> ImportReport:
    """Read rows and write those that name a sample, in one edit, see ``Import``."""
    column, on = identified(on)
    rows = read(column, connection.table.schema)
    return Import(rows, rows.on or on, blank, aggregate).run(connection)


class Import:
    """One import, which can be built as often as it takes, and reported at the end.

    Args:
        rows: what the file says.
        on: what names the samples, as for ``update_metadata``.
        blank: whether a missing value removes, or says nothing about its sample.
        aggregate: how several rows for one sample become one; by default they are left out.
    """

    def __init__(
        self, rows: Rows, on: str, blank: Blank = "keep", aggregate: Aggregate | None = None
    ) -> None:
        check_aggregate(aggregate, [key for patch in rows.patches for key in patch.columns])
        if blank not in ("keep", "remove"):
            raise ValueError(
                f"blank={shown(blank)}: a cell without a value says nothing with blank='keep', and "
                "removes with blank='remove'"
            )
        self._aggregate = aggregate
        self._removes = blank == "remove"
        self._rows = rows
        self._on = on
        self._ids: Ids = np.full(len(rows.frame), UNKNOWN, np.int64)
        self._written = self._repeated = self._ids != UNKNOWN
        self._since = 0
        self._fitting = Fitting(Table())
        self._notes = list(rows.notes)
        self._outcome = outcome_of(Table(), None)

    def run(self, connection: Connection) -> ImportReport:
        """Write the rows that name a sample, in one edit, and tell what could not be written."""
        connection.commit(self.change)
        return connection.read(lambda table: self.report(table, connection))

    def change(self, table: Table, since: int = 0) -> SetBlocks | None:
        """Make the change, None when there is nothing to write.

        Args:
            table: the table as it is now.
            since: the first id of the samples to write to; others stay as they are.
        """
        self._ids = ids = self._match(table)
        self._since = since
        self._repeated = (ids >= since) & pd.Index(ids).duplicated(keep=False)
        self._repeated &= self._aggregate is None
        self._written = (ids >= since) & ~self._repeated
        self._fitting = Fitting(table, removes=self._removes)
        builtins = notes_of_builtins(table, ids, self._rows.frame, self._rows.column)
        self._notes = [*self._rows.notes, *builtins]
        patches = [self._single(self._placed(patch, table)) for patch in self._rows.patches]
        blocks = [block for patch in patches for block in self._fitting.blocks(patch)]
        change = as_change(blocks, self._fitting.typed.types)
        self._outcome = outcome_of(table, change)
        return change

    def report(self, samples: Table, connection: Connection | None = None) -> ImportReport:
        """What the last change did to the samples.

        Args:
            samples: the table as it is now.
            connection: the dataset, if it has them already.
        """
        frame, outcome = self._rows.frame, self._outcome
        unnamed = int(np.count_nonzero(self._ids < 0))
        suggestion = suggest(samples, self._on, self._rows.identifiers, self._ids)
        hints = [note_of(suggestion, unnamed)] if suggestion else []
        conflicts = pd.DataFrame(  # of objects: no string column holds a lone surrogate
            self._fitting.conflicts, columns=["sample_id", "key", "value", "reason"], dtype=object
        ).astype({"sample_id": np.int64})
        return ImportReport(
            set_on=outcome.set_on,
            samples=len(samples),
            notes=(*self._notes, *self._fitting.notes, *self._ambiguities(), *hints),
            connection=connection,
            matched=lambda: self._rows_of_samples(self._written),
            unmatched_rows=frame[self._ids < 0],
            repeated=lambda: self._rows_of_samples(self._repeated),
            unmatched_samples=partial(unmatched, names_of(samples), self._ids, self._since),
            conflicts=conflicts.set_index("sample_id"),
            suggested=lambda: self._suggested(suggestion),
            removed=outcome.removed,
        )

    def _match(self, table: Table) -> Ids:
        rows = self._rows
        if self._on == rows.column == "file_name" and is_own(rows.frame):
            return match_own(table, rows.frame)
        return match_given(table, self._on, rows.identifiers)

    def _rows_of_samples(self, chosen: npt.NDArray[np.bool_]) -> pd.DataFrame:
        ids = pd.Index(self._ids[chosen], name="sample_id")
        return self._rows.frame[chosen].set_axis(ids)

    def _placed(self, patch: Patch, table: Table) -> Patch:
        """Take the rows that found a sample of their own."""
        found = self._written[patch.ids]
        columns = {
            key: picked(values, found)
            for key, values in patch.columns.items()
            if not table.derives(key)
        }
        return Patch(self._ids[patch.ids][found], columns)

    def _single(self, patch: Patch) -> Patch:
        """Take one row for each sample, if it is known how."""
        if self._aggregate is None:
            return patch
        columns = {key: self._fitting.read(key, each) for key, each in patch.columns.items()}
        single, conflicts = aggregated(Patch(patch.ids, columns), self._aggregate)
        self._fitting.conflicts += conflicts
        return single

    def _suggested(self, suggestion: Suggestion | None) -> pd.DataFrame:
        """The rows that would be for a sample, with nothing else in them that names one."""
        frame = self._rows.frame
        ids = suggestion.ids if suggestion else np.full(len(frame), UNKNOWN, np.int64)
        chosen = ids >= 0
        columns = [key for key in frame.columns if key not in BUILTIN_COLUMNS]
        rows = frame.loc[chosen, [key for key in columns if key != self._rows.column]]
        rows.insert(0, "file_name", self._rows.identifiers.to_numpy()[chosen])
        return rows.set_axis(pd.Index(ids[chosen], name="sample_id"))

    def _ambiguities(self) -> list[str]:
        """Say which names could each mean several samples, if there are any."""
        names = self._rows.identifiers[self._ids == SEVERAL]
        if names.empty:
            return []
        rows = counted(len(names), "row")
        note = (
            f"{rows} could be for several samples each, such as {shown(names.iloc[0])}: put more "
            "of the folders before the name, or identify samples by sample_id or file_path_abs"
        )
        return [note]
