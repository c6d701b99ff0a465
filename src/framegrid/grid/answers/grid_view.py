"""A dataset at one revision: its frame, its filter keys and the order of its rows."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from framegrid import filters
from framegrid.base import (
    BUILTIN_COLUMNS,
    FilterError,
    KeyType,
    UnknownKeyError,
    brief,
    public_name,
)
from framegrid.dataset import DatasetView
from framegrid.filters import codes
from framegrid.grid import protocol
from framegrid.grid.answers.column_cache import ColumnCache, Made
from framegrid.grid.protocol import Json


class GridView:
    """What one answer is made from, so that its parts agree.

    Attributes:
        revision: the dataset's revision.
        schema: metadata key to type.
        rows: (N,) the sample ids; while they are unchanged, the same object in every view.
        folder_root: the folder that all images share; None if ``folder`` is a metadata key.
    """

    def __init__(self, data: DatasetView, facts: ColumnCache) -> None:
        self.revision = data.revision
        self.schema = data.schema
        self.rows = data.ids
        self.folder_root = data.folder_root
        self._columns = data.columns
        self._renames = data.renames
        self._data = data
        self._facts = facts

    @property
    def frame(self) -> pd.DataFrame:
        """(N, K) the table, indexed by sample id; to be read only, and made when asked for."""
        return self._data.frame

    @property
    def first_id(self) -> int | None:
        """The id of the first row where ids are consecutive, so that it tells them all."""
        ids = self.rows
        if not len(ids) or ids[-1] - ids[0] != len(ids) - 1:
            return None
        return int(ids[0])

    @cached_property
    def keys(self) -> list[Json]:
        """What can be filtered by, each with its ``key``, ``type``, ``group`` and ``kind``.

        Keys that no sample has a value of come last; sizes, which may be read yet, are left out.
        """
        dimensions = [key for key in filters.DIMENSIONS if not self._is_empty(key)]
        keys = [self._describe(key, "integer", "dimensions") for key in dimensions]
        files = [key for key in filters.FILES if key not in self.schema]
        keys += [self._describe(key, "string", "files") for key in files]
        for key, key_type in self.schema.items():
            keys.append(self._describe(key, key_type, "metadata"))
            if key_type == "dict":
                keys += [
                    self._describe(path, "float", "metadata") for path in self._dict_paths(key)
                ]
        empty = {info["key"] for info in keys if info["group"] == "metadata"}
        empty = set(filter(self._is_empty, empty))
        return sorted(keys, key=lambda info: info["key"] in empty)

    @cached_property
    def versions(self) -> dict[str, int]:
        """By key the revision since which the values are the same; built-in columns included."""
        columns: dict[str, object] = {"sample_id": self.rows, **self._columns.parts}
        columns |= {info["key"]: self.column(info["key"]) for info in self.keys}
        return {key: self._version(key, column) for key, column in columns.items()}

    def column(self, key: str) -> object:
        """The column of a key; while it is unchanged, the same object in every view."""
        if key in self._columns.parts:
            return self._columns.parts[key]
        return self._columns.parts[filters.resolve(key, self.schema).column]

    def of_column(self, name: str, key: str, make: Callable[[], Made]) -> Made:
        """What `make` makes of the column of a filter key, once as long as the column is the same.

        What has a size that it does not tell by itself says it in ``__sizeof__``.
        """
        return self._facts.get((name, key), self.column(key), make)

    def kind(self, key: str) -> codes.Kind:
        """By what a key is filtered."""
        if key == "file_name":
            return "text"  # each image has its own: there is nothing to choose from
        target = filters.resolve(key, self.schema)
        # Numbers inside dicts are floats, whatever they are: they need not be looked up.
        return self._facts.get(
            ("kind", key),
            self.column(key),
            lambda: codes.kind(target.type, lambda: self._columns[target.column]),
        )

    def ends(self, key: str) -> tuple[Any, Any] | None:
        """Least and greatest finite value of a range key, as JSON; None where there is none.

        None also for numbers inside dicts: to look them all up takes long.
        """
        target = filters.resolve(key, self.schema)
        if target.path or self.kind(key) != "range":
            return None
        ends = self._columns.parts[target.column].ends
        return ends and (protocol.to_value(ends[0]), protocol.to_value(ends[1]))

    def renames(self, since: int) -> list[tuple[str, str]]:
        """Old and new names of the keys that were renamed since a revision."""
        return [(old, new) for revision, old, new in self._renames if revision >= since]

    def values(self, key: str) -> pd.Series:
        """The values of a filter key: (N,)."""
        return filters.values(self._columns, key, self.schema)

    def cells(self, key: str, rows: np.ndarray) -> list[Any]:
        """A key's values in some rows as JSON, None where there is none or no such key."""
        if key == self.rows.name:
            return list(self.rows[rows].tolist())
        path: tuple[str, ...] = ()
        column = key
        if key not in self._columns:
            try:
                target = filters.resolve(key, self.schema)
            except UnknownKeyError:
                return [None] * len(rows)
            column, path = target.column, target.path
        return as_json(self._columns[column].iloc[rows], path)

    def known(self, sample_ids: Any) -> np.ndarray:
        """Those of the ids that are samples here, in the order given: (K,) int64."""
        ids = np.asarray(sample_ids, np.int64)
        if self.first_id is not None:
            known: np.ndarray = ids[(ids >= self.first_id) & (ids < self.first_id + len(self.rows))]
            return known
        return ids[np.isin(ids, self.rows.to_numpy())]

    def mask(self, sample_ids: Any) -> np.ndarray:
        """Which rows are of these samples, of which all are known: (N,) bool."""
        mask = np.zeros(len(self.rows), np.bool_)
        mask[np.searchsorted(self.rows.to_numpy(), np.asarray(sample_ids, np.int64))] = True
        return mask

    def passing(self, conditions: filters.Filters) -> np.ndarray:
        """Which rows meet all conditions: (N,) bool.

        Raises:
            UnknownKeyError, FilterError: as for ``filters.mask``.
        """
        if filters.QUERY in conditions:
            return filters.mask(conditions, self.frame, self.schema)
        names = dict.fromkeys(filters.resolve(key, self.schema).column for key in conditions)
        frame = pd.DataFrame({name: self._columns[name] for name in names}, self.rows, copy=False)
        return filters.mask(conditions, frame, self.schema)

    def check_key(self, key: str) -> None:
        """Raise unless `key` is a built-in column, a metadata key or a number inside a dict.

        Raises:
            UnknownKeyError: it is none of them.
        """
        if key not in BUILTIN_COLUMNS:
            filters.resolve(key, self.schema)

    def check_ordered(self, key: str, purpose: str) -> None:
        """Raise unless the values of `key` have an order.

        Raises:
            UnknownKeyError: the dataset has no such key.
            FilterError: the key holds lists or dicts.
        """
        self.check_key(key)
        if self.schema.get(key) in {"list", "dict"}:
            raise FilterError(f"cannot {purpose} {brief(key)}: it holds {self.schema[key]} values")

    def has_key(self, key: str) -> bool:
        """Whether ``check_key`` lets a key pass."""
        try:
            self.check_key(key)
        except UnknownKeyError:
            return False
        return True

    def ordered(self, key: str) -> pd.Series:
        """The values of a key, but for ``sample_id``, whose values have an order: (N,).

        Raises:
            UnknownKeyError, FilterError: as for ``check_ordered``.
        """
        return self._columns[key] if key in self._columns else self.values(key)

    def _dict_paths(self, key: str) -> list[str]:
        return self._facts.get(
            ("paths", key, *self._columns),
            self._columns.parts[key],
            lambda: filters.dict_paths(self._columns, key),
        )

    def _is_empty(self, key: str) -> bool:
        column = self._columns.parts[filters.resolve(key, self.schema).column]
        return bool(len(self.rows)) and column.is_empty

    def _version(self, key: str, column: object) -> int:
        return self._facts.get(("version", key), column, lambda: self.revision)

    def _describe(self, key: str, key_type: KeyType, group: str) -> Json:
        return {
            "key": key,
            "type": public_name(key_type),
            "group": group,
            "kind": self.kind(key),
            "ends": self.ends(key),
        }


def as_json(series: pd.Series, path: tuple[str, ...] = ()) -> list[Any]:
    """The values of a column, or at a path inside them, as JSON; None where there is none."""
    return [
        None if lacks else protocol.to_value(_stepped(value, path))
        for value, lacks in zip(series, series.isna(), strict=True)
    ]


def _stepped(value: Any, path: tuple[str, ...]) -> Any:
    """What a path leads to inside a cell, as a plain value."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value.item() if isinstance(value, np.generic) else value
