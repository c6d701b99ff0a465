"""A file of which no more is read than its header may take."""

import io
from typing import IO, Any

from framegrid.base import BrokenImageError

_CALL = 64
"""What a call of ``read`` counts beside its bytes: readers that go byte by byte take long, too."""


class TooMuchError(BrokenImageError):
    """There is more before the picture than is read."""


class BoundedFile:
    """A file that stops reading when its budget is used up, until it is released.

    Args:
        file: open for reading.
        budget: in bytes.
    """

    def __init__(self, file: IO[bytes], budget: int) -> None:
        self._file = file
        self._budget = budget
        self._left: int | None = budget

    def __getattr__(self, name: str) -> Any:
        """Be the file in everything else."""
        return getattr(self._file, name)

    def read(self, size: int | None = -1) -> bytes:
        """Read like a file.

        Raises:
            TooMuchError: the budget does not suffice; nothing is read.
        """
        if self._left is not None:
            rest = self._rest()
            wanted = rest if size is None or size < 0 else min(size, rest)
            self._left -= wanted + _CALL
            if self._left < 0:
                raise TooMuchError(
                    f"unsupported: more than {self._budget / 1e6:,.0f} MB before the picture"
                )
        return self._file.read(-1 if size is None else size)

    def release(self) -> None:
        """Let all of it be read from now on."""
        self._left = None

    def _rest(self) -> int:
        here = self._file.tell()
        if self._end is None:
            self._end = self._file.seek(0, io.SEEK_END)
            self._file.seek(here)
        return max(0, self._end - here)

    _end: int | None = None
