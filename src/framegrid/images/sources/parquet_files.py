"""Parquet files with pictures in them: their footers, and which columns hold pictures."""

from collections import Counter
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from framegrid.base import BrokenImageError, brief, recent
from framegrid.images.sources.containers import container_name, open_container
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator

_MAGIC = b"PAR1"
_TAIL = 8  # bytes: the length of the footer, and the magic
_LARGEST_FOOTER = 1 << 26
_KEPT_FOOTERS = 1 << 26  # bytes as they are in the files, of all together

_BINARY = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)


class PictureFile:
    """What the footer of a Parquet file says.

    Args:
        metadata: the footer.
    """

    def __init__(self, metadata: pq.FileMetaData) -> None:
        self.metadata = metadata
        self.schema: pa.Schema = metadata.schema.to_arrow_schema()
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        self.ends: npt.NDArray[np.int64] = np.cumsum([each.num_rows for each in groups], dtype=int)
        paths = [metadata.schema.column(leaf).path for leaf in range(metadata.num_columns)]
        once = Counter(paths)
        self._leaves = {path: leaf for leaf, path in enumerate(paths) if once[path] == 1}

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.ends[-1]) if len(self.ends) else 0

    @property
    def pictures(self) -> list[str]:
        """The columns that may hold pictures: of bytes, or of structs with ``bytes`` in them."""
        return [field.name for field in self.schema if self.leaf(field.name) is not None]

    def leaf(self, column: str) -> str | None:
        """The dotted name of the stored column with the bytes of pictures; None for no pictures."""
        if self.schema.names.count(column) != 1:
            return None
        dtype, name = self.schema.field(column).type, column
        if pa.types.is_struct(dtype) and dtype.get_field_index("bytes") >= 0:
            dtype, name = dtype.field("bytes").type, f"{column}.bytes"
        return name if _is_binary(dtype) and name in self._leaves else None

    def path_leaf(self, column: str) -> str | None:
        """The dotted name of the stored column with the paths of pictures; None for no paths."""
        name, dtype = f"{column}.path", self.schema.field(column).type
        if name not in self._leaves or not pa.types.is_struct(dtype):
            return None
        dtype = dtype.field(dtype.get_field_index("path")).type
        return name if pa.types.is_string(dtype) or pa.types.is_large_string(dtype) else None

    def chunk(self, group: int, leaf: str) -> pq.ColumnChunkMetaData:
        """What the footer says of a stored column in a row group."""
        return self.metadata.row_group(group).column(self._leaves[leaf])


def _is_binary(dtype: pa.DataType) -> bool:
    return any(is_it(dtype) for is_it in _BINARY)


# Footers, of which the last ones are kept

_footers: recent.Recent[tuple[str, FileState | None], PictureFile] = recent.Recent(
    _KEPT_FOOTERS, lambda file: int(file.metadata.serialized_size)
)


def picture_file(locator: Locator, state: FileState | None) -> PictureFile:
    """What the footer of a Parquet file in a state says.

    Raises:
        BrokenImageError: it is no Parquet file, or too large a footer.
        OSError: it cannot be read.
    """
    key = locator.container, state
    found = _footers.get(key)
    if found is None:
        with open_container(locator) as file:
            found = PictureFile(_read_footer(file, locator))
        _footers.put(key, found)
    return found


def _read_footer(file: IO[bytes], locator: Locator) -> pq.FileMetaData:
    length = file.seek(0, 2)
    file.seek(max(0, length - _TAIL))
    tail = file.read(_TAIL)
    file.seek(0)
    if file.read(len(_MAGIC)) != _MAGIC or tail[4:] != _MAGIC:
        raise BrokenImageError(f"{brief(container_name(locator))} is no whole Parquet file")
    size = int.from_bytes(tail[:4], "little")
    if size > min(_LARGEST_FOOTER, length - _TAIL):
        raise BrokenImageError(f"damaged: the footer of {brief(container_name(locator))}")
    file.seek(length - _TAIL - size)
    return pq.read_metadata(pa.BufferReader(_MAGIC + file.read(size) + tail))


def reader(file: IO[bytes], found: PictureFile, **options: Any) -> pq.ParquetFile:
    """A reader of a file whose footer is known; page by page, with checksums compared."""
    return pq.ParquetFile(
        file,
        metadata=found.metadata,
        buffer_size=1 << 20,
        page_checksum_verification=True,
        **options,
    )
