"""Decimals, which have more digits than a float may have."""

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
from pandas.api.types import is_object_dtype

from framegrid.base.quoting import brief


def said_of_rounding(values: Any, array: pa.Array) -> str:
    """Say how many decimals lost digits when a column became floats; "" where none did.

    Args:
        values: (M,) of anything.
        array: (M,) the same, as they are stored.
    """
    if not pa.types.is_floating(array.type):
        return ""
    decimals = _decimals(values)
    rounded = [item for item in decimals if not _is_kept(item)]
    if not rounded:
        return ""
    return (
        f"{len(rounded):,} of {len(decimals):,} decimals are rounded, as a float has 15 to 17 "
        f"digits, such as {brief(rounded[0], 80)}: as text, str(value), they keep all"
    )


def as_float(value: Decimal) -> float:
    """A decimal as the float next to it.

    Raises:
        OverflowError: it is finite, and no float is as large.
    """
    number = float(value)
    if math.isinf(number) and value.is_finite():
        raise OverflowError(f"{brief(value, 80)} is beyond the floats; store it as a string")
    return number


def _decimals(values: Any) -> list[Decimal]:
    """The decimals of a column, for most without a look at every value."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return _finite(values.to_pylist() if pa.types.is_decimal(values.type) else ())
    if isinstance(values, pd.Series):
        held = getattr(values.dtype, "pyarrow_dtype", None)
        if not is_object_dtype(values.dtype) and not (held and pa.types.is_decimal(held)):
            return []
    return _finite(values)


def _finite(values: Iterable[Any]) -> list[Decimal]:
    return [item for item in values if isinstance(item, Decimal) and item.is_finite()]


def _is_kept(value: Decimal) -> bool:
    """Whether the float next to a decimal is written with the same digits."""
    return Decimal(repr(float(value))) == value
