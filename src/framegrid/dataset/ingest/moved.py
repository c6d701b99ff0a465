"""Images that are found where those of the dataset, which are gone, may be now."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from framegrid import images, remote
from framegrid.dataset.ingest.container_notes import Marks, noted_containers, rows_by_container
from framegrid.dataset.matching.path_ends import find_last_parts
from framegrid.dataset.matching.spelling import ends_of, spelled, without_root
from framegrid.images import Header
from framegrid.storage import Table

Moves = dict[str, str | None]
"""The path of a sample whose file is gone, by that of a file which may be it; None for several."""


def moved_images(table: Table, headers: Mapping[str, Header]) -> Moves:
    """Find the files that have name and size of a sample whose own file is gone.

    Args:
        table: the dataset.
        headers: of the files that it does not have, by path.
    """
    if not len(table) or not headers:
        return {}
    files, held = pa.array(headers, pa.large_string()), table.column("file_path_abs")
    names, paths = (without_root(spelled(each, held=True)) for each in (files, held))
    gone = _gone(held, pc.is_in(ends_of(paths, 1), ends_of(names, 1)))
    lost = paths.take(gone)
    places, _ = find_last_parts(names, lost)
    alike = _by_look(table, gone.to_pylist(), ends_of(lost, 1).to_pylist())
    found: dict[str, int | None] = {}
    for file, end, place in zip(
        headers, ends_of(names, 1).to_pylist(), places.tolist(), strict=True
    ):
        rows = alike[end, headers[file].width, headers[file].height]
        if place >= 0:
            found[file] = gone[place].as_py()
        elif rows:
            found[file] = rows[0] if len(rows) == 1 else None
    return {
        file: None if row is None else held[row].as_py()
        for file, row in found.items()
        if _may_be(file, headers[file], table, row)
    }


def _by_look(table: Table, rows: list[int], names: list[str]) -> defaultdict[Any, list[int]]:
    """The rows of samples by name, width and height, which tell some of equal names apart."""
    alike: defaultdict[Any, list[int]] = defaultdict(list)
    for row, name in zip(rows, names, strict=True):
        alike[name, table.get(row, "width"), table.get(row, "height")].append(row)
    return alike


def _gone(held: pa.Array, alike: pa.Array) -> pa.Array:
    """The rows of samples named like the files whose own file is gone: (M,).

    One that has its file is none of them, and leaves its name to the others.
    """
    rows = pc.indices_nonzero(alike).cast(pa.int64())
    paths = held.take(rows)
    return rows.filter(
        pc.is_in(paths, pa.array(images.missing_files(paths.to_pylist()), paths.type))
    )


def _may_be(file: str, header: Header, table: Table, row: int | None) -> bool:
    """Whether a file has the size of a sample, as far as that is known.

    What is part of a file moves with that file only: it is no image of its own that moved there.
    """
    path = None if row is None else table.get(row, "file_path_abs")
    if remote.is_part(file) and (path is None or not _is_same_part(path, file)):
        return False
    size = None if row is None else (table.get(row, "width"), table.get(row, "height"))
    return size in {(header.width, header.height), (None, None), None}


def _is_same_part(path: str, file: str) -> bool:
    """Whether two parts have the same name, in files that may be one file in two places."""
    return path == remote.with_container(file, remote.container_of(path))


def relinks(moves: Moves) -> list[tuple[str, str, int]]:
    """The folders that moved, old and new, and how many images with them, the most first."""
    counts = Counter(_differing(path, file) for file, path in moves.items() if path is not None)
    return [(old, new, count) for (old, new), count in counts.most_common()]


def moved_containers(table: Table, files: Sequence[str]) -> dict[str, str]:
    """The file that a dataset names, and that is gone, by the file that holds the same."""
    held = noted_containers(table)
    if not held:
        return {}
    marks = Marks()
    found = {mark: file for file in reversed(files) if (mark := marks.of(file)) in held}
    moves = {file: held[mark] for mark, file in found.items() if mark is not None}
    here = [old for new, old in moves.items() if old != new and not remote.is_elsewhere(old)]
    gone = set(images.missing_files(here))
    return {new: old for new, old in moves.items() if old in gone}


def container_relinks(table: Table, moves: Mapping[str, str]) -> list[tuple[str, str, int]]:
    """As ``relinks``, of files that have images in them."""
    counts: Counter[tuple[str, str]] = Counter()
    rows = rows_by_container(table)
    for new, old in moves.items():
        counts[_differing(old, new)] += rows[old]
    return [(old, new, count) for (old, new), count in counts.most_common()]


def _differing(old: str, new: str) -> tuple[str, str]:
    """Two paths without the last parts that they have in common; of parts, those of the files."""
    old, new = remote.container_of(old), remote.container_of(new)
    parts, others = (path.replace("\\", "/").split("/") for path in (old, new))
    same = 0
    while same < min(len(parts), len(others)) - 1 and parts[-1 - same] == others[-1 - same]:
        same += 1
    return tuple(_head(path, same) for path in (old, new))  # type: ignore[return-value]


def _head(path: str, dropped: int) -> str:
    for _ in range(dropped):
        path = path[: max(path.rfind("/"), path.rfind("\\"))]
    return path or "/"
