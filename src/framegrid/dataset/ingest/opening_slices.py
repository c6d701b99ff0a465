"""Parts of large tables that other programs wrote as Parquet, as samples in memory."""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from framegrid import remote
from framegrid.base import BUILTIN_COLUMNS, UnknownKeyError, brief, cut
from framegrid.dataset.connection.location import StrPath, place_of
from framegrid.dataset.ingest.arrow_columns import why_not, without_nanoseconds
from framegrid.dataset.ingest.from_frame import Refused
from framegrid.dataset.ingest.stores import store_of_frame
from framegrid.dataset.matching.path_columns import LOOKED_AT, NO_PATHS, is_hinted, no_paths, rank
from framegrid.dataset.matching.paths import is_absolute, local_path, of_container
from framegrid.storage import (
    Filters,
    Parts,
    Store,
    is_dataset,
    slice_of_dataset,
    store_in_memory,
)

_PATHS = "file_path_abs"


def check_part(durability: str, *, repair: bool, conflict: str) -> None:
    """Refuse what only a dataset that is opened as a whole can do."""
    first = "load the whole dataset with it once, and then the part without it"
    if repair:
        raise ValueError(f"repair=True is not for a part of a dataset: {first}")
    if conflict != "raise":
        raise ValueError(f"conflict={brief(conflict)} is not for a part of a dataset: {first}")
    if durability != "process":
        raise ValueError(
            f"durability={brief(durability)} is not for a part of a dataset, which is in memory: "
            "leave it out, or give it when you load what save('new name') makes of the part"
        )


def open_slice(
    name: StrPath,
    columns: Sequence[str] | None,
    filters: Filters | None,
    path_column: str | None,
) -> Store:
    """Read some columns of some rows of a dataset, or of what another program wrote."""
    path = place_of(name)
    if isinstance(path, str):
        raise ValueError(  # noqa: TRY004 - a place, not a type
            f"{path} is on object storage, of which a dataset is opened as a whole; for a "
            "part use from_dataframe(pd.read_parquet(..., columns=..., filters=...))"
        )
    path = path if path.exists() else Path(name).expanduser().absolute()
    if isinstance(columns, str):
        raise TypeError(
            f"columns= is a list of names, got {brief(columns)}: pass [{brief(columns)}]"
        )
    if is_dataset(path):
        if path_column not in {None, _PATHS}:
            raise ValueError(
                f"path_column={brief(path_column)}, but {path} is a dataset, whose paths are in "
                f"{_PATHS!r}: leave it out"
            )
        return store_in_memory(slice_of_dataset(path, columns, filters), path)
    refused: Refused = []
    frame, path_column = _frame(Parts(path), columns, filters, path_column, refused)
    return store_of_frame(frame, path_column, path, refused, stacklevel=4)


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
        raise UnknownKeyError(f"no column {brief(unknown[0])}; there are {cut(', '.join(names))}")
    path_column, folder = _find_paths(parts, path_column)
    fields = {name: parts.schema.field(name) for name in wanted}
    reasons = {name: why_not(field) for name, field in fields.items()}
    refused += [(name, reason) for name, reason in reasons.items() if reason]
    kept = [name for name in dict.fromkeys([path_column, *wanted]) if not reasons.get(name)]
    table = without_nanoseconds(parts.read(kept, filters), refused)
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return _with_paths(frame, path_column, folder, refused), path_column


# The paths


def _find_paths(parts: Parts, path_column: str | None) -> tuple[str, Path]:
    """Find the column of paths, and the folder that they start from."""
    texts = [field.name for field in parts.schema if _is_text(field.type)]
    if path_column is None and "file_path_abs" in texts:
        path_column = "file_path_abs"
    names = texts if path_column is None else [path_column]
    if not set(names) <= set(texts):
        dtype = parts.schema.field(names[0]).type
        raise ValueError(
            f"column {brief(path_column)} is of type {dtype}: paths of images are text"
        )
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
    """Paths as they are on this machine: relative ones start from a folder."""
    return paths.map(lambda path: _absolute(path, folder))


def _absolute(path: str, folder: Path) -> str:
    path = local_path(path)
    if remote.is_part(path):
        return of_container(lambda container: _absolute(container, folder), path)
    if remote.is_url(path) or is_absolute(path):
        return path
    return os.path.join(folder, path)  # noqa: PTH118 - far faster


def _with_paths(
    frame: pd.DataFrame, path_column: str, folder: Path, refused: Refused
) -> pd.DataFrame:
    there = frame[path_column].notna() & (frame[path_column] != "")
    if not there.all():
        refused.append((path_column, f"{(~there).sum():,} of the rows hold no path: left out"))
        frame = frame[there]
    return frame.assign(**{path_column: _placed(frame[path_column], folder).astype(object)})
