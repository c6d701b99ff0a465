"""Indexes of archives, in one SQLite file of this user's: made once, and shared among processes."""

import json
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from framegrid.images.sources.archives.members import Gathered, Member
from framegrid.images.sources.states import FileState

if TYPE_CHECKING:
    from framegrid.base import cache_files

_FILE_NAME = "archives-1.sqlite"  # the number counts layouts: another layout is another file
_OLD_NAMES = ()

_LAYOUT = """
PRAGMA synchronous = OFF;
BEGIN IMMEDIATE;
PRAGMA user_version = 1;
CREATE TABLE IF NOT EXISTS archives (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  size INTEGER NOT NULL,
  change INTEGER NOT NULL,
  used INTEGER NOT NULL,
  notes TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS members (
  archive INTEGER NOT NULL,
  name TEXT NOT NULL,
  start INTEGER NOT NULL,
  size INTEGER NOT NULL,
  packed INTEGER NOT NULL,
  method INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  stop INTEGER NOT NULL,
  problem TEXT NOT NULL,
  PRIMARY KEY (archive, name)
) WITHOUT ROWID;
COMMIT;
"""
# Numbers of archives are never given again, so that members of one are never taken for another's.

_FIND = (
    "SELECT id, used, notes FROM archives WHERE path = ? AND (version, size, change) = (?, ?, ?)"
)
_MEMBERS = """
SELECT name, start, size, packed, method, crc, stop, problem FROM members WHERE archive = ?
"""
_NAMED = """
SELECT name, start, size, packed, method, crc, stop, problem FROM members WHERE archive = ?
AND name IN (SELECT value FROM json_each(?))
"""
_USED = "UPDATE archives SET used = ? WHERE id = ?"
_INSERT = (
    "INSERT INTO archives (path, version, size, change, used, notes) VALUES (?, ?, ?, ?, ?, ?)"
)
_INSERT_MEMBERS = "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REMOVE = ("DELETE FROM members WHERE archive = ?", "DELETE FROM archives WHERE id = ?")
_OF_PATH = "SELECT id FROM archives WHERE path = ?"
_OLDEST = "SELECT id FROM archives WHERE id != ? ORDER BY used, id LIMIT 1"

_USED_AGAIN_S = 600
"""Use is noted only when the last one is this long ago, so that most look-ups write nothing."""


class Archive(NamedTuple):
    """An archive in one state; writing to it makes another."""

    path: str
    state: FileState


class IndexCache:
    """Indexes by archive, limited in total; of another state than asked for there is none.

    Args:
        folder: where the file is.
        max_bytes: the most that it holds, though never less than the last index.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        from framegrid.base import cache_files  # noqa: PLC0415 - SQLite is for who has archives

        self._bytes_used = cache_files.bytes_used
        self._file = cache_files.CacheFile(folder / _FILE_NAME, _LAYOUT, _OLD_NAMES)
        self._max_bytes = max_bytes
        self._lock = RLock()

    def get(self, archive: Archive, names: Collection[str] | None = None) -> Gathered | None:
        """The members of these names, or all, and the notes; None where there is no index."""
        with self._lock:
            return self._file.attempt(lambda cache: _read(cache, archive, names), None)

    def put(self, archive: Archive, gathered: Gathered) -> None:
        """Keep the index of an archive, instead of those of its earlier states."""
        with self._lock:
            self._file.attempt(lambda cache: self._write(cache, archive, gathered), None)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._file.close()

    def _write(self, cache: "cache_files.Connection", archive: Archive, gathered: Gathered) -> None:
        now = int(time.time())
        with cache:
            for (number,) in cache.execute(_OF_PATH, (archive.path,)).fetchall():
                _remove(cache, number)
            row = (archive.path, *archive.state, now, json.dumps(gathered.notes))
            number = cache.execute(_INSERT, row).lastrowid
            rows = ((number, *member) for member in gathered.members.values())
            cache.executemany(_INSERT_MEMBERS, rows)
        while self._bytes_used(cache) > self._max_bytes:
            oldest = cache.execute(_OLDEST, (number,)).fetchone()
            if not oldest:
                break
            with cache:
                _remove(cache, oldest[0])


def _remove(cache: "cache_files.Connection", number: int) -> None:
    for statement in _REMOVE:
        cache.execute(statement, (number,))


def _read(
    cache: "cache_files.Connection", archive: Archive, names: Collection[str] | None
) -> Gathered | None:
    found = cache.execute(_FIND, (archive.path, *archive.state)).fetchone()
    if found is None:
        return None
    number, used, notes = found
    now = int(time.time())
    if not isinstance(used, int) or used < now - _USED_AGAIN_S:
        with cache:
            cache.execute(_USED, (now, number))
    asked = (number,) if names is None else (number, json.dumps(list(names)))
    rows = cache.execute(_MEMBERS if names is None else _NAMED, asked)
    gathered = Gathered()
    gathered.members = {row[0]: Member(*row) for row in rows if _is_ours(row, archive.state.size)}
    gathered.said = [str(note) for note in json.loads(notes)]
    return gathered


def _is_ours(row: Sequence[Any], size: int) -> bool:
    """Whether framegrid may have written a row: anybody who can write the file can forge one."""
    name, *numbers, problem = row
    if not (isinstance(name, str) and isinstance(problem, str)):
        return False
    if not all(isinstance(number, int) for number in numbers):
        return False
    start, unpacked, packed, _, _, stop = numbers
    return bool(problem) or (0 <= start <= stop <= size and min(unpacked, packed) >= 0)
