"""Bringing the columns of a CSV file in as metadata."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from framegrid.dataset.connection import Connection
from framegrid.dataset.matching import UNKNOWN, Ids, check_identifier, match
from framegrid.dataset.reports import ImportReport
from framegrid.dataset.updates import split_frame, update_frame
from framegrid.schema import is_missing
from framegrid.table import SetBlocks, Table


def import_csv(
    connection: Connection, path: str | os.PathLike[str], on: str, options: Mapping[str, Any]
) -> ImportReport:
    """Write the rows that name a sample, and tell which do not.

    Args:
        connection: of the dataset.
        path: the CSV file.
        on: the column that names the sample of a row.
        options: for ``pandas.read_csv``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it has no column `on`; or as for ``update_frame``.
        MetadataTypeError, TypeError, OverflowError: as for ``update_frame``.
    """
    check_identifier(on)
    # Nullable dtypes, as numpy's would make floats of integers where one is missing.
    options = {"dtype_backend": "numpy_nullable", **options}
    try:
        rows: pd.DataFrame = pd.read_csv(path, **options)
        identifiers, values = split_frame(rows, on)
    except ValueError as error:
        raise ValueError(f"{path}: {str(error).strip()}") from error
    ids = np.empty(0, np.int64)

    def build(table: Table) -> SetBlocks | None:
        nonlocal ids
        ids = _match_named(table, on, identifiers)
        found = np.flatnonzero(ids != UNKNOWN)
        return update_frame(
            table, ids[found], [identifiers[row] for row in found], values.iloc[found]
        )

    connection.commit(build)
    return _report(connection, rows, ids)


def _match_named(table: Table, on: str, identifiers: Sequence[Any]) -> Ids:
    """Find the samples, ``UNKNOWN`` also for rows whose identifier is missing: (M,)."""
    ids = np.full(len(identifiers), UNKNOWN, np.int64)
    named = [row for row, identifier in enumerate(identifiers) if not is_missing(identifier)]
    ids[named] = match(table, on, [identifiers[row] for row in named])
    return ids


def _report(connection: Connection, rows: pd.DataFrame, ids: Ids) -> ImportReport:
    found = ids != UNKNOWN
    samples = connection.frame()[["file_name", "file_path_abs"]]
    return ImportReport(
        matched=rows[found].set_axis(pd.Index(ids[found], name="sample_id")),
        unmatched_rows=rows[~found],
        unmatched_samples=samples[~samples.index.isin(ids)],
    )
