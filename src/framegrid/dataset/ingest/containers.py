"""Adding the images that are parts of files: of Parquet files, and of archives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.base import cut, threads
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.edits import TypedValues
from framegrid.dataset.ingest.container_notes import NOTES
from framegrid.dataset.ingest.contents import Contents, Values, Wanted, joined
from framegrid.dataset.ingest.exif_keys import values_by_key
from framegrid.dataset.ingest.from_frame import Refused, fitted
from framegrid.dataset.ingest.later_sizes import is_read_later
from framegrid.dataset.ingest.moved import container_relinks, moved_containers
from framegrid.dataset.ingest.parquet_pictures import read_parquet
from framegrid.dataset.ingest.sizes import Headers, read_headers
from framegrid.dataset.matching.paths import all_absolute
from framegrid.dataset.reports.ingest_reports import IngestReport, listing, parted
from framegrid.dataset.reports.progress import bar
from framegrid.storage import AddSamples, Budget, Table

Reader = Callable[[str, Wanted], Contents]

_READERS: Mapping[str, Reader] = {
    ".parquet": read_parquet,
    ".parq": read_parquet,
    ".pq": read_parquet,
}
"""What reads a file, by its extension in lower case: a new kind of file is a row."""

EXTENSIONS = tuple(_READERS)

READ_AT_ONCE, READ_AT_ONCE_FROM_DISK = 1_000, 10_000
"""Sizes of more images than this are not read at once, but follow in the background."""

_THREADS = 4
_FAILURES = (ValueError, OSError, pa.ArrowException)
_SIZE = ("width", "height")
_LONGEST = 1 << 31
_NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"


def are_containers(files: Sequence[str]) -> bool:
    """Whether files have images in them, by their extension, rather than being images."""
    return bool(files) and files[0].lower().endswith(EXTENSIONS)


def add_contents(  # noqa: PLR0913 - the arguments of the dataset's method
    connection: Connection,
    path: str,
    files: Sequence[str],
    *,
    limit: int | None,
    exif: bool,
    progress: bool,
    image_column: str | None,
    relink: bool,
) -> IngestReport:
    """Add the images in files that the dataset does not have, in one edit.

    Images that cannot be read are added, too: their tiles say why, and the report does, where they
    were looked at. Those in a file that only moved are not.
    """
    moves = connection.read(lambda table: moved_containers(table, files)) if relink else {}
    moved = connection.read(lambda table: container_relinks(table, moves))
    files = [file for file in files if file not in moves]
    if not files:
        return IngestReport(0, 0, moved=moved)
    wanted = Wanted(image_column, Budget(path))
    found = _read(path, files, wanted, limit, progress=progress)
    new = connection.read(lambda table: _absent(table, found.locators))
    is_now = exif or len(new) <= _at_once(connection, files)
    look_at = [found.locators[row] for row in new] if is_now else []
    warned: images.DecoderWarnings = []
    headers, unread = read_headers(look_at, exif=exif, progress=progress, warned=warned)
    refused: Refused = list(found.left_out)
    build = partial(_addition, found=found, headers=headers, refused=refused)
    change = connection.commit(build)
    added = len(change.samples) if isinstance(change, AddSamples) else 0
    damaged, without_plug_in = parted(unread)
    return IngestReport(
        added,
        len(found.locators) - added,
        [*found.broken, *damaged],
        without_plug_in=without_plug_in,
        moved=moved,
        warnings=warned,
        not_read=dict(found.not_read),
        left_out=refused,
        empty=found.empty if added and not look_at else 0,
        unsized=0 if look_at else added,
        sizes_follow=not look_at and added > 0 and is_read_later(found.locators[0]),
    )


def _at_once(connection: Connection, files: Sequence[str]) -> int:
    """Of how many images the sizes are worth waiting for: on disk they are waited for once."""
    is_kept = connection.store.path is not None and not remote.is_elsewhere(files[0])
    return READ_AT_ONCE_FROM_DISK if is_kept else READ_AT_ONCE


# What the files hold


def _read(
    path: str, files: Sequence[str], wanted: Wanted, limit: int | None, *, progress: bool
) -> Contents:
    """What all files hold, as far as they can be read, or a part of it.

    Raises:
        ValueError: none of them can be read.
    """
    keys = _keys_of(files)
    parts, broken, count = [], [], 0
    for file, part in _each(files, wanted, limit, progress=progress):
        if isinstance(part, str):
            broken.append((file, part))
            continue
        parts.append(_with_keys(part, keys.get(file, {})))
        count += len(part.locators)
        if limit is not None and count >= limit:
            break
    if not parts:
        where = f"in {path}" if len(files) == 1 else f"in any of {len(files):,} files at {path}"
        raise ValueError(f"there are no images {where}:{listing(broken)}")
    found = joined(parts)
    found = found if limit is None else found.first(limit)
    return replace(found, broken=[*broken, *found.broken])


def _each(
    files: Sequence[str], wanted: Wanted, limit: int | None, *, progress: bool
) -> Iterator[tuple[str, Contents | str]]:
    """Yield files with what they hold, or with the reason why that cannot be read."""
    read = partial(_outcome, wanted)
    if limit is not None:
        yield from zip(files, map(read, files), strict=True)
        return
    pool = threads.pool(_THREADS, "framegrid-containers")
    try:
        outcomes = pool.map(read, files)
        if progress and len(files) > 1:
            outcomes = bar("reading files", len(files), shown=True, items=outcomes)
        yield from zip(files, outcomes, strict=True)
    finally:  # after Ctrl-C, without reading the rest first
        pool.shutdown(cancel_futures=True)


def _outcome(wanted: Wanted, file: str) -> Contents | str:
    reader = next(_READERS[end] for end in EXTENSIONS if file.lower().endswith(end))
    try:
        return _noted(reader(file, wanted), images.content_mark(file))
    except MemoryError:
        raise
    except _FAILURES as error:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return cut(" ".join(said.split()))


def _noted(part: Contents, mark: int | None) -> Contents:
    """What a file holds, with the note of it."""
    if mark is None:
        return part
    notes = pa.chunked_array([np.full(len(part.locators), mark)])
    return replace(part, columns={**part.columns, NOTES: notes})


def _keys_of(files: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the names of folders say of files, as Hive writes them: ``label=cat``."""
    found: dict[str, dict[str, Any]] = {f: dict(_keys_in(f)) for f in files if "=" in f}
    for name in {name for keys in found.values() for name in keys}:
        holding = [keys for keys in found.values() if keys.get(name) is not None]
        if all(_is_integer(keys[name]) for keys in holding):
            for keys in holding:
                keys[name] = int(keys[name])
    return found


def _keys_in(file: str) -> Iterator[tuple[str, str | None]]:
    """Yield the keys and values in the names of the folders that a file is in, from below."""
    *folders, _ = file.replace("\\", "/").split("/")
    for folder in takewhile(lambda name: "=" in name, reversed(folders)):
        name, _, value = folder.partition("=")
        yield unquote(name), None if value == _NULL_FOLDER else unquote(value)


def _is_integer(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19 and str(int(text)) == text


def _with_keys(part: Contents, keys: Mapping[str, Any]) -> Contents:
    count = len(part.locators)
    new = {key: [value] * count for key, value in keys.items() if key not in part.columns}
    return replace(part, columns={**part.columns, **new}) if new else part


# As samples


def _absent(table: Table, locators: Sequence[str]) -> npt.NDArray[np.int64]:
    """The places of the locators that the table does not have."""
    held = all_absolute(table.column("file_path_abs"))
    given = pa.array(locators, pa.large_string())
    return np.flatnonzero(~np.asarray(pc.is_in(given, held)))


def _addition(
    table: Table, *, found: Contents, headers: Headers, refused: Refused
) -> AddSamples | None:
    """Add the images that are still absent: another process may have added some meanwhile."""
    rows = _absent(table, found.locators)
    if not len(rows):
        return None
    ids = np.arange(table.next_id, table.next_id + len(rows))
    locators = [found.locators[row] for row in rows]
    named = [found.names[row] for row in rows]
    names = [name or images.file_name(path) for name, path in zip(named, locators, strict=True)]
    columns = {name: _series(values, rows) for name, values in found.columns.items()}
    sizes = {key: _sizes(columns.pop(key, None), locators, headers, key) for key in _SIZE}
    exif = _exif(locators, headers)
    typed = TypedValues(table)
    metadata = fitted(typed, ids, {**columns, **exif}, refused)
    builtin = {
        "sample_id": ids,
        "file_name": pa.array(names, pa.large_string()),
        "file_path_abs": pa.array(locators, pa.large_string()),
        **sizes,
    }
    return AddSamples(pa.table(builtin | metadata), typed.types)


def _exif(locators: Sequence[str], headers: Headers) -> Mapping[str, Sequence[Any]]:
    if not headers:
        return {}
    found = (headers.get(locator) for locator in locators)
    return values_by_key([header.exif if header else {} for header in found])


def _series(values: Values, rows: npt.NDArray[np.int64]) -> "pd.Series[Any]":
    if not isinstance(values, pa.ChunkedArray):
        return pd.Series([values[row] for row in rows], dtype=object)
    table = pa.table({"value": values if len(rows) == len(values) else values.take(rows)})
    return pd.Series(table.to_pandas(types_mapper=pd.ArrowDtype)["value"])


def _sizes(
    given: "pd.Series[Any] | None", locators: Sequence[str], headers: Headers, key: str
) -> pa.Array:
    """Widths or heights in px: as they were read, else as they are given; null if unknown."""
    read = pa.nulls(len(locators), pa.int64())
    if headers:
        found = (headers.get(locator) for locator in locators)
        read = pa.array([getattr(header, key, None) for header in found], pa.int64())
    if given is None:
        return read
    lengths = (length if _is_length(length) else None for length in given.astype(object).tolist())
    return pc.coalesce(read, pa.array(lengths, pa.int64()))


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and 0 < value < _LONGEST
