"""The header of a journal: which dataset it is of, and up to where the snapshot goes."""

import os
from contextlib import suppress
from pathlib import Path

from framegrid.errors import ConflictError, DatasetCorruptError, NotADatasetError
from framegrid.journal.files import read_at, sync, sync_folder, write_at
from framegrid.journal.frames import (
    COPIES_SIZE,
    HEADER_SIZE,
    OWNER_AT,
    VERSION,
    Header,
    pack_header,
    unpack_header,
)
from framegrid.journal.lock import LockedFile


class HeadedFile(LockedFile):
    """A journal as far as its header tells.

    Attributes:
        seq: number of the last edit that memory has.
        saved: number of the last edit that the snapshot is known to have.
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
        self._header = Header(VERSION, dataset, 0, seq, HEADER_SIZE)
        self._head = b""
        self._end = HEADER_SIZE

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


def remove_unused(path: Path, dataset: bytes) -> None:
    """Remove the journal of another dataset that was here before, if it holds no edits."""
    with suppress(FileNotFoundError):
        data = path.read_bytes() if path.stat().st_size == HEADER_SIZE else b""
        header = unpack_header(data[:COPIES_SIZE])
        if header is not None and header.dataset != dataset:
            path.unlink()
