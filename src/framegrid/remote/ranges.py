"""An object as a file that is read in ranges: of an image's header, one request is enough."""

import io
from typing import IO, Any

from framegrid.remote.filesystems import locate, told_of
from framegrid.remote.objects import status

_LARGEST = 1 << 24  # bytes; the ranges of one object double up to this


def open_object(url: str, first: int, start: int = 0) -> IO[bytes]:
    """Open an object for reading; the first bytes are asked for at once.

    Args:
        url: the object.
        first: size in bytes of the first range.
        start: where to begin to read, in bytes.

    Raises:
        FileNotFoundError: there is none.
        OSError: the store does not answer, or denies access.
        ValueError, ImportError: the URL may not or cannot be opened.
    """
    file = io.BufferedReader(_Ranges(url, first))
    file.seek(start)
    file.peek(1)
    return file


class SeekableRaw(io.RawIOBase):
    """A raw file that has a position; a subclass knows its length, and reads from there on."""

    _position = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The position, in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position, which may be beyond the end, and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}
        start = base[whence] if whence in base else self._length()
        if start + offset < 0:
            raise OSError(f"seek to {start + offset}: before the start")
        self._position = start + offset
        return self._position

    def _length(self) -> int:
        raise NotImplementedError


class _Ranges(SeekableRaw):
    """Keeps the range that was asked for last."""

    def __init__(self, url: str, first: int) -> None:
        self._url = url
        self._fs: Any
        self._fs, self._path = locate(url)
        self._next = first
        self._size: int | None = None
        self._start, self._range = 0, b""

    def readinto(self, buffer: Any) -> int:
        if not 0 <= self._position - self._start < len(self._range):
            self._fetch()
        offset = self._position - self._start
        part = self._range[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _fetch(self) -> None:
        """Ask for the range from here on; a short answer tells where the object ends."""
        asked, self._next = self._next, min(2 * self._next, _LARGEST)
        is_first = not self._start and not self._range
        if not is_first and self._position >= self._length():
            self._start, self._range = self._position, b""
            return
        data = self._ask(asked)
        self._start, self._range = self._position, data
        if len(data) < asked:
            self._size = self._start + len(data)

    def _ask(self, count: int) -> bytes:
        start, end = self._position, self._position + count
        try:
            with told_of(self._url):
                return bytes(self._fs.cat_file(self._path, start=start, end=end))
        except FileNotFoundError:
            raise
        except OSError:
            if self._position >= self._length():  # no range of an empty object is a valid one
                return b""
            raise

    def _length(self) -> int:
        if self._size is None:
            known = status(self._url)
            if known is None:
                raise FileNotFoundError(f"{self._url} is gone")
            self._size = known.size
        return self._size
