"""The files of a dataset, and how a new snapshot takes the place of the old one.

NAME.parquet                        the snapshot
NAME.parquet.journal                the edits since
NAME.parquet.bak                    the snapshot before
NAME.parquet.PID-RANDOM@HOST.tmp    a file being written

Of a dataset on object storage, only the journal is here: in the user's cache, in a folder per URL.
"""

import contextlib
import errno
import glob
import os
import platform
import re
import secrets
import shutil
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from framegrid.caches import default_folder
from framegrid.journal import sync_folder, write_at

Place = Path | str
"""Where a dataset is: a file, or the URL of an object."""

_TEMPORARY = re.compile(r"\.(\d+)-[0-9a-f]{8}@(.*)\.tmp")


def resolved(place: Place) -> Path:
    """Give the file behind symbolic links; of a URL, what would be its file here, in the cache."""
    if not isinstance(place, str):
        return place.resolve()
    key = blake2b(place.encode(), digest_size=12).hexdigest()
    return default_folder().expanduser() / "datasets" / key / PurePosixPath(place).name


def journal_of(path: Path) -> Path:
    """Give where the journal of a snapshot is."""
    return path.with_name(f"{path.name}.journal")


def backup_of(path: Path) -> Path:
    """Give where the snapshot before is."""
    return path.with_name(f"{path.name}.bak")


def temporary_beside(path: Path) -> Path:
    """Give a name that nobody else uses, of a file that goes with this process."""
    name = f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}@{platform.node()}.tmp"
    return path.with_name(name)


def write_beside(path: Path, data: bytes | memoryview) -> Path:
    """Write data to a temporary file beside ``path``, and to the disk, and give where it is.

    Raises:
        OSError: if that fails; then nothing is left.
    """
    temporary = temporary_beside(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        fd = os.open(temporary, flags, 0o666)
        try:
            write_at(fd, data, 0)
            os.fsync(fd)
        finally:
            os.close(fd)
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, temporary)  # who may read the old one may read the new one
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise
    return temporary


def replace(path: Path, temporary: Path, replaced: Path) -> None:
    """Put a file in the place of another, to which ``replaced`` leads from then on."""
    try:
        with contextlib.suppress(OSError):  # not every file system has hard links
            os.link(path, replaced)
        temporary.replace(path)
    except BaseException:
        replaced.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def keep_as_backup(path: Path, replaced: Path) -> None:
    """Make the replaced file, if there is one, the backup; the one before takes time to delete."""
    with contextlib.suppress(FileNotFoundError):
        replaced.replace(backup_of(path))
        replaced.unlink(missing_ok=True)  # renaming does nothing if they are the same file


def put(path: Path, temporary: Path) -> None:
    """Put a file where there is none.

    Raises:
        FileExistsError: if there is one.
    """
    try:
        os.link(temporary, path)  # a rename would replace what another process just put there
    except OSError:
        if path.exists():
            raise taken(path) from None
        temporary.replace(path)  # not every file system has hard links
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def taken(path: Place) -> FileExistsError:
    """Give the error that says that there is a file in the way."""
    message = "there is a file already: load its dataset, or choose another name"
    return FileExistsError(errno.EEXIST, message, str(path))


def footer(path: Path) -> bytes:
    """Read the footer of a Parquet file, whoever wrote it."""
    with path.open("rb") as file:
        file.seek(-8, os.SEEK_END)
        length = int.from_bytes(file.read(4), "little")
        file.seek(-min(length + 8, file.seek(0, os.SEEK_END)), os.SEEK_END)
        return file.read()


def remove_leftovers(path: Path) -> None:
    """Remove temporary files of processes that were killed on this machine."""
    for file in path.parent.glob(f"{glob.escape(path.name)}.*.tmp"):
        match = _TEMPORARY.fullmatch(file.name.removeprefix(path.name))
        if match and match[2] == platform.node() and not _is_running(int(match[1])):
            with contextlib.suppress(OSError):  # another process removes it too
                file.unlink()


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # there, signal 0 is not a question
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's, or no pid
        pass
    return True
