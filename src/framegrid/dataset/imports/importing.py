"""Bringing the rows of a file in: which sample each one is for, and which values fit."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_string_dtype

from framegrid.dataset.connection import Connection
from framegrid.dataset.edits import Patch, as_change
from framegrid.dataset.frame_updates import check_once
from framegrid.dataset.imports.conflicts import Sifter, Values, picked
from framegrid.dataset.imports.report import ImportReport
from framegrid.dataset.imports.rows import Rows
from framegrid.dataset.matching import match_given
from framegrid.schema import KeyType, from_json
from framegrid.table import UNKNOWN, Ids, SetBlocks, Table

# Types that a text format writes as text.
_PARSERS: dict[KeyType, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "datetime_utc": datetime.fromisoformat,
    "list": from_json,
    "dict": from_json,
}


class Import:
    """One import, which can be built as often as it takes, and reported at the end.

    Args:
        rows: what the file says.
        on: what names the samples, as for ``update_metadata``.
    """

    def __init__(self, rows: Rows, on: str) -> None:
        self._rows = rows
        self._on = on
        self._ids: Ids = np.full(len(rows.frame), UNKNOWN, np.int64)
        self._named = self._ids != UNKNOWN
        self._since = 0
        self._sifter = Sifter(Table())

    def run(self, connection: Connection) -> ImportReport:
        """Write the rows that name a sample, in one edit, and tell what could not be written.

        Raises:
            ValueError: a name is ambiguous, two rows are for one sample, or a key cannot be one.
            TypeError: a name has the wrong type.
            MetadataTypeError: integers of the dataset cannot become floats, as they would have to.
        """
        connection.commit(self.change)
        return connection.read(self.report)

    def change(self, table: Table, since: int = 0) -> SetBlocks | None:
        """Make the change, None when there is nothing to write.

        Args:
            table: the table as it is now.
            since: the first id of the samples to write to; others stay as they are.

        Raises:
            ValueError, TypeError, MetadataTypeError: as for ``run``.
        """
        identifiers = self._rows.identifiers
        ids = match_given(table, self._on, identifiers)
        self._named, self._since = ids != UNKNOWN, since
        self._ids = np.where(ids < since, UNKNOWN, ids)
        found = self._ids != UNKNOWN
        check_once(self._ids[found], identifiers[found].reset_index(drop=True))
        self._sifter = Sifter(table)
        patches = [self._placed(patch, table) for patch in self._rows.patches]
        blocks = [block for patch in patches for block in self._sifter.blocks(patch)]
        return as_change(blocks, self._sifter.fitter.types)

    def report(self, samples: Table) -> ImportReport:
        """Tell what the last change did to the samples."""
        found = self._ids != UNKNOWN
        frame = self._rows.frame
        names = samples.frame().loc[self._since :, ["file_name", "file_path_abs"]]
        conflicts = pd.DataFrame(
            self._sifter.conflicts, columns=["sample_id", "key", "value", "reason"]
        )
        return ImportReport(
            matched=frame[found].set_axis(pd.Index(self._ids[found], name="sample_id")),
            unmatched_rows=frame[~self._named],
            unmatched_samples=names[~names.index.isin(self._ids)],
            conflicts=conflicts.set_index("sample_id"),
        )

    def _placed(self, patch: Patch, table: Table) -> Patch:
        """Take the rows that found a sample, with the text parsed where the key's type says so."""
        ids = self._ids[patch.ids]
        found = ids != UNKNOWN
        columns = {
            key: _parsed(picked(values, found), table.schema.get(key))
            for key, values in patch.columns.items()
        }
        return Patch(ids[found], columns)


def _parsed(values: Values, kind: KeyType | None) -> Values:
    parser = _PARSERS.get(kind) if kind else None
    if parser is None or (isinstance(values, pd.Series) and not is_string_dtype(values.dtype)):
        return values
    return [_parsed_or_not(parser, value) for value in values]


def _parsed_or_not(parser: Callable[[str], Any], value: Any) -> Any:
    """Leave text that says nothing else as it is, to be reported as a conflict."""
    try:
        return parser(value) if isinstance(value, str) else value
    except ValueError:
        return value
