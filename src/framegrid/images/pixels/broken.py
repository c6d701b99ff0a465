"""Why an image cannot be read, in a few words for a tile."""

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from framegrid.base import BrokenImageError, bounds, exceeded, limits

_LENGTH = 90

_REASONS = {
    FileNotFoundError: "file not found",
    NotADirectoryError: "file not found",
    PermissionError: "permission denied",
    MemoryError: "not enough memory",
}

_UNSUPPORTED = re.compile(
    r"unsupported|not supported|not available|unknown|cannot handle|unrecogni[sz]ed|not implemented"
    r"|cannot decode|decoder \w+ not",
    re.IGNORECASE,
)
"""What Pillow says of whole files that it has no way to read."""

_BYTES_PER_PIXEL = 16
"""Decoders may take so much, and some do not tell that they did not get it."""


@contextmanager
def with_reasons() -> Iterator[None]:
    """Make of whatever goes wrong with a file a reason for the user."""
    try:
        yield
    except BrokenImageError:
        raise
    except Exception as error:
        raise BrokenImageError(_reason(error)) from error


@contextmanager
def naming_size(size: tuple[int, int]) -> Iterator[None]:
    """Name the limit where a large image cannot be decoded, and want of memory may be the cause."""
    try:
        yield
    except (BrokenImageError, MemoryError):
        raise
    except Exception as error:
        may_need_more = size[0] * size[1] * _BYTES_PER_PIXEL > limits.bytes
        if bounds.is_memory_bounded() and may_need_more and not _is_truncated(error):
            message = f"damaged, or decoding takes more than {exceeded('bytes')}"
            raise BrokenImageError(message) from error
        raise


def check_pixels(size: tuple[int, int]) -> None:
    """Refuse an image of `size` (width, height) in px that has more pixels than may be decoded.

    Raises:
        BrokenImageError: it has.
    """
    width, height = size
    if width * height > limits.pixels:
        pixels = f"{width:,} x {height:,} is {_millions(width * height)} million pixels"
        limit = f"{_millions(limits.pixels)} (fg.limits.pixels)"
        raise BrokenImageError(f"too large: {pixels}, at most {limit}")


def _millions(count: int) -> str:
    return f"{count / 1e6:,.0f}" if count >= 10**7 else f"{count / 1e6:.2g}"


def _reason(error: Exception) -> str:
    """Put an exception of reading an image file into a few words."""
    if isinstance(error, MemoryError) and bounds.is_memory_bounded():
        return f"not enough memory: decoding takes more than {exceeded('bytes')}"
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    if _is_truncated(error):
        return "truncated: the file ends before the image does"
    if isinstance(
        error.__cause__ or error, KeyError
    ):  # Pillow's tables of variants have no such entry
        return _short(f"unsupported: variant {error}")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return _short(f"{_problem(error)}: {error}")


def _problem(error: Exception) -> str:
    if isinstance(error, Image.DecompressionBombError):
        return "too large"
    is_unsupported = isinstance(error, NotImplementedError) or _UNSUPPORTED.search(str(error))
    return "unsupported" if is_unsupported else "damaged"


def _is_truncated(error: Exception) -> bool:
    """Whether the data ended too early: Pillow's readers then fail while unpacking nothing."""
    ended = (EOFError, IndexError, struct.error)
    return "truncated" in str(error).lower() or isinstance(error.__cause__ or error, ended)


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _LENGTH else line[: _LENGTH - 1] + "…"
