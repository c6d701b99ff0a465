"""A row per key: its type, its values in short, and where they are from."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import KeyType, list_texts, objects_of, public_name, threads
from framegrid.dataset.compute.staleness import computed_keys
from framegrid.dataset.connection.connection import Connection
from framegrid.storage import Table

_COLUMNS = {
    "type": "str",
    "present": "int64",
    "missing": "int64",
    "distinct": "Int64",
    "least": "object",
    "greatest": "object",
    "mean": "Float64",
    "most_frequent": "object",
    "computed_by": "str",
    "stale": "str",
}
_LONGEST = 256 << 20  # bytes of lists that are compared
_THREADS = 4

Facts = dict[str, Any]


def summary_of(connection: Connection) -> pd.DataFrame:
    """A row per key, see ``ImageDataset.summary``."""
    connection.refresh()
    table = connection.read(Table.copy)
    computed = computed_keys(table)
    with threads.pool(_THREADS, "framegrid-summary") as pool:
        facts = list(pool.map(lambda key: _facts(table, key), table.shown))
    for key, row in zip(table.shown, facts, strict=True):
        if origin := computed.get(key):
            row["computed_by"], row["stale"] = ", ".join(origin.by), str(origin) or None
    index = pd.Index(list(table.shown), dtype="str", name="key")
    columns = {
        name: pd.Series([row.get(name) for row in facts], index, dtype)
        for name, dtype in _COLUMNS.items()
    }
    return pd.DataFrame(columns, index=index)


def _facts(table: Table, key: str) -> Facts:
    kind, values = table.shown[key], table.column(key)
    facts: Facts = {
        "type": public_name(kind),
        "present": len(values) - values.null_count,
        "missing": values.null_count,
    }
    return facts | _of_values(kind, values.drop_null())


def _of_values(kind: KeyType, values: pa.Array) -> Facts:
    """What is to be said of values of which none is missing."""
    if kind == "list" and values.nbytes > _LONGEST:
        return {}
    texts = list_texts(values) if kind == "list" else values
    if kind == "float":
        texts = pc.add(texts, 0.0)  # makes one of both zeros
    distinct, counts = _counted(texts)
    facts: Facts = {"distinct": len(distinct)}
    if not len(values):
        return facts
    often = distinct.filter(pa.array(counts == counts.max()))
    if kind in ("list", "dict"):
        first = values.slice(pc.index(texts, often[0]).as_py(), 1)
        return facts | {"most_frequent": objects_of(first, kind)[0]}
    ends = pc.min_max(distinct)
    facts |= {"least": ends["min"].as_py(), "greatest": ends["max"].as_py()}
    facts["most_frequent"] = pc.min(often).as_py()
    if kind in ("integer", "float", "boolean"):
        facts["mean"] = _mean(texts)
    return facts


def _counted(values: pa.Array) -> tuple[pa.Array, "np.ndarray"]:
    counted = pc.value_counts(values)
    return counted.field("values"), np.asarray(counted.field("counts"))


def _mean(values: pa.Array) -> float | None:
    with np.errstate(invalid="ignore"):
        mean = float(np.asarray(values.cast(pa.float64(), safe=False)).mean())
    return None if np.isnan(mean) else mean  # of both infinities
