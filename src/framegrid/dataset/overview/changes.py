"""What differs between a table as it was and as it is."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from framegrid.base import BUILTIN_TYPES
from framegrid.dataset.overview.differing import Column, Places, differing, objects_at
from framegrid.dataset.overview.pairing import rows_without
from framegrid.dataset.reports.wording import counted
from framegrid.storage import UNKNOWN, Ids, Table

_TOLD = ("file_name", "file_path_abs")


class Changes(pd.DataFrame):
    """The values that changed, one a row: ``sample_id, key, old, new``.

    Values are as in ``sample.metadata``, None where there is none. What is made of it is a
    DataFrame like any other.

    Attributes:
        added: the samples that are new, with all their values: ``file_name`` and
            ``file_path_abs``, indexed by ``sample_id``.
        removed: the samples that are gone, indexed by the ``sample_id`` that they had.
    """

    _metadata = ["added", "removed"]  # noqa: RUF012 - as pandas has it
    added: pd.DataFrame
    removed: pd.DataFrame

    def __repr__(self) -> str:
        """Show the frame, and below it how many samples came and went."""
        return "\n".join([super().__repr__(), *self._coming_and_going()])

    def _repr_html_(self) -> str | None:
        """The same for notebooks."""
        html = super()._repr_html_()  # type: ignore[misc]
        return "".join([html or "", *(f"<p>{line}</p>" for line in self._coming_and_going())])

    def _coming_and_going(self) -> list[str]:
        moved = {"added": self.added, "removed": self.removed}
        said = [f"{counted(len(rows), 'sample')} {what}" for what, rows in moved.items()]
        return [", ".join(said)] if any(map(len, moved.values())) else []


def changes_between(old: Table, new: Table, rows: Ids, builtins: Sequence[str]) -> Changes:
    """What changed from one table to another.

    Args:
        old: the table as it was.
        new: the table as it is.
        rows: (N,) the row in `old` of each sample of `new`, ``UNKNOWN`` for new ones.
        builtins: the built-in columns to compare, beside the metadata.
    """
    kept = np.flatnonzero(rows != UNKNOWN)
    before, now = (_Samples(table, at) for table, at in ((old, rows[kept]), (new, kept)))
    keys = dict.fromkeys([*builtins, *new.shown, *old.shown])
    parts = [part for key in keys for part in _changed(key, before, now)]
    found = _joined(parts)
    found.added = _told(new, np.flatnonzero(rows == UNKNOWN))
    found.removed = _told(old, rows_without(rows, old))
    return found


class _Samples:
    """Some samples of a table, in a certain order."""

    def __init__(self, table: Table, rows: Places) -> None:
        self._table = table
        self._rows = None if np.array_equal(rows, np.arange(len(table))) else pa.array(rows)
        self.ids = table.ids[rows]
        self._types = BUILTIN_TYPES | table.shown

    def column(self, key: str) -> Column | None:
        """Type and values of a key; None if there is no such key."""
        if key not in self._types:
            return None
        values = self._table.column(key)
        return self._types[key], values if self._rows is None else values.take(self._rows)


_Part = tuple[str, Ids, "np.ndarray", "np.ndarray"]


def _changed(key: str, before: _Samples, now: _Samples) -> Iterator[_Part]:
    old, new = before.column(key), now.column(key)
    places = differing(old, new)
    if len(places):
        yield key, now.ids[places], objects_at(old, places), objects_at(new, places)


def _joined(parts: Sequence[_Part]) -> Changes:
    """One frame, by sample, and of a sample by key."""
    keys, ids, old, new = zip(*parts, strict=True) if parts else ([], [], [], [])
    all_ids = np.concatenate([np.empty(0, np.int64), *ids])
    order = np.argsort(all_ids, kind="stable")
    numbers = np.repeat(np.arange(len(keys)), list(map(len, ids)))[order]
    none = np.empty(0, object)
    return Changes(
        {
            "sample_id": all_ids[order],
            "key": pd.Series(np.array(keys, object)[numbers], dtype="str"),
            "old": pd.Series(np.concatenate([none, *old])[order], dtype=object),
            "new": pd.Series(np.concatenate([none, *new])[order], dtype=object),
        }
    )


def _told(table: Table, rows: Places) -> pd.DataFrame:
    chosen = pa.array(rows, pa.int64())
    columns = {key: table.column(key).take(chosen).to_pandas() for key in _TOLD}
    frame = pd.DataFrame(columns).set_index(pd.Index(table.ids[rows], name="sample_id"))
    return frame.astype("str")
