"""The trait that holds sample ids."""

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import traitlets

from framegrid.base import brief
from framegrid.grid.answers.packed_ids import LONGEST_LIST, pack, unpack
from framegrid.grid.widget.frozen import frozen


class SampleIds(traitlets.TraitType[list[int], Any]):
    """A list of sample ids, each once; any iterable of integers may be assigned.

    A few travel as they are, a million as one short text; see `pack`.
    """

    info_text = "sample ids"

    def __init__(self) -> None:
        super().__init__()
        self.tag(
            sync=True,
            to_json=lambda ids, _: pack(ids),
            from_json=lambda wire, holder: unpack(wire, _most(holder)),
        )

    def make_dynamic_default(self) -> list[int]:
        """Begin with no ids."""
        return []

    def validate(self, obj: Any, value: Any) -> list[int]:
        """Make a list of an Index, an array, a set or any other iterable of integers.

        Raises:
            TypeError: it is none.
        """
        name = f"{type(obj).__name__}.{self.name}"
        if not isinstance(value, Iterable):
            raise TypeError(f"{name} takes an iterable of sample ids, not {brief(value)}")
        try:
            ids = pd.unique(_integers(value)).tolist()
        except TypeError as error:
            raise TypeError(f"{name} takes sample ids: {error}") from error
        plain: list[int] = frozen(ids, f"grid.{self.name}")
        return plain


def _most(holder: Any) -> int:
    """Count the ids that a page may hold: a few more than there are now, as some were removed."""
    dataset = getattr(holder, "dataset", ())
    return len(dataset) + len(getattr(holder, "selected", ())) + LONGEST_LIST


def _integers(values: Iterable[Any]) -> np.ndarray:
    array = np.asarray(values if hasattr(values, "__array__") else list(values))
    if array.dtype.kind in "iu":
        return array
    return np.fromiter(map(operator.index, array.tolist()), np.int64)
