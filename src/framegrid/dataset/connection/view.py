"""A dataset at one revision, without a copy."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from framegrid.base import FOLDER, KeyType
from framegrid.storage import FrozenColumns, Table, to_frame


@dataclass(frozen=True)
class DatasetView:
    """A dataset at one revision.

    Attributes:
        revision: grows with every change.
        schema: metadata key to type, in which datetimes with a time zone are a type of their own.
        columns: (N,) each, indexed by sample id, to be read only; made when they are asked for.
        renames: of metadata keys: the revision before, the old and the new name.
        folder_root: the folder that all images share, where the built-in ``folder`` starts; None if
            the dataset has a metadata key of that name.
    """

    revision: int
    schema: dict[str, KeyType]
    columns: FrozenColumns
    renames: tuple[tuple[int, str, str], ...]
    folder_root: str | None

    @property
    def ids(self) -> pd.Index:
        """(N,) the sample ids; the same object in every view in which they are the same."""
        return self.columns.index

    @cached_property
    def frame(self) -> pd.DataFrame:
        """(N, K) the table, indexed by sample id; shared, so it must not be written to."""
        return to_frame(dict(self.columns), self.ids)


def view_of(table: Table) -> DatasetView:
    """The table as it is now."""
    root = table.folder_root if table.derives(FOLDER) else None
    return DatasetView(table.revision, table.shown, table.columns(), table.renames, root)
