"""Files written beside what they replace, and put in its place when they are whole."""

import errno
import os
import platform
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from framegrid.base.leftovers import remove_leftovers
from framegrid.base.quoting import check_name

_PREFIX = ".framegrid-"
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@contextmanager
def replacing(path: str | os.PathLike[str], mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes the place of `path` at the end of the block.

    What was there keeps its bytes until then, and for good when something fails. The new file has
    the mode of the old one; a symbolic link goes on leading to it. A device or a pipe, which
    nothing can take the place of, is written to as it is.

    Args:
        path: the file.
        mode: of a file that is new, without what the user's mask takes away.

    Raises:
        OSError: it cannot be written; the error names `path`, and nothing is left beside it.
    """
    check_name(path)
    place = Path(os.path.realpath(Path(path).expanduser()))
    if _is_special(place):
        with place.open("wb") as file:
            yield file
        return
    clear(place.parent)
    temporary = _beside(place)
    try:
        with _created(temporary, place, mode) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in {None, str(temporary)}:
            error.filename = os.fspath(path)
        raise


@contextmanager
def adding(path: Path) -> Iterator[Path]:
    """A file to be written that is put at `path` at the end of the block: nothing, or whole.

    Raises:
        FileExistsError: there is something at `path`; it stays.
        OSError: the file cannot be written; nothing is left.
    """
    temporary = _beside(path)
    try:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        temporary.touch(exist_ok=False)
        yield temporary
        _put(temporary, path)
    except OSError as error:
        if error.filename == str(temporary):
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        temporary.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove from a folder what processes left that were killed while they wrote there."""
    remove_leftovers(folder, _PREFIX)


def _put(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # a rename would replace what somebody else just put there
    except FileExistsError:
        raise
    except OSError:  # not every file system has hard links
        path.open("xb").close()
        temporary.replace(path)


def _beside(path: Path) -> Path:
    return path.with_name(f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}@{platform.node()}.tmp")


def _is_special(place: Path) -> bool:
    with suppress(OSError):
        mode = place.stat().st_mode
        return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
    return False


def _created(temporary: Path, place: Path, mode: int) -> IO[bytes]:
    """Create a file that nobody may read who may not read what it replaces."""
    try:
        before = place.stat()
    except FileNotFoundError:
        return os.fdopen(os.open(temporary, _FLAGS, mode), "wb")
    if stat.S_ISDIR(before.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    file = os.fdopen(os.open(temporary, _FLAGS, 0o600), "wb")
    if hasattr(os, "fchmod"):
        with suppress(OSError):  # of another owner, which only root may give a file to
            os.fchown(file.fileno(), before.st_uid, before.st_gid)
        os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode))
    return file
