"""The journal of one dataset: one record appended per edit, under the lock of its file."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from framegrid.storage.files.system import is_at, read_at, stamp_of, sync, write_at
from framegrid.storage.journal.chain import DigestTrail, Position
from framegrid.storage.journal.framing import (
    HEAD_SIZE,
    HEADER_SIZE,
    MARK_SIZE,
    OWNER_AT,
    VERSION,
    Record,
    mark_of,
    pack_record,
    read_records,
)
from framegrid.storage.journal.header import Heading, gone, make_journal
from framegrid.storage.journal.lock import LockedFile

_BREATH = 25e-6  # seconds; edits in a loop come every 10 us
_MOVABLE = 1 << 30  # bytes; one call reads 2 GB at most


class Mark(NamedTuple):
    """A place in a journal: where the edits up to a position end, in one generation of the file."""

    position: Position
    end: int
    generation: int

    @property
    def seq(self) -> int:
        """Number of the last edit before it."""
        return self.position.seq


class Journal(LockedFile):
    """The journal of one dataset, and how far memory has taken it in.

    All but ``has_news``, ``sync`` and ``close`` is to be called inside ``exclusively``.

    Attributes:
        here: where memory is: number of its last edit, the digest of that, and where that ends.
        saved: number of the last edit that the snapshot is known to have.
        settled: False while memory may not be at ``here``: something was interrupted half-way, and
            memory is to be loaded again.
        repair: at damage, go on with what stands before it, and set the rest aside.
        heading, trail: the header, and the digests of edits up to ``here``.
        is_early: whether an early version wrote the snapshot.
        like: the snapshot's file, if it is one, whose readers may read the journal.
        stamp: of that file, when it was last found to be in the history of memory.
    """

    def __init__(  # noqa: PLR0913 - what it is of, and how it is kept
        self,
        path: Path,
        dataset: bytes,
        position: Position,
        *,
        writable: bool = True,
        power: bool = False,
        like: Path | None = None,
    ) -> None:
        """Take memory to be as loaded from the snapshot; open no file yet.

        Args:
            path: the file.
            dataset: 16 bytes that name the dataset.
            position: where the snapshot is in the history.
            writable: False if the file may only be read.
            power: sync every record, to survive a loss of power and not only of the process.
            like: the snapshot's file, if it is one.
        """
        super().__init__(path, writable=writable)
        self.like = like
        self.heading = Heading(dataset, position)
        self.here = position.seq, position.digest, HEADER_SIZE
        self.saved = position.seq
        self.trail = DigestTrail(position.trail)
        self.is_early = position.is_early
        self.settled = True
        self.repair = False
        self.stamp = stamp_of(None)
        self._name, self._asked = str(path), 0.0
        self._next = self.here
        self._power = power
        self._synced = position.seq

    @property
    def seq(self) -> int:
        """Number of the last edit that memory has."""
        return self.here[0]

    @property
    def digest(self) -> bytes:
        """Digest of the last edit that memory has."""
        return self.here[1]

    @property
    def end(self) -> int:
        """Where the last edit that memory has ends in the file."""
        return self.here[2]

    @property
    def size(self) -> int:
        """Size of the records that the snapshot does not have, in bytes."""
        return self.end - self.heading.header.start

    @property
    def is_synced(self) -> bool:
        """Whether the records so far survive a loss of power."""
        return self._power or self._synced == self.seq

    def position(self) -> Position:
        """Where memory is in the history."""
        return Position(self.seq, self.digest, self.trail.packed())

    def close(self) -> None:
        """Close the file; the next use opens it again, and takes nothing for granted."""
        super().close()
        self.heading.let_go()

    def _make(self) -> None:
        if self.seq != self.saved:
            raise gone(self.path)
        make_journal(self.path, self.like, self.heading.header.dataset, self.seq, self.digest)

    # What others did

    def has_news(self) -> bool:
        """Whether others have written since memory caught up: 1 us, without the lock."""
        if self.fd < 0:
            return self.writable or self.path.exists()
        try:
            stat = self.path.stat()
        except OSError:
            return True
        size = self.end + MARK_SIZE * (self.heading.header.version == VERSION)
        head = read_at(self.fd, OWNER_AT, 0)
        is_same = stat.st_ino == self.inode and stat.st_size == size
        return not is_same or head != self.heading.head[:OWNER_AT]

    def is_behind(self) -> bool:
        """Whether another had the lock since memory did, or files were moved, replaced or cut.

        This is a part of every edit. Who takes the lock over signs anew, so that under one
        signature the size tells whether what is there is what memory has. In a loop of edits the
        snapshot is not looked at: to replace it takes longer, and the next load will tell, too.
        """
        if not self.settled or read_at(self.fd, HEAD_SIZE, 0) != self.heading.head:
            return True
        before, self._asked = self._asked, monotonic()
        try:
            if self._is_moved():
                return True
            return self._asked - before > _BREATH and stamp_of(self.like) != self.stamp
        except OSError:
            return True

    def _is_moved(self) -> bool:
        file = os.stat(self._name)  # noqa: PTH116 - half as fast through a path
        return file.st_ino != self.inode or file.st_size != self.here[2] + MARK_SIZE

    # One edit: appended, then accepted or taken back

    def append(self, kind: int, when: int, payload: bytes) -> None:
        """Append the record of an edit that memory is to take in next, or to ``take_back``.

        Args:
            kind: what the payload is.
            when: the time in us since 1970.
            payload: the edit.

        Raises:
            OSError: if the record cannot be written.
        """
        seq, previous, end = self.here
        record, digest = pack_record(kind, seq + 1, when, payload, previous)
        self._next = seq + 1, digest, end + len(record) - MARK_SIZE
        self.settled = False
        try:
            write_at(self.fd, record, end)
            if self._power:
                sync(self.fd)
        except OSError as error:
            with suppress(OSError):
                self.cut()
                self.settled = True  # memory was not touched
            message = f"edit NOT saved: {error.strerror}"
            raise OSError(error.errno, message, str(self.path)) from error

    def accept(self) -> None:
        """Note that memory has the edit that was appended."""
        self.trail.add(self._next[1])
        self.here = self._next
        self.settled = True

    def take_back(self) -> None:
        """Remove the record of an edit that could not be made."""
        with suppress(OSError):  # then there is the beginning of a record, which is none
            self.cut()

    def cut(self) -> None:
        """End the file where memory is."""
        _, digest, end = self.here
        write_at(self.fd, mark_of(digest), end)
        os.ftruncate(self.fd, end + MARK_SIZE)

    # Snapshots

    def mark(self) -> Mark | None:
        """The place where memory is, if memory is there and the snapshot is not."""
        mark = Mark(self.position(), self.end, self.heading.header.generation)
        return mark if self.settled and self.seq > self.saved and self.is_current(mark) else None

    def is_current(self, mark: Mark) -> bool:
        """Whether a mark is still a place in the file: nobody let go of records since."""
        is_same = mark.generation == self.heading.header.generation and is_at(self.path, self.fd)
        return is_same and read_at(self.fd, OWNER_AT, 0) == self.heading.head[:OWNER_AT]

    def has(self, seq: int, digest: bytes) -> bool:
        """Whether an edit is in the history of memory."""
        if (seq, digest) == (self.heading.header.base, self.heading.header.digest):
            return True
        known = self.position().holds(seq, digest)
        if known is not None or not self.heading.header.base < seq < self.seq:
            return bool(known)
        records = (record for record in self.records(seq) if record.seq == seq + 1)
        return any(record.previous == digest for record in records)

    def denies(self, position: Position) -> bool:
        """Whether a position, at most as far as memory, is surely not in its history."""
        if position.is_early:
            return False
        if position.seq == self.heading.header.base and self.heading.header.digest:
            return position.digest != self.heading.header.digest
        return self.position().holds(position.seq, position.digest) is False

    def holds_memory(self) -> bool:
        """Whether the edits in memory are in the file, and the file is where it was."""
        return self.fd >= 0 and is_at(self.path, self.fd) and self.is_marked()

    def is_marked(self) -> bool:
        """Whether the mark of the last edit that memory has stands behind it."""
        return read_at(self.fd, MARK_SIZE, self.end) == mark_of(self.digest)

    def forget(self, mark: Mark) -> None:
        """Let go of the records up to a current mark, which the snapshot on disk now has.

        Later records move to the front if they fit before where they are, so that a steady stream
        of edits does not make the file grow for ever. After a crash between any two steps, the
        records of which the header speaks are there.
        """
        self.settled = False  # should this be interrupted, the end may be elsewhere
        self.write_header(mark.seq, mark.position.digest, mark.end)
        self.saved = mark.seq
        later = os.fstat(self.fd).st_size - mark.end
        if later <= min(mark.end - HEADER_SIZE, _MOVABLE):
            write_at(self.fd, read_at(self.fd, later, mark.end), HEADER_SIZE)
            sync(self.fd)
            self.write_header(mark.seq, mark.position.digest, HEADER_SIZE)
            self.here = self.seq, self.digest, self.end - (mark.end - HEADER_SIZE)
            sync(self.fd)
            os.ftruncate(self.fd, HEADER_SIZE + later)
        self.settled = True

    def write_header(self, base: int, digest: bytes, start: int) -> None:
        """Write which edit the snapshot has, its digest, and where the first record behind is."""
        self.heading.write(self.fd, base, digest, start)

    def records(self, after: int) -> Iterator[Record]:
        """The records that memory has taken in once more, those behind the edit ``after``."""
        with open(self.fd, "rb", closefd=False) as file:
            for record in read_records(file, self.heading.header.start, self.end):
                if record.seq > after:
                    yield record

    def sync(self) -> None:
        """Make the records so far survive a loss of power, holding nobody up."""
        with self._mutex:
            if self.fd < 0:
                return
            if not is_at(self.path, self.fd):
                self.heading.head = b""  # the next edit will look closer, and say so
                return
            self._asked = 0.0
            seq = self.seq
        if not self.is_synced:
            fd = os.open(self.path, os.O_RDWR)  # a duplicate would take the lock into a fork
            try:
                sync(fd)
                self._synced = seq
            finally:
                os.close(fd)
