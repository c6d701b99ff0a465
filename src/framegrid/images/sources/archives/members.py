"""Members of archives as their headers say, and which of them are taken into an index."""

from collections import Counter
from typing import NamedTuple

MOST = 2_000_000
"""So many headers of one archive are read."""

MOST_NAME_BYTES = 1 << 28
"""So long all names of one archive may be together."""

LONGEST_NAME = 4096
"""Bytes; no file system takes longer paths."""

_LARGEST = (1 << 62) - 1
"""Bytes; the sum of two of these is an integer of 64 bits."""

LINK = "a link: only what lies in an archive itself is read"
SPECIAL = "not a regular file"
CUT_OFF = "cut off: the archive ends before it does"
_TOO_LARGE = "damaged: its size is no size of a file"
_OUT = "a name that leads out of the archive, or none"
_LONG = f"a name of more than {LONGEST_NAME:,} bytes"
_NO_TEXT = "a name that is not valid UTF-8"
_TWICE = "a name for the second time, of which the last counts"


class Member(NamedTuple):
    """One file in an archive, as its header says, which may be wrong or forged.

    Attributes:
        name: its path in the archive, see ``spelled``.
        offset: of a tar, where its data begin, in bytes; of a zip, where its own header does.
        size: in bytes, unpacked.
        packed: in bytes, as it lies in the archive.
        method: how it is packed, by the numbers of zip; 0 for not at all.
        crc: CRC-32 of what is unpacked; -1 for none.
        stop: where the next member begins, or the archive ends.
        problem: why it is not read, ``""`` if it is.
    """

    name: str
    offset: int
    size: int
    packed: int
    method: int
    crc: int
    stop: int
    problem: str


class FullError(Exception):
    """An archive has more than is taken."""


class Gathered:
    """The members of one archive by name, and what is to be said about those left out."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}
        self.said: list[str] = []
        self._left_out: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._seen = self._name_bytes = 0

    @property
    def notes(self) -> list[str]:
        """What is to be said about the archive, a sentence each."""
        counts = self._left_out.items()
        left_out = [f"left out {n:,} with {why}: {self._examples[why]!a}" for why, n in counts]
        return self.said + left_out

    def count(self) -> None:
        """Count a header.

        Raises:
            FullError: it is one too many, or names take too much memory.
        """
        self._seen += 1
        if self._seen > MOST or self._name_bytes > MOST_NAME_BYTES:
            self.said.append(f"more than {self._seen - 1:,} members: the rest is left out")
            raise FullError

    def take(self, name: str, member: Member) -> None:
        """Take a member in under a name, as it is written there."""
        if not _is_text(name):
            self._leave_out(_NO_TEXT, name)
        elif len(name) > LONGEST_NAME:
            self._leave_out(_LONG, name[:80])
        elif (path := spelled(name)) is None:
            self._leave_out(_OUT, name)
        else:
            if path in self.members:
                self._leave_out(_TWICE, path)
            self._name_bytes += len(path)
            if max(member.offset, member.size, member.packed) > _LARGEST:
                member = member._replace(offset=0, size=0, packed=0, problem=_TOO_LARGE)
            self.members[path] = member._replace(name=path)

    def _leave_out(self, why: str, name: str) -> None:
        self._left_out[why] += 1
        self._examples.setdefault(why, name[:200])


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def spelled(name: str) -> str | None:
    """The one spelling of a member's name; None for one that leads out, or to no file.

    Nothing is ever unpacked to a name, but what is shown or exported by it should be what it says.
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    is_absolute = name.startswith("/") or name[1:3] in (":/", ":\\")
    leads_out = is_absolute or ".." in parts or "\0" in name
    return None if leads_out or not parts or name.endswith("/") else "/".join(parts)
