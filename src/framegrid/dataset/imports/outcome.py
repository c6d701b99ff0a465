"""What a change does to the metadata of samples, told from the table before it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from framegrid.base import KeyType, objects_of
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.reports.import_report import ImportReport
from framegrid.storage import Block, Ids, SetBlocks, Table, own_copy, to_frame, to_series

_NAMES = ("file_name", "file_path_abs")


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a change does.

    Attributes:
        blocks: the values that it sets, or removes.
        types: types of the metadata keys after it.
        removed: makes ``key`` and ``value`` of what samples lose, indexed by ``sample_id``.
    """

    blocks: tuple[Block, ...]
    types: dict[str, KeyType]
    removed: Callable[[], pd.DataFrame]

    @property
    def set_on(self) -> dict[str, int]:
        """By key, the number of samples that get a value."""
        counts: Counter[str] = Counter()
        for block in self.blocks:
            counts.update({key: len(a) - a.null_count for key, a in block.columns.items()})
        return dict(counts)


def outcome_of(table: Table, change: SetBlocks | None) -> Outcome:
    """What a change is going to do to a table."""
    blocks, types = (change.blocks, change.types) if change else ((), {})
    lost = [
        _lost(table, block.ids, key, array)
        for block in blocks
        for key, array in block.columns.items()
    ]
    return Outcome(blocks, table.schema | types, partial(_removed, lost))


def report_update(
    connection: Connection, build: Callable[[Table], SetBlocks | None]
) -> ImportReport:
    """Make the change that `build` gives, and report it."""
    known: list[tuple[Outcome, pa.Table]] = []

    def build_and_note(table: Table) -> SetBlocks | None:
        change = build(table)
        known.append((outcome_of(table, change), names_of(table)))
        return change

    connection.commit(build_and_note)
    outcome, names = known[-1]
    ids = np.concatenate([np.empty(0, np.int64), *(block.ids for block in outcome.blocks)])
    return ImportReport(
        set_on=outcome.set_on,
        samples=len(names),
        connection=connection,
        matched=partial(written, outcome),
        unmatched_samples=partial(unmatched, names, ids),
        removed=outcome.removed,
    )


def names_of(table: Table) -> pa.Table:
    """``sample_id``, ``file_name`` and ``file_path_abs`` of all samples."""
    return pa.table({name: table.column(name) for name in ("sample_id", *_NAMES)})


def written(outcome: Outcome) -> pd.DataFrame:
    """The values that were set, indexed by ``sample_id``."""
    frames = [_frame_of(block, outcome.types) for block in outcome.blocks]
    return frames[0] if len(frames) == 1 else pd.concat([pd.DataFrame(), *frames], axis=1)


def unmatched(names: pa.Table, ids: Ids, since: int = 0) -> pd.DataFrame:
    """The names of the samples without a row, indexed by ``sample_id``.

    Args:
        names: of all samples.
        ids: the samples with a row.
        since: the first sample that counts.
    """
    every = np.asarray(names["sample_id"])
    left = names.filter(pa.array(~np.isin(every, ids) & (every >= since)))
    index = pd.Index(np.asarray(left["sample_id"]), name="sample_id")
    columns = {name: to_series(left[name].combine_chunks(), "string", index) for name in _NAMES}
    return own_copy(to_frame(columns, index))


def _frame_of(block: Block, types: dict[str, KeyType]) -> pd.DataFrame:
    index = pd.Index(block.ids, name="sample_id")
    columns = {key: to_series(a, types[key], index) for key, a in block.columns.items()}
    return own_copy(to_frame(columns, index))


Lost = tuple[Ids, str, list[Any]]
"""Samples, and the values of a key that they lose."""


def _lost(table: Table, ids: Ids, key: str, array: pa.Array) -> Lost:
    """Which values an array of values is going to remove."""
    if not array.null_count or key not in table.schema:
        return ids[:0], key, []
    ids = ids[np.asarray(array.is_null())]
    held = table.column(key).take(pa.array(table.rows(ids)))
    values = objects_of(held.drop_null(), table.schema[key])
    return ids[np.asarray(held.is_valid())], key, values


def _removed(lost: list[Lost]) -> pd.DataFrame:
    return frame_of_values(
        np.concatenate([np.empty(0, np.int64), *(ids for ids, _, _ in lost)]),
        key=[key for _, key, values in lost for _ in values],
        value=[value for _, _, values in lost for value in values],
    )


def frame_of_values(ids: Ids, **columns: Sequence[Any]) -> pd.DataFrame:
    """Columns of objects by sample: no column of strings holds a lone surrogate."""
    index = pd.Index(ids, name="sample_id")
    series = {n: pd.Series(list(v), index, dtype=object) for n, v in columns.items()}
    return pd.DataFrame(series, index)
