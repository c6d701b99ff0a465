"""Datasets in memory, of a frame or of a sequence of pictures."""

import warnings
from collections.abc import Hashable
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc

from framegrid import images
from framegrid.base import left_out_message
from framegrid.dataset.edits.frame_updates import check_unique_columns
from framegrid.dataset.ingest.from_frame import Refused, samples_of, with_index_as_columns
from framegrid.dataset.ingest.image_columns import (
    has_pictures,
    image_column,
    taken_from,
    with_locators,
)
from framegrid.dataset.ingest.pairs import Items
from framegrid.storage import Store, Table, store_in_memory

_NAMES = ("image", "file_path_abs")
"""What the column of a sequence's pictures can be called."""


def store_of_frame(  # noqa: PLR0913 - what to read, and how to speak of it
    frame: pd.DataFrame,
    path_column: Hashable | None,
    origin: Path | str,
    refused: Refused | None = None,
    *,
    images_in: Hashable | None = None,
    stacklevel: int = 3,
) -> Store:
    """A dataset in memory of the rows of a frame, see ``samples_of``; a warning says what it lacks.

    Args:
        frame: as for ``samples_of``.
        path_column: the column of image paths; None to find it.
        origin: the file that the frame is a part of, or what it is called.
        refused: what was left out before.
        images_in: the column of pictures; None to find it.
        stacklevel: of the warning.
    """
    refused = refused or []
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"expected a pandas DataFrame, got {type(frame).__name__}")
    frame = with_index_as_columns(frame)
    check_unique_columns(frame)
    column = image_column(frame, path_column, images_in)
    held: list[images.Unsaved] = []
    if has_pictures(frame[column]):
        frame, held = with_locators(frame, column, taken_from(frame[column]), refused)
    store = _store(frame, column, origin, refused, stacklevel=stacklevel + 1)
    del held  # not before
    return store


def store_of_items(items: Items, origin: str, *, stacklevel: int) -> Store:
    """A dataset in memory of a sequence of pictures; a warning says what it lacks.

    Args:
        items: the pictures, with what stands beside them.
        origin: what it is called.
        stacklevel: of the warning.
    """
    refused: Refused = []
    taken = taken_from(items)
    frame = pd.DataFrame(items.rest, index=range(len(items.rest)), dtype=object)
    column = next(name for name in _NAMES if name not in frame.columns)
    frame, held = with_locators(frame, column, taken, refused)
    store = _store(frame, column, origin, refused, stacklevel=stacklevel + 1)
    del held  # not before
    return store


def _store(
    frame: pd.DataFrame,
    column: Hashable,
    origin: Path | str,
    refused: Refused,
    *,
    stacklevel: int,
) -> Store:
    table = Table()
    table.apply(samples_of(table, frame, column, refused))
    if refused:
        message = left_out_message(str(origin), refused)
        warnings.warn(message, RuntimeWarning, stacklevel=stacklevel)
    store = store_in_memory(table, origin if isinstance(origin, Path) else None)
    store.kept = _holding(table)
    return store


def _holding(table: Table) -> list[images.Unsaved]:
    """What has the pictures that only memory has."""
    paths = table.column("file_path_abs")
    return images.held_for(paths.filter(pc.starts_with(paths, "unsaved:")).to_pylist())
