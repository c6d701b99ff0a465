"""What an import did and what it could not do, readable as the last line of a cell."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

_SHOWN = 5


@dataclass(frozen=True, repr=False)
class IngestReport:
    """What became of the images that were found.

    Attributes:
        added: number of new samples.
        already_present: number of images that the dataset held before.
        broken: path and reason of each image that cannot be read; they are not in the dataset.
    """

    added: int
    already_present: int
    broken: list[tuple[str, str]] = field(default_factory=list)

    def __repr__(self) -> str:
        """Give the numbers, and the first broken files with their reasons."""
        counts = f"added {self.added:,}, already present {self.already_present:,}"
        return f"{counts}, broken {len(self.broken):,}" + listing(self.broken)


@dataclass(frozen=True, repr=False)
class ImportReport:
    """How the rows of a CSV file and the samples of the dataset found each other.

    Attributes:
        matched: the rows that were written, indexed by ``sample_id``.
        unmatched_rows: the rows that name no sample, as they were read.
        unmatched_samples: ``file_name`` and ``file_path_abs`` of the samples without a row,
            indexed by ``sample_id``.
    """

    matched: pd.DataFrame
    unmatched_rows: pd.DataFrame
    unmatched_samples: pd.DataFrame

    def __repr__(self) -> str:
        """Give the numbers."""
        return (
            f"matched {len(self.matched):,} rows, "
            f"{len(self.unmatched_rows):,} rows without a sample, "
            f"{len(self.unmatched_samples):,} samples without a row"
        )


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
