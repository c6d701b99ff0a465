"""What a file with images in it holds: the images, and what stands beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from framegrid.base import parquet

Values = Sequence[Any]
"""A value for each image, None where it has none; or a ``pa.ChunkedArray`` of them."""

Reasons = Sequence[tuple[str, str]]
"""What was left out, and why: a column, a member, a file."""


@dataclass(frozen=True)
class Contents:
    """The M images in one file, or in several, in their order.

    Attributes:
        locators: (M,) of the images.
        names: (M,) their file names; None for those that the locator says.
        columns: by name of the column, M values, which become metadata; ``width`` and ``height`` in
            px are taken as the sizes.
        empty: number of images that are known not to be there, such as cells without any bytes.
        left_out: column and reason of what of the metadata cannot be kept as it is.
        broken: member or file and reason of what cannot be read at all.
        not_read: by extension, the number of pictures of kinds that are not read.
    """

    locators: Sequence[str] = ()
    names: Sequence[str | None] = ()
    columns: Mapping[str, Values] = field(default_factory=dict)
    empty: int = 0
    left_out: Reasons = ()
    broken: Reasons = ()
    not_read: Mapping[str, int] = field(default_factory=dict)

    def first(self, count: int) -> "Contents":
        """Those of the first images."""
        return replace(
            self,
            locators=self.locators[:count],
            names=self.names[:count],
            columns={name: values[:count] for name, values in self.columns.items()},
        )


@dataclass(frozen=True)
class Wanted:
    """What is wanted of files with images in them.

    Attributes:
        image_column: the column with the pictures, of Parquet files; None to find it.
        memory: what all that is read may take.
    """

    image_column: str | None
    memory: parquet.Memory


def joined(parts: Sequence[Contents]) -> Contents:
    """Several contents as one, the columns by their names."""
    if len(parts) == 1:
        return parts[0]
    counts = [len(part.locators) for part in parts]
    names = dict.fromkeys(name for part in parts for name in part.columns)
    return Contents(
        [locator for part in parts for locator in part.locators],
        [name for part in parts for name in part.names],
        {name: _column([part.columns.get(name) for part in parts], counts) for name in names},
        sum(part.empty for part in parts),
        list(dict.fromkeys(reason for part in parts for reason in part.left_out)),
        [reason for part in parts for reason in part.broken],
        _sum(part.not_read for part in parts),
    )


def _sum(counts: Any) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for name, number in count.items():
            total[name] = total.get(name, 0) + number
    return total


def _column(parts: Sequence[Values | None], counts: Sequence[int]) -> Values:
    """One column of several: as Arrow has it, if its types go together, else value by value."""
    arrow = [part for part in parts if isinstance(part, pa.ChunkedArray)]
    if len(arrow) == sum(part is not None for part in parts):
        try:
            return _concatenated(parts, counts)
        except pa.ArrowException:
            pass
    return [
        value
        for part, count in zip(parts, counts, strict=True)
        for value in ([None] * count if part is None else _listed(part))
    ]


def _concatenated(parts: Sequence[Values | None], counts: Sequence[int]) -> Values:
    tables: list[pa.Table] = [
        pa.table({"value": pa.nulls(count) if part is None else part})
        for part, count in zip(parts, counts, strict=True)
    ]
    whole: Values = pa.concat_tables(tables, promote_options="permissive").column(0)
    return whole


def _listed(values: Values) -> Sequence[Any]:
    listed: Values = values.to_pylist() if isinstance(values, pa.ChunkedArray) else values
    return listed
