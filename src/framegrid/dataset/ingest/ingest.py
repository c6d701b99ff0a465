"""Adding the images of a folder: which are new, how large they are, which are broken."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.base import brief
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.edits import TypedValues
from framegrid.dataset.imports.image_folder import FolderMetadata
from framegrid.dataset.imports.new_samples import MetadataOfNew
from framegrid.dataset.ingest.container_notes import NOTES, Marks
from framegrid.dataset.ingest.containers import add_contents
from framegrid.dataset.ingest.exif_keys import check_keys, values_by_key
from framegrid.dataset.ingest.found import Found, Paths, checked_paths, find
from framegrid.dataset.ingest.member_metadata import MemberMetadata
from framegrid.dataset.ingest.moved import Moves, moved_images, relinks
from framegrid.dataset.ingest.sizes import Broken, Headers, read_headers
from framegrid.dataset.matching.paths import all_absolute, common_folder
from framegrid.dataset.reports.ingest_reports import IngestReport, listing, parted
from framegrid.storage import AddSamples, Table

_SHOWN = 5


def add_images(  # noqa: PLR0913 - the arguments of the dataset's method
    connection: Connection,
    path: Paths,
    *,
    recursive: bool,
    limit: int | None,
    exif: bool,
    progress: bool,
    relink: bool,
    image_column: str | None = None,
) -> IngestReport:
    """Add the images at `path` that the dataset does not have, in one edit."""
    paths = checked_paths(path)
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit}: the number of images to look at is at least 1")
    if exif:
        connection.read(lambda table: check_keys(table.schema))
    found = find(paths, recursive=recursive)
    given = ", ".join(paths[:_SHOWN])
    if found.containers:
        report = add_contents(
            connection,
            given,
            found.containers,
            limit=limit,
            exif=exif,
            progress=progress,
            image_column=image_column,
            relink=relink,
        )
    elif image_column is not None:
        raise ValueError(f"image_column={brief(image_column)} is for Parquet files, not {given}")
    else:
        found.files = found.files[:limit]
        report = _add_found(connection, found, paths, exif=exif, progress=progress, relink=relink)
    if report.said_of_moved:
        warnings.warn(report.said_of_moved, UserWarning, stacklevel=3)
    return report


def _add_found(  # noqa: PLR0913 - what was found, and what is to be done with it
    connection: Connection,
    found: Found,
    paths: list[str],
    *,
    exif: bool,
    progress: bool,
    relink: bool,
) -> IngestReport:
    """Add those images that the dataset does not have, and can be read."""
    files = found.files
    new = connection.read(lambda table: absent(table, files))
    warned: images.DecoderWarnings = []
    headers, broken = read_headers(new, exif=exif, progress=progress, warned=warned)
    _check_some_read(paths, files, broken)
    moves = connection.read(lambda table: moved_images(table, headers)) if relink else {}
    headers = {file: header for file, header in headers.items() if file not in moves}
    said = _metadata(connection, found, paths, list(headers), progress=progress)
    change = connection.commit(lambda table: _with_metadata(table, headers, said))
    added = len(change.samples) if isinstance(change, AddSamples) else 0
    report = _report(len(files), added, broken=broken, moves=moves, found=found, warned=warned)
    return _with_said(report, connection, said)


def _metadata(
    connection: Connection, found: Found, paths: list[str], files: list[str], *, progress: bool
) -> list[MetadataOfNew]:
    """What is said of new images: by files in their folder, and by members beside them."""
    folder = Path(paths[0]) if len(paths) == 1 else common_folder(files)
    return [
        FolderMetadata(folder or Path(), files, connection.table.schema),
        MemberMetadata(files, found.members.beside, progress=progress),
    ]


def _with_metadata(
    table: Table, headers: Headers, said: Sequence[MetadataOfNew]
) -> AddSamples | None:
    addition = _addition(table, headers)
    for metadata in said:
        addition = metadata.added_to(table, addition)
    return addition


def _with_said(
    report: IngestReport, connection: Connection, said: Sequence[MetadataOfNew]
) -> IngestReport:
    reports = [connection.read(partial(each.report, connection=connection)) for each in said]
    return replace(
        report,
        broken=report.broken + [broken for each in said for broken in each.broken],
        metadata=next(filter(None, reports), None),
    )


def _check_some_read(paths: Sequence[str], found: list[str], broken: Broken) -> None:
    if len(broken) == len(found):
        where = ", ".join(map(remote.without_query, paths[:_SHOWN]))
        raise ValueError(f"none of {len(found):,} images at {where} can be read:{listing(broken)}")


def _report(  # noqa: PLR0913 - what was counted on the way
    looked_at: int,
    added: int,
    *,
    broken: Broken,
    moves: Moves,
    found: Found,
    warned: images.DecoderWarnings,
) -> IngestReport:
    damaged, without_plug_in = parted(broken)
    return IngestReport(
        added,
        looked_at - added - len(broken) - len(moves),
        damaged + found.members.broken,
        without_plug_in=without_plug_in,
        moved=relinks(moves),
        not_read=dict(found.not_read),
        archives=found.members.notes,
        warnings=warned,
        like_several=[file for file, path in moves.items() if path is None],
    )


def absent(table: Table, files: Sequence[str]) -> list[str]:
    """Those of `files` that the table does not have."""
    held = all_absolute(table.column("file_path_abs"))
    present = pc.is_in(pa.array(files, pa.large_string()), held)
    return [
        file for file, is_present in zip(files, present.to_pylist(), strict=True) if not is_present
    ]


def _addition(table: Table, headers: Headers) -> AddSamples | None:
    """Add the files that are still absent: another process may have added some meanwhile."""
    files = absent(table, list(headers))
    if not files:
        return None
    builtin = {
        "sample_id": np.arange(table.next_id, table.next_id + len(files)),
        "file_name": pa.array([images.file_name(file) for file in files], pa.large_string()),
        "file_path_abs": pa.array(files, pa.large_string()),
        "width": pa.array([headers[file].width for file in files], pa.int64()),
        "height": pa.array([headers[file].height for file in files], pa.int64()),
    }
    typed = TypedValues(table)
    exif = values_by_key([headers[file].exif for file in files])
    marks = Marks().of_parts(files)
    noted = {NOTES: marks} if any(mark is not None for mark in marks) else {}
    metadata = typed.columns(builtin["sample_id"], {**exif, **noted})
    return AddSamples(pa.table(builtin | metadata), typed.types)
