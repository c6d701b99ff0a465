"""Which samples of two tables are the same."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.dataset.matching.matching import match_names
from framegrid.storage import UNKNOWN, Ids, Table, find_all

_PATH, _NAME = "file_path_abs", "file_name"


def pair_by_ids(old: Table, new: Table) -> Ids:
    """The rows in `old` of the samples of `new` by their ids: (N,), ``UNKNOWN`` without one."""
    return find_all(old.ids, new.ids)


def pair_by_paths(old: Table, new: Table) -> Ids:
    """The same by the paths of the images, for tables of two datasets.

    Samples are the same if path and id are, then if the path is; of what is left, if id and name
    are, as after ``relink``. Where no path at all agrees, as on another machine, those are the same
    whose paths end alike, once the folder that all have is left out.
    """
    rows = _agreeing(old, new, _PATH)
    if (rows != UNKNOWN).all():
        return rows
    _add_by_path(rows, old, new)
    if (rows == UNKNOWN).all():
        rows = _by_ends(old, new)
    by_name = _agreeing(old, new, _NAME)
    is_free = np.zeros(len(old) + 1, np.bool_)  # by row; the last stands for none
    is_free[rows_without(rows, old)] = True
    return np.where((rows == UNKNOWN) & is_free[by_name], by_name, rows)


def rows_without(rows: Ids, old: Table) -> Ids:
    """The rows of a table that are not among some: (M,)."""
    is_left = np.ones(len(old) + 1, np.bool_)  # the last stands for UNKNOWN
    is_left[rows] = False
    return np.flatnonzero(is_left[:-1])


def _agreeing(old: Table, new: Table, key: str) -> Ids:
    """The rows of samples that have their id and a value in both."""
    rows = find_all(old.ids, new.ids)
    before = old.column(key).take(pa.array(rows, mask=rows == UNKNOWN))
    equal = np.asarray(pc.equal(before, new.column(key)).fill_null(False))
    return np.where(equal, rows, UNKNOWN)


def _add_by_path(rows: Ids, old: Table, new: Table) -> None:
    """Find the samples left that have a path in both; where several share one, in turn."""
    left = np.flatnonzero(rows == UNKNOWN)
    there = rows_without(rows, old)
    before, now = (
        _numbered(table.column(_PATH).take(pa.array(places)))
        for table, places in ((old, there), (new, left))
    )
    found = before.reset_index().merge(now.reset_index(), on=["path", "turn"])
    rows[left[found["index_y"].to_numpy(np.intp)]] = there[found["index_x"].to_numpy(np.intp)]


def _numbered(paths: pa.Array) -> pd.DataFrame:
    """Paths as numbers, and which one of those that are equal each is."""
    frame = pd.DataFrame({"path": paths.to_pandas()})
    frame["turn"] = frame.groupby("path").cumcount()
    return frame


def _by_ends(old: Table, new: Table) -> Ids:
    ids = match_names(new, _PATH, old.column(_PATH))
    found = np.flatnonzero(ids >= 0)
    once = pd.Series(ids[found]).drop_duplicates(keep=False).index.to_numpy()
    rows = np.full(len(new), UNKNOWN)
    rows[find_all(new.ids, ids[found[once]])] = found[once]
    return rows
