"""Thumbnails of earlier requests and sessions, in one SQLite file."""

import json
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from framegrid.base import cache_files
from framegrid.images.pixels.encoding import Encoded

_FILE_NAME = "thumbnails-3.sqlite"  # the number counts layouts: another layout is another file
_OLD_NAMES = ("thumbnails-1.sqlite", "thumbnails-2.sqlite")

_LAYOUT = """
PRAGMA synchronous = OFF;
BEGIN IMMEDIATE;
PRAGMA user_version = 3;
CREATE TABLE IF NOT EXISTS thumbnails (
  path TEXT NOT NULL,
  state INTEGER NOT NULL,
  file_bytes INTEGER NOT NULL,
  px INTEGER NOT NULL,
  used INTEGER NOT NULL,
  data BLOB NOT NULL,
  mime TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  PRIMARY KEY (path, px)
);
CREATE INDEX IF NOT EXISTS by_use ON thumbnails (used);
COMMIT;
"""
# Setting the version is a write, so that a file that cannot be written fails here already. Without
# synchronous writes a power cut may damage the file, which is then made anew.

_SELECT = """
SELECT path, state, file_bytes, used, data, mime, width, height FROM thumbnails
WHERE px = ? AND path IN (SELECT value FROM json_each(?)) AND length(data) <= ?
"""

_LARGEST_BYTES = 1 << 24
"""Thumbnails are far smaller; a file that somebody else wrote may not be."""

_BEGINNINGS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
"""How the pictures begin that framegrid makes; nothing else goes to a browser from here."""

_INSERT = "INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

_USED = "UPDATE thumbnails SET used = ? WHERE path = ? AND px = ?"

_EVICT = """
DELETE FROM thumbnails WHERE rowid IN (
  SELECT rowid FROM thumbnails ORDER BY used, rowid
  LIMIT 1 + (SELECT count(*) / 10 FROM thumbnails)
)
"""

_WRITE_EVERY = 32
"""How many thumbnails may wait to be written."""

_USED_AGAIN_S = 600
"""Use is noted only when the last one is this long ago, so that most requests write nothing."""

_MEMORY_BYTES = 64_000_000
"""The limit where memory has to serve."""


class File(NamedTuple):
    """An image file in one state; writing to it makes another.

    Attributes:
        path: Where it is.
        state: A number for when it was written and which file it is; of an object, its version.
        file_bytes: Its length.
    """

    path: str
    state: int
    file_bytes: int


class Cache:
    """Thumbnails by file and size, limited in total, shared among threads and processes.

    Trouble with the cache is never an error: what cannot be read is not there, what cannot be
    written is forgotten, a damaged file is made anew, and where no file can be, memory serves.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._file = cache_files.CacheFile(folder / _FILE_NAME, _LAYOUT, _OLD_NAMES)
        self._max_bytes = max_bytes
        self._lock = RLock()
        self._unsaved: dict[tuple[File, int], Encoded] = {}
        self._used: set[tuple[str, int]] = set()

    def get(self, files: Collection[File], px: int) -> dict[File, Encoded]:
        """Return the thumbnails of `px` px that are there for files in exactly these states."""
        paths = json.dumps([file.path for file in files])
        with self._lock:
            rows: list[Any] = self._file.attempt(lambda cache: _rows(cache, px, paths), [])
            found = {File(*row[:3]): Encoded(*row[4:]) for row in rows}
            recent = time.time() - _USED_AGAIN_S
            self._used |= {(row[0], px) for row in rows if row[3] < recent}
            found |= {
                file: self._unsaved[file, px] for file in files if (file, px) in self._unsaved
            }
        return {file: found[file] for file in files if file in found}

    def put(self, file: File, px: int, encoded: Encoded) -> None:
        """Keep a thumbnail; it reaches the disk with the next `flush`, or when enough wait."""
        if not _is_storable(file):
            return
        with self._lock:
            self._unsaved[file, px] = encoded
            if len(self._unsaved) >= _WRITE_EVERY:
                self.flush()

    def flush(self) -> None:
        """Write what is not on disk yet, and drop what was unused for longest if room is short."""
        with self._lock:
            now = int(time.time())
            new = [
                (*file, px, now, encoded.data, encoded.mime, encoded.width, encoded.height)
                for (file, px), encoded in self._unsaved.items()
            ]
            used = [(now, path, px) for path, px in self._used]
            self._unsaved.clear()
            self._used.clear()
            if new or used:
                self._file.attempt(lambda connection: self._write(connection, new, used), None)

    def close(self) -> None:
        """Write what is not on disk yet and let go of the file."""
        with self._lock:
            self.flush()
            self._file.close()

    def _write(
        self,
        connection: cache_files.Connection,
        new: Sequence[tuple[object, ...]],
        used: Sequence[tuple[object, ...]],
    ) -> None:
        with connection:
            connection.executemany(_INSERT, new)
            connection.executemany(_USED, used)
        most = min(self._max_bytes, _MEMORY_BYTES) if self._file.is_in_memory else self._max_bytes
        while cache_files.bytes_used(connection) > most:
            with connection:
                if not connection.execute(_EVICT).rowcount:
                    break


def _rows(connection: cache_files.Connection, px: int, paths: str) -> list[Any]:
    rows = connection.execute(_SELECT, (px, paths, _LARGEST_BYTES))
    return [row for row in rows if _is_ours(row, px)]


def _is_ours(row: Sequence[Any], px: int) -> bool:
    """Whether framegrid may have written a row: anybody who can write the file can forge one."""
    _, _, _, used, data, mime, width, height = row
    return (
        isinstance(data, bytes)
        and mime in _BEGINNINGS
        and data.startswith(_BEGINNINGS[mime])
        and all(isinstance(number, int) for number in (used, width, height))
        and 1 <= min(width, height) <= max(width, height) <= px
    )


def _is_storable(file: File) -> bool:
    """Whether SQLite can hold a file: valid text, and integers of 64 bits."""
    try:
        file.path.encode()
    except (AttributeError, UnicodeEncodeError):
        return False
    return all(-(2**63) <= number < 2**63 for number in file[1:])
