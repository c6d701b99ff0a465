"""What a file says about samples, row by row, before anybody looked which samples these are."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from framegrid.base import BUILTIN_COLUMNS, few
from framegrid.dataset.edits.edits import Patch
from framegrid.dataset.edits.frame_updates import split_frame
from framegrid.dataset.edits.updates import patches_of


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """M rows of a file.

    Attributes:
        identifiers: (M,) the name of the sample of each row, missing where it has none.
        patches: the metadata that rows have; their ids are numbers of rows, from 0.
        frame: (M, K) the rows as they were read, for the report.
        notes: what is to be said about how they were read, a sentence each.
        column: the one that has the names.
        on: what the names are, where the file alone says so.
    """

    identifiers: pd.Series
    patches: Sequence[Patch]
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    column: str = ""
    on: str = ""

    def noting(self, notes: Iterable[str]) -> "Rows":
        """The same rows with more to say."""
        return replace(self, notes=(*self.notes, *notes))


def rows_of_frame(frame: pd.DataFrame, on: str, known: Container[str] = ()) -> Rows:
    """Take the rows of a DataFrame; built-in columns are no metadata, nor are those without a name.

    Args:
        frame: (M, K) the rows.
        on: the column or index that names the sample of each.
        known: the keys there are.
    """
    identifiers, values = split_frame(frame, on)
    named = [key for key in values.columns if key in known or not _is_unnamed(key)]
    columns = {str(key): values[key] for key in named if key not in BUILTIN_COLUMNS}
    unnamed = values.columns.difference(named)
    notes = [f"left out {few(unnamed)}: a column without a name, such as a saved index"]
    patch = Patch(np.arange(len(frame)), columns)
    return Rows(identifiers, [patch], frame, tuple(notes if len(unnamed) else ()), on)


def without_empty(frame: pd.DataFrame, known: Iterable[str]) -> pd.DataFrame:
    """Leave out new columns without a value: nothing tells the type of their keys."""
    return frame.loc[:, frame.notna().any() | frame.columns.isin(list(known))]


def _is_unnamed(key: object) -> bool:
    """Whether a column has no name, or the one that pandas gives those without."""
    return isinstance(key, str) and bool(_UNNAMED(key))


_UNNAMED = re.compile(r"(?:Unnamed: \d+(?:_level_\d+)?(?:\.\d+)*|)$").match


def rows_of_records(records: Sequence[Mapping[str, Any]], on: str) -> Rows:
    """Take records, each with the keys it has; built-in columns are no metadata."""
    records = _with_readable_keys(records)
    frame = pd.DataFrame(records, columns=None if records else [on], dtype=object)
    identifiers, _ = split_frame(frame, on)
    mappings = [
        {key: value for key, value in record.items() if key not in (*BUILTIN_COLUMNS, on)}
        for record in records
    ]
    return Rows(identifiers, patches_of(np.arange(len(records)), mappings), frame, (), on)


def _with_readable_keys(records: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Spell lone surrogates in keys as JSON does: no key may hold them, and none is lost."""
    keys = dict.fromkeys(key for record in records for key in record)
    spelled = {key: str(key).encode("utf-8", "backslashreplace").decode() for key in keys}
    if all(key == name for key, name in spelled.items()):
        return records
    return [{spelled[key]: value for key, value in record.items()} for record in records]
