"""Finding image files: a file, a folder or a glob."""

import os
import re
import warnings
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from glob import has_magic
from pathlib import Path, PurePosixPath

from framegrid import remote
from framegrid.base import check_name
from framegrid.images.formats.known import (
    ARCHIVES,
    COMPRESSED,
    EXTENSIONS,
    NOT_READ,
    PARQUET,
    StrPath,
)

_NOT_READ = NOT_READ | ARCHIVES | PARQUET | COMPRESSED
_SUFFIXES = tuple(EXTENSIONS)
_DIGITS = re.compile(r"\d+")


def find_images(
    path: StrPath,
    *,
    recursive: bool = True,
    not_read: Counter[str] | None = None,
    also: tuple[str, ...] = (),
    left_out: Callable[[str], bool] | None = None,
) -> list[Path]:
    """List the image files at a path, in natural order: "img2" before "img10".

    A file counts as an image by its extension alone. Links to folders are followed (by ``**`` in a
    glob they are not), and a folder is visited once however many ways lead to it. Hidden files and
    folders, those whose names begin with a dot, are skipped unless `path` itself names them.

    Args:
        path: a file, a folder, or a glob such as ``"photos/**/*.jpg"``; "~" is the home folder.
        recursive: whether to look into the folders inside a folder.
        not_read: takes the number of files by extension that are pictures of kinds not read.
        also: extensions of files that are listed where there is no image file.
        left_out: tells which of those are not, as if they were not there, unless `path` names them.

    Returns:
        Absolute paths; the files of a folder come before those of its subfolders.

    Raises:
        FileNotFoundError: there is nothing at `path`.
        PermissionError: the folder at `path` may not be read.
        ValueError: there is something at `path`, but no image.

    Warns:
        UserWarning: Files whose names are not valid UTF-8, or unreadable subfolders, were skipped.
    """
    check_name(path)
    start = os.path.abspath(Path(path).expanduser())  # noqa: PTH100 - resolve() follows links
    start = start[1:] if os.sep == "/" and start.startswith("//") else start
    unreadable: list[str] = []
    roots = _roots(start)
    files = set(_walk(roots, unreadable, recursive=recursive))
    if left_out is not None:
        others = {file for file in files.difference(roots) if file.lower().endswith(also)}
        files -= {file for file in others if left_out(file)}
    images = _of_these(files, also)
    found = {image for image in images if _is_utf8(image)}
    _warn_skipped("folder(s) that cannot be read", unreadable)
    _warn_skipped("file(s) whose names are not valid UTF-8", images - found)
    _check_found(found, files, start, not_read, recursive=recursive)
    return [Path(image) for image in sorted(found, key=natural_order())]


def find_objects(
    url: str,
    *,
    recursive: bool = True,
    not_read: Counter[str] | None = None,
    also: tuple[str, ...] = (),
) -> list[str]:
    """List the images on object storage, in natural order, under the rules of `find_images`.

    Args:
        url: an object, a folder or bucket, or a glob.
        recursive: whether to look into the folders inside a folder.
        not_read: takes the number of files by extension that are pictures of kinds not read.
        also: extensions of files that are listed where there is no image file.

    Raises:
        FileNotFoundError: there is nothing at `url`.
        ValueError: there is something, but no image; or the URL is none of object storage.
        OSError, ImportError: The store cannot be asked.
    """
    objects = remote.find(url, recursive=recursive)
    found = _of_these(objects, also)
    _check_found(found, objects, url, not_read, recursive=recursive)
    return sorted(found, key=natural_order())


def _of_these(files: Collection[str], also: tuple[str, ...]) -> set[str]:
    """Those that are images by their extension, else those of other extensions."""
    images = {file for file in files if file.lower().endswith(_SUFFIXES)}
    return images or {file for file in files if also and file.lower().endswith(also)}


def _roots(start: str) -> list[str]:
    """The files and folders that a path names, or a glob that is not itself a name."""
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


def _check_found(
    found: Collection[str],
    files: Collection[str],
    start: str,
    not_read: Counter[str] | None,
    *,
    recursive: bool,
) -> None:
    """Refuse to have found nothing among files, and count those of kinds that are not read."""
    rest = sorted(PurePosixPath(file).suffix.lower() for file in set(files).difference(found))
    others = Counter(extension for extension in rest if extension in _NOT_READ)
    if not found:
        raise ValueError(_nothing_found(start, len(files), others, recursive=recursive))
    if not_read is not None:
        not_read.update(others)


def said_of_not_read(counts: Mapping[str, int]) -> str:
    """Name the files of kinds that are not read, and what to do; "" where there are none."""
    kinds = {
        "export camera RAW, layers and drawings as JPEG, PNG or TIFF first": NOT_READ,
        "add archives by their own paths": ARCHIVES,
        "if there are pictures in them, add Parquet files by their own paths": PARQUET,
        "unpack them, or make a .tar or .zip of them": COMPRESSED,
    }
    said = ((_listed(counts, extensions), advice) for advice, extensions in kinds.items())
    return "; ".join(f"not read: {listed} ({advice})" for listed, advice in said if listed)


def _listed(counts: Mapping[str, int], extensions: Collection[str]) -> str:
    found = sorted(
        (extension, count) for extension, count in counts.items() if extension in extensions
    )
    return ", ".join(f"{count:,} {extension}" for extension, count in found)


def _nothing_found(start: str, files: int, others: Mapping[str, int], *, recursive: bool) -> str:
    extensions = ", ".join(sorted(EXTENSIONS))
    inside = "" if recursive else ", subfolders left out,"
    message = f"0 of {files:,} files in {start}{inside} have an image extension ({extensions})"
    return f"{message}; {said_of_not_read(others)}" if others else message


def natural_order() -> Callable[[str], tuple[object, ...]]:
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
