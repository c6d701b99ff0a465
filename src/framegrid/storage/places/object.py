"""A dataset on object storage: one object, and a journal on this machine.

An object cannot be appended to, so that edits go to a journal in the user's cache. A snapshot is
one put, under the condition that the object is as this machine knows it. If another machine was
faster, its object is loaded, with the edits made here on top (see ``merge``), and it is tried
again. The object says of each journal how far it goes, so that no edit gets lost or is made twice.
"""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import NamedTuple

from framegrid import remote
from framegrid.base import DatasetCorruptError, NotADatasetError
from framegrid.storage.files import dataset_files
from framegrid.storage.files.image_parts import Put, Write, new_object_part
from framegrid.storage.journal.background import SnapshotPace
from framegrid.storage.journal.chain import Position, beginning, start_at
from framegrid.storage.journal.header import remove_unused
from framegrid.storage.parquet.snapshot import Snapshot, from_parquet, to_parquet
from framegrid.storage.places.merge import Merge, Writers, misfit
from framegrid.storage.places.place import Loaded, Place, new_snapshot
from framegrid.storage.records.own_images import OwnImages
from framegrid.storage.table.table import Table
from framegrid.storage.undo.history import History


class Object(NamedTuple):
    """The object as memory was loaded from it.

    Attributes:
        status: its state.
        seq: number of its last edit.
        writers: by journal the number of its last edit in there.
        digests: by journal the digest of that edit, in hex.
    """

    status: remote.Status
    seq: int
    writers: Writers
    digests: dict[str, str]


class ObjectPlace(Place):
    """An object, which other machines replace as well; processes of this one share the journal.

    What other machines save is taken in when the dataset is opened or saved.
    """

    path: str
    pace = SnapshotPace(quiet_bytes=1, quiet_turns=300, busy_bytes=64 << 20)

    def __init__(self, path: str) -> None:
        self.path = path
        self.journal_path = dataset_files.journal_of(dataset_files.in_cache(path))
        self.images = OwnImages(path)
        self.alone = threading.RLock()
        self._writer = ""

    def prepare(self, *, repair: bool) -> bool:  # noqa: ARG002 - it is put as a whole or not at all
        """Whether it may be put, where that can be known."""
        return remote.is_writable(self.path)

    def create(self, table: Table, history: History, *, is_open: bool) -> None:  # noqa: ARG002
        """Put the first object."""
        self.check_free()
        remote.create(self.path, bytes(to_parquet(self._stored(new_snapshot(table, history)))))

    def check_free(self) -> None:
        """Refuse to be in the place of another; who may not write is to hear that rather."""
        if remote.status(self.path) is not None:
            raise dataset_files.taken(self.path)

    def new_part(self, write: Write, after: int = 0) -> AbstractContextManager[Put]:
        """Put an object."""
        return new_object_part(self.images.folder, write, after)

    def _stored(self, snapshot: Snapshot) -> Snapshot:
        return snapshot._replace(samples=self.images.stored_samples(snapshot.samples))

    def read(self) -> Loaded:
        """The object; its last edit is counted as the journal of this machine does."""
        data, status = remote.read_whole(self.path)
        snapshot = from_parquet(data, self.path)
        self._writer = self._writer or self._journal_name(snapshot.dataset)
        writers, digests = dict(snapshot.writers), dict(snapshot.digests)
        others = {writer: seq for writer, seq in writers.items() if writer != self._writer}
        return Loaded(
            snapshot.dataset,
            self._position(snapshot),
            snapshot._replace(samples=self.images.located_samples(snapshot.samples)).to_table(),
            snapshot.history,
            base=Object(status, snapshot.position.seq, writers, digests),
            merge=Merge(others, self.path, self.journal_path, self.images),
        )

    def _position(self, snapshot: Snapshot) -> Position:
        position = beginning(snapshot.dataset, snapshot.writers.get(self._writer, 0))
        if self._writer in snapshot.digests:
            return start_at(position.seq, bytes.fromhex(snapshot.digests[self._writer]))
        return position._replace(is_early=True) if position.seq else position

    def _journal_name(self, dataset: bytes) -> str:
        """The name of this machine's journal, made once; make way for it."""
        folder = self.journal_path.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_unused(self.journal_path, dataset)
        file = folder / "journal-name"
        if not file.exists():
            temporary = dataset_files.write_beside(file, secrets.token_hex(8).encode())
            with suppress(FileExistsError):  # another process was faster
                dataset_files.put(file, temporary)
        return file.read_text()

    def newer(self, base: Object) -> Loaded | None:
        """The object, if another machine replaced it."""
        if remote.status(self.path) == base.status:
            return None
        try:
            return self.read()
        except (FileNotFoundError, NotADatasetError, DatasetCorruptError) as error:
            raise misfit(error, self.path, self.journal_path) from error

    @contextmanager
    def replacing(self, snapshot: Snapshot, base: Object) -> Iterator[Callable[[], object]]:
        """Put the object, if it is as it was; its last edit is counted as in the object."""
        seq, digest = snapshot.position.seq, snapshot.position.digest
        writers = base.writers | {self._writer: seq}
        digests = base.digests | {self._writer: digest.hex()}
        seq += base.seq - base.writers.get(self._writer, 0)
        data = to_parquet(
            self._stored(snapshot)._replace(
                position=start_at(seq, digest), writers=writers, digests=digests
            )
        )
        status = remote.replace(self.path, bytes(data), base.status)
        yield lambda: Object(status, seq, writers, digests)

    def after_fork(self) -> None:
        """In a forked child, share no lock with the parent."""
        self.alone = threading.RLock()
