"""From the rows people choose (a DataFrame, ids, a boolean mask) to sample ids."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype

from framegrid.dataset.edits.frame_updates import split_frame, with_named_ids
from framegrid.dataset.matching.matching import match_all
from framegrid.storage import Ids, Table

Selection = pd.DataFrame | pd.Series | Iterable[Any]
"""A DataFrame of samples, their ids, or a mask: booleans by sample id, or one per sample."""


def chosen_ids(table: Table, rows: Selection | None) -> Ids:
    """The ids of the chosen samples, in the order given, each once: (M,).

    Args:
        table: the table as it is now.
        rows: the choice; None for all.
    """
    if rows is None:
        return table.ids
    if isinstance(rows, pd.DataFrame):
        identifiers, _ = split_frame(with_named_ids(rows, "sample_id"), "sample_id")
    elif isinstance(rows, pd.Series) and is_bool_dtype(rows.dtype):
        identifiers = pd.Series(rows.index[rows.fillna(value=False).astype(bool)])
    else:
        identifiers = _ids_of(table, rows)
    return match_all(table, "sample_id", identifiers.drop_duplicates(ignore_index=True))


def _ids_of(table: Table, rows: Iterable[Any]) -> "pd.Series[Any]":
    values = list(rows)
    if not values or not all(isinstance(value, (bool, np.bool_)) for value in values):
        return pd.Series(values, dtype=object)
    if len(values) != len(table):
        raise ValueError(
            f"the mask has {len(values):,} values, but the dataset {len(table):,} samples; "
            "pass one value per sample, or a Series of booleans indexed by sample_id"
        )
    return pd.Series(table.ids[np.array(values)])
