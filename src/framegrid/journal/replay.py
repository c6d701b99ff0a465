"""A journal as memory takes it in, record by record, and what to do about damage."""

import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from framegrid.errors import ConflictError, DatasetCorruptError
from framegrid.journal.files import read_at
from framegrid.journal.frames import COPIES_SIZE, HEADER_SIZE, Record, find_record, read_records
from framegrid.journal.header import HeadedFile

_READ_BUFFER = 1 << 20  # bytes; thousands of single edits


class Replay(HeadedFile):
    """A journal, and how far memory has taken it in.

    Attributes:
        settled: False while memory may not be at ``seq``: something was interrupted half-way, and
            memory is to be loaded again.
        repair: at damage, go on with what stands before it, and set the rest aside.
    """

    def __init__(self, path: Path, dataset: bytes, seq: int, *, writable: bool = True) -> None:
        """Take memory to be as loaded from the snapshot, see ``HeadedFile``."""
        super().__init__(path, dataset, seq, writable=writable)
        self.settled = True
        self.repair = False

    def has_news(self) -> bool:
        """Tell whether others have written since memory caught up: 1 us, without the lock."""
        if self.fd < 0:
            return self.writable or self.path.exists()
        stat = os.fstat(self.fd)
        copies = read_at(self.fd, COPIES_SIZE, 0)
        return stat.st_size != self._end or copies != self._head[:COPIES_SIZE] or not stat.st_nlink

    def is_behind(self) -> bool:
        """Tell, holding the lock, whether another had it since, or memory is not settled.

        This is a part of every edit, so it leaves out ``fstat``: after one, the file system has to
        note the time of the next write more exactly, which takes as long as the write.
        """
        if not self.settled or os.lseek(self.fd, 0, os.SEEK_END) != self._end:
            return True
        return read_at(self.fd, HEADER_SIZE, 0) != self._head

    def catch_up(self, load: Callable[[], int], apply: Callable[[Record], None]) -> bool:
        """Bring memory to the last edit, and tell whether that changed it.

        Args:
            load: loads the snapshot into memory, and gives the number of the last edit it has.
            apply: applies a record in memory.

        Raises:
            ConflictError: if the files are not of one dataset, or not of one time.
            DatasetCorruptError: if the journal is damaged.
            NotADatasetError: if a newer version wrote it.
        """
        if self.fd < 0:  # a reader came before the first writer
            return False
        before = self.seq if self.settled else None
        self._read_header()
        settled = self.settled and self._header.base <= self.seq
        if not settled:
            self.settled = False
            self._place(load())
        for record in self._unread():
            self.settled = False
            apply(record)
            self.seq = record.seq
            self.settled = settled  # memory just loaded is so only when it has all records
        self.settled = True
        return self.seq != before

    def _place(self, seq: int) -> None:
        """Take memory to be at the snapshot just loaded."""
        if seq < self._header.base and not self.repair:
            raise self._too_old(seq + 1, self._header.base)
        self.seq = self.saved = seq
        self._end = self._header.start
        if seq < self._header.base:
            self._restart("follow edits that are lost")

    def _too_old(self, first: int, last: int) -> ConflictError:
        return ConflictError(
            f"the Parquet file is older than its journal {self.path}: edits {first} to {last} are "
            "in neither. Put the newer Parquet file back, or move the journal away"
        )

    def _unread(self) -> Iterator[Record]:
        """Give the records that memory lacks; one is taken in when the next is asked for."""
        size = os.fstat(self.fd).st_size
        if size < HEADER_SIZE:  # a reader came before the first writer had done
            return
        if size < self._end:
            raise DatasetCorruptError(
                f"{self.path} is cut short: it has {size} bytes and should have {self._end}"
            )
        last = self._header.base if self._end == self._header.start else self.seq
        with open(self.fd, "rb", _READ_BUFFER, closefd=False) as file:
            while self._end < size:
                for record in read_records(file, self._end, size):
                    if record.seq > self.seq + 1:
                        raise self._too_old(self.seq + 1, record.seq - 1)
                    if record.seq == self.seq + 1:
                        yield record
                    self._end, last = record.end, record.seq
                if self._end < size:
                    size = self._pass_damage(file, size)
        if last < self.seq:
            self._check_memory()
            self._restart("end before the Parquet file does")

    def _check_memory(self) -> None:
        if self.seq != self.saved:
            raise ConflictError(
                f"{self.path} lacks edits that are in memory, as when an old copy took its place: "
                "save the dataset under another name"
            )

    def _pass_damage(self, file: BinaryIO, size: int) -> int:
        """Go behind damage to what memory has already, or drop the rest; give the size then."""
        file.seek(self._end)
        found = find_record(file.read(size - self._end))
        if found and found[1].seq <= self.seq + 1:
            self._end += found[0]
            return size
        if found and not self.repair:
            raise DatasetCorruptError(
                f"{self.path} is damaged at byte {self._end}: edits up to {self.seq} are intact, "
                f"and so is {found[1].seq} behind the damage; loading with repair=True keeps the "
                "former and sets the rest aside"
            )
        self._set_aside(self._end, "are no whole edit, as of a killed process")
        return self._end

    def _restart(self, why: str) -> None:
        """Go on from the snapshot, and set all records aside."""
        if self.writable:
            self._set_aside(HEADER_SIZE, why)
            self._write_header(self.seq, HEADER_SIZE)
            self._end = HEADER_SIZE

    def _set_aside(self, start: int, why: str) -> None:
        """Cut the file at ``start``, keep a copy of what that drops, and say so."""
        size = os.fstat(self.fd).st_size
        if not self.writable or start == size:
            return
        aside = self.path.with_name(f"{self.path.name}.tail-{time.time_ns()}")
        with open(self.fd, "rb", closefd=False) as file, aside.open("xb") as copy:
            file.seek(start)
            shutil.copyfileobj(file, copy)
        os.ftruncate(self.fd, start)
        warnings.warn(
            f"{self.path}: the bytes from {start} to {size} {why}; they are dropped, and kept in "
            f"{aside}",
            RuntimeWarning,
            stacklevel=2,
        )
