"""Headers of images, read in threads, and the sizes in them."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.base import BrokenImageError, threads
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.ingest.container_notes import Marks, new_notes
from framegrid.dataset.reports.progress import bar
from framegrid.images import Header
from framegrid.storage import Block, SetBlocks, Table

T = TypeVar("T")

Size = tuple[int, int]
"""Width and height in px as displayed."""

Sizes = dict[str, Size]
"""Size by path."""

Headers = dict[str, Header]
"""Header by path."""

Broken = list[tuple[str, str]]
"""Path and reason of each image that cannot be read."""

_SIZE = ("width", "height")
_THREADS = min(32, 4 * (os.cpu_count() or 1))  # most of their time they wait for the disk
_FILES_PER_TASK = 32  # handing over a task takes as long as reading a header
_OBJECT_THREADS, _OBJECTS_PER_TASK = 32, 1  # for the network, one waits far longer


def read_size(path: str) -> Size | str:
    """Read the size of an image, or give the reason why it has none."""
    header, reason = _outcome(images.read_header, path)
    return (header.width, header.height) if header else str(reason)


def size_of(value: Callable[[str], Any]) -> tuple[int | None, int | None]:
    """Width and height of a sample: of the file if they are missing, None if it has none.

    Args:
        value: its built-in value of a column.
    """
    width, height = value("width"), value("height")
    if width is not None and height is not None:
        return width, height
    size = read_size(value("file_path_abs") or "")
    return size if isinstance(size, tuple) else (None, None)


def read_sizes(paths: Sequence[str], *, progress: bool) -> tuple[Sizes, Broken]:
    """Read the sizes of many images, see ``read_headers``."""
    headers, broken = read_headers(paths, progress=progress)
    return {path: (header.width, header.height) for path, header in headers.items()}, broken


def read_headers(
    paths: Sequence[str],
    *,
    exif: bool = False,
    progress: bool,
    warned: images.DecoderWarnings | None = None,
) -> tuple[Headers, Broken]:
    """Read the headers of many images, in threads.

    Args:
        paths: image files.
        exif: read the EXIF values, too.
        progress: show a progress bar, if there is someone to see it and it takes a while.
        warned: takes path and text of each warning; none is shown.
    """
    read = partial(images.read_header, exif=True) if exif else images.read_header
    return in_threads(read, paths, progress=progress, warned=warned)


def in_threads(
    read: Callable[[str], T],
    paths: Sequence[str],
    *,
    progress: bool,
    warned: images.DecoderWarnings | None = None,
) -> tuple[dict[str, T], Broken]:
    """Read something of many images, in threads: what was read by path, and what is broken."""
    are_remote = any(map(remote.is_url, map(remote.container_of, paths)))
    per_task = _OBJECTS_PER_TASK if are_remote else _FILES_PER_TASK
    tasks = [paths[i : i + per_task] for i in range(0, len(paths), per_task)]
    with images.collecting_warnings() as said:
        pool = threads.pool(_OBJECT_THREADS if are_remote else _THREADS, "framegrid-headers")
        try:
            outcomes = chain.from_iterable(pool.map(partial(_outcomes, read), tasks))
            if progress and paths:
                outcomes = bar("reading images", len(paths), shown=True, items=outcomes)
            read_all = list(outcomes)
        finally:  # after Ctrl-C, without reading the rest first
            pool.shutdown(cancel_futures=True)
    if warned is not None:
        warned += said
    found = {path: outcome for path, outcome, reason in read_all if outcome is not None}
    return found, [(path, reason) for path, _, reason in read_all if reason is not None]


def fill_sizes(connection: Connection, *, changed: bool, progress: bool) -> Broken:
    """Read the sizes that the dataset misses, in one edit, and give those that cannot be read.

    Args:
        connection: the dataset.
        changed: read those of all images, and set the ones that are others now.
        progress: show a progress bar when it takes longer than a second.
    """
    samples = _all if changed else unsized
    _, paths = connection.read(samples)
    sizes, broken = read_sizes(paths, progress=progress)
    marks = Marks()
    connection.commit(lambda table: _set_sizes(table, sizes, samples, marks if changed else None))
    return broken


def _outcomes(
    read: Callable[[str], T], paths: Iterable[str]
) -> list[tuple[str, T | None, str | None]]:
    return [(path, *_outcome(read, path)) for path in paths]


def _outcome(read: Callable[[str], T], path: str) -> tuple[T, None] | tuple[None, str]:
    try:
        with images.of_file(path):
            return read(path), None
    except BrokenImageError as error:
        return None, str(error)


def _all(table: Table) -> tuple[list[int], list[str]]:
    return table.ids.tolist(), table.column("file_path_abs").to_pylist()


def unsized(table: Table) -> tuple[list[int], list[str]]:
    """Ids and paths of the samples whose width or height is missing."""
    missing = pc.or_(table.column("width").is_null(), table.column("height").is_null())
    paths = table.column("file_path_abs").filter(missing)
    return pa.array(table.ids).filter(missing).to_pylist(), paths.to_pylist()


def _set_sizes(
    table: Table,
    sizes: Sizes,
    samples: Callable[[Table], tuple[list[int], list[str]]],
    marks: Marks | None,
) -> SetBlocks | None:
    rows = zip(*samples(table), strict=True)
    change = change_of_sizes(table, {id_: sizes[path] for id_, path in rows if path in sizes})
    notes = None if marks is None else new_notes(table, marks)
    if notes is None:
        return change
    return SetBlocks((*(change.blocks if change else ()), notes), {})


def change_of_sizes(table: Table, sizes: Mapping[int, Size]) -> SetBlocks | None:
    """Set sizes by sample id, of samples that are there and have others; None for none."""
    ids = np.array(sorted(sizes), np.int64)
    ids = ids[np.isin(ids, table.ids)]
    rows = pa.array(table.rows(ids))
    held = zip(*(table.column(key).take(rows).to_pylist() for key in _SIZE), strict=True)
    differ = [sizes[id_] != size for id_, size in zip(ids.tolist(), held, strict=True)]
    if not any(differ):
        return None
    ids = ids[np.array(differ)]
    values = zip(*(sizes[id_] for id_ in ids.tolist()), strict=True)
    arrays = [pa.array(lengths, pa.int64()) for lengths in values]
    return SetBlocks((Block(ids, dict(zip(_SIZE, arrays, strict=True))),), {})
