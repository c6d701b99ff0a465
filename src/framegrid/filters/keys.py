"""What a filter can stand on: columns, and numbers inside the dicts of a column."""

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from framegrid.base import FOLDER, KeyType, UnknownKeyError, brief, cut

DIMENSIONS = ("width", "height")
FILES = ("file_name", FOLDER)
_NUMBERS = frozenset({int, float})  # and not bool

Columns = pd.DataFrame | Mapping[str, pd.Series]
"""A table, as a whole or by column."""


@dataclass(frozen=True, slots=True)
class FilterKey:
    """A key that can be filtered by.

    Attributes:
        name: as the user writes it, such as ``gps.lat``.
        type: type of its values.
        column: the column of the table that holds them.
        path: steps into the dicts of that column, ``("lat",)``; empty for the column itself.
    """

    name: str
    type: KeyType
    column: str
    path: tuple[str, ...] = ()


def resolve(name: str, schema: Mapping[str, KeyType]) -> FilterKey:
    """Find what a filter's key stands for: a key of that very name before a path into a dict.

    Raises:
        UnknownKeyError: if it is none; the message names the keys that come near.
    """
    if name in DIMENSIONS:
        return FilterKey(name, "integer", name)
    if name in schema:
        return FilterKey(name, schema[name], name)
    if name in FILES:
        return FilterKey(name, "string", name)
    for column, path in _splits(str(name)):
        if schema.get(column) == "dict":
            return FilterKey(name, "float", column, path)
    raise UnknownKeyError(_unknown(name, [*DIMENSIONS, *FILES, *schema]))


def is_folder(key: str, schema: Mapping[str, KeyType]) -> bool:
    """Whether a key is the built-in ``folder``: a metadata key of that name takes its place."""
    return key == FOLDER and key not in schema


def values(columns: Columns, key: str, schema: Mapping[str, KeyType]) -> pd.Series:
    """The values of a filter key, indexed as they are.

    Args:
        columns: (N, K) the dataset's table.
        key: a column or a path to a number inside its dicts.
        schema: type by metadata key.

    Returns:
        (N,) the column itself; for a path, Float64 with what is no number as missing.

    Raises:
        UnknownKeyError: if there is no such key.
    """
    target = resolve(key, schema)
    column = columns[target.column]
    if not target.path:
        return column
    numbers = np.fromiter((_number_at(item, target.path) for item in column), float, len(column))
    array = pd.arrays.FloatingArray(numbers, np.isnan(numbers))
    return pd.Series(array, index=column.index, name=key, copy=False)


def dict_paths(columns: Columns, key: str) -> list[str]:
    """List the paths to numbers in the dicts of a column, in the order in which they appear.

    Left out is what no path leads to: names with a dot in them, and paths that are columns too.
    """
    paths: dict[tuple[str, ...], None] = {}
    for item in columns[key]:
        if isinstance(item, dict):
            _add_number_paths(item, (), paths)
    names = [(key, *path) for path in paths]
    return [".".join(name) for name in names if not _is_shadowed(name, columns)]


def _splits(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Cut a name at its dots into column and path, longest column first."""
    steps = name.split(".")
    for end in range(len(steps) - 1, 0, -1):
        yield ".".join(steps[:end]), tuple(steps[end:])


def _number_at(item: Any, path: tuple[str, ...]) -> float:
    """The number that a path leads to, NaN if there is none."""
    for step in path:
        if not isinstance(item, dict):
            return math.nan
        item = item.get(step)
    return to_float(item) if type(item) in _NUMBERS else math.nan


def to_float(number: float) -> float:
    """The nearest float; integers beyond the largest one become infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _add_number_paths(
    item: dict[str, Any], above: tuple[str, ...], paths: dict[tuple[str, ...], None]
) -> None:
    for step, value in item.items():
        if type(value) in _NUMBERS:
            if "." not in step:
                paths[(*above, step)] = None
        elif type(value) is dict and "." not in step:
            _add_number_paths(value, (*above, step), paths)


def _is_shadowed(name: tuple[str, ...], columns: Columns) -> bool:
    return any(".".join(name[:length]) in columns for length in range(2, len(name) + 1))


def _unknown(name: str, known: list[str]) -> str:
    folded = {key.casefold(): key for key in known}
    near = difflib.get_close_matches(str(name).casefold(), folded, n=3)
    if near:
        meant = ", ".join(brief(folded[key]) for key in near)
        return f"no key {brief(name)}; did you mean {meant}?"
    listed = cut(", ".join(map(repr, known[:12])))
    more = f" and {len(known) - 12} more" if len(known) > 12 else ""
    return f"no key {brief(name)}; there are {listed}{more}"
