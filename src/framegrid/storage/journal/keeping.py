"""Journals that begin anew, and what is kept of the bytes that they let go of."""

import os
import shutil
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from framegrid.storage.files.system import create_file, read_at, sync, write_at
from framegrid.storage.journal.framing import (
    HEADER_SIZE,
    MARK_SIZE,
    Record,
    find_records,
    mark_of,
    pack_record,
    read_records,
    unpack_header,
)
from framegrid.storage.journal.journal import Journal


def records_of(path: Path, dataset: bytes) -> Iterator[tuple[Record, bytes | None]]:
    """The records of a journal that nobody uses, and the digests of their edits.

    Args:
        path: the file.
        dataset: whose it is to be; of another's there are none.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        header = unpack_header(file.read(HEADER_SIZE))
        if header is None or header.dataset != dataset:
            return
        digest = header.digest
        for record in read_records(file, header.start, size):
            previous = record.previous or digest
            digest = None if previous is None else record.digest(previous)
            yield record, digest


def start_over(journal: Journal) -> Path:
    """Keep a copy of a journal, and go on without its records from where memory is."""
    aside = _copy_aside(journal, 0)
    renew(journal, ())
    return aside


def renew(journal: Journal, records: Iterable[Record]) -> int:
    """Begin a journal again from where memory is, with these records; where they end.

    They are written behind what the file has: until the header is, all is as before.
    """
    seq, base, _ = journal.here
    end = max(HEADER_SIZE, os.fstat(journal.fd).st_size)
    start, digest = end, base
    for record in records:
        data, digest = pack_record(
            record.kind, record.seq, record.when or 0, record.payload, digest
        )
        write_at(journal.fd, data, end)
        end += len(data) - MARK_SIZE
    if end == start:
        start = end = HEADER_SIZE
        write_at(journal.fd, mark_of(digest), end)
    sync(journal.fd)
    journal.write_header(seq, base, start)
    os.ftruncate(journal.fd, end + MARK_SIZE)
    sync(journal.fd)
    journal.here = seq, base, start
    return end


def renew_headless(journal: Journal, size: int) -> None:
    """Begin a journal again that has no whole header, with those of its records that go on here."""
    kept: list[Record] = []
    if size:
        kept = list(_continuing(journal, read_at(journal.fd, size, 0)))
        set_aside(journal, 0, f"have no whole header; {len(kept)} edits in them are read")
    renew(journal, kept)


def _continuing(journal: Journal, data: bytes) -> Iterator[Record]:
    """The records among bytes that go on from where memory is."""
    seq, digest, _ = journal.here
    for record in find_records(data):
        if record.seq == seq + 1 and record.previous in {None, digest}:
            seq, digest = record.seq, record.digest(digest)
            yield record


def set_aside(journal: Journal, start: int, why: str) -> Path | None:
    """Keep a copy of a journal from ``start`` on, and say so; None where there is nothing."""
    size = os.fstat(journal.fd).st_size
    if not journal.writable or start >= size:
        return None
    aside = _copy_aside(journal, start)
    tell(journal, f"the bytes from {start} to {size} {why}; they are dropped, and kept in {aside}")
    return aside


def tell(journal: Journal, what: str) -> None:
    """Warn of what was found in a journal."""
    warnings.warn(f"{journal.path}: {what}", RuntimeWarning, stacklevel=3)


def _copy_aside(journal: Journal, start: int) -> Path:
    path = journal.path
    aside = path.with_name(f"{path.name}.tail-{time.time_ns()}")
    with (
        open(journal.fd, "rb", closefd=False) as file,
        os.fdopen(create_file(aside, journal.like), "wb") as copy,
    ):
        file.seek(start)
        shutil.copyfileobj(file, copy)
    return aside
