"""A dataset on disk with a value of every type, and what can be asked of it."""

from datetime import UTC, datetime

import pytest

from crash_lives import new_samples, set_typed
from framegrid.storage import AddSamples, create_store, open_store

TYPES = {
    "text": "string",
    "whole": "integer",
    "real": "float",
    "flag": "boolean",
    "taken": "datetime",
    "sent": "datetime_utc",
    "tags": "list",
    "boxes": "list",
    "gps": "dict",
}
FULL = {
    "text": 'a "quoted" \\ naïve 😀\0\n',
    "whole": 2**63 - 1,
    "real": -0.1,
    "flag": False,
    "taken": datetime(9999, 12, 31, 23, 59, 59, 999999),
    "sent": datetime(1, 1, 1, tzinfo=UTC),
    "tags": ["a", "", 'b"'],
    "boxes": [[1, 2.5], None],
    "gps": {"lat": 48.1, "deep": {"list": [1e300, 2**70]}, "": None},
}
SOME = {"text": "", "whole": -(2**63), "real": float("inf"), "flag": True, "tags": [], "gps": {}}
ROWS = [FULL, SOME, {}]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "photos.parquet"


@pytest.fixture
def store(path):
    """A dataset of three samples: one with every type, one with some, one with none."""
    store = create_store(path)
    store.commit(lambda _: AddSamples(new_samples([0, 1, 2]), {}))
    for row, values in enumerate(ROWS):
        store.commit(lambda table, row=row, values=values: set_typed(row, values, TYPES, table))
    yield store
    store.close()


def rows(store):
    return [store.table.metadata(row) for row in range(len(store.table))]


def rows_on_disk(path):
    store = open_store(path)
    found = rows(store)
    store.close()
    return found


def score(value, sample_id=2):
    return lambda table: set_typed(sample_id, {"score": value}, {"score": "float"}, table)
