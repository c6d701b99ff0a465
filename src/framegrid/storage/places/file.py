"""A dataset in a file, with its journal beside it: read with errors that say what to do."""

import errno
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

from framegrid.base import (
    ConflictError,
    DatasetCorruptError,
    DivergedError,
    NotADatasetError,
    remove_leftovers,
)
from framegrid.storage.files import dataset_files
from framegrid.storage.files.dataset_files import backup_of, journal_of, write_beside
from framegrid.storage.files.image_parts import Put, Write, new_file_part, remove_unnumbered
from framegrid.storage.files.system import temporary_beside
from framegrid.storage.journal.chain import Position
from framegrid.storage.parquet.checksums import facts_of, is_ours
from framegrid.storage.parquet.rejection import how_to_read
from framegrid.storage.parquet.snapshot import (
    VERSION,
    Snapshot,
    from_parquet,
    give_back,
    position_of,
    salvage,
    to_parquet,
)
from framegrid.storage.places.place import Loaded, Place, new_snapshot
from framegrid.storage.records.own_images import OwnImages
from framegrid.storage.table.table import Table
from framegrid.storage.undo.history import History


class FilePlace(Place):
    """A Parquet file; processes of one machine share it and its journal."""

    path: Path

    def __init__(self, path: Path) -> None:
        self.path = path
        self.like = self._file = path.resolve()  # what is replaced, so that symbolic links stay
        self.journal_path = journal_of(self._file)
        self.images = OwnImages(self._file)
        self._is_new = False
        self._created: Snapshot | None = None

    def prepare(self, *, repair: bool) -> bool:
        """Clean up after killed processes, and repair; whether the file may be written."""
        remove_leftovers(self._file.parent, f"{self._file.name}.")
        remove_unnumbered(Path(self.images.folder))
        if repair:
            repair_file(self._file)
        is_writable = os.access(self._file, os.W_OK)
        if is_writable:
            dataset_files.share_mode(self._file)
        return is_writable

    def create(self, table: Table, history: History, *, is_open: bool) -> None:
        """Write the first file."""
        file = self._file
        snapshot = self._stored(new_snapshot(table, history))
        data = to_parquet(snapshot._replace(beside=dataset_files.name_of(file) if is_open else ""))
        self.check_free()
        remove_leftovers(file.parent, f"{file.name}.")
        dataset_files.put(file, write_beside(file, data))
        self._is_new = True
        self._created = snapshot._replace(history=history.copy())
        del data
        give_back()

    def check_free(self) -> None:
        """Refuse to be in the place of another, or of one whose journal is still here."""
        file = self._file
        if not file.parent.is_dir():
            message = "there is no such folder: create it first"
            raise FileNotFoundError(errno.ENOENT, message, str(file.parent))
        if file.exists():
            raise dataset_files.taken(file)
        if self.journal_path.exists():
            message = (
                f"{file.name} is gone, but its journal is here: restore it, or delete the journal"
            )
            raise FileExistsError(errno.EEXIST, message, str(self.journal_path))

    def new_part(self, write: Write, after: int = 0) -> AbstractContextManager[Put]:
        """Write a file, which those may read who may read the dataset."""
        return new_file_part(Path(self.images.folder), write, after, self._file)

    def _stored(self, snapshot: Snapshot) -> Snapshot:
        return snapshot._replace(samples=self.images.stored_samples(snapshot.samples))

    def read(self) -> Loaded:
        """The file; warn if there was a journal when it was written here, and is none now."""
        snapshot = self._just_created() or read_snapshot(self._file)
        had_journal = snapshot.beside == dataset_files.name_of(self._file) and not self._is_new
        if had_journal and not self.journal_path.exists():
            warnings.warn(
                f"{self.journal_path} is gone: edits that were not in the Parquet file yet are "
                "lost with it, if there were any",
                RuntimeWarning,
                stacklevel=5,
            )
        located = self.images.located_samples(snapshot.samples)
        table = snapshot._replace(samples=located).to_table()
        return Loaded(snapshot.dataset, snapshot.position, table, snapshot.history)

    def _just_created(self) -> Snapshot | None:
        """What was written a moment ago: to read it again takes as long; None if it is not that."""
        snapshot, self._created = self._created, None
        if snapshot is None or self.found() != (snapshot.dataset, snapshot.position):
            return None
        return snapshot

    def found(self) -> tuple[bytes, Position]:
        """What the footer says."""
        try:
            footer = dataset_files.footer(self._file)
        except FileNotFoundError as error:
            message = "it was deleted while it was open here: put it back, or save(path)"
            raise FileNotFoundError(error.errno, message, str(self.path)) from None
        facts = facts_of(footer)
        with suppress(LookupError, TypeError, ValueError, AttributeError):  # ours, and nonsense
            if facts is not None and facts["version"] <= VERSION:
                return bytes.fromhex(facts["dataset"]), position_of(facts)
        raise DivergedError(
            f"another program rewrote {self.path} while it was open here: the edits made here are "
            "safe in the journal; move that file away to go on, or keep both by save(path)"
        )

    @contextmanager
    def replacing(self, snapshot: Snapshot, base: None) -> Iterator[Callable[[], object]]:  # noqa: ARG002
        """Write a file beside, that takes the place of the other, which becomes the backup."""
        beside = dataset_files.name_of(self._file)
        data = to_parquet(self._stored(snapshot)._replace(beside=beside))
        temporary = write_beside(self._file, data)
        replaced = temporary_beside(self._file)
        try:
            yield partial(dataset_files.replace, self._file, temporary, replaced)
        finally:
            temporary.unlink(missing_ok=True)
            dataset_files.keep_as_backup(self._file, replaced)


def read_snapshot(path: Path) -> Snapshot:
    """Read the Parquet file of a dataset, through one open file.

    Raises:
        FileNotFoundError: if there is none.
        NotADatasetError: if it is no framegrid dataset, or a newer framegrid wrote it.
        ConflictError: if another program rewrote it.
        DatasetCorruptError: if it is damaged.
        MemoryError: if it needs more than half of the machine's memory.
    """
    if path.is_dir():
        raise NotADatasetError(f"{path} is a folder, no framegrid dataset: {how_to_read(path)}")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        message = f"there is no such dataset{_backup_hint(path)}"
        raise FileNotFoundError(errno.ENOENT, message, str(path)) from None
    try:
        snapshot = from_parquet(data, path)
    except DatasetCorruptError as error:
        message = f"{error}; repair=True keeps what is whole of it{_backup_hint(path)}"
        raise DatasetCorruptError(message) from error
    except NotADatasetError as error:
        journal = journal_of(path)
        if is_ours(data) or not journal.exists():
            raise
        raise ConflictError(
            f"another program rewrote {path}: there is a journal, but {error}. To go on with what "
            f"it is now, move {journal.name} away{_backup_hint(path)}"
        ) from error
    give_back()
    return snapshot


def repair_file(path: Path) -> None:
    """Put what is whole of a damaged file, or else the snapshot before, in its place.

    The damaged one is set aside.

    Raises:
        DatasetCorruptError: if nothing can be told of it, and there is no whole one before.
    """
    try:
        read_snapshot(path)
    except DatasetCorruptError as error:
        snapshot, what = _whole_part(path) or _before(path, error)
        aside = path.with_name(f"{path.name}.damaged-{time.time_ns()}")
        temporary = write_beside(path, to_parquet(snapshot))
        path.replace(aside)
        temporary.replace(path)
        warnings.warn(
            f"{path} was damaged, and is {aside} now. In its place is {what}, with "
            f"{len(snapshot.samples):,} samples and {len(snapshot.types):,} metadata keys",
            RuntimeWarning,
            stacklevel=2,
        )


def _whole_part(path: Path) -> tuple[Snapshot, str] | None:
    salvaged = salvage(path.read_bytes(), path)
    if salvaged is None:
        return None
    snapshot, damaged = salvaged
    lost = f", in which values of {', '.join(map(repr, damaged))} are missing" if damaged else ""
    return snapshot, f"what is whole of it{lost}"


def _before(path: Path, error: DatasetCorruptError) -> tuple[Snapshot, str]:
    backup = backup_of(path)
    if not backup.is_file():
        raise error
    return read_snapshot(backup), "the snapshot before it"


def _backup_hint(path: Path) -> str:
    backup = backup_of(path)
    return f"; the snapshot before it is {backup}" if backup.is_file() else ""
