"""Names of classes instead of their numbers, as Hugging Face keeps them beside a table."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.dataset.ingest.from_frame import Refused

_NO_CLASS = -1  # as in the test sets of competitions

Feature = Mapping[str, Any]
"""What Hugging Face says of a column: ``{"names": ["cat", "dog"], "_type": "ClassLabel"}``."""


def with_class_names(table: pa.Table, features: Mapping[str, Any], refused: Refused) -> pa.Table:
    """Put names in the place of the numbers of classes, also in lists and structs.

    Args:
        table: (M, K) columns with numbers.
        features: what is said of them, which may be anything.
        refused: takes the columns in which numbers have no name, which become missing.
    """
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        named, unnamed = _named(column.combine_chunks(), features.get(name), 0)
        if named is not None:
            table = table.set_column(place, name, named)
        if unnamed:
            refused.append((name, f"{unnamed:,} numbers of classes have no name: missing"))
    return table


def _named(values: Any, feature: Any, depth: int) -> tuple[pa.Array | None, int]:
    """The same values with names; None where nothing is to be named; how many have no name."""
    if isinstance(values, pa.ChunkedArray):  # of no chunk
        values = pa.array([], values.type)
    if depth > 8:
        return None, 0
    if isinstance(feature, list) and len(feature) == 1:  # as lists were written once
        feature = {"_type": "List", "feature": feature[0]}
    if not isinstance(feature, dict):
        return None, 0
    if feature.get("_type") == "ClassLabel" and pa.types.is_integer(values.type):
        return _taken(values, feature.get("names"))
    if pa.types.is_struct(values.type):
        return _in_struct(values, feature, depth)
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        return _in_list(values, feature.get("feature"), depth)
    return None, 0


def _taken(values: pa.Array, names: Any) -> tuple[pa.Array | None, int]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None, 0
    values = pc.if_else(pc.equal(values, _NO_CLASS), None, values)
    known = pc.and_(pc.greater_equal(values, 0), pc.less(values, len(names)))
    places = pc.if_else(known, values, None)
    return pa.array(names, pa.large_string()).take(places), places.null_count - values.null_count


def _in_list(values: pa.Array, feature: Any, depth: int) -> tuple[pa.Array | None, int]:
    named, unnamed = _named(values.values, feature, depth + 1)
    if named is None:
        return None, 0
    kind = pa.LargeListArray if pa.types.is_large_list(values.type) else pa.ListArray
    mask = pa.array(np.asarray(values.is_null())) if values.null_count else None
    return kind.from_arrays(values.offsets, named, mask=mask), unnamed


def _in_struct(values: pa.StructArray, feature: Any, depth: int) -> tuple[pa.Array | None, int]:
    in_lists = feature.get("_type") in ("Sequence", "List")
    inner = feature.get("feature") if in_lists else feature
    fields, arrays, count = [], [], 0
    for place, field in enumerate(values.type):
        array = values.field(place)
        said = inner.get(field.name) if isinstance(inner, dict) else None
        said = {"_type": "List", "feature": said} if in_lists else said
        named, unnamed = _named(array, said, depth + 1)
        fields.append(field.name)
        arrays.append(array if named is None else named)
        count += unnamed
    mask = pa.array(np.asarray(values.is_null())) if values.null_count else None
    return pa.StructArray.from_arrays(arrays, fields, mask=mask), count
