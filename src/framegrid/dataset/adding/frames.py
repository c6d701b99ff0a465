"""Making samples of any DataFrame that has a column of image paths."""

import os
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import remote
from framegrid.dataset.adding.path_columns import find_paths
from framegrid.dataset.adding.sizes import read_sizes
from framegrid.dataset.edits import Fitter
from framegrid.dataset.matching import to_ids
from framegrid.dataset.reports import few
from framegrid.schema import BUILTIN_COLUMNS, infer_arrow
from framegrid.table import AddSamples, Ids, Table

SIZES_READ_AT_ONCE = 10_000
"""With more files of unknown size than this, nobody would want to wait."""

MAX_IDS = 2**53
"""Larger integers are not exact in a browser."""

Refused = list[tuple[str, str]]
"""Name of each column that cannot be kept, and the reason."""


def samples_of(
    table: Table,
    frame: pd.DataFrame,
    path_column: Hashable | None,
    refused: Refused | None = None,
) -> AddSamples:
    """Make one sample of each row.

    Args:
        table: an empty table.
        frame: (M, K) one column has image paths; built-in columns are taken as such, the others
            become metadata keys. An index with a name counts as a column.
        path_column: the column of image paths; None to find it.
        refused: takes the columns that cannot be kept, instead of an error.

    Raises:
        KeyError: there is no column `path_column`.
        ValueError: there is no column of paths, or a path, an id or a size is missing or invalid.
        TypeError, ValueError, OverflowError: a column cannot be a metadata key.
    """
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"expected a pandas DataFrame, got {type(frame).__name__}")
    frame = _with_index_as_columns(frame)
    check_unique_columns(frame)
    path_column = find_paths(frame) if path_column is None else path_column
    if path_column not in frame.columns:
        raise KeyError(f"no column {path_column!r}; the columns are {few(frame.columns)}")
    if refused is not None:
        frame = _with_valid_builtin(frame, path_column, refused)
    builtin = _builtin_columns(frame, path_column)
    ids = builtin["sample_id"]
    fitter = Fitter(table)
    others = [c for c in frame.columns if c not in BUILTIN_COLUMNS and c != path_column]
    columns = {str(column): frame[column] for column in others}
    metadata = _fitted(fitter, ids, columns, refused)
    samples = pa.table(builtin | metadata).take(np.argsort(ids))
    return AddSamples(samples, fitter.types)


def _fitted(
    fitter: Fitter, ids: Ids, columns: Mapping[str, Any], refused: Refused | None
) -> dict[str, pa.Array]:
    if refused is None:
        return fitter.columns(ids, columns)
    fitted: dict[str, pa.Array] = {}
    for key, values in columns.items():
        try:
            fitted |= fitter.columns(ids, {key: values})
        except (TypeError, ValueError, OverflowError) as error:
            refused.append((key, str(error)))
    return fitted


def check_unique_columns(frame: pd.DataFrame) -> None:
    """Raise unless every column has its own name.

    Raises:
        ValueError: several columns share one.
    """
    if not frame.columns.is_unique:
        doubled = frame.columns[frame.columns.duplicated()]
        raise ValueError(f"several columns are named {few(doubled)}: rename them")


def _with_index_as_columns(frame: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in frame.index.names if name is not None and name not in frame.columns]
    return frame.reset_index(level=names) if names else frame


# The built-in columns


def _with_valid_builtin(
    frame: pd.DataFrame, path_column: Hashable, refused: Refused
) -> pd.DataFrame:
    """Drop the built-in columns that the samples cannot have."""
    checks: dict[str, Callable[[pd.DataFrame], Any]] = {
        "sample_id": _ids,
        "file_name": lambda frame: _typed(frame, "file_name", pa.large_string()),
        "width": lambda frame: _lengths(frame, "width"),
        "height": lambda frame: _lengths(frame, "height"),
    }
    for column, check in checks.items():
        if column in frame.columns and column != path_column:
            try:
                check(frame)
            except (TypeError, ValueError, OverflowError, KeyError) as error:
                refused.append((column, str(error)))
                frame = frame.drop(columns=column)
    return frame


def _builtin_columns(frame: pd.DataFrame, path_column: Hashable) -> dict[str, Any]:
    paths = _absolute_paths(frame[path_column])
    names = pa.array([_name_of(path) for path in paths], pa.large_string())
    if "file_name" in frame.columns and path_column != "file_name":
        names = pc.coalesce(_typed(frame, "file_name", pa.large_string()), names)
    width, height = _sizes(frame, paths)
    return {
        "sample_id": _ids(frame),
        "file_name": names,
        "file_path_abs": infer_arrow("file_path_abs", paths)[1],
        "width": width,
        "height": height,
    }


def _absolute_paths(values: pd.Series) -> list[str]:
    paths = values.tolist()
    for row, path in enumerate(paths):
        if not isinstance(path, str | os.PathLike) or not path:
            raise ValueError(
                f"column {values.name!r} has {path!r} in row {values.index[row]}, not a path; "
                f"drop such rows, as with frame.dropna(subset=[{values.name!r}])"
            )
    # os.path, as a Path object each would take ten times longer
    return [os.fspath(path) if os.path.isabs(path) else _absolute(path) for path in paths]  # noqa: PTH117


def _absolute(path: str | os.PathLike[str]) -> str:
    """Give the one spelling of a URL, the path from the root for others."""
    if remote.is_url(path):
        return remote.canonical(path) if remote.is_object(path) else path
    return os.path.abspath(path)  # noqa: PTH100


def _name_of(path: str) -> str:
    return path.rpartition("/" if remote.is_url(path) else os.sep)[2]


def _ids(frame: pd.DataFrame) -> Ids:
    if "sample_id" not in frame.columns:
        return np.arange(len(frame))
    ids = to_ids(frame["sample_id"])
    if wrong := ids[(ids < 0) | (ids >= MAX_IDS)].tolist():
        raise ValueError(f"sample ids are from 0 to 2**53 - 1, got {few(wrong)}")
    if doubled := ids[pd.Index(ids).duplicated()].tolist():
        raise ValueError(f"sample ids are unique, got {few(doubled)} more than once")
    return ids


def _sizes(frame: pd.DataFrame, paths: list[str]) -> tuple[pa.Array, pa.Array]:
    """Take widths and heights as given; read those that are not, unless they are very many."""
    widths, heights = (_lengths(frame, column) for column in ("width", "height"))
    unknown = [row for row in range(len(paths)) if widths[row] is None or heights[row] is None]
    if len(unknown) <= SIZES_READ_AT_ONCE:
        sizes, _ = read_sizes([paths[row] for row in unknown], progress=True)
        for row in unknown:
            widths[row], heights[row] = sizes.get(paths[row], (None, None))
    return pa.array(widths, pa.int64()), pa.array(heights, pa.int64())


def _lengths(frame: pd.DataFrame, column: str) -> list[int | None]:
    """The widths or heights in px that are given, None where they are not."""
    if column not in frame.columns:
        return [None] * len(frame)
    lengths: list[int | None] = _typed(frame, column, pa.int64()).to_pylist()
    if wrong := [length for length in lengths if length is not None and length < 1]:
        raise ValueError(f"{column} is in px and at least 1, got {few(wrong)}")
    return lengths


def _typed(frame: pd.DataFrame, column: str, dtype: pa.DataType) -> pa.Array:
    """One of the built-in columns, null where it is missing."""
    _, array = infer_arrow(column, frame[column], lambda row: f"row {frame.index[row]}")
    try:
        return array.cast(dtype)
    except pa.ArrowException as error:
        raise ValueError(f"{column!r} is a built-in column of type {dtype}: {error}") from None
