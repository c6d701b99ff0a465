"""A cache in one SQLite file, shared among threads and processes; trouble with it is no error."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

Connection = sqlite3.Connection
"""To a cache."""

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_BUSY_S = 1.0
"""How long to wait for another process before doing without."""


class CacheFile:
    """A SQLite file that is made when it is first needed, and anew when it is damaged.

    What cannot be read is not there, what cannot be written is forgotten, and where no file can be,
    memory serves. Anybody may have written to the file: what is read is to be checked.

    Args:
        path: the file; its folder is made, too.
        layout: what makes its tables, and writes something: a file that cannot be written fails
            there already.
        old_names: of files beside it that earlier versions wrote, which are removed.
    """

    def __init__(self, path: Path, layout: str, old_names: Sequence[str] = ()) -> None:
        self._path, self._layout, self._old_names = path, layout, old_names
        self._opened: Connection | None = None
        self.is_in_memory = False

    def attempt(self, work: Callable[[Connection], T], otherwise: T) -> T:
        """Do something with the file, or give `otherwise` where that fails."""
        try:
            return work(self._connection())
        except (ValueError, TypeError, OverflowError):  # what SQLite has no way to hold
            return otherwise
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) in _DAMAGE:
                self.close()
                with suppress(OSError):
                    self._path.unlink()
            return otherwise

    def close(self) -> None:
        """Let go of the file."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _connection(self) -> Connection:
        if self._opened is None:
            try:
                self._path = self._path.expanduser()
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._opened = self._connect(self._path)
                self._remove_old()
            except (OSError, RuntimeError, sqlite3.OperationalError):  # Runtime: no home folder
                self._opened = self._connect(":memory:")
                self.is_in_memory = True
        return self._opened

    def _connect(self, path: Path | str) -> Connection:
        connection = sqlite3.connect(
            path, timeout=_BUSY_S, isolation_level="IMMEDIATE", check_same_thread=False
        )
        try:
            connection.executescript(self._layout)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _remove_old(self) -> None:
        for name in self._old_names:
            with suppress(OSError):
                self._path.with_name(name).unlink(missing_ok=True)


def bytes_used(connection: Connection) -> int:
    """The size in bytes of what the file holds; room that deleting left is not counted."""
    pages, free, page_bytes = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * page_bytes)
