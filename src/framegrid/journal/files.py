"""The file operations that differ between platforms, in this one place."""

import errno
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: threads exclude each other there, processes do not
    fcntl = None  # type: ignore[assignment]

# Errors of places that have no locks, where two writers would lose each other's edits.
NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP})
# Errors that say that something can be read but not edited.
READ_ONLY = NO_LOCKS | {errno.EACCES, errno.EPERM, errno.EROFS}

# The plain sync of macOS ends in the drive's cache, which loses power with the rest.
_FULL_SYNC = getattr(fcntl, "F_FULLFSYNC", None)


def open_file(path: Path, flags: int) -> int:
    """Open a file, as one whose access times nobody wants: noting one makes the next write slow."""
    flags |= getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags | getattr(os, "O_NOATIME", 0), 0o666)
    except PermissionError:  # only the owner of a file may do without
        return os.open(path, flags, 0o666)


def lock_functions(fd: int, *, shared: bool) -> tuple[Callable[[], object], Callable[[], object]]:
    """Give two C functions: one takes the lock of a file or fails at once, one lets go of it."""
    if fcntl is None:
        return int, int
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    return partial(fcntl.flock, fd, mode | fcntl.LOCK_NB), partial(fcntl.flock, fd, fcntl.LOCK_UN)


if hasattr(os, "pread"):

    def read_at(fd: int, size: int, offset: int) -> bytes:
        """Read up to ``size`` bytes from ``offset``."""
        return os.pread(fd, size, offset)

    def _write_some(fd: int, data: bytes | memoryview, offset: int) -> int:
        return os.pwrite(fd, data, offset)

else:  # Windows

    def read_at(fd: int, size: int, offset: int) -> bytes:
        """Read up to ``size`` bytes from ``offset``."""
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, size)

    def _write_some(fd: int, data: bytes | memoryview, offset: int) -> int:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.write(fd, data)


def write_at(fd: int, data: bytes | memoryview, offset: int) -> None:
    """Write all of ``data`` at ``offset``: one call takes 2 GB at most, and a full disk less."""
    written = _write_some(fd, data, offset)
    while written < len(data):
        written += _write_some(fd, memoryview(data)[written:], offset + written)


def sync(fd: int) -> None:
    """Make what was written to a file survive a loss of power."""
    if _FULL_SYNC is not None:
        fcntl.fcntl(fd, _FULL_SYNC)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(fd)
    else:
        os.fsync(fd)


def sync_folder(folder: Path) -> None:
    """Make new and renamed files of a folder survive a loss of power."""
    if os.name == "nt":  # there, folders cannot be opened, and renaming syncs by itself
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
