"""Headers of images, read in threads, and the sizes in them."""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote, threads
from framegrid.dataset.connection import Connection
from framegrid.dataset.progress import bar
from framegrid.errors import BrokenImageError
from framegrid.images import Header
from framegrid.table import Block, SetBlocks, Table

T = TypeVar("T")

Size = tuple[int, int]
"""Width and height in px as displayed."""

Sizes = dict[str, Size]
"""Size by path."""

Headers = dict[str, Header]
"""Header by path."""

Broken = list[tuple[str, str]]
"""Path and reason of each image that cannot be read."""

_THREADS = min(32, 4 * (os.cpu_count() or 1))  # most of their time they wait for the disk
_FILES_PER_TASK = 32  # handing over a task takes as long as reading a header
_OBJECT_THREADS, _OBJECTS_PER_TASK = 32, 1  # for the network, one waits far longer


def read_size(path: str) -> Size | str:
    """Read the size of an image, or give the reason why it has none."""
    header = _outcome(images.read_header, path)
    return header if isinstance(header, str) else (header.width, header.height)


def read_sizes(paths: Sequence[str], *, progress: bool) -> tuple[Sizes, Broken]:
    """Read the sizes of many images, see ``read_headers``."""
    headers, broken = read_headers(paths, progress=progress)
    return {path: (header.width, header.height) for path, header in headers.items()}, broken


def read_headers(
    paths: Sequence[str], *, exif: bool = False, progress: bool
) -> tuple[Headers, Broken]:
    """Read the headers of many images, in threads.

    Args:
        paths: image files.
        exif: read the EXIF values, too.
        progress: show a progress bar, if there is someone to see it and it takes a while.
    """
    read_each = partial(
        _outcomes, partial(images.read_header, exif=True) if exif else images.read_header
    )
    are_remote = any(map(remote.is_url, paths))
    per_task = _OBJECTS_PER_TASK if are_remote else _FILES_PER_TASK
    tasks = [paths[i : i + per_task] for i in range(0, len(paths), per_task)]
    pool = threads.pool(_OBJECT_THREADS if are_remote else _THREADS, "framegrid-headers")
    try:
        outcomes = chain.from_iterable(pool.map(read_each, tasks))
        if progress:
            outcomes = bar("reading images", len(paths), shown=True, items=outcomes)
        read = list(outcomes)
    finally:  # after Ctrl-C, without reading the rest first
        pool.shutdown(cancel_futures=True)
    headers = {path: header for path, header in read if isinstance(header, Header)}
    return headers, [(path, reason) for path, reason in read if isinstance(reason, str)]


def fill_sizes(connection: Connection, *, progress: bool) -> Broken:
    """Read the sizes that the dataset misses, in one edit, and give those that cannot be read."""
    _, paths = connection.read(_unsized)
    sizes, broken = read_sizes(paths, progress=progress)
    connection.commit(lambda table: _set_sizes(table, sizes))
    return broken


def _outcomes(
    read: Callable[[str], Header], paths: Iterable[str]
) -> list[tuple[str, Header | str]]:
    return [(path, _outcome(read, path)) for path in paths]


def _outcome(read: Callable[[str], Header], path: str) -> Header | str:
    try:
        return read(path)
    except BrokenImageError as error:
        return str(error)


def _unsized(table: Table) -> tuple[list[int], list[str]]:
    """Ids and paths of the samples whose width or height is missing."""
    missing = pc.or_(table.column("width").is_null(), table.column("height").is_null())
    paths = table.column("file_path_abs").filter(missing)
    return pa.array(table.ids).filter(missing).to_pylist(), paths.to_pylist()


def _set_sizes(table: Table, sizes: Sizes) -> SetBlocks | None:
    unsized = zip(*_unsized(table), strict=True)
    found = [(sample_id, *sizes[path]) for sample_id, path in unsized if path in sizes]
    if not found:
        return None
    ids, widths, heights = zip(*found, strict=True)
    columns = {"width": pa.array(widths, pa.int64()), "height": pa.array(heights, pa.int64())}
    return SetBlocks((Block(np.array(ids), columns),), {})
