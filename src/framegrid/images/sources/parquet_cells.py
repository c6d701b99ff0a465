"""Images that are cells of Parquet files: encoded bytes, plain or as ``{bytes, path}``."""

import io
import re
import time
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import IO

import numpy as np

from framegrid import remote
from framegrid.base import BrokenImageError, brief, recent
from framegrid.images.sources.containers import container_name, container_states
from framegrid.images.sources.local_files import empty
from framegrid.images.sources.parquet_files import PictureFile, picture_file
from framegrid.images.sources.parquet_groups import group_of
from framegrid.images.sources.states import FileState, number_of
from framegrid.remote import Locator

_INSIDE = re.compile(r"(?s)(.+)/(\d{1,18})", re.ASCII)
_ASKED_AGAIN_S = 2.0  # so long an object counts as what it was; asking takes a request
_KNOWN = 64  # objects

_states: recent.Recent[str, tuple[float, FileState | None]] = recent.Recent(_KNOWN)


def open_image(locator: Locator, buffering: int) -> IO[bytes]:  # noqa: ARG001 - it is in memory
    """Open the bytes of a cell, see ``Source``."""
    column, row = _place(locator)
    state = _state_of(locator)
    found = picture_file(locator, state)
    leaf = _leaf(locator, found, column)
    if row >= found.rows:
        raise BrokenImageError(f"no such row: {said(locator)}, which has {found.rows:,}")
    number = int(np.searchsorted(found.ends, row, side="right"))
    before = int(found.ends[number - 1]) if number else 0
    data = group_of(locator, state, found, number, leaf).cell(row - before)
    if data is None:
        raise BrokenImageError("no picture: the cell is empty")
    if not data:
        raise empty()
    return io.BytesIO(data)


def states(locators: Sequence[Locator]) -> list[FileState | None]:
    """The states of the files that cells are in, see ``Source``."""
    return [
        state and FileState(number_of(f"{state.version} {state.size}"), 0, state.change)
        for state in container_states(locators)
    ]


def file_name(locator: Locator) -> str:
    """File and row, ``train-00000-123``: only reading it tells the path that is in the cell."""
    return f"{PurePosixPath(container_name(locator)).stem}-{locator.inside.rpartition('/')[2]}"


def said(locator: Locator) -> str:
    """Row and file."""
    return f"row {locator.inside.rpartition('/')[2]} of {container_name(locator)}"


def _place(locator: Locator) -> tuple[str, int]:
    match = _INSIDE.fullmatch(locator.inside)
    if match is None:
        raise BrokenImageError("names no cell, as in parquet://column/12::/data/file.parquet")
    return match[1], int(match[2])


def _leaf(locator: Locator, found: PictureFile, column: str) -> str:
    """The stored column with the bytes of the pictures."""
    leaf = found.leaf(column)
    if leaf is not None:
        return leaf
    name = container_name(locator)
    if column not in found.schema.names:
        raise BrokenImageError(f"no column {brief(column)} in {brief(name)}")
    dtype = found.schema.field(column).type
    raise BrokenImageError(f"no pictures: column {brief(column)} is of type {brief(str(dtype))}")


def _state_of(locator: Locator) -> FileState | None:
    """The state of the file; of an object the one that it had just now."""
    if not remote.is_url(locator.container):
        return container_states([locator])[0]
    now = time.monotonic()
    asked, state = _states.get(locator.container) or (-_ASKED_AGAIN_S, None)
    if state is None or now > asked + _ASKED_AGAIN_S:
        (state,) = container_states([locator])
        _states.put(locator.container, (now, state))
    return state
