"""What adding images and reading their EXIF did, readable as the last line of a cell."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from framegrid.dataset.imports.report import ImportReport

_SHOWN = 5


@dataclass(frozen=True, repr=False)
class IngestReport:
    """What became of the images that were found.

    Attributes:
        added: number of new samples.
        already_present: number of images that the dataset held before.
        broken: path and reason of each image that cannot be read; they are not in the dataset. Also
            of each ``metadata.csv`` or ``metadata.jsonl`` that cannot be used.
        metadata: which rows of ``metadata.csv`` or ``metadata.jsonl`` and which of the new samples
            found each other; None if there is no such file.
    """

    added: int
    already_present: int
    broken: list[tuple[str, str]] = field(default_factory=list)
    metadata: "ImportReport | None" = None

    def __repr__(self) -> str:
        """Give the numbers, and the first broken files with their reasons."""
        counts = f"added {self.added:,}, already present {self.already_present:,}"
        metadata = f"\nmetadata: {self.metadata!r}" if self.metadata else ""
        return f"{counts}, broken {len(self.broken):,}{listing(self.broken)}{metadata}"


@dataclass(frozen=True, repr=False)
class ExifReport:
    """What the cameras had written.

    Attributes:
        found: by key, the number of images with a value.
        with_exif: number of images with any value.
        without_exif: number of images that can be read and have none.
        broken: path and reason of each image that cannot be read.
    """

    found: dict[str, int]
    with_exif: int
    without_exif: int
    broken: list[tuple[str, str]] = field(default_factory=list)

    def __repr__(self) -> str:
        """Give the numbers, those of each key, and the first broken files with their reasons."""
        keys = ", ".join(f"{key} {count:,}" for key, count in self.found.items())
        counts = f"with EXIF {self.with_exif:,}, without {self.without_exif:,}"
        return f"{counts}, broken {len(self.broken):,}{keys and f': {keys}'}" + listing(self.broken)


def listing(broken: list[tuple[str, str]]) -> str:
    """Give the first broken files with their reasons, one a line, for the end of a message."""
    lines = [f"{path}: {reason}" for path, reason in broken[:_SHOWN]]
    if len(broken) > _SHOWN:
        lines.append(f"... and {len(broken) - _SHOWN:,} more")
    return "".join(f"\n  {line}" for line in lines)


def few(values: Iterable[object]) -> str:
    """Give the first few of `values` and how many there are more, for a message."""
    values = list(values)
    shown = ", ".join(map(_plain, values[:_SHOWN]))
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN:,} more"


def _plain(value: object) -> str:
    """The repr without the type that numpy puts around its numbers."""
    return repr(value.item() if isinstance(value, np.generic) else value)
