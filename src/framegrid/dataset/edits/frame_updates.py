"""Frames as they come to ``update_metadata``: of pandas, or of any library that speaks Arrow."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
import pyarrow as pa

from framegrid.base import BUILTIN_COLUMNS, brief, few, infer_arrow
from framegrid.dataset.edits.edits import Patch, set_blocks
from framegrid.dataset.matching.matching import IDENTIFIERS, Identifiers
from framegrid.dataset.matching.path_columns import is_hinted
from framegrid.storage import Ids, SetBlocks, Table


@runtime_checkable
class ArrowStream(Protocol):
    """A frame of another library that offers its columns through the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The columns."""


@runtime_checkable
class ArrowBatch(Protocol):
    """The same of a frame in one piece."""

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        """The columns."""


def as_frame(data: pd.DataFrame | ArrowStream | ArrowBatch, on: str) -> pd.DataFrame:
    """Any frame as a DataFrame, which shares memory with it.

    Raises:
        TypeError: it has no columns.
    """
    return with_named_ids(data, on) if isinstance(data, pd.DataFrame) else _from_arrow(data)


def _from_arrow(data: ArrowStream | ArrowBatch) -> pd.DataFrame:
    """A frame of another library as a DataFrame that shares its memory."""
    try:
        table = pa.table(data)
    except (pa.ArrowInvalid, TypeError) as error:
        raise TypeError(
            f"expected a frame of columns, got {type(data).__name__}: {error}; "
            "name the sample of each row in a column of its own"
        ) from None
    types = [pa.large_string() if pa.types.is_string_view(t) else t for t in table.schema.types]
    plain = table.cast(pa.schema(zip(table.column_names, types, strict=True)))
    frame: pd.DataFrame = plain.to_pandas(types_mapper=pd.ArrowDtype)  # takes no rows of views
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
        f"no column is named {brief(on)}, to tell which sample a row is for; there are "
        f"{few(frame.columns)}. {_how_named(frame, on)}"
    )


def _how_named(frame: pd.DataFrame, on: str) -> str:
    """Say how to tell which column, or index, names the samples."""
    if frame.index.name is None and len(frame) and isinstance(frame.index[0], str):
        return f"If the index does: frame.rename_axis({brief(on)})"
    hinted = sorted(frame.columns, key=lambda name: not is_hinted(name))
    column = brief(hinted[0] if hinted else "column")
    return (
        f"Say which one does, and what it holds, as in on={{{column}: 'file_name'}}, or "
        f"{few(IDENTIFIERS[::2])}"
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
    """
    doubled = np.flatnonzero(pd.Index(ids).duplicated()).tolist()
    if doubled:
        names = few(dict.fromkeys(identifiers[row] for row in doubled))
        raise ValueError(f"several rows are for the same sample: {names}; keep one of them")
    columns = {column: frame[column] for column in frame.columns}
    return set_blocks(table, [_without_builtin(table, Patch(ids, columns))])


def _without_builtin(table: Table, patch: Patch) -> Patch:
    """Drop the built-in columns, once it is known that they say what the dataset says."""
    for column in BUILTIN_COLUMNS:
        if column in patch.columns:
            _check_unedited(table, patch.ids, column, patch.columns[column])
    metadata = {
        key: values
        for key, values in patch.columns.items()
        if key not in BUILTIN_COLUMNS and not table.derives(key)
    }
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
    instead = f" or pass on={brief(column)}" if column in IDENTIFIERS else ""
    raise ValueError(
        f"{brief(column)} is a built-in column and cannot be edited: sample {ids[row]} has "
        f"{brief(kept[row])}, not {brief(given[row])}; drop the column from the data{instead}"
    )


def check_unique_columns(frame: pd.DataFrame) -> None:
    """Raise unless every column has its own name."""
    names = pd.Index(list(map(str, frame.columns)))  # as keys: 1 and "1" are one
    if not names.is_unique:
        doubled = names[names.duplicated()]
        raise ValueError(f"several columns are named {few(doubled)}: rename them")
