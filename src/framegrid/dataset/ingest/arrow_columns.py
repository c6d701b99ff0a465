"""Columns of Arrow tables that other programs wrote, as far as they can be metadata."""

import pyarrow as pa

from framegrid.dataset.ingest.from_frame import Refused

_IMPOSSIBLE = (
    (pa.types.is_binary, "binary data is no metadata"),
    (pa.types.is_large_binary, "binary data is no metadata"),
    (pa.types.is_fixed_size_binary, "binary data is no metadata"),
    (pa.types.is_binary_view, "binary data is no metadata"),
    (pa.types.is_duration, "a duration is no metadata; store its seconds"),
    (pa.types.is_time, "a time without a day is no metadata; store it as text"),
)

_OF_PANDAS = {
    "pandas.period": "a period is no metadata; store datetimes, as with .dt.to_timestamp()",
    "pandas.interval": "an interval is no metadata; store its ends",
}
"""Types of pandas, which Arrow knows by their names only; without these they are other values."""


def why_not(field: pa.Field) -> str:
    """Say why no value of a column can be metadata, so that it is not even read; "" if some can."""
    return _of_pandas(field) or _impossible(field.type)


def _of_pandas(field: pa.Field) -> str:
    """Say why values of a type of pandas cannot be metadata; whether it is loaded or not."""
    named = (field.metadata or {}).get(b"ARROW:extension:name", b"").decode()
    return _OF_PANDAS.get(getattr(field.type, "extension_name", named), "")


def _impossible(dtype: pa.DataType) -> str:
    """Say why no value of a type can be metadata, so that it is not even read."""
    reason = next((reason for is_type, reason in _IMPOSSIBLE if is_type(dtype)), "")
    inner = (dtype.field(position).type for position in range(dtype.num_fields))
    return reason or next(filter(None, map(_impossible, inner)), "")


def without_nanoseconds(table: pa.Table, refused: Refused) -> pa.Table:
    """Cut times to microseconds, the unit of ours, and say so where that loses something."""
    for position, field in enumerate(table.schema):
        if not pa.types.is_timestamp(field.type) or field.type.unit != "ns":
            continue
        cut = table[position].cast(pa.timestamp("us", field.type.tz), safe=False)
        if not cut.cast(field.type).equals(table[position]):
            refused.append((field.name, "its nanoseconds are cut off, times are in microseconds"))
        table = table.set_column(position, field.name, cut)
    return table
