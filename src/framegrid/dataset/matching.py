"""From the identifiers people have (ids, file names, paths) to sample ids."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.dataset.reports import few
from framegrid.errors import UnknownSampleError
from framegrid.table import Table

IDENTIFIERS = ("sample_id", "file_name", "file_path_abs")
"""The columns that can name a sample."""

UNKNOWN = -1
"""Stands for the sample that an identifier did not find; real ids start at 0."""

Ids = npt.NDArray[np.int64]


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
    values = list(values)
    kinds = {kind for kind in set(map(type, values)) if not _is_integer(kind)}
    if kinds:
        value = next(value for value in values if type(value) in kinds)
        raise TypeError(f"sample ids are integers, got {value!r} ({type(value).__name__})")
    try:
        return np.array(values, np.int64)
    except OverflowError:
        raise UnknownSampleError(f"no sample has an id as large as {max(values)}") from None


def match(table: Table, on: str, identifiers: Sequence[Any]) -> Ids:
    """Find the samples that `identifiers` name: (M,) ids, ``UNKNOWN`` where there is none.

    Raises:
        TypeError: an identifier has the wrong type.
        ValueError: two samples have one of the file names or paths.
    """
    if not len(table):
        return np.full(len(identifiers), UNKNOWN, np.int64)
    if on == "sample_id":
        return _match_ids(table, to_ids(identifiers))
    return _match_names(table, on, _to_names(on, identifiers))


def match_all(table: Table, on: str, identifiers: Sequence[Any]) -> Ids:
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


def _is_integer(kind: type) -> bool:
    return issubclass(kind, int | np.integer) and kind is not bool


def _match_ids(table: Table, ids: Ids) -> Ids:
    held = table.ids.take(np.searchsorted(table.ids, ids), mode="clip")
    return np.where(held == ids, ids, UNKNOWN)


def _to_names(on: str, identifiers: Sequence[Any]) -> pa.Array:
    names = [os.fspath(name) if isinstance(name, os.PathLike) else name for name in identifiers]
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{on} is a string, got {name!r} ({type(name).__name__})")
    return pa.array(names, pa.large_string())


def _match_names(table: Table, on: str, names: pa.Array) -> Ids:
    held = table.column(on)
    first = _rows_in(names, held)
    last = len(held) - 1 - _rows_in(names, held[::-1])
    found = first != UNKNOWN
    ambiguous = np.flatnonzero(found & (first != last))
    if len(ambiguous):
        _refuse_ambiguous(table, on, names[ambiguous[0]].as_py(), len(ambiguous))
    return np.where(found, table.ids.take(first, mode="clip"), UNKNOWN)


def _rows_in(names: pa.Array, held: pa.Array) -> Ids:
    """Row of the first of equal names in `held`, ``UNKNOWN`` where there is none: (M,)."""
    rows = pc.index_in(names, value_set=held).fill_null(UNKNOWN)
    return np.asarray(rows, np.int64)


def _refuse_ambiguous(table: Table, on: str, name: str, count: int) -> None:
    rows = np.flatnonzero(pc.equal(table.column(on), name).to_numpy(zero_copy_only=False))
    paths = table.column("file_path_abs").take(rows).to_pylist()
    others = f" ({count - 1:,} other names are ambiguous too)" if count > 1 else ""
    raise ValueError(
        f"{on} {name!r} is ambiguous, {len(rows)} samples have it: {few(paths)}{others}; "
        f"identify samples by sample_id{' or file_path_abs' if on == 'file_name' else ''}"
    )
