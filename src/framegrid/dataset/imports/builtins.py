"""Columns of an import that have the names of built-in ones: what they say is not taken over."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from framegrid.base import BUILTIN_COLUMNS, BUILTIN_TYPES, FOLDER, shown
from framegrid.dataset.imports.own import is_own
from framegrid.dataset.reports.wording import counted
from framegrid.storage import Ids, Table

_OF_A_PLACE = ("sample_id", "file_path_abs", FOLDER)
"""What differs between two datasets of the same images, and is no news in a file of either."""


def notes_of_builtins(table: Table, ids: Ids, frame: pd.DataFrame, column: str) -> list[str]:
    """Say which columns are left out for their names, though they say other than the dataset.

    Args:
        table: the table as it is now.
        ids: (M,) the sample of each row, negative where it has none.
        frame: (M, K) the rows as they were read.
        column: the one that names the samples.
    """
    skipped = {column, *(_OF_A_PLACE if is_own(frame) else ())}
    names = [*BUILTIN_COLUMNS, *filter(table.derives, [FOLDER])]
    found = np.flatnonzero(ids >= 0)
    rows = pa.array(table.rows(ids[found]))
    notes = []
    for name in [name for name in names if name in frame.columns and name not in skipped]:
        given = frame[name].iloc[found].astype(object).reset_index(drop=True)
        others = given[_differs(name, given, table.column(name).take(rows))]
        if len(others):
            notes.append(
                f"column {shown(name)} is left out: it is built in, and {shown(others.iloc[0])} "
                f"({counted(len(others), 'row')}) is not what the dataset has; rename the column "
                "to keep it"
            )
    return notes


def _differs(name: str, given: "pd.Series[Any]", held: pa.Array) -> npt.NDArray[np.bool_]:
    """Which values say other than the dataset: (M,); a size that is not read yet may be any."""
    texts = given.astype(str)
    says = np.asarray(given.notna() & (texts != ""), np.bool_)
    if BUILTIN_TYPES.get(name) != "integer":
        return np.asarray(says & (texts.to_numpy(object) != held.to_numpy(zero_copy_only=False)))
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
    sizes = held.to_numpy(zero_copy_only=False).astype(np.float64)
    return np.asarray(says & np.where(np.isnan(sizes), numbers % 1 != 0, numbers != sizes))
