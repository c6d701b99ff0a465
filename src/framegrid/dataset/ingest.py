"""Adding the images of a folder: which are new, how large they are, which are broken."""

import os
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images
from framegrid.dataset.connection import Connection
from framegrid.dataset.reports import IngestReport, listing
from framegrid.dataset.sizes import Sizes, read_sizes
from framegrid.table import AddSamples, Table


def add_images(
    connection: Connection,
    path: str | os.PathLike[str],
    *,
    recursive: bool,
    limit: int | None,
    progress: bool,
) -> IngestReport:
    """Add the images at `path` that the dataset does not have, in one edit.

    Raises:
        FileNotFoundError: there is nothing at `path`.
        ValueError: there are no images, or all of them are broken; or `limit` is below 1.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit}: the number of images to look at is at least 1")
    found = [str(file) for file in images.find_images(path, recursive=recursive)[:limit]]
    new = connection.read(lambda table: _absent(table, found))
    sizes, broken = read_sizes(new, progress=progress)
    if len(broken) == len(found):
        raise ValueError(f"none of {len(found):,} images at {path} can be read:{listing(broken)}")
    change = connection.commit(lambda table: _addition(table, sizes))
    added = len(change.samples) if isinstance(change, AddSamples) else 0
    return IngestReport(added, len(found) - added - len(broken), broken)


def _absent(table: Table, files: Sequence[str]) -> list[str]:
    """Those of `files` that the table does not have."""
    present = pc.is_in(pa.array(files, pa.large_string()), table.column("file_path_abs"))
    return [
        file for file, is_present in zip(files, present.to_pylist(), strict=True) if not is_present
    ]


def _addition(table: Table, sizes: Sizes) -> AddSamples | None:
    """Add the files that are still absent: another process may have added some meanwhile."""
    files = _absent(table, list(sizes))
    if not files:
        return None
    return AddSamples(
        pa.table(
            {
                "sample_id": np.arange(table.next_id, table.next_id + len(files)),
                "file_name": pa.array([PurePath(file).name for file in files], pa.large_string()),
                "file_path_abs": pa.array(files, pa.large_string()),
                "width": pa.array([sizes[file][0] for file in files], pa.int64()),
                "height": pa.array([sizes[file][1] for file in files], pa.int64()),
            }
        ),
        {},
    )
