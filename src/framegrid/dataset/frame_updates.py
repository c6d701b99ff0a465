"""Frames as they come to ``update_metadata``: of pandas, or of any library that speaks Arrow."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
import pyarrow as pa

from framegrid.dataset.adding.frames import check_unique_columns
from framegrid.dataset.edits import Patch, set_blocks
from framegrid.dataset.matching import IDENTIFIERS, Identifiers
from framegrid.dataset.reports import few
from framegrid.schema import BUILTIN_COLUMNS, infer_arrow
from framegrid.table import Ids, SetBlocks, Table


@runtime_checkable
class ArrowStream(Protocol):
    """A frame of another library that offers its columns through the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Give the columns."""


@runtime_checkable
class ArrowBatch(Protocol):
    """The same of a frame in one piece."""

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        """Give the columns."""


def as_frame(data: pd.DataFrame | ArrowStream | ArrowBatch, on: str) -> pd.DataFrame:
    """Give any frame as a DataFrame, which shares memory with it.

    Raises:
        TypeError: it has no columns.
    """
    return with_named_ids(data, on) if isinstance(data, pd.DataFrame) else _from_arrow(data)


def _from_arrow(data: ArrowStream | ArrowBatch) -> pd.DataFrame:
    """Give a frame of another library as a DataFrame that shares its memory.

    Raises:
        TypeError: it has no columns.
    """
    try:
        table = pa.table(data)
    except (pa.ArrowInvalid, TypeError) as error:
        raise TypeError(
            f"expected a frame of columns, got {type(data).__name__}: {error}; "
            "name the sample of each row in a column of its own"
        ) from None
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def split_frame(frame: pd.DataFrame, on: str) -> "tuple[pd.Series[Any], pd.DataFrame]":
    """Split a DataFrame into the identifiers of its rows and its other columns.

    Raises:
        ValueError: it has no column or index `on`, or two columns of one name.
    """
    check_unique_columns(frame)
    if on in frame.columns:
        return frame[on].reset_index(drop=True), frame.drop(columns=on)
    if on == frame.index.name:
        return pd.Series(frame.index), frame
    raise ValueError(
        f"no column is named {on!r}, to tell which sample a row is for; there are "
        f"{few(frame.columns)}. Give one of them the name {', '.join(IDENTIFIERS[:-1])} or "
        f"{IDENTIFIERS[-1]}, and that name as on="
    )


def update_frame(
    table: Table, ids: Ids, identifiers: Identifiers, frame: pd.DataFrame
) -> SetBlocks | None:
    """Write the columns of `frame`, row by row, to the samples `ids`; None for no change.

    Built-in columns may be among them as long as they say what the dataset says.

    Args:
        table: the table as it is now.
        ids: (M,) the sample of each row.
        identifiers: M names of the samples, as the user gave them.
        frame: (M, K) values; a missing one removes.

    Raises:
        ValueError: two rows are for one sample, or a built-in column was edited.
        MetadataTypeError: a key holds values of another type.
        TypeError, ValueError, OverflowError: a key or a value cannot be stored.
    """
    check_once(ids, identifiers)
    columns = {column: frame[column] for column in frame.columns}
    return set_blocks(table, [_without_builtin(table, Patch(ids, columns))])


def check_once(ids: Ids, identifiers: Identifiers) -> None:
    """Raise unless every row is for a sample of its own.

    Args:
        ids: (M,) the sample of each row.
        identifiers: M names of the samples, as the user gave them.

    Raises:
        ValueError: two rows are for one sample.
    """
    doubled = np.flatnonzero(pd.Index(ids).duplicated()).tolist()
    if doubled:
        names = few(dict.fromkeys(identifiers[row] for row in doubled))
        raise ValueError(f"several rows are for the same sample: {names}; keep one of them")


def _without_builtin(table: Table, patch: Patch) -> Patch:
    """Drop the built-in columns, once it is known that they say what the dataset says.

    Raises:
        ValueError: one of them was edited.
    """
    for column in BUILTIN_COLUMNS:
        if column in patch.columns:
            _check_unedited(table, patch.ids, column, patch.columns[column])
    metadata = {key: patch.columns[key] for key in patch.columns if key not in BUILTIN_COLUMNS}
    return Patch(patch.ids, metadata)


def with_named_ids(frame: pd.DataFrame, on: str) -> pd.DataFrame:
    """Take an index of integers without a name for sample ids."""
    unnamed = frame.index.name is None and frame.index.dtype.kind in "iu"
    if on == "sample_id" and unnamed and on not in frame.columns:
        return frame.rename_axis(index=on)
    return frame


def _check_unedited(
    table: Table, ids: Ids, column: str, values: "Sequence[Any] | pd.Series[Any]"
) -> None:
    held = table.column(column).take(table.rows(ids))
    _, array = infer_arrow(column, values, lambda row: f"sample {ids[row]}")
    if array.equals(held):
        return
    given, kept = array.to_pylist(), held.to_pylist()
    if given == kept:
        return
    row = next(row for row in range(len(ids)) if given[row] != kept[row])
    instead = f" or pass on={column!r}" if column in IDENTIFIERS else ""
    raise ValueError(
        f"{column!r} is a built-in column and cannot be edited: sample {ids[row]} has "
        f"{kept[row]!r}, not {given[row]!r}; drop the column from the data{instead}"
    )
