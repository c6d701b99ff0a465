"""From the identifiers people have (ids, file names, paths) to sample ids."""

import operator
import os
import re
from collections.abc import Iterable, Mapping, Sequence, Sized
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import is_integer_dtype

from framegrid.base import UnknownSampleError, brief, few, infer_arrow
from framegrid.dataset.matching.path_ends import SEVERAL, Rows, find_ends, look_up, shared_folder
from framegrid.dataset.matching.spelling import are_absolute, decoded, spelled
from framegrid.storage import UNKNOWN, Ids, Table, find_all

IDENTIFIERS = ("sample_id", "file_name", "file_path_abs")
"""The columns that can name a sample."""

Mask = npt.NDArray[np.bool_]

_WHOLE = re.compile(r"\s*(0|[1-9]\d{0,17})(?:\.0+)?\s*")
_UNREADABLE = re.compile("[\ud800-\udfff]")  # lone surrogates, which no file name has

Identifiers = Sequence[Any] | pd.Series
"""Names of samples, as they were given; a Series counts its rows from 0."""


On = str | Mapping[str, str]
"""A column that can name a sample, or ``{"column in the data": "file_name"}``."""


def identified(on: On) -> tuple[str, str]:
    """The column that names the sample of each row, and the built-in column that it holds.

    Raises:
        ValueError: `on` is neither of them.
    """
    if isinstance(on, Mapping) and len(on) != 1:
        raise ValueError(
            f"on={brief(dict(on))}: one column names samples, as in {{'filename': 'file_name'}}"
        )
    column, name = next(iter(on.items())) if isinstance(on, Mapping) else (on, on)
    if name not in IDENTIFIERS:
        raise ValueError(f"on={brief(name)}: samples are identified by {few(IDENTIFIERS)}")
    return column, name


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
        raise TypeError(f"sample ids are integers, got {brief(value)} ({type(value).__name__})")
    try:
        return np.array(values, np.int64)
    except OverflowError:
        raise UnknownSampleError(f"no sample has an id as large as {max(values)}") from None


def match(table: Table, on: str, identifiers: Identifiers) -> Ids:
    """Find the samples that `identifiers` name: (M,) ids, ``UNKNOWN`` or ``SEVERAL`` without one.

    Names of files are compared as they are; then with their spelling made alike, and with the ends
    of paths: ``cats/001.jpg`` is the sample whose path ends so, see ``find_ends``.

    Raises:
        TypeError: an identifier has the wrong type.
    """
    if not len(table) or not len(identifiers):
        return _none(identifiers)
    if on == "sample_id":
        return known_ids(table, to_ids(identifiers))
    return match_names(table, on, _to_names(on, identifiers))


def match_all(table: Table, on: str, identifiers: Identifiers) -> Ids:
    """Find the sample of every identifier: (M,) ids.

    Raises:
        UnknownSampleError: some name no sample.
        ValueError: some could name each of several.
        TypeError: as for ``match``.
    """
    ids = match(table, on, identifiers)
    if (ids == SEVERAL).any():
        raise _ambiguous(table, on, [identifiers[row] for row in _places(ids == SEVERAL)])
    unknown = _places(ids == UNKNOWN)
    if unknown:
        raise UnknownSampleError(
            f"{len(unknown):,} of {len(ids):,} identifiers name no sample: "
            f"{on} {few(identifiers[row] for row in unknown)}; the dataset has {len(table):,} "
            "samples. import_metadata(frame, on=...) takes what names one, and reports the rest"
        )
    return ids


def match_given(table: Table, on: str, identifiers: pd.Series) -> Ids:
    """Find the samples of identifiers as files have them: (M,) ids, as ``match``.

    Numbers may be written as text and the other way round, as in ``"12"`` or ``12.0`` for 12; what
    can be no identifier names no sample.
    """
    if not len(table) or not len(identifiers):
        return _none(identifiers)
    if on == "sample_id":
        return known_ids(table, ids_given(identifiers))
    return match_names(table, on, names_given(identifiers))


def match_names(table: Table, on: str, names: pa.Array) -> Ids:
    """Find the samples that have file names or paths: (M,) ids, as ``match``; null has none."""
    held, paths = table.column(on), table.column("file_path_abs")
    rows = look_up(names, held)
    _match_alike(rows, names, held, paths, looked_up=True)
    columns = names, held, paths
    readable = tuple(map(decoded, columns))
    if any(map(operator.is_not, readable, columns)):
        _match_alike(rows, *readable, looked_up=False)
    return ids_at(table, rows)


def _match_alike(
    rows: Rows, given: pa.Array, held: pa.Array, paths: pa.Array, *, looked_up: bool
) -> None:
    """Find rows for the names that have none yet, once their spelling was made alike.

    Args:
        rows: (M,) the rows so far.
        given: (M,) the names.
        held: (N,) what they may be equal to.
        paths: (N,) paths that may end as they do.
        looked_up: whether it is known that none of the others is equal as it is.
    """
    unknown = (rows == UNKNOWN) & np.asarray(given.is_valid())
    if not unknown.any():
        return
    names = spelled(given)
    root = shared_folder(names.filter(are_absolute(names)))
    looked_up = looked_up and names is given
    names = _chosen(names, unknown)
    found = np.full(len(names), UNKNOWN) if looked_up else look_up(names, held)
    left = found == UNKNOWN
    if left.any():
        found[left] = find_ends(_chosen(names, left), spelled(paths, held=True), root)
    rows[unknown] = found


def _chosen(names: pa.Array, mask: Mask) -> pa.Array:
    return names if mask.all() else names.filter(pa.array(mask))


def ids_at(table: Table, rows: Rows) -> Ids:
    """The ids of samples by their rows; what stands for no row stays: (M,)."""
    return np.where(rows >= 0, table.ids.take(rows, mode="clip"), rows) if len(table) else rows


def _none(identifiers: Sized) -> Ids:
    return np.full(len(identifiers), UNKNOWN, np.int64)


def known_ids(table: Table, ids: Ids) -> Ids:
    """Those of M ids that samples have, ``UNKNOWN`` for others: (M,)."""
    return np.where(find_all(table.ids, ids) == UNKNOWN, UNKNOWN, ids)


def _places(mask: Mask) -> list[int]:
    places: list[int] = np.flatnonzero(mask).tolist()
    return places


def _integers(values: Iterable[Any]) -> Ids | None:
    """A Series that holds integers of 64 bits and nothing else, as an array; else None."""
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
        raise TypeError(f"{on} is a string, got {brief(name)} ({type(name).__name__})")
    return names


def names_given(identifiers: pd.Series) -> pa.Array:
    """Names as text, whole numbers as their digits; null for what can be no name: (M,)."""
    try:
        return pa.array(identifiers, pa.large_string(), from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeEncodeError):
        return pa.array(map(_name_given, identifiers), pa.large_string())


def _name_given(value: Any) -> str | None:
    if isinstance(value, Mapping):  # an image of Hugging Face: {"bytes": ..., "path": ...}
        value = value.get("path")
    if isinstance(value, str | os.PathLike):
        name = os.fspath(value)
        return name if _UNREADABLE.search(name) is None else None
    whole = _whole(value)
    return None if whole is None else str(whole)


def ids_given(identifiers: pd.Series) -> Ids:
    """Ids as people have them, whole numbers in any form; ``UNKNOWN`` for what is none: (M,)."""
    integers = _integers(identifiers)
    if integers is not None:
        return integers
    ids = (_whole(value) for value in identifiers)
    return np.array([UNKNOWN if value is None else value for value in ids], np.int64)


def _whole(value: Any) -> int | None:
    """A whole number of 64 bits in any form that says one; text only in its usual spelling."""
    if isinstance(value, str):
        number = _WHOLE.fullmatch(value)
        return int(number[1]) if number else None
    is_number = isinstance(value, int | float | np.number | Decimal) and not isinstance(value, bool)
    return int(value) if is_number and abs(value) < 2**63 and value == int(value) else None


def _meant(table: Table, on: str, name: str) -> Rows:
    """The rows of a name that are equally good: as it is, or by as many last parts as possible."""
    rows = _places(pc.equal(table.column(on), name).to_numpy(zero_copy_only=False))
    paths = spelled(decoded(table.column("file_path_abs")), held=True)
    parts = spelled(decoded(pa.array([name], pa.large_string())))[0].as_py().split("/")
    while not rows and parts:
        ends = pc.ends_with(paths, "/".join(["", *parts]))
        rows, parts = _places(ends.to_numpy(zero_copy_only=False)), parts[1:]
    return np.array(rows, np.int64)


def _ambiguous(table: Table, on: str, names: Sequence[Any]) -> ValueError:
    """Say which samples the first of the names could mean."""
    name = os.fspath(names[0])
    rows = _meant(table, on, name)
    paths = table.column("file_path_abs").take(rows).to_pylist()
    others = len(dict.fromkeys(names)) - 1
    more = f" ({others:,} other names are ambiguous too)" if others else ""
    longer = "put more of its folders before it, or " * (on == "file_name")
    return ValueError(
        f"{on} {brief(name)} is ambiguous, {len(rows)} samples have it: {few(paths)}{more}; "
        f"{longer}identify samples by sample_id{' or file_path_abs' if longer else ''}"
    )
