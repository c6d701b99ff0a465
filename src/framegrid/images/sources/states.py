"""Files in one state: writing to one makes another."""

from hashlib import blake2b
from typing import NamedTuple

_VERSION_BYTES = 7  # so that SQLite has the number as an integer


class FileState(NamedTuple):
    """A file in one state; writing to it makes another.

    Attributes:
        version: when it was last written, in ns; of an object, a number for its entity tag.
        size: in bytes; of a part of a file 0, where only reading it would tell.
        change: a number for which file it is on its disk, and when anything of it changed last:
            other pictures may be given the same time and size. It differs between copies.
    """

    version: int
    size: int
    change: int = 0


def number_of(text: str) -> int:
    """A number that stands for a text, and that SQLite can hold."""
    return int.from_bytes(blake2b(text.encode(), digest_size=_VERSION_BYTES).digest())
