"""Some samples of a dataset as one of their own, to be looked at."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from framegrid.dataset.connection.connection import Connection
from framegrid.storage import Store, Table, store_in_memory


def subset_of(connection: Connection, ids: "Iterable[int] | pd.Index", name: str) -> Store:
    """Those of some samples that are there now, under their ids, read-only and in memory.

    Args:
        connection: the dataset.
        ids: sample ids.
        name: what the subset is, to stand behind the name of the dataset.
    """
    connection.refresh()
    store = connection.store
    whole = Path(store.path or store.origin or "untitled")
    origin = whole.with_name(f"{whole.stem}, {name}.parquet")
    subset = store_in_memory(connection.read(lambda table: _chosen(table, ids)), origin)
    subset.kept = store.kept
    return subset


def _chosen(table: Table, ids: "Iterable[int] | pd.Index") -> Table:
    chosen = table.ids[np.isin(table.ids, np.fromiter(ids, np.int64))]
    return Table.from_arrow(table.samples(chosen), table.schema, table.next_id)
