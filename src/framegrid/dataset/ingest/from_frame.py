"""Making samples of any DataFrame that has a column of images, be they paths or pictures."""

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.base import (
    BUILTIN_COLUMNS,
    FOLDER,
    brief,
    cut,
    few,
    infer_arrow,
    mended,
    said_of_rounding,
    shown,
)
from framegrid.dataset.edits.edits import TypedValues
from framegrid.dataset.ingest.sizes import read_sizes
from framegrid.dataset.matching.matching import ids_given, to_ids
from framegrid.dataset.matching.paths import all_located
from framegrid.storage import UNKNOWN, AddSamples, Ids, Table

SIZES_READ_AT_ONCE = 10_000
"""With more files of unknown size than this, nobody would want to wait."""

MAX_IDS = 2**53
"""Larger integers are not exact in a browser."""

Refused = list[tuple[str, str]]
"""What was changed or left out: the column, and the reason."""

_UNFIT = (TypeError, ValueError, OverflowError)


def samples_of(
    table: Table, frame: pd.DataFrame, path_column: Hashable, refused: Refused
) -> AddSamples:
    """One sample of each row that has a path.

    Args:
        table: an empty table.
        frame: (M, K) one column has image paths; built-in columns are taken as such, the others
            become metadata keys.
        path_column: the column of image paths.
        refused: takes what was changed or left out: the column, and the reason.

    Raises:
        ValueError: no row has a path.
    """
    frame = _with_paths(frame, path_column, refused)
    frame = _with_valid_builtin(frame, path_column, refused)
    builtin = _builtin_columns(frame, path_column, refused)
    ids = builtin["sample_id"]
    typed = TypedValues(table)
    others = [c for c in frame.columns if c not in BUILTIN_COLUMNS and c != path_column]
    if FOLDER in others and _are_derived(frame[FOLDER], builtin["file_path_abs"]):
        others.remove(FOLDER)
    columns = {str(column): frame[column] for column in others}
    metadata = fitted(typed, ids, columns, refused)
    samples = pa.table(builtin | metadata)
    if not (np.diff(ids) > 0).all():
        samples = samples.take(np.argsort(ids))
    return AddSamples(samples, typed.types)


def _are_derived(folders: "pd.Series[Any]", paths: pa.Array) -> bool:
    """Whether folders are as ``dataset.df`` has them, which new samples derive again."""
    above = [f"/{path}".replace("\\", "/").rpartition("/")[0] + "/" for path in paths.to_pylist()]
    return all(
        isinstance(folder, str) and place.endswith(f"/{folder}/" if folder else "")
        for folder, place in zip(folders, above, strict=True)
    )


def fitted(
    typed: TypedValues, ids: Ids, columns: Mapping[str, Any], refused: Refused
) -> dict[str, pa.Array]:
    """What of the columns can be metadata, as metadata."""
    fitted: dict[str, pa.Array] = {}
    for key, values in columns.items():
        try:
            made = typed.columns(ids, {key: values})
            refused += [(key, said) for a in made.values() if (said := said_of_rounding(values, a))]
            fitted |= made
        except _UNFIT as error:
            items, notes = _mended(typed, key, values, error)
            refused += [(key, note) for note in notes]
            fitted |= typed.columns(ids, {key: items}) if items else {}
    return fitted


def _mended(
    typed: TypedValues, key: str, values: Any, why: Exception
) -> tuple[Sequence[Any], list[str]]:
    """What of a column can be metadata, and what it took; nothing if none of it can."""
    try:
        typed.current(key)  # its name is checked, too
        items, notes = mended(key, values)
        infer_arrow(key, items)
    except _UNFIT:
        return [], [f"left out: {why}"]
    return items, notes


def with_index_as_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose index, as far as it has names, is columns."""
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
        "width": lambda frame: _typed(frame, "width", pa.int64()),
        "height": lambda frame: _typed(frame, "height", pa.int64()),
    }
    for column, check in checks.items():
        if column in frame.columns and column != path_column:
            try:
                check(frame)
            except (TypeError, ValueError, OverflowError, KeyError) as error:
                refused.append((column, f"left out: {error}"))
                frame = frame.drop(columns=column)
    return frame


def _builtin_columns(
    frame: pd.DataFrame, path_column: Hashable, refused: Refused
) -> dict[str, Any]:
    paths = _absolute_paths(frame[path_column])
    names = pa.array([images.file_name(path) for path in paths], pa.large_string())
    if "file_name" in frame.columns and path_column != "file_name":
        names = pc.coalesce(_typed(frame, "file_name", pa.large_string()), names)
    width, height = _sizes(frame, paths, refused)
    return {
        "sample_id": _ids(frame),
        "file_name": names,
        "file_path_abs": infer_arrow("file_path_abs", paths)[1],
        "width": width,
        "height": height,
    }


def _with_paths(frame: pd.DataFrame, path_column: Hashable, refused: Refused) -> pd.DataFrame:
    """The rows that have a path."""
    has = [_is_path(value) for value in frame[path_column]]
    if all(has):
        return frame
    if not any(has):
        first = shown(frame[path_column].iloc[0])
        raise ValueError(
            f"no row of column {brief(path_column)} holds a path; the first has {first}"
        )
    row = frame.index[has.index(False)]
    count = f"{len(has) - sum(has):,} rows hold no path"
    refused.append((str(path_column), f"{count}: left out, the first is {row}"))
    return frame[has]


def _is_path(value: Any) -> bool:
    """Whether a value can be a path: text of UTF-8, or an object that stands for one."""
    try:
        return isinstance(value, str | os.PathLike) and bool(os.fspath(value).encode())
    except (UnicodeEncodeError, AttributeError):
        return False


def _absolute_paths(values: pd.Series) -> list[str]:
    given = pa.array(map(os.fspath, values.tolist()), pa.large_string())
    paths: list[str] = all_located(given).to_pylist()
    return paths


def _ids(frame: pd.DataFrame) -> Ids:
    if "sample_id" not in frame.columns:
        return np.arange(len(frame))
    ids = ids_given(frame["sample_id"])
    ids = to_ids(frame["sample_id"]) if (ids == UNKNOWN).any() else ids
    if wrong := ids[(ids < 0) | (ids >= MAX_IDS)].tolist():
        raise ValueError(f"sample ids are from 0 to 2**53 - 1, got {few(wrong)}")
    if doubled := ids[pd.Index(ids).duplicated()].tolist():
        raise ValueError(f"sample ids are unique, got {few(doubled)} more than once")
    return ids


def _sizes(frame: pd.DataFrame, paths: list[str], refused: Refused) -> tuple[pa.Array, pa.Array]:
    """Take widths and heights as given; read those that are not, unless they are very many.

    Those of web images follow while somebody looks at them: each is a request.
    """
    widths, heights = (_lengths(frame, column, refused) for column in ("width", "height"))
    unknown = [
        row
        for row, path in enumerate(paths)
        if (widths[row] is None or heights[row] is None) and not remote.is_web(path)
    ]
    if len(unknown) <= SIZES_READ_AT_ONCE:
        sizes, _ = read_sizes([paths[row] for row in unknown], progress=True)
        for row in unknown:
            widths[row], heights[row] = sizes.get(paths[row], (None, None))
    return pa.array(widths, pa.int64()), pa.array(heights, pa.int64())


def _lengths(frame: pd.DataFrame, column: str, refused: Refused) -> list[int | None]:
    """The widths or heights in px that are given, None where they are not."""
    if column not in frame.columns:
        return [None] * len(frame)
    lengths: list[int | None] = _typed(frame, column, pa.int64()).to_pylist()
    if wrong := [length for length in lengths if length is not None and length < 1]:
        reason = f"it is in px and at least 1: {len(wrong):,} values are left out, {few(wrong)}"
        refused.append((column, reason))
    return [length if length is not None and length > 0 else None for length in lengths]


def _typed(frame: pd.DataFrame, column: str, dtype: pa.DataType) -> pa.Array:
    """One of the built-in columns, null where it is missing."""
    _, array = infer_arrow(column, frame[column], lambda row: f"row {frame.index[row]}")
    try:
        return array.cast(dtype)
    except pa.ArrowException as error:
        raise ValueError(
            f"{brief(column)} is a built-in column of type {dtype}: {cut(error)}"
        ) from None
