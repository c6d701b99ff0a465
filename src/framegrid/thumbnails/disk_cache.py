"""Thumbnails of earlier requests and sessions, in one SQLite file."""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple, TypeVar

from framegrid.images import Encoded

_FILE_NAME = "thumbnails-1.sqlite"  # the number counts layouts: another layout is another file

_LAYOUT = """
PRAGMA synchronous = OFF;
BEGIN IMMEDIATE;
PRAGMA user_version = 1;
CREATE TABLE IF NOT EXISTS thumbnails (
  path TEXT NOT NULL,
  mtime_ns INTEGER NOT NULL,
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
SELECT path, mtime_ns, file_bytes, used, data, mime, width, height FROM thumbnails
WHERE px = ? AND path IN (SELECT value FROM json_each(?))
"""

_INSERT = "INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

_USED = "UPDATE thumbnails SET used = ? WHERE path = ? AND px = ?"

_EVICT = """
DELETE FROM thumbnails WHERE rowid IN (
  SELECT rowid FROM thumbnails ORDER BY used, rowid
  LIMIT 1 + (SELECT count(*) / 10 FROM thumbnails)
)
"""

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_BUSY_S = 1.0
"""How long to wait for another process before doing without."""

_WRITE_EVERY = 32
"""How many thumbnails may wait to be written."""

_USED_AGAIN_S = 600
"""Use is noted only when the last one is this long ago, so that most requests write nothing."""

_MEMORY_BYTES = 64_000_000
"""The limit where memory has to serve."""

_T = TypeVar("_T")


class File(NamedTuple):
    """An image file in one state; writing to it makes another.

    Attributes:
        path: Where it is.
        mtime_ns: When it was last written, in ns; of an object, its version as a number.
        file_bytes: Its length.
    """

    path: str
    mtime_ns: int
    file_bytes: int


class Cache:
    """Thumbnails by file and size, limited in total, shared among threads and processes.

    Trouble with the cache is never an error: what cannot be read is not there, what cannot be
    written is forgotten, a damaged file is made anew, and where no file can be, memory serves.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._path = folder / _FILE_NAME
        self._max_bytes = max_bytes
        self._lock = RLock()
        self._opened: sqlite3.Connection | None = None
        self._unsaved: dict[tuple[File, int], Encoded] = {}
        self._used: set[tuple[str, int]] = set()

    def get(self, files: Collection[File], px: int) -> dict[File, Encoded]:
        """Return the thumbnails of `px` px that are there for files in exactly these states."""
        paths = json.dumps([file.path for file in files])
        with self._lock:
            rows: list[Any] = self._attempt(
                lambda c: c.execute(_SELECT, (px, paths)).fetchall(), []
            )
            found = {File(*row[:3]): Encoded(*row[4:]) for row in rows}
            recent = time.time() - _USED_AGAIN_S
            self._used |= {(row[0], px) for row in rows if row[3] < recent}
            found |= {
                file: self._unsaved[file, px] for file in files if (file, px) in self._unsaved
            }
        return {file: found[file] for file in files if file in found}

    def put(self, file: File, px: int, encoded: Encoded) -> None:
        """Keep a thumbnail; it reaches the disk with the next `flush`, or when enough wait."""
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
                self._attempt(lambda connection: self._write(connection, new, used), None)

    def close(self) -> None:
        """Write what is not on disk yet and let go of the file."""
        with self._lock:
            self.flush()
            self._disconnect()

    def _attempt(self, work: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        try:
            return work(self._connection())
        except UnicodeEncodeError:  # a path that is not valid UTF-8
            return otherwise
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) in _DAMAGE:
                self._disconnect()
                with suppress(OSError):
                    self._path.unlink()
            return otherwise

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            try:
                self._path = self._path.expanduser()
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._opened = _connect(self._path)
            except (OSError, RuntimeError, sqlite3.OperationalError):  # Runtime: no home folder
                self._opened = _connect(":memory:")
                self._max_bytes = min(self._max_bytes, _MEMORY_BYTES)
        return self._opened

    def _disconnect(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _write(
        self,
        connection: sqlite3.Connection,
        new: Sequence[tuple[object, ...]],
        used: Sequence[tuple[object, ...]],
    ) -> None:
        with connection:
            connection.executemany(_INSERT, new)
            connection.executemany(_USED, used)
        while _bytes_used(connection) > self._max_bytes:
            with connection:
                if not connection.execute(_EVICT).rowcount:
                    break


def _connect(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_S, isolation_level="IMMEDIATE", check_same_thread=False
    )
    try:
        connection.executescript(_LAYOUT)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _bytes_used(connection: sqlite3.Connection) -> int:
    """Return the size in bytes of what the file holds; room that deleting left is not counted."""
    pages, free, page_bytes = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * page_bytes)
