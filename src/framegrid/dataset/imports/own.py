"""Rows that framegrid wrote, which name their samples in more ways than one."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import BUILTIN_COLUMNS
from framegrid.dataset.matching.matching import ids_at, match_given
from framegrid.storage import UNKNOWN, Ids, Table, find_all


def is_own(frame: pd.DataFrame) -> bool:
    """Whether rows have all of the built-in columns, as ``df`` and ``to_csv`` have them."""
    return {*BUILTIN_COLUMNS} <= {*frame.columns, frame.index.name}


def match_own(table: Table, frame: pd.DataFrame) -> Ids:
    """Find the samples of such rows: (M,) ids, ``UNKNOWN`` where there is none.

    A row is of the sample with its id if that has its path; of the one with its path; of the one
    with its id if that has its name, as after ``relink``; or else of the one that its path matches.
    """
    frame = frame.reset_index("sample_id") if frame.index.name == "sample_id" else frame
    ids = pd.to_numeric(frame["sample_id"], errors="coerce").fillna(UNKNOWN).to_numpy(np.int64)
    rows = find_all(table.ids, ids)
    by_path, by_name = (_agree(table, rows, frame, key) for key in ("file_path_abs", "file_name"))
    left = np.flatnonzero(~by_path)
    found = np.where(by_path, ids, UNKNOWN)
    exact = pc.index_in(_texts(frame, "file_path_abs"), value_set=table.column("file_path_abs"))
    places = np.asarray(exact.fill_null(UNKNOWN))
    found[left] = ids_at(table, places[left])
    found = np.where((found == UNKNOWN) & by_name, ids, found)
    left = np.flatnonzero(found == UNKNOWN)
    if len(left):
        paths = frame["file_path_abs"].iloc[left].reset_index(drop=True)
        found[left] = match_given(table, "file_path_abs", paths)
    return found


def _agree(
    table: Table, rows: Ids, frame: pd.DataFrame, key: str
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which rows say of a built-in column what the samples with their ids have: (M,)."""
    places = pa.array(rows, mask=rows == UNKNOWN)
    return np.asarray(pc.equal(table.column(key).take(places), _texts(frame, key)).fill_null(False))


def _texts(frame: pd.DataFrame, key: str) -> pa.Array:
    texts = [value if isinstance(value, str) else None for value in frame[key]]
    return pa.array(texts, pa.large_string())
