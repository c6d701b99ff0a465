"""What there is at the paths that a user names: images, and members of archives."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from framegrid import images, remote
from framegrid.base import check_name
from framegrid.dataset.ingest import containers
from framegrid.dataset.ingest.sizes import Broken
from framegrid.dataset.matching.paths import located
from framegrid.dataset.reports.ingest_reports import listing
from framegrid.storage import is_dataset

_ARCHIVES = (".zip", ".tar")
_OURS, _BESIDE = ".parquet", ".images"
WITH_IMAGES = (*containers.EXTENSIONS, *_ARCHIVES)
"""Extensions of files that have images in them."""

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""Where images are looked for."""


@dataclass
class Found:
    """What was found.

    Attributes:
        files: paths, URLs and other locators of images, each once.
        containers: files of other kinds that have images in them, such as Parquet.
        members: of archives: what lies beside these, and what is to be said.
        not_read: by extension, the number of files that are not read.
    """

    files: list[str] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)
    members: images.Members = field(default_factory=images.Members)
    not_read: Counter[str] = field(default_factory=Counter)


def checked_paths(path: Paths) -> list[str]:
    """One path, or several, in their one spelling.

    Raises:
        ValueError: there is none.
    """
    paths = [path] if isinstance(path, str | os.PathLike) else list(path)
    if not paths:
        raise ValueError("no path to add images from: the list is empty")
    for each in paths:
        if not remote.is_web(each):
            check_name(each)
    return [located(os.fspath(each)) for each in paths]


def find(paths: Sequence[str], *, recursive: bool) -> Found:
    """Look for images at each path; where there are none, for files that have images in them.

    Raises:
        FileNotFoundError: there is nothing at a path.
        ValueError: there is something, but no image; or there are images of several kinds.
    """
    found = Found()
    files = [file for path in paths for file in _files(path, found.not_read, recursive=recursive)]
    files = list(dict.fromkeys(files))
    archives = [file for file in files if file.lower().endswith(_ARCHIVES)]
    found.containers = [file for file in files if file.lower().endswith(containers.EXTENSIONS)]
    others = {*archives, *found.containers}
    found.files = [file for file in files if file not in others]
    _check_one_kind(found, archives)
    if archives:
        found.members = images.find_members(archives, recursive=recursive)
        found.files += found.members.images
        found.not_read += found.members.not_read
        _check_some_found(found, archives)
    return found


def _files(path: str, not_read: Counter[str], *, recursive: bool) -> list[str]:
    if remote.is_web(path):
        remote.name(path)
        return [path]
    if remote.is_url(path):
        remote.name(path)
        return images.find_objects(path, recursive=recursive, not_read=not_read, also=WITH_IMAGES)
    remote.name_path(path)
    files = images.find_images(
        path, recursive=recursive, not_read=not_read, also=WITH_IMAGES, left_out=_is_ours
    )
    return [str(file) for file in files]


def _is_ours(file: str) -> bool:
    """Whether a file is a dataset, or has the pictures of one: a folder of images may have both."""
    path = Path(file)
    if path.suffix != _OURS:
        return False
    return is_dataset(path.parent.with_suffix(_OURS) if path.parent.suffix == _BESIDE else path)


def _check_one_kind(found: Found, archives: Sequence[str]) -> None:
    if found.containers and (archives or found.files):
        other = [*archives, *found.files][0]
        raise ValueError(
            f"{found.containers[0]} and {other} are added in different ways: add the "
            f"{len(found.containers):,} Parquet files in a call of their own"
        )


def _check_some_found(found: Found, archives: Sequence[str]) -> None:
    """Refuse archives that have no image at all, with the reasons.

    Raises:
        ValueError: they have none.
    """
    if found.files:
        return
    broken: Broken = found.members.broken or found.members.notes
    others = images.said_of_not_read(found.not_read)
    extensions = ", ".join(sorted(images.EXTENSIONS))
    where = archives[0] if len(archives) == 1 else f"{len(archives):,} archives"
    raise ValueError(
        f"no image in {where}: no member that can be read has an image extension ({extensions})"
        f"{'; ' if others else ''}{others}{listing(broken)}"
    )
