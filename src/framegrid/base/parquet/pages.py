"""How large the pages of a Parquet column are: read from their headers, before one is unpacked.

What a footer says of a column can be a lie, and 100 KB can unpack to gigabytes. A page takes what
its own header says. Headers are structs in the compact protocol of Thrift::

    1: type, 2: bytes when unpacked, 3: bytes in the file, ...
    5, 8: of data, of both versions: {1: number of values, ..., 2 or 4: encoding, ...}

Reference: the file ``parquet.thrift`` of Apache Parquet, and "Thrift compact protocol encoding".
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, Any, NamedTuple

_HEADER_BYTES = 1 << 10  # most have far fewer; those with statistics of long values more
_LARGEST_HEADER = 1 << 20
_MOST_PAGES = 1 << 20
_DEPTH = 16

_KIND, _UNPACKED, _IN_FILE = 1, 2, 3  # fields of the header
_OF_DATA = {5: 2, 8: 4}  # the field with more of it, and the field in there with the encoding
_VALUES = 1
_DICTIONARY_KIND = 2
_DELTA_TEXTS = 7  # each text is what is new, behind a part of the one before
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_INTEGERS = frozenset({4, 5, 6})  # of 16, 32 and 64 bits, all written alike


class Page(NamedTuple):
    """What the header of a page says.

    Attributes:
        unpacked: bytes that it takes in memory.
        in_file: bytes that it has in the file, behind its header.
        values: number of them, nulls included; of a dictionary 0.
        is_dictionary: whether it has texts that other pages refer to.
        is_delta: whether a text may be as long as all together.
    """

    unpacked: int
    in_file: int
    values: int = 0
    is_dictionary: bool = False
    is_delta: bool = False

    def most_of(self, values: int, width: int) -> int:
        """The most bytes that so many of the values take on the average, beside each `width`."""
        share = 1 if self.is_delta else 1 / max(1, self.values)
        return int(values * (self.unpacked * share + width)) + 1


def bytes_of(chunk: Any) -> tuple[int, int]:
    """Where a stored column of a row group begins and ends in the file, in bytes.

    Args:
        chunk: what the footer says of it, a ``pq.ColumnChunkMetaData``.
    """
    start: int = chunk.data_page_offset
    if chunk.has_dictionary_page and 0 < chunk.dictionary_page_offset < start:
        start = chunk.dictionary_page_offset
    return start, start + chunk.total_compressed_size


def pages(file: IO[bytes], start: int, stop: int) -> Iterator[Page]:
    """Yield the pages of a column chunk, of which no more than the headers is read.

    Args:
        file: the Parquet file.
        start: where the first header begins, in bytes.
        stop: where the chunk ends.

    Raises:
        ValueError: these are no pages.
    """
    for _ in range(_MOST_PAGES):
        if start >= stop:
            return
        page, length = _header(file, start, stop)
        if min(page[:3]) < 0 or page.in_file > stop - start - length:
            raise ValueError("the pages of the column make no sense")
        yield page
        start += length + page.in_file
    raise ValueError(f"the column has more than {_MOST_PAGES:,} pages")


def _header(file: IO[bytes], start: int, stop: int) -> tuple[Page, int]:
    """Read a header, and how many bytes it has."""
    size = _HEADER_BYTES
    while True:
        file.seek(start)
        data = file.read(min(size, stop - start))
        try:
            reader = _Reader(data)
            page = _page(reader)
        except IndexError:
            if size > _LARGEST_HEADER or size > stop - start:
                raise ValueError("the pages of the column have no whole headers") from None
            size *= 8
        else:
            return page, reader.position


def _page(reader: "_Reader") -> Page:
    fields: dict[int, int] = {}
    of_data: dict[int, int] = {}
    encoding = None
    for number, kind in reader.fields():
        if kind in _INTEGERS:
            fields[number] = reader.integer()
        elif kind == _STRUCT and number in _OF_DATA:
            of_data = reader.integers()
            encoding = of_data.get(_OF_DATA[number])
        else:
            reader.skip(kind)
    return Page(
        fields.get(_UNPACKED, -1),
        fields.get(_IN_FILE, -1),
        of_data.get(_VALUES, 0),
        fields.get(_KIND) == _DICTIONARY_KIND,
        encoding == _DELTA_TEXTS,
    )


class _Reader:
    """Values of the compact protocol, one behind the other.

    Beyond the end of the data, reading raises an ``IndexError``.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """Yield number and kind of each field of a struct; read or skip its value in between."""
        number = 0
        while byte := self._byte():
            number = number + (byte >> 4) if byte >> 4 else self.integer()
            yield number, byte & 15

    def integers(self) -> dict[int, int]:
        """The integers of a struct by number of field."""
        found: dict[int, int] = {}
        for number, kind in self.fields():
            if kind in _INTEGERS:
                found[number] = self.integer()
            else:
                self.skip(kind)
        return found

    def integer(self) -> int:
        """An integer with a sign."""
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def skip(self, kind: int, depth: int = 0) -> None:
        """Go on behind a value."""
        if depth > _DEPTH:
            raise ValueError("the header of a page is nested too deeply")
        if kind in _INTEGERS:
            self._varint()
        elif kind in self._SKIPS:
            self._SKIPS[kind](self, depth + 1)
        elif kind not in (_TRUE, _FALSE):
            raise ValueError("the header of a page makes no sense")

    def _skip_struct(self, depth: int) -> None:
        for _, kind in self.fields():
            self.skip(kind, depth)

    def _skip_list(self, depth: int) -> None:
        byte = self._byte()
        count = self._varint() if byte >> 4 == 15 else byte >> 4
        for _ in range(count):
            self._skip_item(byte & 15, depth)

    def _skip_map(self, depth: int) -> None:
        if count := self._varint():
            kinds = self._byte()
            for _ in range(count):
                self._skip_item(kinds >> 4, depth)
                self._skip_item(kinds & 15, depth)

    def _skip_item(self, kind: int, depth: int) -> None:
        if kind in (_TRUE, _FALSE):  # which outside of structs take a byte
            kind = _BYTE
        self.skip(kind, depth)

    def _skip_bytes(self, _depth: int, *, count: int | None = None) -> None:
        count = self._varint() if count is None else count  # first, as it moves the position
        self.position += count
        if self.position > len(self._data):
            raise IndexError

    _SKIPS: Mapping[int, Callable[["_Reader", int], None]] = {
        _BYTE: partial(_skip_bytes, count=1),
        _DOUBLE: partial(_skip_bytes, count=8),
        _BINARY: _skip_bytes,
        _LIST: _skip_list,
        _SET: _skip_list,
        _MAP: _skip_map,
        _STRUCT: _skip_struct,
    }

    def _byte(self) -> int:
        byte = self._data[self.position]
        self.position += 1
        return byte

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise ValueError("the header of a page makes no sense")
