from datetime import datetime

import numpy as np
import pytest
from hypothesis import settings

from framegrid.storage import Block, SetBlocks, SetValues
from table_machine import TableMachine, arrow, filled, python_values

TestTableMachine = TableMachine.TestCase
TestTableMachine.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)


# Many rows, where other ways of replacing values take over

MANY = 5_000
COLUMNS = {
    "string": ("string", [f"v{i}" if i % 3 else None for i in range(MANY)]),
    "integer": ("integer", [i if i % 3 else None for i in range(MANY)]),
    "float": ("float", [i / 7 for i in range(MANY)]),
    "boolean": ("boolean", [None if i % 5 == 0 else i % 2 == 0 for i in range(MANY)]),
    "list": ("list", [[i] if i % 3 else None for i in range(MANY)]),
    "datetime": ("datetime", [datetime(2024, 1, 1, microsecond=i) for i in range(MANY)]),
}


@pytest.mark.parametrize("key", COLUMNS)
@pytest.mark.parametrize(
    "rows",
    [
        np.array([], np.intp),
        np.array([MANY - 1, 0, 17]),
        np.arange(MANY),
        np.arange(MANY)[::-1],
        np.arange(0, MANY, 2),
        np.array([3, 4, 3, 3]),
        np.repeat(np.arange(300), 2),
    ],
    ids=["none", "few", "all", "reversed", "every other", "few twice", "many twice"],
)
def test_blocks_of_any_size_and_order(key, rows):
    key_type, values = COLUMNS[key]
    table = filled(MANY, k=(key_type, values))
    given = [values[-position] for position in range(len(rows))]
    table.apply(SetBlocks((Block(rows, {"k": arrow(key_type, given)}),), {}))
    expected = dict(enumerate(values)) | dict(zip(rows.tolist(), given, strict=True))
    assert python_values(table.frame()["k"]) == list(expected.values())


@pytest.mark.parametrize("key", COLUMNS)
def test_single_edits_of_every_row(key):
    key_type, values = COLUMNS[key]
    table = filled(MANY, k=(key_type, values))
    for row, value in enumerate(reversed(values)):
        table.apply(SetValues(row, {"k": value}, {}))
    assert [table.get(row, "k") for row in range(MANY)] == values[::-1]
    assert python_values(table.frame()["k"]) == values[::-1]
    assert table.revision == MANY
