"""Copies of the images of chosen samples, or links to them, in a folder of their own."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Literal

import pandas as pd

from framegrid import images, remote
from framegrid.base import adding, brief, check_name, clear, few
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.connection.location import StrPath
from framegrid.dataset.exports.file_names import check_within, names_within
from framegrid.dataset.exports.selection import Selection, chosen_ids
from framegrid.dataset.ingest.sizes import in_threads
from framegrid.dataset.matching.paths import as_file
from framegrid.dataset.reports.ingest_reports import listing

Link = bool | Literal["hard", "symbolic"]
"""Whether to link: True is a symbolic link, False a copy."""


def export_images(
    connection: Connection, folder: StrPath, rows: Selection | None, link: Link
) -> pd.DataFrame:
    """Copy or link the images of chosen samples into a folder, see ``ImageDataset``.

    Returns:
        (M, K) the samples with the new paths.
    """
    check_name(folder)
    frame = connection.frame()
    frame = frame.loc[connection.read(lambda table: chosen_ids(table, rows))]
    return _written(frame, Path(folder).expanduser().absolute(), link)


def _written(frame: pd.DataFrame, folder: Path, link: Link) -> pd.DataFrame:
    """Write the images of samples into a folder, and give the samples with the new paths."""
    if link not in _WAYS:
        raise ValueError(f"link={brief(link)}: choose one of {few(_WAYS)}")
    paths = frame["file_path_abs"].tolist()
    if link and (others := [path for path in paths if remote.is_url(path)]):
        raise ValueError(
            f"{len(others):,} of {len(paths):,} images are on object storage, the web, in memory "
            "or inside of other files, where no link can lead to: write copies with link=False"
        )
    if missing := images.missing_files(paths):
        raise FileNotFoundError(
            f"{len(missing):,} of {len(paths):,} images do not exist: "
            f"{few(map(remote.without_query, missing))}; nothing was "
            "written. If they moved, say where to with relink"
        )
    extensions = _check_images(paths)
    named = map(partial(_place, extensions), paths, frame["file_name"])
    targets = [folder / name for name in names_within(list(named))]
    check_within(folder, targets)
    folder.mkdir(parents=True, exist_ok=True)
    for place in {target.parent for target in targets}:
        clear(place)
    places = zip(paths, targets, strict=True)
    written = [_write(path, target, _WAYS[link]) for path, target in places]
    return frame.assign(
        file_name=[path.name for path in written], file_path_abs=[str(path) for path in written]
    )


def _place(extensions: Mapping[str, str], path: str, name: object) -> str:
    """Where an image would be if what it is part of were a folder, under the sample's name."""
    if not (remote.is_part(path) or remote.is_web(path) or remote.is_unsaved(path)):
        return path
    name = name if isinstance(name, str) and name else images.file_name(path)
    extension = "" if images.is_image_name(name) else extensions[path]
    folder = "/unsaved" if remote.is_unsaved(path) else as_file(path).rpartition("/")[0]
    return f"{folder}/{name}{extension}"


def _check_images(paths: Sequence[str]) -> dict[str, str]:
    """The extensions of images by path; a dataset of a stranger may name any file of the user's.

    Raises:
        ValueError: some are no images.
    """
    extensions, others = in_threads(images.identify, list(dict.fromkeys(paths)), progress=False)
    if others:
        raise ValueError(
            f"{len(others):,} of {len(paths):,} files are no images that can be read; nothing was "
            f"written. Pass the rows without them:{listing(others)}"
        )
    return extensions


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
    with adding(place) as file:
        images.copy(source, file)


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
