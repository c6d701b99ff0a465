"""Where a history of edits is, told by digests: two histories are one as far as these are equal.

The digest of an edit is made of the edit and of the digest of the edit before, so that it stands
for all edits up to it. It leaves out the time: edits that do the same are the same.
"""

from collections import deque
from hashlib import blake2b
from typing import NamedTuple

from framegrid.storage.journal.framing import DIGEST_SIZE

_STEP = 8  # bytes of each digest that a trail keeps
_STEPS = 1024  # edits that a trail goes back


class Position(NamedTuple):
    """A place in a history: behind an edit.

    Attributes:
        seq: number of that edit.
        digest: of it.
        trail: beginnings of the digests of the edits up to it, in their order.
        is_early: whether an early version wrote it, which had no digests.
    """

    seq: int
    digest: bytes
    trail: bytes = b""
    is_early: bool = False

    def holds(self, seq: int, digest: bytes | None) -> bool | None:
        """Whether the history up to here has this edit; None if that cannot be told."""
        if digest is None:
            return None
        if seq == self.seq:
            return digest == self.digest
        place = len(self.trail) - _STEP * (self.seq - seq + 1)
        if place < 0 or seq > self.seq:
            return None
        return self.trail[place : place + _STEP] == digest[:_STEP]


def beginning(dataset: bytes, seq: int = 0, checksum: bytes = b"") -> Position:
    """The position of a dataset whose edits so far have no digests.

    Args:
        dataset: 16 bytes that name the dataset.
        seq: number of the last of them.
        checksum: what else is known of the dataset then.
    """
    return start_at(seq, blake2b(dataset + seq.to_bytes(8, "little") + checksum).digest())


def start_at(seq: int, digest: bytes) -> Position:
    """A position before which nothing is known."""
    return Position(seq, digest[:DIGEST_SIZE], digest[:_STEP])


class DigestTrail:
    """What a position keeps of the digests of the edits before it, as it moves on."""

    def __init__(self, packed: bytes) -> None:
        """Begin with what is known of the edits so far."""
        self._before = packed
        self._digests: deque[bytes] = deque(maxlen=_STEPS)
        self.add = self._digests.append  # a part of every edit

    def packed(self) -> bytes:
        """The bytes that stand for it in a file."""
        steps = b"".join(digest[:_STEP] for digest in self._digests)
        return (self._before + steps)[-_STEP * _STEPS :]
