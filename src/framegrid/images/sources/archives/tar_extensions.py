"""Headers of a tar that say more of the next member: long names, and the records of pax."""

import tarfile
from collections.abc import Iterator
from typing import IO

_LONGEST = 1 << 20
"""Bytes of the extended header of one member; names and times take some hundred."""

_PAX = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
_IGNORED = (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK)
_DAMAGED = "damaged: its extended header"


class Extension:
    """What was said of a member before its own header.

    Attributes:
        name: None where nothing was said.
        size: of its data, in bytes; None where nothing was said.
        is_sparse: whether only the parts of a file that are not zero follow.
        problem: why the member cannot be read, ``""`` if it can.
    """

    def __init__(self) -> None:
        self.name: str | None = None
        self.size: int | None = None
        self.is_sparse = False
        self.problem = ""

    def takes(self, header: tarfile.TarInfo, file: IO[bytes]) -> bool:
        """Whether a header is of this kind; what it says is read from the file, behind it."""
        if header.type in _IGNORED:
            return True
        if header.type not in (*_PAX, tarfile.GNUTYPE_LONGNAME):
            return False
        if header.size > _LONGEST:
            self.problem = f"{_DAMAGED} is longer than {_LONGEST:,} bytes"
            return True
        data = file.read(header.size)
        try:
            self._read(data, is_pax=header.type in _PAX)
        except (ValueError, OverflowError):
            self.problem = _DAMAGED
        return True

    def _read(self, data: bytes, *, is_pax: bool) -> None:
        if not is_pax:
            self._set_name(data.partition(b"\0")[0])
            return
        for key, value in _records(data):
            if key in (b"path", b"GNU.sparse.name"):
                self._set_name(value)
            elif key == b"size":
                self.size = int(value)
            self.is_sparse |= key.startswith(b"GNU.sparse.")
        if self.size is not None and not 0 <= self.size < 1 << 63:
            self.size = None
            raise ValueError

    def _set_name(self, name: bytes) -> None:
        self.name = name.decode("utf-8", "surrogateescape")


def _records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The records of pax: a length, a space, ``key=value`` and the end of the line."""
    start = 0
    while start < len(data) and data[start]:
        space = data.index(b" ", start, start + 20)
        end = start + int(data[start:space])
        if not space < end <= len(data):
            raise ValueError
        key, _, value = data[space + 1 : end - 1].partition(b"=")
        yield key, value
        start = end
