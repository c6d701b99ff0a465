"""From the identifiers people have (ids, file names, paths) to sample ids."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import is_integer_dtype

from framegrid.dataset.paths import ends_of, parts_of
from framegrid.dataset.reports import few
from framegrid.errors import UnknownSampleError
from framegrid.schema import infer_arrow
from framegrid.table import UNKNOWN, Ids, Table, find_all

IDENTIFIERS = ("sample_id", "file_name", "file_path_abs")
"""The columns that can name a sample."""

Identifiers = Sequence[Any] | pd.Series
"""Names of samples, as they were given; a Series counts its rows from 0."""


def check_identifier(on: str) -> None:
    """Raise unless `on` is a column that can name a sample.

    Raises:
        ValueError: it is not.
    """
    if on not in IDENTIFIERS:
        raise ValueError(f"on={on!r}: samples are identified by {few(IDENTIFIERS)}")


def to_ids(values: Iterable[Any]) -> Ids:
    """Turn sample ids as people give them into an (M,) array.

    Raises:
        TypeError: one is no integer.
        UnknownSampleError: one is beyond 64 bits.
    """
    integers = _integers(values)
    if integers is not None:
        return integers
    values = list(values)
    kinds = {kind for kind in set(map(type, values)) if not _is_integer(kind)}
    if kinds:
        value = next(value for value in values if type(value) in kinds)
        raise TypeError(f"sample ids are integers, got {value!r} ({type(value).__name__})")
    try:
        return np.array(values, np.int64)
    except OverflowError:
        raise UnknownSampleError(f"no sample has an id as large as {max(values)}") from None


def match(table: Table, on: str, identifiers: Identifiers) -> Ids:
    """Find the samples that `identifiers` name: (M,) ids, ``UNKNOWN`` where there is none.

    A file name may come with the folders above it, as in ``cats/001.jpg``: it is that of the
    sample whose path ends so.

    Raises:
        TypeError: an identifier has the wrong type.
        ValueError: two samples have one of the file names or paths.
    """
    if not len(table) or not len(identifiers):
        return np.full(len(identifiers), UNKNOWN, np.int64)
    if on == "sample_id":
        ids = to_ids(identifiers)
        return np.where(find_all(table.ids, ids) == UNKNOWN, UNKNOWN, ids)
    names = _to_names(on, identifiers)
    ids = _match_names(table, on, table.column(on), names)
    return ids if on == "file_path_abs" else _match_path_ends(table, names, ids)


def match_all(table: Table, on: str, identifiers: Identifiers) -> Ids:
    """Find the sample of every identifier: (M,) ids.

    Raises:
        UnknownSampleError: some name no sample.
        TypeError, ValueError: as for ``match``.
    """
    ids = match(table, on, identifiers)
    unknown = np.flatnonzero(ids == UNKNOWN).tolist()
    if unknown:
        raise UnknownSampleError(
            f"{len(unknown):,} of {len(ids):,} identifiers name no sample: "
            f"{on} {few(identifiers[i] for i in unknown)}; the dataset has {len(table):,} samples"
        )
    return ids


def match_given(table: Table, on: str, identifiers: pd.Series) -> Ids:
    """Find the samples, ``UNKNOWN`` also where an identifier is missing: (M,).

    Raises:
        TypeError, ValueError: as for ``match``.
    """
    given = identifiers.notna().to_numpy()
    if given.all():
        return match(table, on, identifiers)
    ids = np.full(len(identifiers), UNKNOWN, np.int64)
    ids[given] = match(table, on, identifiers[given].reset_index(drop=True))
    return ids


def _integers(values: Iterable[Any]) -> Ids | None:
    """Give a Series that holds integers of 64 bits and nothing else as an array, else None."""
    if not isinstance(values, pd.Series) or not is_integer_dtype(values.dtype) or values.hasnans:
        return None
    if str(values.dtype).lower().startswith("uint64"):
        return None
    return values.to_numpy(np.int64)


def _is_integer(kind: type) -> bool:
    return issubclass(kind, int | np.integer) and kind is not bool


def _to_names(on: str, identifiers: Identifiers) -> pa.Array:
    if not isinstance(identifiers, pd.Series):
        identifiers = [os.fspath(n) if isinstance(n, os.PathLike) else n for n in identifiers]
    try:
        kind, names = infer_arrow(on, identifiers)
    except (TypeError, OverflowError):
        kind = None
    if kind != "string" or names.null_count:
        name = next(name for name in identifiers if not isinstance(name, str | os.PathLike))
        raise TypeError(f"{on} is a string, got {name!r} ({type(name).__name__})")
    return names


def _match_names(table: Table, on: str, held: pa.Array, names: pa.Array) -> Ids:
    """Find the one sample that has each name in `held`, the names of all samples."""
    rows = np.asarray(pc.index_in(names, value_set=held).fill_null(UNKNOWN), np.int64)
    found = rows != UNKNOWN
    others = np.ones(len(held), np.bool_)
    others[rows[found]] = False  # a name that is left over here names two samples
    twins = held.filter(pa.array(others))
    doubled = pc.unique(twins.filter(pc.is_in(twins, value_set=names)))
    if len(doubled):
        raise _ambiguous(table, on, held, doubled)
    return np.where(found, table.ids.take(rows, mode="clip"), UNKNOWN)


def _match_path_ends(table: Table, names: pa.Array, ids: Ids) -> Ids:
    """Find the samples of the names still unknown that have folders in them: (M,)."""
    unknown = np.flatnonzero(ids == UNKNOWN)
    names = names.take(pa.array(unknown))
    parts = parts_of(names)
    for count in np.unique(parts[parts > 1]).tolist():
        of_count = parts == count
        held = ends_of(table.column("file_path_abs"), count)
        wanted = ends_of(names.filter(pa.array(of_count)), count)
        ids[unknown[of_count]] = _match_names(table, "file_name", held, wanted)
    return ids


def _ambiguous(table: Table, on: str, held: pa.Array, names: pa.Array) -> ValueError:
    name = names[0].as_py()
    rows = np.flatnonzero(pc.equal(held, name).to_numpy(zero_copy_only=False))
    paths = table.column("file_path_abs").take(rows).to_pylist()
    others = f" ({len(names) - 1:,} other names are ambiguous too)" if len(names) > 1 else ""
    longer = "put more of its folders before it, or " * (on == "file_name")
    return ValueError(
        f"{on} {name!r} is ambiguous, {len(rows)} samples have it: {few(paths)}{others}; "
        f"{longer}identify samples by sample_id{' or file_path_abs' if longer else ''}"
    )
