"""The files of a dataset, and how a new snapshot takes the place of the old one.

NAME.parquet                        the snapshot
NAME.parquet.journal                the edits since
NAME.parquet.bak                    the snapshot before
NAME.parquet.PID-RANDOM@HOST.tmp    a file being written

Of a dataset on object storage, only the journal is here: in the user's cache, in a folder per URL.
"""

import contextlib
import errno
import os
import platform
import warnings
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from framegrid.base import default_folder
from framegrid.storage.files.system import (
    create_file,
    mode_of,
    sync_folder,
    temporary_beside,
    write_at,
)

Location = Path | str
"""Where a dataset is: a file, or the URL of an object."""

_LARGEST_FOOTER = 1 << 26


def in_cache(url: str) -> Path:
    """What would be the file here, in the cache, of an object."""
    key = blake2b(url.encode(), digest_size=12).hexdigest()
    return default_folder().expanduser() / "datasets" / key / PurePosixPath(url).name


def journal_of(path: Path) -> Path:
    """Where the journal of a snapshot is."""
    return path.with_name(f"{path.name}.journal")


def backup_of(path: Path) -> Path:
    """Where the snapshot before is."""
    return path.with_name(f"{path.name}.bak")


def write_beside(path: Path, data: bytes | memoryview) -> Path:
    """Write data to a temporary file beside ``path``, and to the disk, and give where it is.

    Raises:
        OSError: if that fails; then nothing is left.
    """
    temporary = temporary_beside(path)
    try:
        fd = create_file(temporary, like=path)
        try:
            write_at(fd, data, 0)
            os.fsync(fd)
        finally:
            os.close(fd)
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
    try:
        replaced.replace(backup_of(path))
    except FileNotFoundError:
        return
    except OSError as error:  # a folder has its name, say; the snapshot itself is in place
        warnings.warn(
            f"the snapshot before could not be kept as {backup_of(path)}: {error.strerror}",
            RuntimeWarning,
            stacklevel=2,
        )
    replaced.unlink(missing_ok=True)  # renaming does nothing if they are the same file


def name_of(path: Path) -> str:
    """What stands for a place on this machine, and does not tell it."""
    return blake2b(f"{platform.node()}:{path}".encode(), digest_size=4).hexdigest()


def share_mode(path: Path) -> None:
    """Let only those read the files beside a snapshot who may read it, whoever made them when."""
    mode = mode_of(path)
    for file in (journal_of(path), backup_of(path)):
        if mode is not None and file.is_file() and mode_of(file) != mode:
            with contextlib.suppress(OSError):  # somebody else's
                file.chmod(mode)


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


def taken(path: Location) -> FileExistsError:
    """The error that says that there is a file in the way."""
    message = "there is a file already: load its dataset, or choose another name"
    return FileExistsError(errno.EEXIST, message, str(path))


def footer(path: Path) -> bytes:
    """Read the footer of a Parquet file, whoever wrote it; of a very large one the end."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 8))
        length = min(int.from_bytes(file.read(4), "little"), _LARGEST_FOOTER)
        file.seek(max(0, size - 8 - length))
        return file.read()
