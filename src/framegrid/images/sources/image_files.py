"""Images where they are, whatever their kind: opening, telling changes, names."""

import os
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, cast

from framegrid import remote
from framegrid.base import BrokenImageError
from framegrid.images.formats.known import StrPath
from framegrid.images.sources import local_files, unsaved
from framegrid.images.sources.kinds import Source
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator

_MODULES: Mapping[remote.Kind, str] = {
    "file": "local_files",
    "object": "objects",
    "tar": "archive_members",
    "zip": "archive_members",
    "parquet": "parquet_cells",
    "https": "web_images",
    "unsaved": "unsaved",
}
"""Where images of each kind come from, see ``Source``: a new kind is a module and a row. They are
imported when they are needed: workers start without Arrow."""

_COPY_BUFFER = 1 << 20


def open_file(path: StrPath, buffering: int = -1) -> IO[bytes]:
    """Open an image for reading: whatever opens images does it here.

    A locator comes from datasets and folders of strangers, so it is read as what ``remote.parse``
    knows and nothing else. Neither does opening wait for a pipe or move a device, nor does anything
    else happen with the locator.

    Args:
        path: the locator: a file, the URL of an object, a part of one of them.
        buffering: bytes to read at once; -1 for few, enough for most headers.

    Raises:
        BrokenImageError: it is empty, no regular file, no path, or a locator that is not opened.
        OSError: it cannot be read.
    """
    if isinstance(path, unsaved.Carried):
        return unsaved.open_carried(path)
    if not remote.is_url(path):
        return local_files.open_regular(path, buffering)
    try:
        locator = remote.parse(path)
    except ValueError as error:
        raise BrokenImageError(str(error)) from error
    if locator.kind not in _MODULES:
        raise BrokenImageError(f"{locator.kind}:// is not opened")
    return _source(locator.kind).open_image(locator, buffering)


def is_here_only(path: str) -> bool:
    """Whether an image lies in the memory of this process: no other process finds it."""
    return isinstance(path, str) and remote.container_of(path).startswith("memory:")


def file_states(paths: Sequence[str]) -> list[FileState | None]:
    """Look at images, None where there is none; those of one kind are asked for together."""
    places: dict[remote.Kind, list[tuple[int, Locator]]] = defaultdict(list)
    for place, path in enumerate(paths):
        if locator := _known(path):
            places[locator.kind].append((place, locator))
    found: list[FileState | None] = [None] * len(paths)
    for kind, located in places.items():
        states = _source(kind).states([locator for _, locator in located])
        for (place, _), state in zip(located, states, strict=True):
            found[place] = state
    return found


def file_name(path: StrPath) -> str:
    """The name that an image has by its locator alone: of a file the last part of its path."""
    path = os.fspath(path)
    is_elsewhere = remote.is_url(path) and not isinstance(path, unsaved.Carried)
    locator = _known(path) if is_elsewhere else None
    return _source(locator.kind).file_name(locator) if locator else local_files.last_part(path)


def said(path: str) -> str:
    """Where an image is, in a few words: ``row 123 of train.parquet``; of a file, its path."""
    locator = _known(path)
    return _source(locator.kind).said(locator) if locator else path


def copy_bytes(file: IO[bytes], path: StrPath, place: Path) -> None:
    """Write an open image into a file that exists, with the times and mode of a local one."""
    file.seek(0)
    with place.open("wb") as target:
        shutil.copyfileobj(file, target, _COPY_BUFFER)
    if not remote.is_url(path):
        shutil.copystat(path, place)


def missing_files(paths: Sequence[str]) -> list[str]:
    """The images that are not there.

    Raises:
        UrlNotAllowedError: some are in buckets or shares that the user has not named.
    """
    remote.check_all([remote.container_of(path) for path in paths if remote.is_asked_for(path)])
    states = zip(paths, file_states(paths), strict=True)
    return [path for path, state in states if state is None]


def _known(path: object) -> Locator | None:
    """The locator, if it is one of a kind that is opened."""
    with suppress(ValueError, TypeError):
        locator = remote.parse(os.fspath(path))  # type: ignore[call-overload]
        return locator if locator.kind in _MODULES else None
    return None


@cache
def _source(kind: remote.Kind) -> Source:
    return cast(Source, import_module(f"framegrid.images.sources.{_MODULES[kind]}"))
