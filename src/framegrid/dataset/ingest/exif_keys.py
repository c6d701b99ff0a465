"""Bringing in what cameras wrote into the files of the samples."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from framegrid.base import MetadataTypeError, Schema, brief
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.edits import Patch, set_blocks
from framegrid.dataset.ingest.sizes import Headers, read_headers
from framegrid.dataset.reports.ingest_reports import ExifReport
from framegrid.storage import SetBlocks, Table

EXIF_TYPES: Schema = {
    "captured": "datetime",
    "camera": "string",
    "lens": "string",
    "exposure_time": "float",
    "f_number": "float",
    "iso": "integer",
    "focal_length": "float",
    "focal_length_35mm": "integer",
    "gps": "dict",
}
"""The keys of EXIF values, in the order in which they appear."""


def add_exif(connection: Connection, *, progress: bool) -> ExifReport:
    """Read the EXIF values of all samples and set them, in one edit."""
    connection.refresh()
    connection.read(lambda table: check_keys(table.schema))
    paths = connection.read(lambda table: table.column("file_path_abs").unique().to_pylist())
    headers, broken = read_headers(paths, exif=True, progress=progress)
    connection.commit(lambda table: _set_exif(table, headers))
    values = [header.exif for header in headers.values()]
    found = {key: sum(key in exif for exif in values) for key in EXIF_TYPES}
    with_exif = sum(map(bool, values))
    return ExifReport(
        {key: count for key, count in found.items() if count},
        with_exif,
        len(values) - with_exif,
        broken,
    )


def check_keys(schema: Schema) -> None:
    """Raise if the keys that a dataset has stand in the way of those of EXIF."""
    for key, kind in schema.items():
        wanted = EXIF_TYPES.get(key.casefold(), kind)
        if key not in EXIF_TYPES and key.casefold() in EXIF_TYPES:
            raise ValueError(
                f"EXIF values need the key {brief(key.casefold())}, and the dataset's "
                f"{brief(key)} differs "
                f"only in case; give that one another name with rename_metadata({brief(key)}, ...)"
            )
        if kind != wanted and not {kind, wanted} <= {"integer", "float"}:
            raise MetadataTypeError(
                f"EXIF values for the key {brief(key)} are of type {_name(wanted)}, and "
                "the dataset's "
                f"{brief(key)} is {_name(kind)}; give that one another name with "
                f"rename_metadata({brief(key)}, ...)"
            )


def values_by_key(values: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Turn the EXIF values of M images into columns: M values for each key that any has."""
    present = set().union(*values)
    return {key: [exif.get(key) for exif in values] for key in EXIF_TYPES if key in present}


def _name(kind: str) -> str:
    """Name a type so that the two kinds of datetime are told apart."""
    return "datetime with time zone" if kind == "datetime_utc" else kind


def _set_exif(table: Table, headers: Headers) -> SetBlocks | None:
    paths = table.column("file_path_abs").to_pylist()
    exif = [headers[path].exif if path in headers else {} for path in paths]
    patches = []
    for key, values in values_by_key(exif).items():
        rows = [row for row, value in enumerate(values) if value is not None]
        patches.append(Patch(table.ids[np.array(rows)], {key: [values[row] for row in rows]}))
    return set_blocks(table, patches)
