"""The file operations that differ between platforms, in this one place."""

import errno
import os
import platform
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
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


def create_file(path: Path, like: Path | None = None) -> int:
    """Make a file, open for reading and writing, that the same people may read as another.

    Args:
        path: the file.
        like: the other, whose mode it has from its first byte; as usual if there is none.

    Raises:
        FileExistsError: if there is a file already.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    mode = mode_of(like)
    fd = os.open(path, flags, 0o666 if mode is None else mode)
    if mode is not None and hasattr(os, "fchmod"):
        with suppress(OSError):  # not every file system has modes
            os.fchmod(fd, mode)
    return fd


def temporary_beside(path: Path) -> Path:
    """A name that nobody else uses, of a file that goes with this process."""
    name = f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}@{platform.node()}.tmp"
    return path.with_name(name)


def mode_of(path: Path | None) -> int | None:
    """Who may do what with a file; None if there is none."""
    with suppress(OSError):
        return None if path is None else stat.S_IMODE(path.stat().st_mode)
    return None


def is_at(path: Path, fd: int) -> bool:
    """Whether a path still leads to an open file, which may be deleted, moved or replaced."""
    if os.name == "nt":  # there, an open file stays where it is
        return True
    try:
        return os.path.samestat(path.stat(), os.fstat(fd))
    except (FileNotFoundError, NotADirectoryError):
        return False


def stamp_of(path: Path | None) -> tuple[int, int, int] | None:
    """What changes when a file is replaced or written; None if there is none."""
    with suppress(OSError):
        if path is not None:
            stat = path.stat()
            return stat.st_ino, stat.st_size, stat.st_ctime_ns
    return None


def lock_functions(fd: int, *, shared: bool) -> tuple[Callable[[], object], Callable[[], object]]:
    """Two C functions: one takes the lock of a file or fails at once, one lets go of it."""
    if fcntl is None:
        return int, int
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    return partial(fcntl.flock, fd, mode | fcntl.LOCK_NB), partial(fcntl.flock, fd, fcntl.LOCK_UN)


if hasattr(os, "pread"):
    read_at = os.pread  # a part of every edit

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
