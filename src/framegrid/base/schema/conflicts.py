"""What becomes of a key's type when values of another type arrive."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base.errors import MetadataTypeError
from framegrid.base.quoting import brief
from framegrid.base.schema.advice import advice
from framegrid.base.schema.conversions import shown
from framegrid.base.schema.doubles import MAX_EXACT
from framegrid.base.schema.key_types import KeyType, arrow_type, objects_of

Describe = Callable[[int], str]
"""Names the sample at a position of a column, as in ``sample 17``."""

_KINDS: dict[KeyType, str] = {
    "datetime": "datetime without time zone",
    "datetime_utc": "datetime with time zone",
}


def merge(key: str, current: KeyType | None, new: KeyType, value: Any, sample_id: int) -> KeyType:
    """The type of a key once a sample has this value.

    An integer goes into a float key as a float. A whole float goes into an integer key as an
    integer; any other float makes it a float key, given that ``check_exact`` passes for the
    integers it has.

    Args:
        key: the metadata key.
        current: its type so far, None for a new key.
        new: the type of the value.
        value: the value, normalised.
        sample_id: the sample it is for.

    Raises:
        MetadataTypeError: if the types conflict.
    """
    if current is None or current == new:
        return new
    if current == "integer" and new == "float":
        return "integer" if value.is_integer() and -(2.0**63) <= value < 2.0**63 else "float"
    if current == "float" and new == "integer":
        if abs(value) > MAX_EXACT:
            raise inexact(key, value, f"sample {sample_id}")
        return "float"
    raise conflict(key, current, new, value, f"sample {sample_id}")


def merge_array(
    key: str, current: KeyType | None, new: KeyType | None, values: pa.Array, describe: Describe
) -> tuple[KeyType | None, pa.Array]:
    """The type of a key once a column of values arrives, and the values in that type.

    The rules are those of ``merge``; a column without any value never conflicts.

    Args:
        key: the metadata key.
        current: its type so far, None for a new key.
        new: the type of the values, as from ``infer_arrow``.
        values: the values, as from ``infer_arrow``.
        describe: names the sample at a position, for error messages.

    Raises:
        MetadataTypeError: if the types conflict.
    """
    if current is None or current == new:
        return new, values
    if new is None or values.null_count == len(values):
        return current, pa.nulls(len(values), arrow_type(current))
    if current == "integer" and new == "float":
        return _as_integers_if_whole(values)
    if current == "float" and new == "integer":
        check_exact(key, values, describe)
        return "float", values.cast(pa.float64())
    first = pc.index(values.is_valid(), value=True).as_py()
    value = objects_of(values[first : first + 1], new)[0]
    raise conflict(key, current, new, value, describe(first))


def check_exact(key: str, integers: pa.Array, describe: Describe) -> None:
    """Check that integers survive as floats, for an integer key that is to be a float key.

    Args:
        key: the metadata key.
        integers: int64 values.
        describe: names the sample at a position, for the error message.

    Raises:
        MetadataTypeError: if one is beyond 2**53 in size.
    """
    too_large = pc.or_(pc.greater(integers, MAX_EXACT), pc.less(integers, -MAX_EXACT))
    first = pc.index(too_large, value=True).as_py()
    if first >= 0:
        raise inexact(key, integers[first].as_py(), describe(first))


def _as_integers_if_whole(floats: pa.Array) -> tuple[KeyType, pa.Array]:
    in_range = pc.and_(pc.greater_equal(floats, -(2.0**63)), pc.less(floats, 2.0**63))
    whole = pc.and_(in_range, pc.equal(floats, pc.trunc(floats)))
    if pc.all(whole).as_py():
        return "integer", floats.cast(pa.int64())
    return "float", floats


def conflict(
    key: str, current: KeyType, new: KeyType, value: Any, sample: str
) -> MetadataTypeError:
    """Make the error for a value whose type is not that of its key."""
    return _error(key, current, new, value, sample, what=advice(key, current, new))


def mixed(key: str, first: KeyType, new: KeyType, value: Any, sample: str) -> MetadataTypeError:
    """Make the error for values that come together for a key, and are of several types."""
    what = "pass values of one type, such as text by str(value)"
    return _error(key, first, new, value, sample, what=what)


def _error(  # noqa: PLR0913 - all that a message says
    key: str, current: KeyType, new: KeyType, value: Any, sample: str, *, what: str
) -> MetadataTypeError:
    return MetadataTypeError(
        f"metadata key {brief(key)} is {_kind(current)}, but {sample} gets {shown(value)}, "
        f"which is {_kind(new)}; {what}"
    )


def inexact(key: str, value: int, sample: str) -> MetadataTypeError:
    """Make the error for an integer that would have to become a float and cannot, exactly."""
    return MetadataTypeError(
        f"metadata key {brief(key)} would mix integer and float, but {value} of {sample} is beyond "
        "2**53 and not exact as a float; keep all values integers, or pass all of them as text, as "
        f"in str(value): a key that there is becomes text by cast_metadata({brief(key)}, 'string')"
    )


def _kind(key_type: KeyType) -> str:
    return _KINDS.get(key_type, key_type)
