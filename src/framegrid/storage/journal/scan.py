"""A scan through the records of a journal, in which their history is compared with a known one."""

from pathlib import Path
from typing import BinaryIO

from framegrid.base import DatasetCorruptError, DivergedError
from framegrid.storage.journal.chain import Position
from framegrid.storage.journal.framing import (
    MARK_SIZE,
    Header,
    Record,
    find_record,
    mark_of,
    read_records,
)

_SECTOR = 512  # bytes; of an unfinished write there are whole ones


class Scan:
    """Goes through records without taking them in.

    Attributes:
        known: where the snapshot is that was just loaded, or else memory.
        seq: number of the last edit met.
        digest: of it, None if that is not known.
        end: where it ends in the file.
        first: offset of the first edit that is new, None if there is none.
        newer: number of an edit that stands behind damage, None if there is none.
    """

    digest: bytes | None

    def __init__(
        self, path: Path, file: BinaryIO, size: int, known: Position, memory: tuple[int, bytes]
    ) -> None:
        """Be at no place yet.

        Args:
            path: of the journal, for error messages.
            file: the journal.
            size: of the file.
            known: where the snapshot is that was just loaded, or else memory.
            memory: the last edit in memory and its digest, also where that is loaded anew.
        """
        self.known = known
        self.seq, self.digest, self.end = known.seq, known.digest, 0
        self._memory = memory
        self.first: int | None = None
        self.newer: int | None = None
        self._path, self._file, self._size = path, file, size

    def start(self, seq: int, digest: bytes | None, place: int) -> None:
        """Go to a place behind an edit.

        Raises:
            DivergedError: the known history has another edit there.
        """
        self.seq, self.digest, self.end = seq, digest, place
        self._compare()

    def go(self) -> None:
        """Go on to the last whole record.

        Raises:
            DivergedError: the records are of another history, or edits before them are missing.
        """
        while True:
            for record in read_records(self._file, self.end, self._size):
                self._take(record)
            if self.end == self._size or self.is_marked() or not self._pass_damage():
                return

    def is_marked(self) -> bool:
        """Whether the mark of the last edit stands here."""
        self._file.seek(self.end)
        return self.digest is not None and self._file.read(MARK_SIZE) == mark_of(self.digest)

    def is_cut(self, header: Header) -> bool:
        """Whether the file ends with a record, where no write can have ended."""
        bare = self.end == self._size and header.version > 2
        return bare and (self._size % _SECTOR != 0 or self.end == header.start)

    def look_behind(self) -> None:
        """Look for whole records behind the end, which are newer than all before."""
        skipped = MARK_SIZE * self.is_marked()
        self._file.seek(self.end + skipped)
        found = find_record(self._file.read(self._size - self.end))
        if found and found[1].seq > self.seq:
            self.newer = found[1].seq

    def _take(self, record: Record) -> None:
        if record.seq <= self.seq:  # early journals can have it twice
            self.end = record.end
            return
        if record.seq > max(self.seq, self.known.seq) + 1:
            raise too_old(self._path, self.seq + 1, record.seq - 1)
        if record.seq > self.seq + 1:
            self.digest = record.previous
        previous = self._previous(record)
        if record.seq == self.known.seq + 1:
            self.first = self.end
        self.seq, self.end = record.seq, record.end
        self.digest = None if previous is None else record.digest(previous)
        self._compare()

    def _previous(self, record: Record) -> bytes | None:
        """The digest of the edit that a record follows, which must be the one before it."""
        before = self.known.digest if record.seq == self.known.seq + 1 else self.digest
        if record.previous is None or before is None:
            return record.previous or before
        if record.previous != before or (self.digest and record.previous != self.digest):
            raise self._diverged(record.seq)
        return before

    def _compare(self) -> None:
        is_other = self.digest and self.seq == self._memory[0] and self.digest != self._memory[1]
        if is_other or self.known.holds(self.seq, self.digest) is False:
            raise self._diverged(self.seq)
        if self.seq == self.known.seq:
            self.digest = self.known.digest

    def _diverged(self, seq: int) -> DivergedError:
        return DivergedError(
            f"{self._path} does not continue the Parquet file beside it: they are of two histories "
            f"that differ up to edit {seq}, as when a copy or a backup took the place of a file"
        )

    def _pass_damage(self) -> bool:
        """Go behind damage to what memory has already, if it goes on there."""
        self._file.seek(self.end)
        found = find_record(self._file.read(self._size - self.end))
        if found is None or found[1].seq > self.known.seq + 1:
            return False
        if found[1].seq > self.seq:
            self.seq, self.digest = found[1].seq - 1, found[1].previous
            self._compare()
        self.end += found[0]
        return True


def too_old(path: Path, first: int, last: int) -> DivergedError:
    """The error that says that a snapshot lacks edits, and the journal too."""
    return DivergedError(
        f"the Parquet file is older than its journal {path}: edits {first} to {last} are in "
        "neither. Put the newer Parquet file back, or move the journal away"
    )


def damaged(path: Path, scan: Scan, size: int) -> DatasetCorruptError:
    """The error that says what is damaged in a journal, and what is whole."""
    if scan.newer is None:
        return DatasetCorruptError(
            f"{path} is cut short at byte {size}: edits up to {scan.seq} are there, and later ones "
            "are missing; loading with repair=True goes on with the former"
        )
    return DatasetCorruptError(
        f"{path} is damaged at byte {scan.end}: edits up to {scan.seq} are intact, and so is "
        f"{scan.newer} behind the damage; loading with repair=True keeps the former and sets the "
        "rest aside"
    )
