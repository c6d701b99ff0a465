"""What Parquet files hold beside their pictures: which column has these, and the other columns."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import BrokenImageError, brief, few, parquet
from framegrid.images.formats.known import PREFIX_BYTES, candidates, lacks_plug_in
from framegrid.images.sources.containers import container_states, open_container
from framegrid.images.sources.parquet_cells import open_image
from framegrid.images.sources.parquet_files import PictureFile, picture_file
from framegrid.remote import Locator

_LOOKED_AT = 4  # cells of a column, to tell whether it holds pictures
_HUGGING_FACE = b"huggingface"

Features = dict[str, Any]
"""What Hugging Face says of columns, by name."""


@dataclass(frozen=True)
class PictureTable:
    """A Parquet file as a table whose rows have a picture each.

    Attributes:
        path: the file or the URL of an object.
        column: the one with the pictures.
        others: columns with other pictures.
        rows: number of rows.
        fields: the other columns.
        features: what Hugging Face says of columns.
        empty: number of rows without a picture, as far as the footer says so.
    """

    path: str
    column: str
    others: Sequence[str]
    rows: int
    fields: pa.Schema
    features: Features
    empty: int
    _found: PictureFile

    def locators(self) -> list[str]:
        """The locators of the pictures, by row."""
        start, _, rest = str(Locator("parquet", f"{self.column}/", self.path)).partition("/::")
        return [f"{start}/{row}::{rest}" for row in range(self.rows)]

    def names(self, memory: parquet.Memory) -> pa.ChunkedArray | None:
        """The paths that stand beside the pictures, null where there is none: (M,).

        Args:
            memory: what they may take.
        """
        leaf = self._found.path_leaf(self.column)
        if leaf is None:
            return None
        kept = pa.schema([(self.column, pa.struct({"path": pa.string()}))])
        table = self._table([leaf], kept, memory)
        return pc.struct_field(table.column(0), [0]).cast(pa.large_string())

    def read(self, names: Sequence[str], memory: parquet.Memory) -> pa.Table:
        """Read some of the other columns, with values that are there once spelled out.

        Args:
            names: of the columns.
            memory: what they may take.

        Raises:
            MemoryError: they take more.
        """
        empty = pa.schema([self.fields.field(name) for name in names])
        return self._table(list(names), empty, memory) if names else empty.empty_table()

    def _table(self, names: list[str], empty: pa.Schema, memory: parquet.Memory) -> pa.Table:
        """Columns, or stored columns; of no rows as another schema says."""
        batches = []
        with open_container(Locator("parquet", "", self.path)) as file:
            for batch in parquet.counted_batches(
                file, self._found.metadata, names, memory, coerce_int96_timestamp_unit="us"
            ):
                memory.take(batch.nbytes)
                is_whole = set(names) <= set(batch.schema.names)
                batches.append(batch.select(names) if is_whole else batch)
        return pa.Table.from_batches(batches) if batches else empty.empty_table()


def picture_table(path: str, column: str | None) -> PictureTable:
    """Look at the footer of a Parquet file, and maybe at its first pictures.

    Args:
        path: the file or the URL of an object.
        column: the one with the pictures; None to find it.

    Raises:
        ValueError: no column holds pictures, or not `column`.
        BrokenImageError, OSError: it cannot be read.
    """
    locator = Locator("parquet", "", path)
    (state,) = container_states([locator])
    found = picture_file(locator, state)
    features = features_of(found.schema)
    chosen = _checked(found, column) if column else _first(path, found, features)
    pictures = found.pictures
    fields = pa.schema([field for field in found.schema if field.name not in pictures])
    others = [name for name in pictures if name != chosen]
    return PictureTable(
        path, chosen, others, found.rows, fields, features, _empty(found, chosen), found
    )


def _checked(found: PictureFile, column: str) -> str:
    if column not in found.schema.names:
        raise ValueError(
            f"no column {brief(column)}: there are {few(found.schema.names) or 'none'}"
        )
    if found.leaf(column) is None:
        dtype = found.schema.field(column).type
        raise ValueError(
            f"column {brief(column)} is of type {brief(str(dtype))}: pictures are bytes of image "
            f"files, or {{bytes, path}}; columns of these are {few(found.pictures) or 'none'}"
        )
    return column


def _first(path: str, found: PictureFile, features: Features) -> str:
    """The first column of pictures: as Hugging Face says, or as the first cells look.

    Raises:
        ValueError: there is none.
    """
    said = [name for name in found.pictures if _kind(features.get(name)) == "Image"]
    looks = {name: _look(path, name, found.rows) for name in found.pictures if not said}
    likely = [*said, *(n for n, is_picture in looks.items() if is_picture)]
    unknown = [name for name, is_picture in looks.items() if is_picture is None]
    if not likely and not unknown:
        raise ValueError(
            "no column holds pictures, which are bytes of image files, or {bytes, path}; there are "
            f"{few(found.schema.names) or 'none'}"
        )
    return (likely or unknown)[0]


def _look(path: str, column: str, rows: int) -> bool | None:
    """Whether one of the first cells of a column is a picture; None if they are empty."""
    looked = None
    for row in range(min(rows, _LOOKED_AT)):
        try:
            with open_image(Locator("parquet", f"{column}/{row}", path), -1) as file:
                prefix = file.read(PREFIX_BYTES)
        except BrokenImageError:
            continue
        looked = bool(list(islice(candidates(prefix, ""), 1))) or bool(lacks_plug_in(prefix))
        if looked:
            break
    return looked


def _empty(found: PictureFile, column: str) -> int:
    leaf = found.leaf(column) or ""
    chunks = (found.chunk(number, leaf) for number in range(found.metadata.num_row_groups))
    statistics = (chunk.statistics for chunk in chunks if chunk.is_stats_set)
    return sum(s.null_count for s in statistics if s is not None and s.has_null_count)


def features_of(schema: pa.Schema) -> Features:
    """What Hugging Face wrote of the columns; nothing where it makes no sense."""
    with suppress(ValueError, TypeError, AttributeError, KeyError, RecursionError):
        said = json.loads((schema.metadata or {})[_HUGGING_FACE])["info"]["features"]
        return dict(said)
    return {}


def _kind(feature: object) -> object:
    return feature.get("_type") if isinstance(feature, dict) else None
