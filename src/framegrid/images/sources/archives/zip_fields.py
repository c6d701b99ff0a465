"""Fields of zip headers that are spread over several places: names and large numbers."""

import struct
from collections.abc import Iterator
from zlib import crc32

_UNKNOWN = (1 << 32) - 1
"""Stands where zip64 has the number elsewhere."""

_IS_UTF_8 = 0x800
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075


def name_of(raw: bytes, flags: int, extra: bytes) -> str:
    """The name of a member; what is no text has lone surrogates.

    Many programs write UTF-8 without saying so, and what is valid UTF-8 is hardly ever anything
    else; the rest is in the characters of DOS.
    """
    for kind, data in _fields(extra):
        if kind == _UNICODE_PATH and data[1:5] == struct.pack("<L", crc32(raw)):
            return data[5:].decode("utf-8", "surrogateescape")
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        is_utf_8 = flags & _IS_UTF_8
        name = raw.decode("utf-8", "surrogateescape") if is_utf_8 else raw.decode("cp437")
    name = name.partition("\0")[0]
    return name if "/" in name else name.replace("\\", "/")  # as some programs on Windows write it


def large(extra: bytes, *numbers: int) -> list[int]:
    """Numbers of a header, those that it has no room for taken from its zip64 field, in order.

    Raises:
        ValueError: the field is too short.
    """
    data = next((data for kind, data in _fields(extra) if kind == _ZIP64), b"")
    found = []
    for number in numbers:
        if number == _UNKNOWN and data:
            if len(data) < 8:
                raise ValueError("its zip64 field is too short")
            number, data = int.from_bytes(data[:8], "little"), data[8:]  # noqa: PLW2901
        found.append(number)
    return found


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """The extra fields of a header: their kinds and data."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        yield kind, extra[4 : 4 + size]
        extra = extra[4 + size :]
