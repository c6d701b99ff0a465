"""What the user named in earlier sessions, in a file beside the cache."""

import os
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path

from framegrid.base import default_folder, replacing
from framegrid.remote.prefixes import Prefix, prefix_of

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_FILE, _LOCK = "allowed-urls", "allowed-urls.lock"
_MOST_BYTES = 1 << 20

_read: dict[tuple[Path, int, int, int], frozenset[Prefix]] = {}
"""The file as it was read last, by its state."""


def prefixes() -> frozenset[Prefix]:
    """What is remembered; nothing where there is no file, or none that can be read."""
    path = default_folder().expanduser() / _FILE
    with suppress(OSError, RuntimeError):
        status = path.stat()
        state = path, status.st_ino, status.st_mtime_ns, status.st_size
        if (known := _read.get(state)) is not None:
            return known
        found = _lines(path)
        _read.clear()
        _read[state] = found
        return found
    return frozenset()


def change(new: AbstractSet[Prefix], gone: AbstractSet[Prefix]) -> bool:
    """Remember and forget, beside what other processes do; False where no file can be written."""
    with suppress(OSError, RuntimeError):
        folder = default_folder().expanduser()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder / _LOCK):
            path = folder / _FILE
            before = _lines(path) if path.exists() else frozenset()
            with replacing(path, mode=0o600) as file:
                file.writelines(f"{prefix}\n".encode() for prefix in sorted((before | new) - gone))
        return True
    return False


def _lines(path: Path) -> frozenset[Prefix]:
    with path.open("rb") as file:
        text = file.read(_MOST_BYTES).decode(errors="replace")
    return frozenset(_valid(text.split("\n")[:-1]))


def _valid(lines: list[str]) -> Iterator[Prefix]:
    for line in lines:
        with suppress(ValueError):
            if line == prefix_of(line):
                yield line


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other processes out, where there are locks."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            with suppress(OSError):
                fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
