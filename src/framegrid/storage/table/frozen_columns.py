"""Columns as they were at one revision, as pandas has them once somebody asks.

Most are asked for few rows, or for nothing but whether they are the same as before; and lists take
ten times as much in pandas as here.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from math import isfinite
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import KeyType
from framegrid.storage.table.as_pandas import to_series
from framegrid.storage.table.ids import Rows


class FrozenColumn:
    """The values of a column, which never change.

    Args:
        array: (N,) values in the Arrow type of the key type.
        key_type: the type.
        index: (N,) the sample ids.
    """

    def __init__(self, array: pa.Array, key_type: KeyType, index: pd.Index) -> None:
        self.index = index
        self._array = array
        self._type = key_type

    @property
    def is_empty(self) -> bool:
        """Whether no sample has a value."""
        return bool(self._array.null_count == len(self._array))

    @cached_property
    def ends(self) -> tuple[Any, Any] | None:
        """Least and greatest finite value of numbers or datetimes, None where there is none.

        Found without making the series, which takes ten times as long.
        """
        values = self._array
        least, greatest = _ends(values)
        if isinstance(least, float) and not (isfinite(least) and isfinite(greatest)):
            least, greatest = _ends(values.filter(pc.is_finite(values)))
        return None if least is None else (least, greatest)

    @cached_property
    def series(self) -> "pd.Series[Any]":
        """(N,) all values, to be read only."""
        return to_series(self._array, self._type, self.index)

    def take(self, rows: Rows) -> "pd.Series[Any]":
        """(M,) the values in some rows."""
        return to_series(self._array.take(pa.array(rows)), self._type, self.index[rows])


def _ends(values: pa.Array) -> tuple[Any, Any]:
    found = pc.min_max(values)
    return found["min"].as_py(), found["max"].as_py()


class FrozenColumns(Mapping[str, "pd.Series[Any]"]):
    """Columns of one index by name, each made when it is asked for.

    Attributes:
        index: (N,) the sample ids.
        parts: by name the column, the same object as long as its values are the same.
    """

    def __init__(self, index: pd.Index, parts: dict[str, FrozenColumn]) -> None:
        self.index = index
        self.parts = parts

    def __getitem__(self, name: str) -> "pd.Series[Any]":
        """(N,) the values of a column."""
        return self.parts[name].series

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self.parts)

    def __len__(self) -> int:
        """Count the columns."""
        return len(self.parts)

    def __contains__(self, name: object) -> bool:
        """Whether there is such a column; it is not made for that."""
        return name in self.parts
