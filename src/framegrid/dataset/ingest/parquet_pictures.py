"""The pictures in a Parquet file, and its other columns as metadata."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images
from framegrid.base import brief, parquet
from framegrid.dataset.ingest.arrow_columns import why_not, without_nanoseconds
from framegrid.dataset.ingest.class_labels import with_class_names
from framegrid.dataset.ingest.contents import Contents, Wanted

_OURS = {
    "sample_id": "left out: samples get their ids here",
    "file_path_abs": "left out: the path of a picture is where it is in the file",
}
_NAME, _SIZE = "file_name", ("width", "height")
_UNNAMED_INDEXES = frozenset({"__index_level_0__", "__null_dask_index__"})


def read_parquet(path: str, wanted: Wanted) -> Contents:
    """Read what a Parquet file says of its pictures, and where they are; none of them is read.

    Raises:
        ValueError: no column holds pictures.
        BrokenImageError, OSError: it cannot be read.
        MemoryError: the other columns take too much.
    """
    table = images.picture_table(path, wanted.image_column)
    reasons = {field.name: _reason(field, table.fields) for field in table.fields}
    kept = [name for name, reason in reasons.items() if not reason]
    left_out = [(name, reason) for name, reason in reasons.items() if reason]
    left_out += [
        (name, f"left out: other pictures, shown by image_column={brief(name)}")
        for name in table.others
    ]
    columns = without_nanoseconds(table.read(kept, wanted.memory), left_out)
    columns = with_class_names(columns, table.features, left_out)
    names, columns = _names(table, columns, wanted.memory)
    return Contents(
        table.locators(),
        names,
        dict(zip(columns.column_names, columns.columns, strict=True)),
        table.empty,
        [each for each in left_out if each[0] not in _UNNAMED_INDEXES],
    )


def _reason(field: pa.Field, fields: pa.Schema) -> str:
    """Why a column is left out; "" if it is not."""
    if field.name in _OURS:
        return _OURS[field.name]
    if field.name in _UNNAMED_INDEXES:
        return "no column of its own"
    if fields.names.count(field.name) > 1:
        return "left out: several columns have this name"
    if field.name in _SIZE and not pa.types.is_integer(field.type):
        return "left out: a size in px is an integer"
    return why_not(field)


def _names(
    table: Any, columns: pa.Table, memory: parquet.Memory
) -> tuple[Sequence[str | None], pa.Table]:
    """The file names of the pictures: a column of these, or the last part of the paths in cells."""
    if _NAME in columns.column_names:
        held = columns.column(_NAME)
        columns = columns.drop_columns([_NAME])
        if pa.types.is_string(held.type) or pa.types.is_large_string(held.type):
            return _last_parts(held), columns
    paths = table.names(memory)
    return ([None] * table.rows if paths is None else _last_parts(paths)), columns


def _last_parts(paths: pa.ChunkedArray) -> list[str | None]:
    parts = pc.struct_field(pc.extract_regex(paths, r"(?s)(?P<name>[^/\\]*)$"), "name")
    names: list[str | None] = parts.to_pylist()
    return [name or None for name in names]
