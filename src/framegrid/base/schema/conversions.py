"""Values of any type to the builtin type that means the same."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Real
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from framegrid.base.quoting import brief, cut
from framegrid.base.schema.decimals import as_float

Path = tuple[str | int, ...]
"""Where a value stands: the metadata key, then keys and indices inside dicts and lists."""

BUILTINS = frozenset({float, int, str, bool, list, dict, datetime, pd.Timestamp})
"""What values are converted to; ``Timestamp`` for the nanoseconds, which are to be refused."""


def shown(value: Any) -> str:
    """A value as error messages show it: its repr, shortened."""
    return brief(value, 80)


def spelled(path: Path) -> str:
    """Spell a path as in ``gps.lat`` or ``boxes[2]``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[1:])
    return cut(f"{path[0]}{''.join(steps)}")


def is_boxed(value: Any) -> bool:
    """Whether a value is a 0-d array or tensor; numpy scalars have rules of their own."""
    return (
        getattr(value, "ndim", None) == 0
        and hasattr(value, "item")
        and not isinstance(value, np.generic)
    )


def unboxed(value: Any) -> Any:
    """Take the scalar out of a 0-d array or tensor."""
    # numpy's item() would turn a datetime64[ns] into an integer
    return value[()] if isinstance(value, np.ndarray) else value.item()


def _items(array: Any) -> list[Any]:
    """Take the items out of an array, a Series or a tensor; numpy's tolist() is like item()."""
    is_time = isinstance(array, np.ndarray) and array.dtype.kind in "mM"
    return list(array if is_time else array.tolist())


_CONVERSIONS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (np.bool_, bool),
    ((int, np.integer), int),
    (Decimal, as_float),
    ((Real, np.floating), float),  # also the rationals of EXIF
    (str, str.__str__),
    (PurePath, str),
    ((datetime, np.datetime64), pd.Timestamp),
    (date, lambda day: datetime.combine(day, time())),
    (Mapping, dict),
    ((list, tuple), list),
)


def to_builtin(path: Path, value: Any) -> Any:
    """The same value in one of ``BUILTINS``.

    Raises:
        TypeError: if it has no such type.
    """
    if type(value) in BUILTINS:
        return value
    for types, convert in _CONVERSIONS:
        if isinstance(value, types) and not isinstance(value, np.timedelta64):
            return convert(value)
    if is_boxed(value):
        return to_builtin(path, unboxed(value))
    if getattr(value, "ndim", 0) and hasattr(value, "tolist"):
        return _items(value)
    raise TypeError(
        f"metadata {spelled(path)}: {shown(value)} is of type {type(value).__name__}, which "
        "cannot be stored; allowed are str, int, float, bool, datetime, lists and dicts"
    )
