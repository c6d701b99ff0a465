"""Files of pictures beside a dataset: NAME.images/0001.parquet, one part per call that added some.

A part is written under a name of its own, synced, and given the next number that is free when the
edit that names it is about to be written. So a number is never given twice, also not by two
processes, nor where the folder is not there for a while; and what has a number stays: a journal
names it, or a copy of one may.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from framegrid import remote
from framegrid.base import remove_leftovers
from framegrid.storage.files.dataset_files import Location
from framegrid.storage.files.system import create_file, sync_folder, temporary_beside

Write = Callable[[IO[bytes]], None]
"""Writes a part into an open file."""

Put = Callable[[], str]
"""Gives a part its number, and returns where it is then."""

_SUFFIX, _FOLDER = ".parquet", ".images"
_NUMBERED = re.compile(r"(\d{4,18})\.parquet", re.ASCII)
_NEW = "new"


def images_of(location: Location) -> str:
    """The folder with the pictures of a dataset."""
    if isinstance(location, str):
        return location.removesuffix(_SUFFIX) + _FOLDER
    return str(location.with_name(location.name.removesuffix(_SUFFIX) + _FOLDER))


@contextmanager
def new_file_part(folder: Path, write: Write, after: int, like: Path | None) -> Iterator[Put]:
    """Write a part to the disk, for as long as the block takes, in which it is put.

    Args:
        folder: with the parts of the dataset; made where there is none.
        write: writes the part.
        after: the greatest number that the dataset names.
        like: the file whose readers may read the part.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)
    remove_unnumbered(folder)
    temporary = temporary_beside(folder / _NEW)
    try:
        with os.fdopen(create_file(temporary, like=like), "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        yield lambda: _numbered(folder, temporary, after)
    except OSError as error:
        error.filename = str(folder) if error.filename in {None, str(temporary)} else error.filename
        raise
    finally:
        temporary.unlink(missing_ok=True)


def remove_unnumbered(folder: Path) -> None:
    """Remove what processes left that were killed while they wrote a part."""
    remove_leftovers(folder, f"{_NEW}.")


def _numbered(folder: Path, temporary: Path, after: int) -> str:
    """Give a file the next number that no other has, for good."""
    number = 1 + max(after, *(number_of(file.name) for file in folder.iterdir()))
    while True:
        part = folder / f"{number:04}.parquet"
        try:
            _put(temporary, part)
        except FileExistsError:  # another process was faster
            number += 1
        else:
            sync_folder(folder)
            return str(part)


def _put(temporary: Path, part: Path) -> None:
    try:
        os.link(temporary, part)
    except FileExistsError:
        raise
    except OSError:  # not every file system has hard links
        part.open("xb").close()
        temporary.replace(part)


def number_of(name: str) -> int:
    """The number of a part by the name of its file; 0 for other files."""
    match = _NUMBERED.fullmatch(name)
    return int(match[1]) if match else 0


@contextmanager
def new_object_part(folder: str, write: Write, after: int) -> Iterator[Put]:
    """The same on object storage, where a part is put as a whole, and only where there is none."""
    buffer = BytesIO()
    write(buffer)
    data = buffer.getvalue()
    number = after + 1
    while True:
        part = f"{folder}/{number:04}.parquet"
        try:
            if remote.status(part) is None:
                remote.create(part, data)
                break
        except FileExistsError:  # another machine was faster
            pass
        number += 1
    yield lambda: part


def remove_part(container: str) -> None:
    """Remove a part that no edit names, since the one that was to do so failed."""
    if not remote.is_url(container):
        Path(container).unlink(missing_ok=True)
