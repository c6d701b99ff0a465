"""Copies of the images of chosen samples, or links to them, in a folder of their own."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path, PurePath
from typing import Literal

import pandas as pd

from framegrid import images, remote
from framegrid.dataset.paths import common_folder, relative
from framegrid.dataset.reports import few

Link = bool | Literal["hard", "symbolic"]
"""Whether to link: True is a symbolic link, False a copy."""


def export_images(frame: pd.DataFrame, folder: Path, link: Link) -> pd.DataFrame:
    """Copy or link the images of samples into a folder, and give the samples with the new paths.

    Args:
        frame: (M, K) the samples.
        folder: made when it does not exist.
        link: link instead of copying.

    Raises:
        FileNotFoundError: an image does not exist; nothing was written.
        ValueError: there is no such kind of `link`, or images on object storage were to be linked.
        OSError: an image cannot be written; those before it were.
    """
    if link not in _WAYS:
        raise ValueError(f"link={link!r}: choose one of {few(_WAYS)}")
    paths = frame["file_path_abs"].tolist()
    if link and (objects := [path for path in paths if remote.is_url(path)]):
        raise ValueError(
            f"{len(objects):,} of {len(paths):,} images are on object storage, where no link can "
            "lead to: download them with link=False"
        )
    if missing := images.missing_files(paths):
        raise FileNotFoundError(
            f"{len(missing):,} of {len(paths):,} images do not exist: {few(missing)}; nothing was "
            "written. If they moved, say where to with relink"
        )
    folder.mkdir(parents=True, exist_ok=True)
    places = zip(paths, _names(paths), strict=True)
    written = [_write(path, folder / name, _WAYS[link]) for path, name in places]
    return frame.assign(
        file_name=[path.name for path in written], file_path_abs=[str(path) for path in written]
    )


def _names(paths: Sequence[str]) -> Iterator[str]:
    """Give each file a name of its own: names that are there twice keep their folders."""
    names = [PurePath(path).name for path in paths]
    folded = Counter(name.casefold() for name in names)
    root = common_folder(paths) if paths else None
    for path, name in zip(paths, names, strict=True):
        yield name if folded[name.casefold()] == 1 else relative(path, root)


def _write(source: str, target: Path, way: Callable[[str, Path], None]) -> Path:
    """Write the image under the first free name: ``cat.jpg``, ``cat-1.jpg``, ..."""
    target.parent.mkdir(parents=True, exist_ok=True)
    numbers, place = count(1), target
    while True:
        try:
            way(source, place)
        except FileExistsError:
            place = target.with_stem(f"{target.stem}-{next(numbers)}")
        else:
            return place


def _copy(source: str, place: Path) -> None:
    place.open("xb").close()  # ours, or an error: nothing is ever overwritten
    try:
        if remote.is_url(source):
            remote.download(source, place)
        else:
            shutil.copy2(source, place)
    except BaseException:
        place.unlink()
        raise


def _link_hard(source: str, place: Path) -> None:
    place.hardlink_to(os.path.realpath(source))


def _link_symbolic(source: str, place: Path) -> None:
    place.symlink_to(source)


_WAYS: dict[Link, Callable[[str, Path], None]] = {
    False: _copy,
    True: _link_symbolic,
    "symbolic": _link_symbolic,
    "hard": _link_hard,
}
