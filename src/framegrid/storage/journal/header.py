"""The header of a journal: which dataset it is of, and up to where the snapshot goes."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from framegrid.base import DatasetCorruptError, DivergedError, NotADatasetError
from framegrid.storage.files.system import (
    create_file,
    is_at,
    read_at,
    sync,
    sync_folder,
    temporary_beside,
    write_at,
)
from framegrid.storage.journal.chain import Position
from framegrid.storage.journal.framing import (
    HEAD_SIZE,
    HEADER_SIZE,
    MARK_SIZE,
    OWNER_AT,
    SECOND_AT,
    VERSION,
    Header,
    mark_of,
    pack_header,
    unpack_header,
)

_COUNT_FROM = 20  # bits below are drawn, so that copies that go their own ways differ


class Heading:
    """The header of an open journal, as it was last read or written.

    Attributes:
        header: what it says.
        head: its first bytes, in which each change of it shows.
    """

    def __init__(self, dataset: bytes, position: Position) -> None:
        """Take it to say where the snapshot is, until it is read."""
        self.header = Header(VERSION, dataset, 0, position.seq, HEADER_SIZE, position.digest)
        self.head = b""

    def let_go(self) -> None:
        """Take nothing for granted that was read."""
        self.header, self.head = self.header._replace(generation=0), b""

    def read(self, fd: int, path: Path) -> tuple[bytes, Header | None]:
        """The first bytes of the header as it is now, and what it says if it is whole.

        Raises:
            DivergedError: the file is of another dataset, or no more where it was.
            NotADatasetError: a newer version wrote it.
        """
        if not is_at(path, fd):
            raise gone(path)
        data = read_at(fd, HEADER_SIZE, 0)
        header = unpack_header(data)
        if header is not None and header.version > VERSION:
            raise NotADatasetError(
                f"{path} is of journal version {header.version}, and this framegrid reads "
                f"up to version {VERSION}: upgrade framegrid"
            )
        if header is not None and header.dataset != self.header.dataset:
            raise DivergedError(
                f"{path} belongs to another dataset than the Parquet file beside it: "
                "move away the one that should not be here"
            )
        return data[:HEAD_SIZE], header

    def hold(self, header: Header, head: bytes, fd: int, owner: bytes) -> None:
        """Go on with what was read.

        Args:
            header: what it says.
            head: its first bytes.
            fd: the file.
            owner: who has the lock, for those who wait for it; empty where nothing is written.
        """
        if owner:
            write_at(fd, owner, OWNER_AT)
            head = head[:OWNER_AT] + owner
        self.header, self.head = header, head

    def write(self, fd: int, base: int, digest: bytes, start: int) -> None:
        """Write a new generation, one copy after the other."""
        generation = (self.header.generation >> _COUNT_FROM) + 1
        generation = generation << _COUNT_FROM | secrets.randbits(_COUNT_FROM)
        header = Header(VERSION, self.header.dataset, generation, base, start, digest)
        copy = pack_header(header).ljust(OWNER_AT, b"\0")
        write_at(fd, copy, 0)
        write_at(fd, copy, SECOND_AT)
        self.header, self.head = header, copy + self.head[OWNER_AT:]


def make_journal(path: Path, like: Path | None, dataset: bytes, seq: int, digest: bytes) -> None:
    """Put a journal without records where there is none: never one that is not whole.

    Args:
        path: where to.
        like: the snapshot's file, if it is one.
        dataset: 16 bytes that name the dataset.
        seq: number of the last edit that the snapshot has.
        digest: of that edit.
    """
    copy = pack_header(Header(VERSION, dataset, 1, seq, HEADER_SIZE, digest))
    data = (copy.ljust(SECOND_AT, b"\0") + copy).ljust(HEADER_SIZE, b"\0") + mark_of(digest)
    beside = temporary_beside(like or path)
    fd = create_file(beside, like)
    try:
        write_at(fd, data, 0)
        sync(fd)
    finally:
        os.close(fd)
    try:
        os.link(beside, path)  # renaming would replace what another process just made
    except FileExistsError:
        pass
    except OSError:  # not every file system has hard links
        if not path.exists():
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def gone(path: Path) -> DivergedError:
    """The error that says that a journal is not there any more."""
    return DivergedError(
        f"{path} was deleted or replaced, or moved away, while the dataset was open: put it back "
        "and load it again, or save it under another name to keep what is in memory"
    )


def headless(path: Path, size: int) -> DatasetCorruptError:
    """The error that says that a journal of so many bytes has no whole header."""
    return DatasetCorruptError(
        f"{path} is damaged: neither copy of its header is whole, in {size} bytes; "
        "loading with repair=True reads its edits without it. Or move it away to go on with "
        "what the Parquet file has"
    )


def remove_unused(path: Path, dataset: bytes) -> None:
    """Remove the journal of another dataset that was here before, if it holds no edits."""
    with suppress(FileNotFoundError):
        data = path.read_bytes() if path.stat().st_size <= HEADER_SIZE + MARK_SIZE else b""
        header = unpack_header(data)
        sizes = {header.start, header.start + MARK_SIZE} if header else set()
        if header and header.dataset != dataset and len(data) in sizes:
            path.unlink()
