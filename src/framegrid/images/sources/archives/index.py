"""The index of an archive: looked up, or made by reading its headers."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO

from framegrid import remote
from framegrid.base import BrokenImageError, default_folder
from framegrid.images.sources.archives.index_cache import Archive, IndexCache
from framegrid.images.sources.archives.members import Gathered
from framegrid.images.sources.archives.tar_headers import read_tar
from framegrid.images.sources.archives.zip_directory import read_zip
from framegrid.images.sources.containers import container_states, open_container
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator

_MAX_BYTES = 512_000_000
_BUFFER = 1 << 16
"""Bytes read at once of the headers of an archive."""

_STATE_S = 2.0
"""So long the state of an object is taken to be what it was: each look is a request."""

_READERS: Mapping[str, Callable[[IO[bytes], int], Gathered]] = {"zip": read_zip, "tar": read_tar}

_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
"""How archives begin that have to be read from the start for each member."""


class Indexes:
    """Looks up indexes of archives, and makes those that are missing.

    Args:
        folder: of the cache.
    """

    def __init__(self, folder: Path) -> None:
        self._cache = IndexCache(folder, _MAX_BYTES)
        self._making: defaultdict[str, Lock] = defaultdict(Lock)
        self._states: dict[str, tuple[float, FileState]] = {}
        self._kept: tuple[Archive, Gathered] | None = None

    def of(
        self, locator: Locator, names: Collection[str] | None = None
    ) -> tuple[Gathered, FileState]:
        """The members of these names, or all, of an archive, and its state.

        Args:
            locator: of the archive, or of a member of it.
            names: the members that are asked for.

        Raises:
            BrokenImageError: it is no archive that is read; its message is a short reason.
            OSError: it cannot be read.
        """
        state = self._state(locator)
        archive = Archive(f"{locator.kind}:{locator.container}", state)
        with self._making[archive.path]:
            found = self._found(archive, names)
            if found is None:
                self._make(archive, locator)
                found = self._found(archive, names)
        return found or Gathered(), state

    def _found(self, archive: Archive, names: Collection[str] | None) -> Gathered | None:
        if self._kept and self._kept[0] == archive:
            return self._kept[1]
        return self._cache.get(archive, names)

    def _make(self, archive: Archive, locator: Locator) -> None:
        """Read all headers; what the cache does not take is kept here."""
        with open_container(locator, _BUFFER) as file:
            _check_not_compressed(file)
            made = _READERS[locator.kind](file, archive.state.size)
        self._cache.put(archive, made)
        if self._cache.get(archive, ()) is None:
            self._kept = archive, made

    def _state(self, locator: Locator) -> FileState:
        path = locator.container
        seen, state = self._states.get(path, (-_STATE_S, None))
        if state and time.monotonic() < seen + _STATE_S:
            return state
        (state,) = container_states([locator])
        if state is None:
            open_container(locator).close()  # it knows why
            raise FileNotFoundError(path)
        if remote.is_url(path):
            self._states[path] = time.monotonic(), state
        return state


def _check_not_compressed(file: IO[bytes]) -> None:
    start = file.read(max(map(len, _COMPRESSED)))
    for magic, name in _COMPRESSED.items():
        if start.startswith(magic):
            raise BrokenImageError(
                f"compressed by {name}: a member of it cannot be read without all before it; "
                "decompress it to a .tar"
            )


def indexes() -> Indexes:
    """Those of this process; a forked child gets its own, as no connection survives a fork."""
    return _of_process(os.getpid(), default_folder())


@cache
def _of_process(_pid: int, folder: Path) -> Indexes:
    return Indexes(folder)
