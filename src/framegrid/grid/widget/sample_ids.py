"""The traits that hold sample ids."""

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import traitlets

from framegrid.base import brief
from framegrid.grid.answers.packed_ids import LONGEST_LIST, pack, unpack
from framegrid.grid.widget.frozen import FrozenList


class Ids(FrozenList):
    """Sample ids as a list that refuses to be changed, with the array that it was made of.

    Attributes:
        array: (N,) int64, the same ids; to be read only.
    """

    def __init__(self, array: np.ndarray, place: str) -> None:
        super().__init__(array.tolist(), place, lambda new: f"{place} = {new}")
        self.array = array

    def __eq__(self, other: object) -> bool:
        """Compare with another of these by its array: they are long."""
        if isinstance(other, Ids):
            return np.array_equal(self.array, other.array)
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]


class SampleIds(traitlets.TraitType[Any, Any]):
    """A list of sample ids, each once; any iterable of integers may be assigned.

    A few travel as they are, a million as one short text; see `pack`.
    """

    info_text = "sample ids"

    def __init__(self) -> None:
        super().__init__()
        self.tag(
            sync=True,
            to_json=lambda ids, _: pack(ids, ids.array),
            from_json=lambda wire, holder: unpack(wire, _most(holder)),
        )

    def make_dynamic_default(self) -> Any:
        """Begin with no ids."""
        return self._made([])

    def validate(self, obj: Any, value: Any) -> Any:
        """Make a list of an Index, an array, a set or any other iterable of integers.

        Raises:
            TypeError: it is none.
        """
        name = f"{type(obj).__name__}.{self.name}"
        if isinstance(value, Ids):
            return self._made(value.array)
        if not isinstance(value, Iterable) or isinstance(value, str):
            raise TypeError(f"{name} takes an iterable of sample ids, not {brief(value)}")
        try:
            return self._made(_integers(value))
        except TypeError as error:
            raise TypeError(f"{name} takes sample ids: {error}") from error

    def _made(self, ids: Any) -> Ids:
        return Ids(pd.unique(np.asarray(ids, np.int64)), f"grid.{self.name}")


class ChosenIds(SampleIds):
    """Ascending sample ids, or None for all of them; pandas' ways of choosing rows may be assigned.

    A DataFrame chooses by its column ``sample_id``, or by its index; a Series of booleans chooses,
    by its index, where it is True.
    """

    def __init__(self) -> None:
        super().__init__()
        self.allow_none = True
        self.tag(
            to_json=lambda ids, _: None if ids is None else pack(ids, ids.array),
            from_json=lambda wire, holder: None if wire is None else unpack(wire, _most(holder)),
        )

    def make_dynamic_default(self) -> Any:
        """Begin with all."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Make a list of what chooses rows.

        Raises:
            TypeError: it chooses none.
        """
        if value is None:
            return None
        name = f"{type(obj).__name__}.{self.name}"
        return super().validate(obj, _chosen(value, name))

    def _made(self, ids: Any) -> Ids:
        array = np.asarray(ids, np.int64)
        if not (array[1:] > array[:-1]).all():
            array = np.sort(array)
            array = array[np.diff(array, prepend=array[0] - 1) > 0]
        return Ids(array, f"grid.{self.name}")


def _chosen(value: Any, name: str) -> Any:
    """The sample ids that a DataFrame or a Series chooses; anything else as it is."""
    if isinstance(value, pd.DataFrame):
        return value["sample_id"] if "sample_id" in value else _ids_of(value.index, name)
    if isinstance(value, pd.Series) and pd.api.types.is_bool_dtype(value.dtype):
        return _ids_of(value.index, name)[value.to_numpy(np.bool_, na_value=False)]
    return value


def _ids_of(index: pd.Index, name: str) -> pd.Index:
    if index.name not in {None, "sample_id"}:
        raise TypeError(
            f"{name} goes by an index of sample ids, and this one is of {brief(index.name)}: "
            "take rows of dataset.df, or a DataFrame with a column sample_id"
        )
    return index


def _most(holder: Any) -> int:
    """Count the ids that a page may hold: a few more than there are now, as some were removed."""
    dataset = getattr(holder, "dataset", ())
    held = max((len(getattr(holder, name, None) or ()) for name in ("rows", "selected")), default=0)
    return len(dataset) + held + LONGEST_LIST


def _integers(values: Iterable[Any]) -> np.ndarray:
    array = np.asarray(values if hasattr(values, "__array__") else list(values))
    if array.dtype.kind == "b":
        raise TypeError("booleans do not say whose they are: take a Series, as df.width > 640 is")
    if array.dtype.kind in "iu":
        return array
    return np.fromiter(map(operator.index, array.tolist()), np.int64)
