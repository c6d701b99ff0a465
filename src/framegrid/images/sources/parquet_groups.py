"""The pictures of one row group of a Parquet file, read from its start as far as is needed."""

import atexit
import io
import threading
from collections import deque
from collections.abc import Iterator
from typing import IO, Any
from weakref import WeakSet

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from framegrid import remote
from framegrid.base import BrokenImageError, forks, limits, parquet, recent
from framegrid.images.sources.containers import open_container
from framegrid.images.sources.parquet_files import PictureFile, reader
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator, SeekableRaw

_KEPT_BYTES = 1 << 27
"""Of all row groups that are kept; a group that takes more keeps the cells read last."""

_AT_ONCE = 1 << 26
"""Bytes of a column of a row group that are asked for at once of an object."""

_BATCH_BYTES = 1 << 22
_BATCH_ROWS = 1_000

_REPEATED_BYTES, _REPEATED_TIMES = 4 << 30, 4
"""A cell behind more than this, and more than so many times what the pages have, is not read: one
that is there a million times takes a page in the file, and minutes to go past."""


_ended = threading.Event()


class Group:
    """The cells of one column in one row group; any thread may ask.

    Pages are read one behind the other, since only that tells where a row is, and cells are kept,
    so that the pictures of a screen are read once.

    Args:
        locator: names the file and the column.
        found: the footer of the file.
        number: of the row group.
        leaf: the stored column.
    """

    def __init__(self, locator: Locator, found: PictureFile, number: int, leaf: str) -> None:
        self._locator, self._found, self._number, self._leaf = locator, found, number, leaf
        self._lock = threading.Lock()
        self._batches: Iterator[pa.RecordBatch] = iter(())
        self._kept: deque[tuple[int, pa.Array]] = deque()  # the first row of each, and its cells
        self._next = 0  # row that is read next; none has been
        self._is_open = False
        self.nbytes = 0  # of what is held
        self._passed = self._most = 0  # bytes of cells since the start, and how many may be
        self._refused = found.rows  # the row behind too much
        _living.add(self)

    def after_fork(self) -> None:
        """In a forked child, begin anew: a thread of the parent may be reading."""
        self._lock = threading.Lock()
        self._is_open = False

    def end(self) -> None:
        """Wait for who is reading, and read no more."""
        with self._lock:
            self._batches, self._is_open = iter(()), False
            self._kept.clear()

    def cell(self, row: int) -> bytes | None:
        """The bytes of a cell, by its row in the group; None for null.

        Raises:
            BrokenImageError: it takes more memory than it may, or there is no such cell.
            ValueError, OSError: it cannot be read.
        """
        with self._lock:
            if _ended.is_set():
                raise BrokenImageError("not read any more, as Python ends")
            for start, cells in self._kept:
                if start <= row < start + len(cells):
                    return _bytes_at(cells, row - start)
            if row >= self._refused:
                raise _too_much()
            if not self._is_open or row < self._next:
                self._open()
            return self._read_to(row)

    def _read_to(self, row: int) -> bytes | None:
        for batch in self._batches:
            cells, start = _cells(batch), self._next
            self._next += len(cells)
            self._passed += cells.nbytes
            if self._passed > self._most:
                self._refused, self._is_open = start, False
                raise _too_much()
            self._kept.append((start, cells))
            self.nbytes += cells.nbytes
            while len(self._kept) > 1 and self.nbytes > _KEPT_BYTES:
                self.nbytes -= self._kept.popleft()[1].nbytes
            if row < self._next:
                return _bytes_at(cells, row - start)
        self._is_open = False
        raise BrokenImageError("damaged: the row group has fewer rows than it says")

    def _open(self) -> None:
        self._kept.clear()
        self._next = self.nbytes = self._passed = 0
        file = open_container(self._locator)
        try:
            file, largest = self._checked(file)
            rows = self._rows_at_once(largest)
            opened = reader(file, self._found)
        except BaseException:
            file.close()
            raise
        self._batches = _batches(file, opened, rows, self._number, self._leaf)
        self._is_open = True

    def _checked(self, file: IO[bytes]) -> tuple[IO[bytes], int]:
        """The file, of an object with the column in memory; and the bytes of a large page.

        Raises:
            BrokenImageError: its pages take more memory than they may.
        """
        start, stop = parquet.bytes_of(self._found.chunk(self._number, self._leaf))
        length = file.seek(0, io.SEEK_END)
        if not 0 <= start < stop <= length:
            raise BrokenImageError("damaged: the column is not where the footer says")
        if remote.is_url(self._locator.container) and stop - start <= _AT_ONCE:
            file.seek(start)
            with file:
                file = io.BufferedReader(_Piece(file.read(stop - start), start, length))
            self.nbytes = stop - start
        sizes = [page.unpacked for page in parquet.pages(file, start, stop)]
        self._most = max(_REPEATED_BYTES, _REPEATED_TIMES * sum(sizes))
        largest = sum(sorted(sizes)[-2:])  # a dictionary is there beside another page
        if largest > limits.bytes // 4:
            raise BrokenImageError(
                f"too large: a page of the column takes {largest >> 20:,} MB, at most a quarter of "
                "fg.limits.bytes"
            )
        return file, largest

    def _rows_at_once(self, largest: int) -> int:
        """How many rows to unpack at a time: in few pages can be very much."""
        chunk = self._found.chunk(self._number, self._leaf)
        each: int = chunk.total_uncompressed_size // max(1, chunk.num_values)
        likely = _BATCH_BYTES // max(1, each)
        return max(1, min(_BATCH_ROWS, likely, limits.bytes // 4 // max(1, largest)))


class _Piece(SeekableRaw):
    """A file of which one piece is in memory, and nothing else can be read."""

    def __init__(self, data: bytes, start: int, length: int) -> None:
        self._data, self._start, self._whole = memoryview(data), start, length

    def readinto(self, buffer: Any) -> int:
        place = self._position - self._start
        part = self._data[place : place + len(buffer)] if place >= 0 else b""
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _length(self) -> int:
        return self._whole


def _batches(
    file: IO[bytes], opened: pq.ParquetFile, rows: int, group: int, leaf: str
) -> Iterator[pa.RecordBatch]:
    """Yield the cells of a row group, and let go of the file behind them."""
    with file:
        yield from opened.iter_batches(rows, [group], columns=[leaf], use_threads=False)


def _cells(batch: pa.RecordBatch) -> pa.Array:
    """The bytes of the cells, however deep they lie.

    Raises:
        ValueError: the data is damaged: Arrow itself trusts offsets, and crashes on some.
    """
    batch.validate(full=True)
    cells = batch.column(0)
    while pa.types.is_struct(cells.type):
        cells = pc.struct_field(cells, [0])
    return cells


def _too_much() -> BrokenImageError:
    return BrokenImageError(
        "too large: cells before it are repeated until they take more than "
        f"{_REPEATED_BYTES >> 30} GB; write the file without a dictionary"
    )


def _bytes_at(cells: pa.Array, place: int) -> bytes | None:
    data: bytes | None = cells[place].as_py()
    return data


# Groups, of which the last ones are kept

_living: WeakSet[Group] = forks.living()

_groups: recent.Recent[tuple[Any, ...], Group] = recent.Recent(
    _KEPT_BYTES, lambda group: group.nbytes
)


def group_of(
    locator: Locator, state: FileState | None, found: PictureFile, number: int, leaf: str
) -> Group:
    """A row group of a file in a state, with what has been read of it."""
    key = locator.container, state, number, leaf
    return _groups.of(key, lambda: Group(locator, found, number, leaf))


@atexit.register
def _end() -> None:
    """Have nobody read when Python ends: Arrow, which asks it for bytes, would wait for ever."""
    _ended.set()
    for group in list(_living):
        group.end()
