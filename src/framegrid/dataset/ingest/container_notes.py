"""Notes of what the files held that images are parts of, when these were added.

The note is a number for each image, under a hidden key. Another file of the same name shows by it,
and the same file under another name.
"""

from collections.abc import Iterable, Sequence

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
    notes, rows = np.unique(notes_of(table, KEY), return_index=True)
    held: Sequence[str] = table.column(KEY).take(pa.array(rows)).to_pylist()
    found = zip(notes.tolist(), held, strict=True)
    return {note: remote.container_of(path) for note, path in found if note != NONE}
