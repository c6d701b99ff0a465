"""A journal as memory takes it in, record by record, and what to do about damage.

All is looked at before memory moves: a journal that does not continue what memory has is refused,
and changes nothing.
"""

import os
from collections.abc import Iterator

from framegrid.base import DatasetCorruptError, DivergedError
from framegrid.storage.files.system import read_at
from framegrid.storage.journal.chain import DigestTrail, Position
from framegrid.storage.journal.framing import (
    MARK_SIZE,
    VERSION,
    Header,
    Record,
    is_mark,
    read_records,
)
from framegrid.storage.journal.header import headless
from framegrid.storage.journal.journal import Journal
from framegrid.storage.journal.keeping import renew, renew_headless, set_aside, tell
from framegrid.storage.journal.scan import Scan, damaged, too_old

_READ_BUFFER = 1 << 20  # bytes; thousands of single edits
_UNFINISHED = "are no whole edit, as of a killed process"


class Replay:
    """One time that memory takes in what a journal has.

    Attributes:
        needs_snapshot: whether memory is to be loaded from the snapshot first.
    """

    def __init__(self, journal: Journal) -> None:
        """Read the header of a journal that is open.

        Raises:
            DivergedError: if the file is of another dataset, or no more where it was.
            DatasetCorruptError: if its header is damaged.
            NotADatasetError: if a newer version wrote it.
        """
        self._journal = journal
        head, header = journal.heading.read(journal.fd, journal.path)
        if header is None:
            head, header = self._without_header()
        self._head, self._header = head, header
        self.needs_snapshot = not journal.settled or header.base > journal.seq

    def records(self, loaded: Position | None = None) -> Iterator[Record]:
        """The records that memory lacks; it has each when the next is asked for.

        Args:
            loaded: where the snapshot is, if it was read; memory is to take it in before the first.

        Raises:
            DivergedError: if the files are not of one dataset, or not of one history.
            DatasetCorruptError: if the journal is damaged.
        """
        journal = self._journal
        known = journal.position() if loaded is None else loaded
        if loaded is not None:
            self._check_follows(loaded)
        with open(journal.fd, "rb", _READ_BUFFER, closefd=False) as file:
            size = os.fstat(journal.fd).st_size
            scan = Scan(journal.path, file, size, known, journal.here[:2])
            self._survey(scan, size, anew=loaded is not None)
        if loaded is not None:
            self._place(loaded)
        return self._following(scan, settled=loaded is None)

    def _following(self, scan: Scan, *, settled: bool) -> Iterator[Record]:
        """Go through the new records; memory just loaded is settled with the last."""
        journal = self._journal
        self._hold(scan)
        for record in self._new_records(scan):
            journal.settled = False
            yield record
            digest = record.digest(journal.digest)
            journal.trail.add(digest)
            journal.here = record.seq, digest, record.end
            journal.settled = settled
        self._finish(scan)
        journal.settled = True

    def _check_follows(self, loaded: Position) -> None:
        """Check that a snapshot put in place meanwhile goes on from what memory has."""
        journal = self._journal
        if loaded.holds(journal.seq, journal.digest) is False:
            raise DivergedError(
                f"the files of {journal.path} were replaced by those of another history while the "
                "dataset was open: load it again, or save it under another name to keep what is "
                "in memory"
            )

    def _survey(self, scan: Scan, size: int, *, anew: bool) -> None:
        """Look at all records that memory lacks, and refuse what memory should not take in."""
        journal = self._journal
        if scan.known.seq < self._header.base and not journal.repair:
            raise too_old(journal.path, scan.known.seq + 1, self._header.base)
        start: tuple[int, bytes | None, int] = journal.here
        is_other = self._header.generation != journal.heading.header.generation
        if anew or is_other or not self._goes_on(size):
            start = self._header.base, self._header.digest, self._header.start
        if size < start[2]:
            if not journal.repair:
                raise self._cut_short(size, start[2])
            return
        if scan.known.seq >= self._header.base:
            scan.start(*start)
            scan.go()
            scan.look_behind()
            self._check_end(scan, size)
            if scan.seq < max(scan.known.seq, journal.seq):
                self._check_reach(scan, anew=anew)

    def _goes_on(self, size: int) -> bool:
        """Whether the file goes on where memory is, or was cut off there or before."""
        journal = self._journal
        _, digest, end = journal.here
        if journal.heading.header.version < VERSION:
            return True
        if size <= end:  # others end it with a mark
            return not is_mark(read_at(journal.fd, MARK_SIZE, size - MARK_SIZE))
        if journal.is_marked():
            return True
        with open(journal.fd, "rb", _READ_BUFFER, closefd=False) as file:
            record = next(read_records(file, end, size), None)
            return record is not None and record.previous == digest

    def _cut_short(self, size: int, end: int) -> DatasetCorruptError:
        return DatasetCorruptError(
            f"{self._journal.path} is cut short: it has {size} bytes and should have {end} at "
            "least; later edits are missing, and loading with repair=True goes on without them"
        )

    def _check_end(self, scan: Scan, size: int) -> None:
        """Refuse a file whose end is missing or damaged, unless it is to be repaired."""
        journal = self._journal
        is_damaged = scan.newer is not None or scan.is_cut(self._header)
        if is_damaged and not journal.repair:
            raise damaged(journal.path, scan, size)

    def _check_reach(self, scan: Scan, *, anew: bool) -> None:
        """Refuse a journal that ends before memory, unless memory is known to have its edits."""
        journal = self._journal
        reach = max(scan.seq, scan.known.seq) if anew else max(journal.saved, self._header.base)
        if journal.seq > reach:
            raise DivergedError(
                f"{journal.path} lacks edits that are in memory, as when an old copy took its "
                "place: save the dataset under another name"
            )
        is_known = scan.known.holds(scan.seq, scan.digest)
        if (
            scan.seq < scan.known.seq
            and is_known is None
            and scan.seq > self._header.base
            and self._header.version == VERSION
        ):
            raise DivergedError(
                f"{journal.path} ends before the Parquet file beside it does, and its edits "
                f"{self._header.base + 1} to {scan.seq} may not be in there, as when the file of "
                "another machine took the place of the one here"
            )

    def _place(self, loaded: Position) -> None:
        """Take memory to be where the snapshot is; it is not settled before the last record."""
        journal = self._journal
        journal.settled = False
        journal.saved = loaded.seq
        journal.is_early = loaded.is_early
        journal.trail = DigestTrail(loaded.trail)
        journal.here = loaded.seq, loaded.digest, journal.end

    def _hold(self, scan: Scan) -> None:
        """Go on with a header, once all is well; in a file of an early version, with a new one."""
        journal = self._journal
        owner = journal.sign() if journal.writable else b""
        journal.heading.hold(self._header, self._head, journal.fd, owner)
        journal.saved = max(journal.saved, min(self._header.base, scan.known.seq))
        if scan.seq < journal.seq or not scan.end:
            self._restart(scan)
        elif self._header.version < VERSION and journal.writable:
            set_aside(journal, scan.end, _UNFINISHED)
            scan.end = renew(journal, self._new_records(scan))
            scan.first = journal.heading.header.start
        journal.here = journal.seq, journal.digest, scan.end if scan.first is None else scan.first

    def _new_records(self, scan: Scan) -> Iterator[Record]:
        journal = self._journal
        if scan.first is not None:
            with open(journal.fd, "rb", _READ_BUFFER, closefd=False) as file:
                yield from read_records(file, scan.first, scan.end)

    def _finish(self, scan: Scan) -> None:
        """Have the file end with the last record and its mark."""
        journal = self._journal
        if not journal.writable or journal.heading.header.version < VERSION:
            return
        end = journal.end + MARK_SIZE
        is_whole = journal.is_marked()
        if not is_whole and not set_aside(journal, journal.end, _UNFINISHED):
            tell(journal, f"it ended at byte {journal.end} as if later edits had been cut off")
        elif scan.newer is not None:
            set_aside(journal, end, "follow damage")
        if not is_whole or os.fstat(journal.fd).st_size != end:
            journal.cut()

    def _restart(self, scan: Scan) -> None:
        """Go on from the snapshot: the records are in it, or lost."""
        journal = self._journal
        if not journal.writable:
            scan.first, scan.end = None, max(scan.end, self._header.start)
            return
        if scan.known.seq < self._header.base:
            set_aside(journal, 0, "follow edits that are lost")
        elif scan.end and scan.seq > self._header.base and scan.digest is None:
            set_aside(journal, 0, "end before the Parquet file does")
        elif not scan.end:
            set_aside(journal, 0, "are what is left of a file that was cut short")
        scan.first, scan.end = None, renew(journal, ())

    def _without_header(self) -> tuple[bytes, Header]:
        """The header of a file that has none, made anew where that may be."""
        journal = self._journal
        size = os.fstat(journal.fd).st_size
        may_begin = journal.is_early and not size and journal.seq == journal.saved
        if not journal.writable or not (journal.repair or may_begin):
            raise headless(journal.path, size)
        renew_headless(journal, size)
        return journal.heading.head, journal.heading.header
