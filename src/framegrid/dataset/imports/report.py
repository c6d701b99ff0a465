"""What an import did and what it could not do, readable as the last line of a cell."""

from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from framegrid.dataset.reports import few

_SHOWN = 5


def _no_conflicts() -> pd.DataFrame:
    return pd.DataFrame(columns=["key", "value", "reason"], index=pd.Index([], name="sample_id"))


@dataclass(frozen=True, repr=False)
class ImportReport:
    """How the rows of a file and the samples of the dataset found each other.

    Attributes:
        matched: the rows that were written, indexed by ``sample_id``.
        unmatched_rows: the rows that name no sample, as they were read.
        unmatched_samples: ``file_name`` and ``file_path_abs`` of the samples without a row,
            indexed by ``sample_id``.
        conflicts: the values in matched rows that were left out, as they are of another type than
            their key: ``key``, ``value`` and ``reason``, indexed by ``sample_id``. What the
            samples had before, they still have.
    """

    matched: pd.DataFrame
    unmatched_rows: pd.DataFrame
    unmatched_samples: pd.DataFrame
    conflicts: pd.DataFrame = field(default_factory=_no_conflicts)

    _TITLES: ClassVar[dict[str, str]] = {
        "conflicts": "Values left out",
        "unmatched_rows": "Rows without a sample",
        "unmatched_samples": "Samples without a row",
    }

    def __repr__(self) -> str:
        """Give the numbers, and which keys have conflicts."""
        counts = (
            f"matched {len(self.matched):,} rows, "
            f"{len(self.unmatched_rows):,} rows without a sample, "
            f"{len(self.unmatched_samples):,} samples without a row"
        )
        if self.conflicts.empty:
            return counts
        keys = few(self.conflicts["key"].unique())
        reason = self.conflicts["reason"].iloc[0]
        return f"{counts}, {len(self.conflicts):,} values left out: {keys}\n  {reason}"

    def _repr_html_(self) -> str:
        """Give the numbers, and the first rows of whatever was not written."""
        parts = [f"<p>Matched {len(self.matched):,} rows.</p>"]
        for name, title in self._TITLES.items():
            frame: pd.DataFrame = getattr(self, name)
            if len(frame):
                summary = f"<summary>{title}: {len(frame):,}</summary>"
                parts.append(f"<details open>{summary}{frame.head(_SHOWN).to_html()}</details>")
        return "".join(parts)
