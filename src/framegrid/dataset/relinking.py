"""Following images that moved to another folder."""

import os
from collections.abc import Collection
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
    folder = _parsed(os.fspath(old))
    target = Path(new).expanduser().absolute()
    moves = connection.read(lambda table: _moves(table, folder, target))
    missing = [path for path in moves.values() if not Path(path).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{len(missing):,} of {len(moves):,} files do not exist under {target}: "
            f"{few(missing)}; nothing changed"
        )
    connection.commit(lambda table: _change(table, moves))
    return len(moves)


def _parsed(folder: str) -> PurePath:
    """Read a folder as it stands in paths, which may come from another operating system."""
    if PureWindowsPath(folder).drive:
        return PureWindowsPath(folder)
    if folder.startswith("/"):
        return PurePosixPath(folder)
    return Path(folder).expanduser().absolute()


def _moves(table: Table, old: PurePath, new: Path) -> dict[str, str]:
    """Give the new path by the old one, for the paths inside `old`."""
    held = table.column("file_path_abs")
    prefix = str(old).rstrip("/\\")
    paths = held.filter(pc.starts_with(held, prefix)).to_pylist()
    kind = type(old)
    inside = {path: kind(path) for path in paths}
    moves = {path: str(new / p.relative_to(old)) for path, p in inside.items() if old in p.parents}
    if not moves:
        raise ValueError(
            f"no sample's path begins with {str(old)!r}; the images are in "
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
