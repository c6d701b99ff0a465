"""Conditions as an expression that pandas reads, whatever the names of the keys."""

import numpy as np
import pytest
from hypothesis import given, settings

from filters_helpers import NAMES_ON_ALL, SCHEMA, datasets, rows, table
from framegrid import filters
from framegrid.base import FilterError, schema


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"temperature": (10, 25.5)}, "10 <= temperature <= 25.5"),
        (
            {"weather": ["rain", None], "objects": (1, None)},
            "(weather in ['rain'] or weather.isna()) and objects >= 1",
        ),
        ({"taken": (None, "2024-05-01")}, "taken <= '2024-05-01T00:00:00'"),
        ({"tags": {"contains": "dog"}}, "(tags.explode() == 'dog').groupby(level=0).any()"),
    ],
)
def test_a_query_reads_like_pandas(condition, expected):
    assert filters.query(filters.normalise(condition, SCHEMA), SCHEMA) == expected


NAMES_ON_PANDAS_3 = [
    *("it's", 'say "hi"', "a`b", "`", "``", "#", "a#b", "m²"),
    *("a\\b", "\\", "(", '"""', "“q”", "\u00a0", "😀"),
]
NAMES_ON_NONE = ["inf", "µm", "ﬁ", "a\u2028b", "e\u0301"]


@pytest.mark.parametrize("name", NAMES_ON_ALL + NAMES_ON_PANDAS_3 * schema.PANDAS_3)
def test_awkward_names_can_be_queried(name):
    types: schema.Schema = {name: "float", "other": "integer"}
    columns = {name: [1.0, 2.0, None], "other": [1, 2, 3]}
    assert rows({name: (2, None), "other": (1, 2)}, columns, types) == [1]


@pytest.mark.parametrize("name", NAMES_ON_NONE)
def test_names_that_pandas_cannot_read_are_refused(name):
    normal = filters.normalise({name: (2, None)}, {name: "float"})
    with pytest.raises(FilterError, match="rename it"):
        filters.query(normal, {name: "float"})


def test_names_that_pandas_confuses_are_refused():
    types: schema.Schema = {"a b": "float", "BACKTICK_QUOTED_STRING_a_b": "float"}
    with pytest.raises(FilterError, match="pandas reads it as something else"):
        filters.query(filters.normalise({"a b": (2, None)}, types), types)


def number_at(cell, steps):
    for step in steps:
        cell = cell.get(step) if isinstance(cell, dict) else None
    return float(cell) if type(cell) in {int, float} else None


def passes(value, condition):
    """Whether one value meets a condition as it was given: by plain Python, which is exact."""
    if isinstance(condition, list) and isinstance(value, list):
        # None stands for no list at all, not for a null in one.
        wanted = [element for element in condition if element is not None]
        return any(passes(value, {"contains": element}) for element in wanted)
    if isinstance(condition, list):
        return value in condition
    if "contains" in condition:
        part = condition["contains"]
        if isinstance(value, str):
            return part.casefold() in value.casefold()
        same = [item for item in value or [] if isinstance(item, bool) == isinstance(part, bool)]
        return part in same
    low, high, missing = condition["min"], condition["max"], condition["missing"]
    if value is None:
        return missing
    return (low is None or low <= value) and (high is None or value <= high)


@settings(max_examples=300)
@given(datasets())
def test_mask_query_and_a_plain_loop_agree(dataset):
    types, columns, conditions_ = dataset
    frame = table(columns, types, ids=range(3, 3 + len(next(iter(columns.values())))))
    try:
        normal = filters.normalise(conditions_, types)
    except FilterError as error:
        if "nothing lies between" not in str(error):
            raise
        return

    expected = np.ones(len(frame), dtype=bool)
    for key, condition in conditions_.items():
        column = next(name for name in types if key == name or key.startswith(f"{name}."))
        cells = columns[column]
        if key != column:
            cells = [number_at(cell, key.removeprefix(f"{column}.").split(".")) for cell in cells]
        expected &= np.array([passes(cell, condition) for cell in cells], dtype=bool)

    assert filters.mask(normal, frame, types).tolist() == expected.tolist()
    try:
        expression = filters.query(normal, types)
    except FilterError as error:
        if "cannot query the key" not in str(error):
            raise
        return
    found = frame.query(expression) if expression else frame
    assert list(found.index) == list(frame.index[expected])
