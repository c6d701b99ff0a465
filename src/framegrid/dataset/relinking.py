"""Following images that moved to another folder."""

import os
from collections.abc import Collection
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.dataset.connection import Connection
from framegrid.dataset.paths import common_folder
from framegrid.dataset.reports import few
from framegrid.table import Block, SetBlocks, Table

StrPath = str | os.PathLike[str]


def relink(connection: Connection, old: StrPath, new: StrPath) -> int:
    """Replace the folder `old` by `new` in the paths of all samples, and count these.

    Raises:
        FileNotFoundError: one of the files is not there; nothing changed.
        ValueError: no path begins with `old`, or two samples would have one path.
    """
    start, target = _spelled(old), _spelled(new)
    moves = connection.read(lambda table: _moves(table, start, target))
    if missing := images.missing_files(list(moves.values())):
        raise FileNotFoundError(
            f"{len(missing):,} of {len(moves):,} files do not exist under {target}: "
            f"{few(missing)}; nothing changed"
        )
    connection.commit(lambda table: _change(table, moves))
    return len(moves)


def _spelled(folder: StrPath) -> str:
    """Spell a folder as paths begin with it, which may come from another operating system."""
    if remote.is_url(folder):
        return remote.canonical(folder) if remote.is_object(folder) else folder.rstrip("/")
    folder = os.fspath(folder)
    if PureWindowsPath(folder).drive or folder.startswith("/"):
        return str(_kind_of(folder)(folder))
    return str(Path(folder).expanduser().absolute())


def _kind_of(folder: str) -> type[PurePath]:
    """Give how to take paths apart; URLs are like POSIX paths."""
    return PureWindowsPath if PureWindowsPath(folder).drive else PurePosixPath


def _moves(table: Table, old: str, new: str) -> dict[str, str]:
    """Give the new path by the old one, for the paths inside `old`."""
    held = table.column("file_path_abs")
    paths = held.filter(pc.starts_with(held, old.rstrip("/\\"))).to_pylist()
    start = _kind_of(old)(old)
    separator = "\\" if _kind_of(new) is PureWindowsPath else "/"
    inside = {path: type(start)(path) for path in paths}
    moves = {
        path: separator.join([new.rstrip(separator), *inner.relative_to(start).parts])
        for path, inner in inside.items()
        if start in inner.parents
    }
    if not moves:
        raise ValueError(
            f"no sample's path begins with {old!r}; the images are in "
            f"{str(common_folder(held.to_pylist()) or 'several places')!r}"
        )
    return moves


def _change(table: Table, moves: dict[str, str]) -> SetBlocks | None:
    held = table.column("file_path_abs").to_pylist()
    rows = [row for row, path in enumerate(held) if path in moves]
    _check_unique(held, rows, moves)
    paths = pa.array([moves[held[row]] for row in rows], pa.large_string())
    return SetBlocks((Block(table.ids[rows], {"file_path_abs": paths}),), {}) if rows else None


def _check_unique(held: list[str], rows: Collection[int], moves: dict[str, str]) -> None:
    stay = np.delete(np.array(held, object), list(rows)).tolist()
    doubled = set(stay) & {moves[held[row]] for row in rows}
    if doubled:
        raise ValueError(
            f"{len(doubled):,} of the new paths are those of other samples: "
            f"{few(sorted(doubled))}; remove one of each first"
        )
