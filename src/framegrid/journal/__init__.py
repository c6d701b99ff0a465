"""The append log beside a snapshot. It knows bytes, not metadata.

One process at a time holds the lock of the file, for as long as one edit takes:

    lock -> take in what others appended -> append one record -> apply it in memory -> unlock

The edits of a dataset are numbered without gaps (``seq``). The journal's header says up to which
of them the snapshot goes; memory is the snapshot and the records that follow.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from framegrid.journal.files import READ_ONLY, read_at, sync, sync_folder, write_at
from framegrid.journal.frames import COPIES_SIZE, HEADER_SIZE, Record, pack_record, read_records
from framegrid.journal.header import remove_unused
from framegrid.journal.replay import Replay

__all__ = ["READ_ONLY", "Journal", "Mark", "Record", "remove_unused", "sync_folder", "write_at"]

Applied = TypeVar("Applied")

_MOVABLE = 1 << 30  # bytes; one call reads 2 GB at most


class Mark(NamedTuple):
    """A place in a journal: where the edits up to ``seq`` end, in one generation of the file."""

    seq: int
    end: int
    generation: int


class Journal(Replay):
    """The journal of one dataset.

    All but ``has_news``, ``sync`` and ``close`` is to be called inside ``exclusively``.
    """

    def __init__(
        self,
        path: Path,
        dataset: bytes,
        seq: int,
        *,
        writable: bool = True,
        power: bool = False,
    ) -> None:
        """Take memory to be as loaded from the snapshot; open no file yet.

        Args:
            path: the file.
            dataset: 16 bytes that name the dataset.
            seq: number of the last edit that the snapshot has.
            writable: False if the file may only be read.
            power: sync every record, to survive a loss of power and not only of the process.
        """
        super().__init__(path, dataset, seq, writable=writable)
        self._power = power
        self._synced = seq

    @property
    def size(self) -> int:
        """Size of the records that the snapshot does not have, in bytes."""
        return self._end - self._header.start

    @property
    def is_synced(self) -> bool:
        """Whether the records so far survive a loss of power."""
        return self._power or self._synced == self.seq

    def write(self, kind: int, when: int, payload: bytes, apply: Callable[[], Applied]) -> Applied:
        """Append a record and apply it in memory: both, or neither.

        Args:
            kind: what the payload is.
            when: the time in us since 1970.
            payload: the edit.
            apply: applies it in memory; what it gives is given back.

        Raises:
            OSError: if the record cannot be written.
        """
        record = pack_record(kind, self.seq + 1, when, payload)
        self.settled = False
        try:
            self._append(record)
            applied = apply()
            self._end += len(record)
            self.seq += 1
        except BaseException:
            os.ftruncate(self.fd, self._end)
            raise
        self.settled = True
        return applied

    def _append(self, record: bytes) -> None:
        try:
            write_at(self.fd, record, self._end)
            if self._power:
                sync(self.fd)
        except OSError as error:
            os.ftruncate(self.fd, self._end)
            self.settled = True  # memory was not touched
            message = f"edit NOT saved: {error.strerror}"
            raise OSError(error.errno, message, str(self.path)) from error

    def mark(self) -> Mark | None:
        """Give the place where memory is, if memory is there and the snapshot is not."""
        mark = Mark(self.seq, self._end, self._header.generation)
        return mark if self.settled and self.seq > self.saved and self.is_current(mark) else None

    def is_current(self, mark: Mark) -> bool:
        """Tell whether a mark is still a place in the file: nobody let go of records since."""
        same = mark.generation == self._header.generation
        return same and read_at(self.fd, COPIES_SIZE, 0) == self._head[:COPIES_SIZE]

    def forget(self, mark: Mark) -> None:
        """Let go of the records up to a current mark, which the snapshot on disk now has.

        Later records move to the front if they fit before where they are, so that a steady stream
        of edits does not make the file grow for ever. After a crash between any two steps, the
        records of which the header speaks are there.
        """
        self._write_header(mark.seq, mark.end)
        self.saved = mark.seq
        later = os.fstat(self.fd).st_size - mark.end
        if later <= min(mark.end - HEADER_SIZE, _MOVABLE):
            write_at(self.fd, read_at(self.fd, later, mark.end), HEADER_SIZE)
            sync(self.fd)
            self._write_header(mark.seq, HEADER_SIZE)
            self._end -= mark.end - HEADER_SIZE
            sync(self.fd)
            os.ftruncate(self.fd, HEADER_SIZE + later)

    def records(self, after: int) -> Iterator[Record]:
        """Give again the records that memory has taken in, those behind the edit ``after``."""
        with open(self.fd, "rb", closefd=False) as file:
            for record in read_records(file, self._header.start, self._end):
                if record.seq > after:
                    yield record

    def sync(self) -> None:
        """Make the records so far survive a loss of power, holding nobody up."""
        with self._mutex:
            if self.fd < 0:
                return
            if not os.fstat(self.fd).st_nlink:
                self._head = b""  # deleted: the next edit will look closer, and say so
                return
            seq = self.seq
        if not self.is_synced:
            fd = os.open(self.path, os.O_RDWR)  # a duplicate would take the lock into a fork
            try:
                sync(fd)
                self._synced = seq
            finally:
                os.close(fd)
