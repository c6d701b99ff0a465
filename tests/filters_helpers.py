"""What several tests of filters share."""

import datetime as dt
import math

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from framegrid import filters
from framegrid.base import schema

SCHEMA: schema.Schema = {
    "temperature": "float",
    "objects": "integer",
    "weather": "string",
    "indoor": "boolean",
    "tags": "list",
    "gps": "dict",
    "taken": "datetime",
    "uploaded": "datetime_utc",
}


def series(key_type: schema.KeyType, values: list, index=None) -> pd.Series:
    """A column as the dataset's table has it."""
    dtype = schema.pandas_dtype(key_type)
    if dtype == np.dtype("datetime64[us]"):
        values = np.array([np.datetime64("NaT") if v is None else v for v in values], dtype)
    elif key_type == "datetime_utc":
        naive = [None if v is None else v.replace(tzinfo=None) for v in values]
        return series("datetime", naive, index).dt.tz_localize("UTC")
    return pd.Series(values, dtype=dtype, index=index)


def table(columns: dict[str, list], types: schema.Schema, ids=None) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    index = pd.Index(range(size) if ids is None else ids, name="sample_id", dtype="int64")
    all_types = {**dict.fromkeys(("width", "height"), "integer"), **types}
    return pd.DataFrame(
        {key: series(all_types[key], columns[key], index) for key in columns}, index
    )


def rows(filters_, columns, types):
    """Row numbers by mask, after checking that the query gives the same."""
    frame = table(columns, types)
    normal = filters.normalise(filters_, types)
    mask = filters.mask(normal, frame, types)
    assert mask.dtype == bool
    expression = filters.query(normal, types)
    found = frame.query(expression) if expression else frame
    assert list(found.index) == list(np.flatnonzero(mask))
    return list(np.flatnonzero(mask))


# Awkward names

NAMES_ON_ALL = [
    *("my key", " a ", "a.b", "class", "None", "True", "lambda", "1st", "-", "a=b", "_", "@a"),
    *("index", "columns", "size", "values", "query", "sin", "list", "Timestamp", "self", "a@b"),
    *("température", "日本", "°C", "€", "x == 1", "a b or c", "[0]", "a|b", "~", "%"),
    "BACKTICK_QUOTED_STRING",
]


# For any filters, the rows of the mask, of the query and of a loop over the samples are the same.

NASTY = st.sampled_from("ab.`'\"\\#@{}()[]& \n\0ß\u017fİ\u0131Σςµé日😀\u2028")
TEXTS = st.text(NASTY, max_size=4)
NAMES = [*4 * [st.sampled_from(NAMES_ON_ALL)], st.text(NASTY, min_size=1, max_size=4)]
FLOATS = st.floats(allow_nan=False) | st.integers(-3, 3).map(float)
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)
BIG_INTEGERS = st.integers(-(10**20), 10**20) | INTEGERS
DATETIMES = st.datetimes() | st.sampled_from([dt.datetime.min, dt.datetime.max])
SCALARS = st.none() | st.booleans() | BIG_INTEGERS | FLOATS | TEXTS
STEPS = st.sampled_from(["lat", "it's", "", "a b", "{", "\\"])
NESTED = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STEPS, inner), max_leaves=5
)
VALUES: dict[schema.KeyType, st.SearchStrategy] = {
    "string": TEXTS,
    "integer": INTEGERS,
    "float": FLOATS,
    "boolean": st.booleans(),
    "list": st.lists(NESTED, max_size=4),
    "dict": st.dictionaries(STEPS, NESTED, max_size=3),
    "datetime": DATETIMES,
    "datetime_utc": DATETIMES.map(lambda naive: naive.replace(tzinfo=dt.UTC)),
}


PRESENT = st.builds(dict, min=st.none(), max=st.none(), missing=st.booleans())


@st.composite
def ranges(draw, bounds):
    if draw(st.integers(0, 9)) == 0:
        return [None]
    ends = [draw(st.none() | bounds), draw(st.none() | bounds)]
    if None not in ends:
        ends.sort()
    return dict(zip(("min", "max"), ends, strict=True)) | {"missing": draw(st.booleans())}


@st.composite
def conditions(draw, key_type, known, *, is_path):
    """A condition for a key of a type that has some known values."""
    near = st.sampled_from(known) if known else st.nothing()
    match key_type:
        case "string":
            wanted = st.lists(near | TEXTS | st.none(), max_size=3)
            part = st.builds(lambda text: {"contains": text[1:3].upper()}, near | TEXTS)
            return draw(wanted | part | PRESENT)
        case "boolean":
            return draw(st.lists(st.sampled_from([True, False, None])) | PRESENT)
        case "list":
            inside = [
                item for items in known for item in items if type(item) in {str, bool, int, float}
            ]
            element = (st.sampled_from(inside) if inside else st.nothing()) | INTEGERS | TEXTS
            usable = element.filter(lambda item: type(item) is not int or -(2**63) <= item < 2**63)
            usable = usable.filter(lambda item: item not in (math.inf, -math.inf))
            several = st.lists(usable | st.none(), max_size=3)
            element = st.builds(lambda item: {"contains": item}, usable)
            return draw(several | element | PRESENT)
        case "dict":
            return draw(ranges(BIG_INTEGERS | FLOATS) if is_path else PRESENT)
        case "integer" | "float":
            return draw(ranges(near | BIG_INTEGERS | FLOATS))
    return draw(ranges(near | VALUES[key_type]))


@st.composite
def datasets(draw):
    """Types, columns and filters: any types, names, values and conditions, missing anywhere."""
    any_name = draw(st.sampled_from(NAMES))
    names = draw(st.lists(any_name, min_size=1, max_size=4, unique_by=str.casefold))
    size = draw(st.integers(0, 6))
    types, columns, conditions_ = {}, {}, {}
    for name in names:
        key_type = types[name] = draw(st.sampled_from(list(VALUES)))
        cells = st.lists(st.none() | VALUES[key_type], min_size=size, max_size=size)
        columns[name] = draw(cells)
        if draw(st.sampled_from([True, True, False])):
            steps = draw(st.lists(STEPS, max_size=3)) if key_type == "dict" else []
            known = [cell for cell in columns[name] if cell is not None]
            condition = draw(conditions(key_type, known, is_path=bool(steps)))
            conditions_[".".join([name, *steps])] = condition
    return types, columns, conditions_
