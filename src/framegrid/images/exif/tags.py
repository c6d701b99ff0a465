"""The tags of EXIF data, read one by one: what is whole counts, whatever is broken beside it."""

import re
import struct
from io import BytesIO
from math import isfinite, nan
from typing import IO, Self

Entry = tuple[int, int, int, bytes]
"""Tag, type, count, and four bytes: the values, or where in the file they are."""

_HEADER = re.compile(rb"II\*\0|MM\0\*")
_HEADER_WITHIN = 32  # some files put a length or a second "Exif" before it

_ENTRY = "HHL4s"
_ENTRY_BYTES = 12

_TEXTS = frozenset({1, 2, 7, 129})  # bytes, ASCII, undefined, and UTF-8 of EXIF 3.0
_RATIONALS = {5: "LL", 10: "ll"}
_LAYOUTS = {1: "B", 3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 11: "f", 12: "d", 13: "L"} | _RATIONALS
_SIZES = {kind: struct.calcsize(f"<{layout}") for kind, layout in _LAYOUTS.items()}
_SIZES |= dict.fromkeys(_TEXTS, 1)

_MAX_COUNT = 256  # values of one tag; of more, these are read
_MAX_OFFSET = 2**32 - 1
_UNKNOWN = 2**32 - 1  # as a numerator


class Tags:
    """The values of some directories of EXIF data, by tag."""

    def __init__(
        self, file: IO[bytes], order: str = "<", entries: dict[int, Entry] | None = None
    ) -> None:
        self._file = file
        self._order = order
        self._entries = entries or {}

    @classmethod
    def of_bytes(cls, block: bytes) -> Self:
        """Read the first directory of EXIF data that a file holds as a block of its own."""
        header = _HEADER.search(block, 0, _HEADER_WITHIN)
        return cls.of_file(BytesIO(block[header.start() :] if header else b""))

    @classmethod
    def of_file(cls, file: IO[bytes]) -> Self:
        """Read the first directory of a TIFF file: empty if it is none.

        Raises:
            OSError: the file cannot be read.
        """
        file.seek(0)
        start = file.read(8)
        if len(start) < 8 or not _HEADER.match(start):
            return cls(file)
        order = "<" if start.startswith(b"I") else ">"
        (offset,) = struct.unpack(f"{order}4xL", start)
        return cls(file, order, _directory(file, order, offset))

    def behind(self, pointer: int) -> Self:
        """Read the directory that a tag points to: empty if there is none."""
        offset = next(iter(self.numbers(pointer)), 0)
        if not 0 < offset <= _MAX_OFFSET:
            return type(self)(self._file)
        entries = _directory(self._file, self._order, int(offset))
        return type(self)(self._file, self._order, entries)

    def __or__(self, other: Self) -> Self:
        """Join the directories of one file; the tags of `other` win."""
        return type(self)(self._file, self._order, self._entries | other._entries)

    def text(self, tag: int) -> str | None:
        """A text on one line: None if the tag is absent, broken or says nothing."""
        if tag not in self._entries or self._entries[tag][1] not in _TEXTS:
            return None
        text = _decoded(self._bytes(tag).partition(b"\0")[0])
        if not text.isprintable():
            text = "".join(sign if sign.isprintable() else " " for sign in text)
        return " ".join(text.split()) if any(map(str.isalnum, text)) else None

    def numbers(self, tag: int) -> list[float]:
        """The numbers of a tag: NaN for those without a meaning, none if it is broken."""
        if tag not in self._entries or self._entries[tag][1] not in _LAYOUTS:
            return []
        kind, data = self._entries[tag][1], self._bytes(tag)
        values = struct.iter_unpack(self._order + _LAYOUTS[kind], data)
        if kind in _RATIONALS:
            return [_ratio(*pair) for pair in values]
        return [float(number) if isfinite(number) else nan for (number,) in values]

    def positive(self, tag: int, limit: float) -> float | None:
        """The first number above zero, which stands for unknown, and at most `limit`."""
        return next((number for number in self.numbers(tag) if 0 < number <= limit), None)

    def _bytes(self, tag: int) -> bytes:
        """Read the values of a tag: nothing if they are not all there."""
        _, kind, count, inline = self._entries[tag]
        size = _SIZES[kind] * count
        if size <= len(inline):
            return inline[:size]
        (offset,) = struct.unpack(f"{self._order}L", inline)
        self._file.seek(offset)
        wanted = _SIZES[kind] * min(count, _MAX_COUNT)
        data = self._file.read(wanted)
        return data if len(data) == wanted else b""


def _directory(file: IO[bytes], order: str, offset: int) -> dict[int, Entry]:
    """Read the entries of a directory, as many as there are."""
    file.seek(offset)
    start = file.read(2)
    if len(start) < 2:
        return {}
    (count,) = struct.unpack(f"{order}H", start)
    data = file.read(count * _ENTRY_BYTES)
    whole = data[: len(data) // _ENTRY_BYTES * _ENTRY_BYTES]
    return {entry[0]: entry for entry in struct.iter_unpack(order + _ENTRY, whole)}


def _ratio(numerator: int, denominator: int) -> float:
    return numerator / denominator if denominator and numerator != _UNKNOWN else nan


def _decoded(data: bytes) -> str:
    """Decode a text; the standard says ASCII, cameras write what they have."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
