"""Notes of what the files held that images are parts of, when these were added.

The note is a number for each image, under a hidden key. Another file of the same name shows by it,
and the same file under another name.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from framegrid import images, remote
from framegrid.base import notes_key
from framegrid.dataset.ingest.file_notes import NONE, notes_of
from framegrid.storage import Block, Table

KEY = "file_path_abs"
NOTES = notes_key(KEY)


class Marks:
    """What files hold now, each looked at once."""

    def __init__(self) -> None:
        self._found: dict[str, int | None] = {}

    def of(self, container: str) -> int | None:
        """The number for what a file or object holds; None where that cannot be read."""
        if container not in self._found:
            self._found[container] = images.content_mark(container)
        return self._found[container]

    def of_parts(self, paths: Iterable[str]) -> list[int | None]:
        """The same for each image, None for those that are no parts."""
        return [
            self.of(remote.container_of(path)) if remote.is_part(path) else None for path in paths
        ]


def replaced_rows(table: Table, marks: Marks) -> dict[int, int]:
    """What the file holds now, by the row of an image, where that is something else than noted."""
    notes = notes_of(table, KEY)
    rows = np.flatnonzero(notes != NONE)
    now = marks.of_parts(table.column(KEY).take(pa.array(rows)).to_pylist())
    return {
        row: mark
        for row, note, mark in zip(rows.tolist(), notes[rows].tolist(), now, strict=True)
        if mark is not None and mark != note
    }


def new_notes(table: Table, marks: Marks) -> Block | None:
    """The notes of files as they are now, where they are others."""
    rows = replaced_rows(table, marks)
    if not rows:
        return None
    return Block(table.ids[list(rows)], {NOTES: pa.array(rows.values(), pa.int64())})


def noted_containers(table: Table) -> dict[int, str]:
    """The file that each note is of, by the note."""
    return {note: container for note, container, _ in _noted(table)}


def rows_by_container(table: Table) -> dict[str, int]:
    """How many images are noted to be in each file."""
    return {container: count for _, container, count in _noted(table)}


def _noted(table: Table) -> Iterator[tuple[int, str, int]]:
    """Yield each note, with its file and the number of images that have it."""
    notes, rows, counts = np.unique(notes_of(table, KEY), return_index=True, return_counts=True)
    paths = table.column(KEY).take(pa.array(rows)).to_pylist()
    for note, path, count in zip(notes.tolist(), paths, counts.tolist(), strict=True):
        if note != NONE:
            yield note, remote.container_of(path), count
