"""Adding pictures that are in memory, or whose paths are known, in one edit."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from framegrid import images
from framegrid.base import brief, few
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.edits import TypedValues
from framegrid.dataset.edits.frame_updates import ArrowBatch, ArrowStream, as_frame
from framegrid.dataset.ingest.handed_over import Picture, Taken, listed, take
from framegrid.dataset.ingest.ingest import absent
from framegrid.dataset.ingest.sizes import Broken, read_sizes
from framegrid.dataset.reports.ingest_reports import IngestReport, listing, parted
from framegrid.storage import AddSamples, Change, Store, Table, cell_locators, write_cells

Columns = dict[str, Any]
"""Values by metadata key, one for each picture that was handed over."""

Put = Callable[[], list[str]]
"""Puts the pictures where the dataset keeps them, and returns their locators."""


def add_given(
    connection: Connection, given: Any, names: Sequence[str] | None, metadata: Any
) -> IngestReport:
    """Add what was handed over, see ``ImageDataset.add_images``."""
    connection.commit(lambda _: None)  # a dataset that cannot be written says so before the work
    store, given = connection.store, listed(given)
    names, columns = _checked_names(names, len(given)), _columns(metadata, len(given))
    held = sum(kept.size for kept in store.kept)
    taken = take(given, names, held=held, first=connection.table.next_id)
    broken = _without_broken(connection, taken)
    if len(broken) == len(given) > 0:
        raise ValueError(f"none of {len(given):,} images can be taken:{listing(broken)}")
    with _putting(store, taken) as put:
        change = connection.commit(partial(_addition, taken=taken, columns=columns, put=put))
    return _report(len(given), change, broken, taken)


def _report(given: int, change: Change | None, broken: Broken, taken: Taken) -> IngestReport:
    added = len(change.samples) if isinstance(change, AddSamples) else 0
    damaged, without_plug_in = parted(broken)
    return IngestReport(
        added,
        given - added - len(broken),
        damaged,
        without_plug_in=without_plug_in,
        notes=dict(taken.notes),
    )


def _without_broken(connection: Connection, taken: Taken) -> Broken:
    """Read the sizes of files that are new, leave out what is broken, and give the reasons."""
    paths = [picture.path for picture in taken.pictures if picture.path]
    new = connection.read(lambda table: absent(table, paths))
    sizes, unread = read_sizes(new, progress=True)
    reasons = dict(unread)
    broken = {place: (f"images[{place}]", reason) for place, reason in taken.broken.items()}
    broken |= {p.place: (p.path, reasons[p.path]) for p in taken.pictures if p.path in reasons}
    taken.pictures = [
        replace(picture, size=sizes.get(picture.path, picture.size))
        for picture in taken.pictures
        if picture.place not in broken
    ]
    return [broken[place] for place in sorted(broken)]


@contextmanager
def _putting(store: Store, taken: Taken) -> Iterator[Put]:
    """For an edit, what puts the pictures that are bytes: beside the dataset, or in memory."""
    cells = taken.cells
    if not cells:
        yield list
    elif store.path is None:
        yield partial(_hold, store, images.Unsaved(cells))
    else:
        with store.new_part(partial(write_cells, cells=cells)) as put:
            yield lambda: cell_locators(put(), len(cells))


def _hold(store: Store, held: images.Unsaved) -> list[str]:
    store.kept.append(held)
    return held.locators


def _addition(table: Table, *, taken: Taken, columns: Columns, put: Put) -> AddSamples | None:
    """Add the pictures, but for files that the table has, with what is said of them."""
    there = set(absent(table, [picture.path for picture in taken.pictures if picture.path]))
    new = [picture for picture in taken.pictures if not picture.path or _is_first(picture, there)]
    if not new:
        return None
    ids = np.arange(table.next_id, table.next_id + len(new))
    typed = TypedValues(table)
    rows = [picture.place for picture in new]
    metadata = typed.columns(ids, {key: _picked(values, rows) for key, values in columns.items()})
    cells = iter(put())
    builtin = {
        "sample_id": ids,
        "file_name": pa.array(map(_name, new), pa.large_string()),
        "file_path_abs": pa.array([p.path or next(cells) for p in new], pa.large_string()),
        "width": pa.array([p.size and p.size[0] for p in new], pa.int64()),
        "height": pa.array([p.size and p.size[1] for p in new], pa.int64()),
    }
    return AddSamples(pa.table(builtin | metadata), typed.types)


def _is_first(picture: Picture, there: set[str]) -> bool:
    """Whether a file is one of those, which it leaves: it may have been handed over twice."""
    is_new = picture.path in there
    there.discard(picture.path)
    return is_new


def _name(picture: Picture) -> str:
    return picture.name or images.file_name(picture.path)


def _picked(values: Any, rows: list[int]) -> Any:
    if isinstance(values, pd.Series):
        return values.iloc[rows]
    return [values[row] for row in rows]


# What else was handed over


def _checked_names(names: Any, count: int) -> Sequence[str] | None:
    if names is None:
        return None
    if isinstance(names, str):
        raise TypeError(f"names is a list of {count:,} names, got {brief(names)}")
    texts: list[str] = [
        os.fspath(name) if isinstance(name, os.PathLike) else name for name in names
    ]
    if wrong := [name for name in texts if not _is_name(name)]:
        raise TypeError(f"names are texts that are not empty, got {few(wrong)}")
    _check_count("names", len(texts), count)
    return texts


def _is_name(name: Any) -> bool:
    try:
        return isinstance(name, str) and bool(name.encode())
    except UnicodeEncodeError:
        return False


def _columns(metadata: Any, count: int) -> Columns:
    """Metadata by key: of a frame, columns by name, or a mapping for each picture."""
    if metadata is None:
        return {}
    if isinstance(metadata, (ArrowStream, ArrowBatch)) and not isinstance(metadata, pd.DataFrame):
        metadata = as_frame(metadata, "")
    if isinstance(metadata, pd.DataFrame):
        columns: Columns = {str(key): metadata[key] for key in metadata.columns}
    elif isinstance(metadata, Mapping):
        columns = {key: _listed(values) for key, values in metadata.items()}
    else:
        records = list(metadata)
        if wrong := [record for record in records if not isinstance(record, Mapping | None)]:
            raise TypeError(f"metadata has a dict for each image, got {few(wrong)}")
        _check_count("metadata", len(records), count)
        keys = dict.fromkeys(key for record in records for key in record or ())
        columns = {key: [(record or {}).get(key) for record in records] for key in keys}
    for key, values in columns.items():
        _check_count(f"metadata[{brief(key)}]", len(values), count)
    return columns


def _listed(values: Any) -> Any:
    return values if isinstance(values, pd.Series) else list(values)


def _check_count(what: str, given: int, count: int) -> None:
    if given != count:
        raise ValueError(f"{what} has {given:,} entries for {count:,} images: nothing was added")
