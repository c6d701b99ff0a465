"""The Parquet file of a dataset: read with errors that say what to do, made, and restored."""

import errno
import time
import uuid
import warnings
from pathlib import Path

from framegrid import remote
from framegrid.errors import ConflictError, DatasetCorruptError, NotADatasetError
from framegrid.store.files import Place, backup_of, journal_of, put, taken, write_beside
from framegrid.store.history import History
from framegrid.store.seal import is_ours
from framegrid.store.snapshot import Snapshot, from_parquet, how_to_read, salvage, to_parquet
from framegrid.table import Table


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
        return from_parquet(data, path)
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


def write_new(place: Place, table: Table, history: History) -> None:
    """Write the Parquet file of a new dataset with the samples of a table and their history.

    Raises:
        FileExistsError: if there is one, or the journal of one that was deleted.
        FileNotFoundError: if the folder, or the bucket, does not exist.
    """
    data = to_parquet(Snapshot.of(table, uuid.uuid4().bytes, 0, history))
    if isinstance(place, str):
        if remote.status(place) is not None:  # who may not write is to hear that rather
            raise taken(place)
        remote.create(place, bytes(data))
    else:
        _write_new_file(place.resolve(), data)


def _write_new_file(path: Path, data: memoryview) -> None:
    if not path.parent.is_dir():
        message = "there is no such folder: create it first"
        raise FileNotFoundError(errno.ENOENT, message, str(path.parent))
    if path.exists():
        raise taken(path)
    if (journal := journal_of(path)).exists():
        message = f"{path.name} is gone, but its journal is here: restore it, or delete the journal"
        raise FileExistsError(errno.EEXIST, message, str(journal))
    put(path, write_beside(path, data))


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
    if not backup.exists():
        raise error
    return read_snapshot(backup), "the snapshot before it"


def _backup_hint(path: Path) -> str:
    backup = backup_of(path)
    return f"; the snapshot before it is {backup}" if backup.exists() else ""
