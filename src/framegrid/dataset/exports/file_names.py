"""Names for files in a folder of their own, made of paths that may be anybody's."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from framegrid.base import brief, few

_SEPARATORS = re.compile(r"[/\\]")
_DRIVE = re.compile(r"([A-Za-z]):")
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]')
_CONTROL = re.compile(r"[\0-\x1f\x7f]")
_NOWHERE = frozenset({"", ".", ".."})
_LONGEST = 200  # bytes of a name: file systems take 255, and -12 may be added
_LONGEST_PATH = 1_000  # of all folders and the name: the folder they are put into counts, too
_EXTENSION = re.compile(r"\.\w{1,10}$", re.ASCII)


def names_within(paths: Sequence[str]) -> Iterator[str]:
    """Yield a relative name for each file: names that are there twice keep their folders.

    Paths come from any system, and from datasets of strangers: no name leads out of the folder that
    it is put into, whatever its path is. What is too long for a file system is cut.
    """
    parts = [_parts(path) for path in paths]
    names = Counter(each[-1].casefold() for each in parts)
    shared = _shared(parts)
    for each in parts:
        whole = "/".join(each[shared:])
        is_alone = names[each[-1].casefold()] == 1 or len(os.fsencode(whole)) > _LONGEST_PATH
        yield each[-1] if is_alone else whole


def check_within(folder: Path, targets: Sequence[Path]) -> None:
    """Refuse to write where links that are in the folder lead out of it."""
    inside = Path(os.path.realpath(folder))
    parents = {target.parent for target in targets}
    out = [each for each in parents if not Path(os.path.realpath(each)).is_relative_to(inside)]
    if out:
        raise ValueError(
            f"{few(sorted(map(str, out)))} would be written to, which a link leads out of "
            f"{brief(str(folder))}; choose another folder, nothing was written"
        )


def _parts(path: str) -> list[str]:
    """Take a path apart, and leave out what would lead elsewhere than down."""
    parts = [_short(_plain(part)) for part in _SEPARATORS.split(path)]
    return [part for part in parts if part not in _NOWHERE] or ["image"]


def _plain(part: str) -> str:
    part = _CONTROL.sub("_", _DRIVE.sub(r"\1_", part, count=1) if _DRIVE.match(part) else part)
    if os.name != "nt":
        return part
    return _NOT_ON_WINDOWS.sub("_", part).rstrip(". ")  # Windows drops dots and spaces at the end


def _short(part: str) -> str:
    """The start of a name that no file system would take, with its extension."""
    if len(part) * 4 <= _LONGEST or len(os.fsencode(part)) <= _LONGEST:
        return part
    extension = match[0] if (match := _EXTENSION.search(part)) else ""
    start = os.fsencode(part)[: _LONGEST - len(extension)]
    return start.decode(errors="ignore").rstrip(". ") + extension


def _shared(parts: Sequence[Sequence[str]]) -> int:
    """Count the folders that all paths begin with."""
    folders = [each[:-1] for each in parts]
    return sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, zip(*folders)))  # noqa: B905
