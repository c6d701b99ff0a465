"""Arrow columns of any type to the Arrow type of a key, as a whole."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base.schema.conflicts import Describe
from framegrid.base.schema.key_types import KeyType, as_array

Column = tuple[KeyType | None, pa.Array]
"""A type, or None when nothing tells it, and the values in it."""

_KINDS: tuple[tuple[Callable[[pa.DataType], bool], KeyType], ...] = (
    (pa.types.is_floating, "float"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_string, "string"),
    (pa.types.is_large_string, "string"),
    (pa.types.is_string_view, "string"),
    (lambda dtype: pa.types.is_decimal(dtype) and dtype.scale == 0, "integer"),  # sums in SQL
    (pa.types.is_decimal, "float"),
    (lambda dtype: pa.types.is_timestamp(dtype) and dtype.tz is not None, "datetime_utc"),
    (pa.types.is_timestamp, "datetime"),
)


def from_arrow(key: str, values: pa.Array | pa.ChunkedArray, describe: Describe) -> Column | None:
    """The type of an Arrow column, and its values in that type, without a look at each.

    Args:
        key: the metadata key, for error messages.
        values: (M,) values of any type.
        describe: names the sample at a position, for error messages.

    Returns:
        None if that takes a look at each value: its type has none here, or one does not fit.

    Raises:
        ValueError: if a datetime is outside the years 1 to 9999.
    """
    if pa.types.is_dictionary(values.type):
        values = _decoded(values)
    if pa.types.is_date(values.type):
        values = values.cast(pa.timestamp("s"))
    key_type = next((kind for is_kind, kind in _KINDS if is_kind(values.type)), None)
    if key_type is None:
        return None
    if key_type == "float" and pa.types.is_decimal(values.type):
        values = values.cast(pa.string())  # Arrow's own floats are not the nearest
    if pa.types.is_timestamp(values.type):
        _check_years(key, values, describe)
    try:
        array = as_array(values, key_type)
    # Beyond 64 bits, or nanoseconds. Old Arrows cast no views.
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    if key_type == "float":
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, pa.float64()), array)
    return key_type, array


def _decoded(values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Spell out dictionary-encoded values; Arrow cannot gather string views, so they change."""
    plain = values.type.value_type
    is_view = pa.types.is_string_view(plain)
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    words = [
        pa.array(c.dictionary.to_pylist(), pa.string()) if is_view else c.dictionary for c in chunks
    ]
    return pa.chunked_array(
        [word.take(chunk.indices) for word, chunk in zip(words, chunks, strict=True)],
        pa.string() if is_view else plain,
    )


def _check_years(key: str, values: pa.Array | pa.ChunkedArray, describe: Describe) -> None:
    """Refuse what Python's datetime cannot hold (64-bit nanoseconds never get that far)."""
    if values.type.unit == "ns":
        return
    years = np.array(["0001-01-01", "10000-01-01"], f"M8[{values.type.unit}]").astype(np.int64)
    ticks = values.cast(pa.int64())
    outside = pc.or_(pc.less(ticks, int(years[0])), pc.greater_equal(ticks, int(years[1])))
    first = pc.index(outside, value=True).as_py()
    if first >= 0:
        raise ValueError(
            f"metadata {key}: {describe(first)} gets a datetime outside the years 1 to 9999"
        )
