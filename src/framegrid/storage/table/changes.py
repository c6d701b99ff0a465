"""The changes a table can go through: what is journalled, replayed and announced."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from framegrid.base import KeyType


@dataclass(frozen=True, slots=True)
class SetValues:
    """Values of one sample.

    Attributes:
        sample_id: the sample.
        values: normalised value by key; None removes the value.
        types: types of the keys that this creates, or turns from integer into float.
    """

    sample_id: int
    values: dict[str, Any]
    types: dict[str, KeyType]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Values of many samples that got the same keys.

    Attributes:
        ids: (M,) int64 sample ids, in any order; the last values of an id count.
        columns: by key an array of length M; null removes the value.
    """

    ids: npt.NDArray[np.int64]
    columns: dict[str, pa.Array]


@dataclass(frozen=True, slots=True)
class SetBlocks:
    """Values of many samples, in one block per set of keys.

    Attributes:
        blocks: applied in order.
        types: types of the keys that this creates, or turns from integer into float.
    """

    blocks: tuple[Block, ...]
    types: dict[str, KeyType]


@dataclass(frozen=True, slots=True)
class AddSamples:
    """New samples, or removed ones that come back.

    Attributes:
        samples: ``sample_id`` (ascending; of new samples none is below the table's ``next_id``),
            ``file_name``, ``file_path_abs``, ``width``, ``height``, and any metadata keys.
        types: types of the keys that this creates, or turns from integer into float.
    """

    samples: pa.Table
    types: dict[str, KeyType]


@dataclass(frozen=True, slots=True, eq=False)
class RemoveSamples:
    """Samples that leave, with all their values; their ids are never given again.

    Attributes:
        ids: (M,) int64 sample ids.
    """

    ids: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RenameKey:
    """A metadata key that keeps its values and its place under a new name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DropKey:
    """A metadata key that leaves, with all its values."""

    key: str


@dataclass(frozen=True, slots=True)
class ReplaceKey:
    """A whole metadata column in another type.

    Attributes:
        key: the key.
        type: its type from now on.
        values: (N,) array, one value per row of the table.
    """

    key: str
    type: KeyType
    values: pa.Array


@dataclass(frozen=True, slots=True)
class OrderKeys:
    """Metadata keys that come in this order, before any other keys; unknown ones do not count."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """Changes that together take back the last edits.

    Attributes:
        changes: applied in order.
        edits: number of edits taken back.
        keys: keys that those named.
        rows: number of samples that those touched.
    """

    changes: tuple["Change", ...]
    edits: int
    keys: tuple[str, ...]
    rows: int


Change = (
    SetValues
    | SetBlocks
    | AddSamples
    | RemoveSamples
    | RenameKey
    | DropKey
    | ReplaceKey
    | OrderKeys
    | Undo
)
"""Anything that changes a table."""
