"""Fitting the values of an import, leaving out those that conflict with the type of their key."""

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from framegrid.dataset.edits import Fitter, Patch
from framegrid.schema import is_missing, merge, normalise
from framegrid.table import Block, Ids, Table

Values = Sequence[Any] | pd.Series

_REFUSED = (TypeError, ValueError, OverflowError)


class Conflict(NamedTuple):
    """A value that cannot be in its key.

    Attributes:
        sample_id: the sample it was for.
        key: the metadata key.
        value: the value as it was given.
        reason: why it cannot.
    """

    sample_id: int
    key: str
    value: Any
    reason: str


class Sifter:
    """Fits values into the types of a table, and keeps apart those that do not fit.

    Attributes:
        fitter: knows the types.
        conflicts: the values that were left out so far.
    """

    def __init__(self, table: Table) -> None:
        self.fitter = Fitter(table)
        self.conflicts: list[Conflict] = []

    def blocks(self, patch: Patch) -> Iterator[Block]:
        """Give the values that fit: a key with conflicts gets a block of its own.

        Raises:
            MetadataTypeError: the dataset's own integers cannot become floats, as they would have
                to.
            TypeError, ValueError: a key cannot be one.
        """
        whole = {}
        for key, values in patch.columns.items():
            try:
                whole[key] = self.fitter.column(patch.ids, key, values)
            except _REFUSED:
                fits = self._fitting(patch.ids, key, values)
                ids = patch.ids[fits]
                yield Block(ids, self.fitter.columns(ids, {key: picked(values, fits)}))
        yield Block(patch.ids, {key: array for key, array in whole.items() if array is not None})

    def _fitting(self, ids: Ids, key: str, values: Values) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Tell which values fit, the first one setting the type of a new key; note the others."""
        kind = self.fitter.current(key)
        fits = np.ones(len(ids), np.bool_)
        for row, (sample_id, value) in enumerate(zip(ids.tolist(), values, strict=True)):
            if is_missing(value):
                continue
            try:
                new, plain = normalise(key, value)
                kind = merge(key, kind, new, plain, sample_id)
            except _REFUSED as error:
                fits[row] = False
                self.conflicts.append(Conflict(sample_id, key, value, str(error)))
        return fits


def picked(values: Values, chosen: "np.ndarray[Any, np.dtype[np.bool_]]") -> Values:
    """Give the values at the rows where `chosen` is true."""
    return values[chosen] if isinstance(values, pd.Series) else list(compress(values, chosen))
