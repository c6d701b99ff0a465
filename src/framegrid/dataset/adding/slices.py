"""Parts of large tables that other programs wrote as Parquet, as samples in memory."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pandas as pd
import pyarrow as pa

from framegrid import remote
from framegrid.dataset.adding.frames import Refused, samples_of
from framegrid.dataset.adding.path_columns import LOOKED_AT, NO_PATHS, is_hinted, no_paths, rank
from framegrid.errors import UnknownKeyError
from framegrid.schema import BUILTIN_COLUMNS
from framegrid.store import Filters, MemoryStore, Parts, is_dataset, slice_of_dataset
from framegrid.table import Table

_IMPOSSIBLE = (
    (pa.types.is_binary, "binary data is no metadata"),
    (pa.types.is_large_binary, "binary data is no metadata"),
    (pa.types.is_fixed_size_binary, "binary data is no metadata"),
    (pa.types.is_binary_view, "binary data is no metadata"),
    (pa.types.is_duration, "a duration is no metadata; store its seconds"),
    (pa.types.is_time, "a time without a day is no metadata; store it as text"),
)


def open_slice(
    path: Path,
    columns: Sequence[str] | None,
    filters: Filters | None,
    path_column: str | None,
) -> MemoryStore:
    """Read some columns of some rows of a dataset, or of what another program wrote.

    Raises:
        UnknownKeyError: there is no such column.
        ValueError: the filters cannot be applied, or there is no column of paths.
        NotADatasetError, DatasetCorruptError, ConflictError: it is no such thing, or damaged.
        MemoryError: it takes more than half of the machine's memory.
    """
    if isinstance(columns, str):
        raise TypeError(f"columns= is a list of names, got {columns!r}: pass [{columns!r}]")
    if is_dataset(path):
        return MemoryStore(slice_of_dataset(path, columns, filters), path)
    refused: Refused = []
    table = Table()
    frame, path_column = _frame(Parts(path), columns, filters, path_column, refused)
    table.apply(samples_of(table, frame, path_column, refused))
    if refused:
        reasons = "".join(f"\n  {column}: {reason}" for column, reason in refused)
        warnings.warn(f"not all of {path} is here:{reasons}", RuntimeWarning, stacklevel=3)
    return MemoryStore(table, path)


def _frame(
    parts: Parts,
    columns: Sequence[str] | None,
    filters: Filters | None,
    path_column: str | None,
    refused: Refused,
) -> tuple[pd.DataFrame, str]:
    """Read the columns that can be kept, with the paths as they are on this machine."""
    names = parts.schema.names
    wanted = names if columns is None else [*columns, *filter(names.__contains__, BUILTIN_COLUMNS)]
    named = wanted if path_column is None else [*wanted, path_column]
    if unknown := [name for name in named if name not in names]:
        raise UnknownKeyError(f"no column {unknown[0]!r}; there are {', '.join(names)}")
    path_column, folder = _find_paths(parts, path_column)
    reasons = {name: _impossible(parts.schema.field(name).type) for name in wanted}
    refused += [(name, reason) for name, reason in reasons.items() if reason]
    kept = [name for name in dict.fromkeys([path_column, *wanted]) if not reasons.get(name)]
    table = _without_nanoseconds(parts.read(kept, filters), refused)
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return _with_paths(frame, path_column, folder, refused), path_column


def _impossible(dtype: pa.DataType) -> str:
    """Say why no value of a type can be metadata, so that it is not even read."""
    reason = next((reason for is_type, reason in _IMPOSSIBLE if is_type(dtype)), "")
    inner = (dtype.field(position).type for position in range(dtype.num_fields))
    return reason or next(filter(None, map(_impossible, inner)), "")


def _without_nanoseconds(table: pa.Table, refused: Refused) -> pa.Table:
    """Cut times to microseconds, the unit of ours, and say so where that loses something."""
    for position, field in enumerate(table.schema):
        if not pa.types.is_timestamp(field.type) or field.type.unit != "ns":
            continue
        cut = table[position].cast(pa.timestamp("us", field.type.tz), safe=False)
        if not cut.cast(field.type).equals(table[position]):
            refused.append((field.name, "its nanoseconds are cut off, times are in microseconds"))
        table = table.set_column(position, field.name, cut)
    return table


# The paths


def _find_paths(parts: Parts, path_column: str | None) -> tuple[str, Path]:
    """Find the column of paths, and the folder that they start from.

    Raises:
        ValueError: no column looks like it.
    """
    texts = [field.name for field in parts.schema if _is_text(field.type)]
    if path_column is None and "file_path_abs" in texts:
        path_column = "file_path_abs"
    names = texts if path_column is None else [path_column]
    if not set(names) <= set(texts):
        dtype = parts.schema.field(names[0]).type
        raise ValueError(f"column {path_column!r} is of type {dtype}: paths of images are text")
    frame = parts.head(names, LOOKED_AT).to_pandas()
    folders = [parts.path, parts.path.parent] if parts.path.is_dir() else [parts.path.parent]
    ranks = {
        (name, folder): rank(name, _placed(frame[name].dropna(), folder))
        for name in names
        for folder in folders
    }
    best = max(ranks, key=ranks.__getitem__, default=None)
    if best is not None and (path_column is not None or ranks[best] != NO_PATHS):
        return best
    hinted = [name for name in names if frame.empty and is_hinted(name)]
    if not hinted:
        raise no_paths(parts.schema.names)
    return hinted[0], folders[0]


def _is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype))


def _placed(paths: "pd.Series[str]", folder: Path) -> "pd.Series[str]":
    """Give paths as they are on this machine: relative ones start from a folder."""
    return paths.map(lambda path: _absolute(path, folder))


def _absolute(path: str, folder: Path) -> str:
    if path.startswith("file:/"):  # as Spark writes file:///photos/a.jpg
        return url2pathname(urlsplit(path).path)
    return path if remote.is_url(path) else os.path.join(folder, path)  # noqa: PTH118 - far faster


def _with_paths(
    frame: pd.DataFrame, path_column: str, folder: Path, refused: Refused
) -> pd.DataFrame:
    there = frame[path_column].notna() & (frame[path_column] != "")
    if not there.all():
        refused.append((path_column, f"{(~there).sum():,} of the rows hold no path: left out"))
        frame = frame[there]
    return frame.assign(**{path_column: _placed(frame[path_column], folder).astype(object)})
