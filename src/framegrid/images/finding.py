"""Finding image files: a file, a folder or a glob."""

import os
import re
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterator
from functools import cache
from glob import has_magic
from pathlib import Path, PurePosixPath

from framegrid import remote
from framegrid.images.formats import EXTENSIONS, StrPath

_SUFFIXES = tuple(EXTENSIONS)
_DIGITS = re.compile(r"\d+")


def find_images(path: StrPath, *, recursive: bool = True) -> list[Path]:
    """List the image files at a path, in natural order: "img2" before "img10".

    A file counts as an image by its extension alone. Links to folders are followed (by ``**`` in a
    glob they are not), and a folder is visited once however many ways lead to it. Hidden files and
    folders, those whose names begin with a dot, are skipped unless `path` itself names them.

    Args:
        path: a file, a folder, or a glob such as ``"photos/**/*.jpg"``; "~" is the home folder.
        recursive: whether to look into the folders inside a folder.

    Returns:
        Absolute paths; the files of a folder come before those of its subfolders.

    Raises:
        FileNotFoundError: there is nothing at `path`.
        PermissionError: the folder at `path` may not be read.
        ValueError: there is something at `path`, but no image.

    Warns:
        UserWarning: Files whose names are not valid UTF-8, or unreadable subfolders, were skipped.
    """
    start = os.path.abspath(Path(path).expanduser())  # noqa: PTH100 - resolve() follows links
    unreadable: list[str] = []
    files = set(_walk(_roots(start), unreadable, recursive=recursive))
    images = {file for file in files if file.lower().endswith(_SUFFIXES)}
    found = {image for image in images if _is_utf8(image)}
    _warn_skipped("folder(s) that cannot be read", unreadable)
    _warn_skipped("file(s) whose names are not valid UTF-8", images - found)
    if not found:
        raise ValueError(_nothing_found(start, len(files), recursive=recursive))
    return [Path(image) for image in sorted(found, key=_natural_order())]


def find_objects(url: str, *, recursive: bool = True) -> list[str]:
    """List the images on object storage, in natural order, under the rules of `find_images`.

    Args:
        url: an object, a folder or bucket, or a glob.
        recursive: whether to look into the folders inside a folder.

    Raises:
        FileNotFoundError: there is nothing at `url`.
        ValueError: there is something, but no image; or the URL is none of object storage.
        OSError, ImportError: The store cannot be asked.
    """
    objects = remote.find(url, recursive=recursive)
    found = [each for each in objects if PurePosixPath(each).suffix.lower() in EXTENSIONS]
    if not found:
        raise ValueError(_nothing_found(url, len(objects), recursive=recursive))
    return sorted(found, key=_natural_order())


def _roots(start: str) -> list[str]:
    """Give the files and folders that a path names, or a glob that is not itself a name."""
    if os.path.lexists(start):
        return [start]
    matches = list(_glob(Path(start))) if has_magic(start) else []
    if not matches:
        raise FileNotFoundError(f"no such file or folder: {start}")
    return matches


def _glob(pattern: Path) -> Iterator[str]:
    """Yield what matches; the part of a pattern that exists is a name, whatever its characters."""
    base = next(parent for parent in pattern.parents if parent.exists())
    for match in base.glob(os.fspath(pattern.relative_to(base))):
        if not any(part.startswith(".") for part in match.relative_to(base).parts):
            yield os.fspath(match)


def _walk(roots: list[str], unreadable: list[str], *, recursive: bool) -> Iterator[str]:
    """Yield the files among the roots and inside them; note subfolders that cannot be read."""
    folders = [root for root in roots if Path(root).is_dir()]
    yield from set(roots).difference(folders)
    pending, visited = deque(folders), set()
    while pending:
        folder = pending.popleft()
        try:
            identity = _identity(folder)
            files, subfolders, links = ([], [], []) if identity in visited else _listing(folder)
        except OSError:
            if folder in folders:
                raise
            unreadable.append(folder)
            continue
        visited.add(identity)
        yield from files
        if recursive:  # links wait, so that a folder is found by its own name rather than theirs
            pending.extendleft(subfolders)
            pending.extend(links)


def _identity(folder: str) -> tuple[int, int]:
    status = os.stat(folder)  # noqa: PTH116 - no Path is needed
    return status.st_dev, status.st_ino


def _listing(folder: str) -> tuple[list[str], list[str], list[str]]:
    """List the files, subfolders and links to folders of a folder, the hidden ones left out."""
    files, subfolders, links = [], [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not _is_folder(entry):
                files.append(entry.path)
            elif entry.is_symlink():
                links.append(entry.path)
            else:
                subfolders.append(entry.path)
    return files, sorted(subfolders), sorted(links)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # such as a link to itself
        return False


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _warn_skipped(what: str, paths: Collection[str]) -> None:
    if paths:
        message = f"skipped {len(paths):,} {what}, such as {min(paths)!a}"
        warnings.warn(message, stacklevel=3)


def _nothing_found(start: str, files: int, *, recursive: bool) -> str:
    extensions = ", ".join(sorted(EXTENSIONS))
    inside = "" if recursive else ", subfolders left out,"
    return f"0 of {files:,} files in {start}{inside} have an image extension ({extensions})"


def _natural_order() -> Callable[[str], tuple[object, ...]]:
    """Make a sort key for paths: folder by folder, numbers by value."""

    @cache
    def folder_key(folder: str) -> list[str]:
        return [_natural(part) for part in Path(folder).parts]

    def key(path: str) -> tuple[object, ...]:
        folder, _, name = path.rpartition(os.sep)
        return folder_key(folder), folder, _natural(name), name

    return key


def _natural(text: str) -> str:
    """Pad the numbers in a text, so that they compare by value (up to 20 digits, any 64 bits)."""
    return _DIGITS.sub(lambda digits: digits[0].zfill(20), text.casefold())
