"""Adding the images of a folder: which are new, how large they are, which are broken."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.dataset.adding.exif import check_keys, values_by_key
from framegrid.dataset.adding.sizes import Headers, read_headers
from framegrid.dataset.connection import Connection
from framegrid.dataset.edits import Fitter
from framegrid.dataset.imports.image_folder import FolderMetadata
from framegrid.dataset.reports import IngestReport, listing
from framegrid.table import AddSamples, Table


def add_images(  # noqa: PLR0913 - the arguments of the dataset's method
    connection: Connection,
    path: str | os.PathLike[str],
    *,
    recursive: bool,
    limit: int | None,
    exif: bool,
    progress: bool,
) -> IngestReport:
    """Add the images at `path` that the dataset does not have, in one edit.

    Raises:
        FileNotFoundError: there is nothing at `path`.
        ValueError: there are no images, or all of them are broken; or `limit` is below 1; or a key
            of the dataset differs from one of EXIF only in case.
        MetadataTypeError: a key of the dataset has another type than EXIF values for it.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit}: the number of images to look at is at least 1")
    if exif:
        connection.read(lambda table: check_keys(table.schema))
    found = _found(path, recursive=recursive)[:limit]
    new = connection.read(lambda table: _absent(table, found))
    headers, broken = read_headers(new, exif=exif, progress=progress)
    if len(broken) == len(found):
        raise ValueError(f"none of {len(found):,} images at {path} can be read:{listing(broken)}")
    metadata = FolderMetadata(Path(path).expanduser(), list(headers), connection.table.schema)
    change = connection.commit(lambda table: metadata.added_to(table, _addition(table, headers)))
    added = len(change.samples) if isinstance(change, AddSamples) else 0
    present = len(found) - added - len(broken)
    report = connection.read(metadata.report)
    return IngestReport(added, present, broken + metadata.broken, report)


def _found(path: str | os.PathLike[str], *, recursive: bool) -> list[str]:
    if remote.is_url(path):
        return images.find_objects(path, recursive=recursive)
    return [str(file) for file in images.find_images(path, recursive=recursive)]


def _absent(table: Table, files: Sequence[str]) -> list[str]:
    """Those of `files` that the table does not have."""
    present = pc.is_in(pa.array(files, pa.large_string()), table.column("file_path_abs"))
    return [
        file for file, is_present in zip(files, present.to_pylist(), strict=True) if not is_present
    ]


def _addition(table: Table, headers: Headers) -> AddSamples | None:
    """Add the files that are still absent: another process may have added some meanwhile."""
    files = _absent(table, list(headers))
    if not files:
        return None
    builtin = {
        "sample_id": np.arange(table.next_id, table.next_id + len(files)),
        "file_name": pa.array([PurePath(file).name for file in files], pa.large_string()),
        "file_path_abs": pa.array(files, pa.large_string()),
        "width": pa.array([headers[file].width for file in files], pa.int64()),
        "height": pa.array([headers[file].height for file in files], pa.int64()),
    }
    fitter = Fitter(table)
    exif = values_by_key([headers[file].exif for file in files])
    metadata = fitter.columns(builtin["sample_id"], exif)
    return AddSamples(pa.table(builtin | metadata), fitter.types)
