"""What a store asks of the place where its dataset lives."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from framegrid.storage.files.dataset_files import Location
from framegrid.storage.files.image_parts import Put, Write
from framegrid.storage.journal.background import SnapshotPace
from framegrid.storage.journal.chain import Position, beginning
from framegrid.storage.journal.journal import Journal
from framegrid.storage.parquet.snapshot import Snapshot
from framegrid.storage.places.merge import Merge
from framegrid.storage.records.own_images import OwnImages
from framegrid.storage.table.table import Table
from framegrid.storage.undo.history import History

UNWRITABLE = (
    "{} is open read-only, as its files cannot be written: save a copy under another name to edit "
    "that"
)
"""Why edits of a place are refused that may not be written; to be filled with its name."""


class Loaded(NamedTuple):
    """A dataset as its place has it.

    Attributes:
        dataset: the 16 bytes that name it.
        position: where its last edit is in the history, as the journal here counts.
        table: the table after that edit.
        history: what was done to it.
        base: its state where other machines write, too; for the place alone.
        merge: what fits edits made here to it, where other machines write, too.
    """

    dataset: bytes
    position: Position
    table: Table
    history: History
    base: Any = None
    merge: Merge | None = None


class Place(ABC):
    """Where a dataset lives: its snapshot, and the journal of the edits since.

    Attributes:
        path: the Parquet file, or its URL; None in memory.
        images: the pictures beside it.
        journal_path: where the journal is.
        like: the file whose readers may read the journal, too.
        pace: when edits become a snapshot; by default as on disk.
        alone: to be held from the moment of a snapshot until it is in its place.
    """

    path: Location | None
    images: OwnImages
    journal_path: Path
    like: Path | None = None
    pace: SnapshotPace | None = None
    alone: AbstractContextManager[Any] = nullcontext()

    @abstractmethod
    def read(self) -> Loaded:
        """The snapshot, with errors that say what to do if it is none."""

    def open_journal(self, loaded: Loaded, **options: Any) -> Journal:
        """The journal behind the snapshot that was read; options as of ``Journal``."""
        return Journal(
            self.journal_path, loaded.dataset, loaded.position, like=self.like, **options
        )

    def prepare(self, *, repair: bool) -> bool:  # noqa: ARG002 - a place may need nothing
        """Clean up what is there before it is read; whether it may be written."""
        return True

    @abstractmethod
    def check_free(self) -> None:
        """Refuse a place where there is something, as ``create`` does."""

    @abstractmethod
    def new_part(self, write: Write, after: int = 0) -> AbstractContextManager[Put]:
        """Write a part with pictures beside the dataset, for as long as the block takes.

        Args:
            write: writes the part into an open file.
            after: the greatest number of a part that the dataset names, be it there or not.

        Returns:
            A context of the function that gives the part its number and says where it is.
        """

    @abstractmethod
    def create(self, table: Table, history: History, *, is_open: bool) -> None:
        """Write the snapshot of a new dataset; it is open if it will have a journal at once.

        Raises:
            FileExistsError: if there is one, or the journal of one that was deleted.
            FileNotFoundError: if the folder, or the bucket, does not exist.
        """

    def newer(self, base: Any) -> Loaded | None:  # noqa: ARG002 - most have one writer at a time
        """What another machine put since the state ``base``; None if nothing."""
        return None

    def found(self) -> tuple[bytes, Position] | None:
        """The dataset and position that a snapshot would replace, asked under the lock.

        None where the replacing itself has a condition.
        """
        return None

    @abstractmethod
    def replacing(
        self, snapshot: Snapshot, base: Any
    ) -> AbstractContextManager[Callable[[], object]]:
        """Write a snapshot beside what it is to replace, and clean up in the end.

        Args:
            snapshot: the dataset, at a position as the journal here counts.
            base: the state that it is to replace.

        Returns:
            A context of the function that puts it in place and gives the new state.

        Raises:
            remote.ChangedError: if another machine replaced that before.
        """

    def after_fork(self) -> None:  # noqa: B027 - most have no lock
        """In a forked child, share no lock with the parent."""


def new_snapshot(table: Table, history: History) -> Snapshot:
    """A table as the first snapshot of a dataset of its own."""
    dataset = uuid.uuid4().bytes
    return Snapshot.of(table, dataset, beginning(dataset), history)
