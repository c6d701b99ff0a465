"""The checksums of a Parquet file: CRC-32s inside its own footer.

There is one of all of the file, which is checked before anything else is looked at; and, to tell
what of a damaged file is whole, one of the footer and one of each column chunk. They are computed
with zeros in the places of those that come after them. Pages have checksums of their own, for other
readers, but their headers have none.
"""

import json
from contextlib import suppress
from typing import Any
from zlib import crc32

import pyarrow.parquet as pq

_BLANK = "00000000"
_FILE, _FOOTER, _CHUNKS, _NEXT = b'{"seal": "', b'", "footer": "', b'", "chunks": ["', b'", "'
_LENGTH = len(_BLANK)


def blank_checksums(chunks: int) -> dict[str, Any]:
    """What stands in the footer's JSON, before all else, until ``write_checksums``.

    Args:
        chunks: number of column chunks.
    """
    return {"seal": _BLANK, "footer": _BLANK, "chunks": [_BLANK] * chunks}


def write_checksums(data: memoryview, metadata: pq.FileMetaData) -> None:
    """Write the checksums into a file whose footer has blank ones."""
    at = _checksum_at(data) + _LENGTH + len(_FOOTER) + _LENGTH + len(_CHUNKS)
    for chunk in _chunks(metadata):
        _put(data, at, crc32(data[chunk]))
        at += _LENGTH + len(_NEXT)
    _put(data, _footer_checksum_at(data), _crc_of_footer(data))
    _put(data, _checksum_at(data), _crc_of_file(data))


def checksums_fit(data: bytes) -> bool:
    """Whether a file is as it was when its checksums were written."""
    return _at(data, _checksum_at(data)) == b"%08x" % _crc_of_file(data)


def has_whole_footer(data: bytes) -> bool:
    """Whether the footer of a damaged file can be believed; none is in early files."""
    at = _checksum_at(data)
    if not _at(data, at).isalnum() or data[at + _LENGTH : at + _LENGTH + len(_FOOTER)] != _FOOTER:
        return False
    return _at(data, _footer_checksum_at(data)) == b"%08x" % _crc_of_footer(data)


def whole_chunks(data: bytes, metadata: pq.FileMetaData, wanted: list[str]) -> list[list[bool]]:
    """Which column chunks are whole: by row group, and in it by column.

    Args:
        data: the file.
        metadata: its footer.
        wanted: checksums of the chunks, as the footer has them.
    """
    view = memoryview(data)
    whole = [f"{crc32(view[c]):08x}" == s for c, s in zip(_chunks(metadata), wanted, strict=True)]
    width = metadata.num_columns
    return [whole[start : start + width] for start in range(0, len(whole), width)]


def is_ours(data: bytes) -> bool:
    """Whether framegrid wrote a file, whatever happened to it since."""
    return _FILE in data


def facts_of(footer: bytes) -> dict[str, Any] | None:
    """Read what we say in a footer of ours; None if it is none. It is not checked."""
    start = footer.rfind(_FILE)
    with suppress(ValueError, RecursionError):
        facts: dict[str, Any] = json.JSONDecoder().raw_decode(footer[start:].decode("latin-1"))[0]
        return facts if start >= 0 else None
    return None


def _chunks(metadata: pq.FileMetaData) -> list[slice]:
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    return [
        _bytes_of(group.column(place)) for group in groups for place in range(metadata.num_columns)
    ]


def _bytes_of(chunk: pq.ColumnChunkMetaData) -> slice:
    start: int = chunk.data_page_offset
    if chunk.has_dictionary_page:
        start = min(start, chunk.dictionary_page_offset)
    return slice(start, start + chunk.total_compressed_size)


def _crc_of_file(data: bytes | memoryview) -> int:
    view, at = memoryview(data), _checksum_at(data)
    return crc32(view[at + _LENGTH :], crc32(_BLANK.encode(), crc32(view[:at])))


def _crc_of_footer(data: bytes | memoryview) -> int:
    footer = bytearray(memoryview(data)[_footer_at(data) :])
    for at in (_checksum_at(data), _footer_checksum_at(data)):
        place = at - _footer_at(data)
        footer[place : place + _LENGTH] = _BLANK.encode()
    return crc32(footer)


def _footer_at(data: bytes | memoryview) -> int:
    return max(0, len(data) - 8 - int.from_bytes(data[-8:-4], "little"))


def _checksum_at(data: bytes | memoryview) -> int:
    """Find that of the file in the footer; in the JSON of others the quotes are escaped."""
    start = _footer_at(data)
    return start + bytes(data[start:]).rfind(_FILE) + len(_FILE)


def _footer_checksum_at(data: bytes | memoryview) -> int:
    return _checksum_at(data) + _LENGTH + len(_FOOTER)


def _at(data: bytes | memoryview, place: int) -> bytes:
    return bytes(data[place : place + _LENGTH])


def _put(data: memoryview, place: int, crc: int) -> None:
    data[place : place + _LENGTH] = b"%08x" % crc
