"""Following images that moved to another folder."""

import os
from collections.abc import Collection
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.base import brief, check_name, few
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.connection.location import StrPath
from framegrid.dataset.matching.paths import common_folder, located
from framegrid.dataset.matching.spelling import each, respelled, spelled
from framegrid.storage import Block, SetBlocks, Table

Missing = Literal["raise", "skip"]
"""What becomes of paths under which there is no file: nothing moves at all, or these stay."""


def relink(connection: Connection, old: StrPath, new: StrPath, missing: Missing) -> int:
    """Replace the folder `old` by `new` in the paths of all samples, and count these."""
    if missing not in ("raise", "skip"):
        raise ValueError(f"missing={brief(missing)}: pass 'raise', or 'skip' to leave them")
    connection.refresh()
    start, target = _spelled(old), _spelled(new)
    if remote.is_object(target) or remote.is_web(target):
        remote.name(target)
    remote.name_path(target)
    moves = connection.read(lambda table: _moves(table, start, target))
    gone = images.missing_files(list(moves.values()))
    if gone and missing == "raise":
        raise FileNotFoundError(
            f"{len(gone):,} of {len(moves):,} files do not exist under {target}: {few(gone)}; "
            "nothing changed. missing='skip' moves the others"
        )
    absent = set(gone)
    moves = {path: moved for path, moved in moves.items() if moved not in absent}
    connection.commit(lambda table: _change(table, moves))
    return len(moves)


def _spelled(folder: StrPath) -> str:
    """Spell a folder as paths begin with it, which may come from another operating system."""
    check_name(folder)
    folder = located(os.fspath(folder))
    return folder.rstrip("/") if remote.is_url(folder) else str(_kind_of(folder)(folder))


def _kind_of(folder: str) -> type[PurePath]:
    """What takes paths apart; URLs are like POSIX paths."""
    return PureWindowsPath if PureWindowsPath(folder).drive else PurePosixPath


def _moves(table: Table, old: str, new: str) -> dict[str, str]:
    """The new path by the old one, for the paths inside `old` however they are spelled."""
    held = table.column("file_path_abs")
    start = spelled(pa.array([old]))[0].as_py().rstrip("/") + "/"
    # Behind a slash, as what images are parts of is moved like a folder.
    places = pc.replace_substring_regex(spelled(_containers(held), held=True), "$", "/")
    inside = _begin(places, start)
    rest = pc.utf8_slice_codeunits(places.filter(inside), len(start)).to_pylist()
    separator = "\\" if _kind_of(new) is PureWindowsPath else "/"
    moves = {
        path: remote.with_container(
            path, separator.join([new.rstrip(separator), *filter(None, inner.split("/"))])
        )
        for path, inner in zip(held.filter(inside).to_pylist(), rest, strict=True)
    }
    if not moves:
        raise ValueError(
            f"no sample's path begins with {brief(old)}; the images are in "
            f"{brief(str(common_folder(held.to_pylist()) or 'several places'))}"
        )
    return moves


def _containers(paths: pa.Array) -> pa.Array:
    """The files that images are, or that they are parts of."""
    return respelled(paths, remote.PART, each(remote.container_of))


def _begin(places: pa.Array, start: str) -> pa.Array:
    """Whether spelled paths begin with a spelled folder; to Windows, case is none."""
    if _of_windows(start):
        return pc.starts_with(pc.utf8_lower(places), pc.utf8_lower(start).as_py())
    return pc.starts_with(places, start)


def _of_windows(start: str) -> bool:
    """Whether a spelled folder is on a drive, or on a server's share."""
    return start[1:3] == ":/" or start.startswith("//")


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
