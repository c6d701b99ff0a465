"""The trait that holds sample ids, and how they travel."""

import operator
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import traitlets

from framegrid.base import brief
from framegrid.grid.widget.frozen import frozen

# More ids travel as a text, if that is shorter.
LONGEST_LIST = 10_000
# Of a run of equal bytes, as many as one byte counts.
LONGEST_RUN = 255


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


def pack(ids: list[int]) -> list[int] | str:
    """Write ids for the wire: as they are, or ``FIRST:TEXT`` where they are many and dense.

    The text is base64 of pairs of bytes, how many and which, of a bitmap: bit ``id % 8`` of byte
    ``id // 8 - FIRST`` stands for an id. No such text is longer than a third of a byte per sample;
    the order is lost.
    """
    if len(ids) <= LONGEST_LIST:
        return ids
    array = np.asarray(ids)
    first, last = array.min() // 8, array.max() // 8
    if last - first > len(ids):
        return ids
    members = np.zeros(8 * (last - first + 1), np.bool_)
    members[array - 8 * first] = True
    return f"{first}:{_runs(np.packbits(members, bitorder='little'))}"


def unpack(wire: list[int] | str, most: int) -> list[int]:
    """Read what `pack`, or the browser, wrote; it is counted before anything is made of it.

    Args:
        wire: ids, or a text of them.
        most: how many ids there can be.

    Raises:
        ValueError: there are more, or the text is none of sample ids.
    """
    if isinstance(wire, list):
        _check_count(len(wire), most)
        return wire
    first, _, text = wire.partition(":")
    start = int(first[:20])
    counts, data = np.frombuffer(b64decode(text, validate=True), np.uint8).reshape(-1, 2).T
    _check_count(int(counts.sum(dtype=np.int64)) - 1, most)  # a byte of the bitmap for each id
    bits = np.unpackbits(np.repeat(data, counts), bitorder="little")
    _check_count(int(np.count_nonzero(bits)), most)
    return list((np.flatnonzero(bits) + 8 * start).tolist())


def _most(holder: Any) -> int:
    """Count the ids that a page may hold: a few more than there are now, as some were removed."""
    dataset = getattr(holder, "dataset", ())
    return len(dataset) + len(getattr(holder, "selected", ())) + LONGEST_LIST


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise ValueError(f"{count:,} sample ids where there can be {most:,} at most")


def _runs(data: np.ndarray) -> str:
    starts = np.flatnonzero(np.diff(data, prepend=~data[0]))
    lengths = np.diff(starts, append=len(data))
    pieces = -(-lengths // LONGEST_RUN)
    counts = np.full(pieces.sum(), LONGEST_RUN, np.uint8)
    counts[np.cumsum(pieces) - 1] = lengths - LONGEST_RUN * (pieces - 1)
    return b64encode(np.column_stack([counts, np.repeat(data[starts], pieces)]).tobytes()).decode()


def _integers(values: Iterable[Any]) -> np.ndarray:
    array = np.asarray(values if hasattr(values, "__array__") else list(values))
    if array.dtype.kind in "iu":
        return array
    return np.fromiter(map(operator.index, array.tolist()), np.int64)
