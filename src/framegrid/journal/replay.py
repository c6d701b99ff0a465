"""A journal as memory takes it in: its header, its records, and what to do about damage."""

import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from framegrid.errors import ConflictError, DatasetCorruptError, NotADatasetError
from framegrid.journal.files import read_at, sync, sync_folder, write_at
from framegrid.journal.frames import (
    COPIES_SIZE,
    HEADER_SIZE,
    OWNER_AT,
    VERSION,
    Header,
    Record,
    find_record,
    pack_header,
    read_records,
    unpack_header,
)
from framegrid.journal.lock import LockedFile

_READ_BUFFER = 1 << 20  # bytes; thousands of single edits


class Replay(LockedFile):
    """A journal, and how far memory has taken it in.

    Attributes:
        seq: number of the last edit that memory has.
        saved: number of the last edit that the snapshot is known to have.
        settled: False while memory may not be at ``seq``: something was interrupted half-way, and
            memory is to be loaded again.
        repair: at damage, go on with what stands before it, and set the rest aside.
    """

    def __init__(self, path: Path, dataset: bytes, seq: int, *, writable: bool = True) -> None:
        """Take memory to be as loaded from the snapshot; open no file yet.

        Args:
            path: the file.
            dataset: 16 bytes that name the dataset.
            seq: number of the last edit that the snapshot has.
            writable: False if the file may only be read.
        """
        super().__init__(path, writable=writable)
        self.seq = self.saved = seq
        self.settled = True
        self.repair = False
        self._header = Header(VERSION, dataset, 0, seq, HEADER_SIZE)
        self._head = b""
        self._end = HEADER_SIZE

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

    def close(self) -> None:
        """Close the file; the next use opens it again, and takes nothing for granted."""
        super().close()
        self._header = self._header._replace(generation=0)

    def _read_header(self) -> None:
        """Read the header; a new generation says anew where the records that count begin."""
        stat = os.fstat(self.fd)
        if stat.st_size < HEADER_SIZE and self.seq == self.saved:
            self._begin()
            return
        if stat.st_size < HEADER_SIZE or not stat.st_nlink:
            raise ConflictError(
                f"{self.path} was deleted or replaced while the dataset was open: load it again, "
                "or save it under another name to keep what is in memory"
            )
        copies = read_at(self.fd, COPIES_SIZE, 0)
        header = self._checked(unpack_header(copies))
        if header.generation != self._header.generation:
            self._end = header.start
        self._header, self._head = header, copies + self.owner
        self.saved = max(self.saved, header.base)
        if header.version < VERSION and self.writable:  # before there is a record of this version
            self._write_header(header.base, header.start)
        self._sign()

    def _sign(self) -> None:
        """Say who has the lock, for those who wait for it."""
        if self.writable:
            write_at(self.fd, self.owner, OWNER_AT)

    def _checked(self, header: Header | None) -> Header:
        if header is None:
            raise DatasetCorruptError(
                f"{self.path} is damaged: neither copy of its header is whole; move it away to go "
                "on with what the Parquet file has"
            )
        if header.version > VERSION:
            raise NotADatasetError(
                f"{self.path} is of journal version {header.version}, and this framegrid reads "
                f"up to version {VERSION}: upgrade framegrid"
            )
        if header.dataset != self._header.dataset:
            raise ConflictError(
                f"{self.path} belongs to another dataset than the Parquet file beside it: "
                "move away the one that should not be here"
            )
        return header

    def _begin(self) -> None:
        """Give a new file its header, for good before there is any record."""
        if self.writable:
            self._write_header(self.seq, HEADER_SIZE)
            self._sign()
            sync(self.fd)
            sync_folder(self.path.parent)
            self._end = HEADER_SIZE

    def _write_header(self, base: int, start: int) -> None:
        """Write a new generation of the header, one copy after the other."""
        generation = self._header.generation + 1
        header = Header(VERSION, self._header.dataset, generation, base, start)
        copy = pack_header(header)
        write_at(self.fd, copy, 0)
        write_at(self.fd, copy, len(copy))
        self._header, self._head = header, 2 * copy + self.owner

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


def remove_unused(path: Path, dataset: bytes) -> None:
    """Remove the journal of another dataset that was here before, if it holds no edits."""
    with suppress(FileNotFoundError):
        data = path.read_bytes() if path.stat().st_size == HEADER_SIZE else b""
        header = unpack_header(data[:COPIES_SIZE])
        if header is not None and header.dataset != dataset:
            path.unlink()
