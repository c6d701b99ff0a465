"""The ``filters=`` of ``load``, as pandas and pyarrow have them, as one Arrow expression."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from framegrid.base import UnknownKeyError, brief, cut

Condition = tuple[str, str, Any]

Filters: TypeAlias = Sequence[Condition] | Sequence[Sequence[Condition]] | pc.Expression
"""Conditions that all hold; or a list of such lists, one of which holds; or an expression."""

_EXAMPLE = '[("score", ">", 0.5), ("label", "in", ["cat", "dog"])]'


def expression_of(filters: Filters | None, schema: pa.Schema) -> pc.Expression | None:
    """Filters as an expression that the columns of a schema can answer; None for all rows.

    Raises:
        UnknownKeyError: there is no such column.
        ValueError: the filters have another form, or compare what cannot be compared.
    """
    if filters is None or (not isinstance(filters, pc.Expression) and not len(filters)):
        return None
    expression = filters if isinstance(filters, pc.Expression) else _parsed(filters, schema)
    try:
        schema.empty_table().filter(expression)
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(f"filters={filters} cannot be applied: {error}") from None
    return expression


def columns_of(expression: pc.Expression | None, schema: pa.Schema) -> list[str]:
    """Name the columns that an expression needs, and maybe more: its text is all that tells."""
    text = "" if expression is None else str(expression)
    return [name for name in schema.names if name in text]


def _parsed(filters: Any, schema: pa.Schema) -> pc.Expression:
    groups = filters if isinstance(filters[0], list) else [filters]
    try:
        typed = [[_typed(condition, schema) for condition in group] for group in groups]
        return pq.filters_to_expression(typed)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"filters={brief(filters)} cannot be understood: {error}; write them as in {_EXAMPLE}"
        ) from None


def _typed(condition: Any, schema: pa.Schema) -> Condition:
    """Check the column of a condition, and let a time be written as text."""
    column, operator, value = condition
    if column not in schema.names:
        raise UnknownKeyError(
            f"no column {brief(column)}; there are {cut(', '.join(schema.names))}"
        )
    dtype = schema.field(column).type
    if isinstance(value, str) and (pa.types.is_timestamp(dtype) or pa.types.is_date(dtype)):
        time = pd.Timestamp(value)
        is_naive = time.tzinfo is None and getattr(dtype, "tz", None)
        value = pa.scalar(time.tz_localize("UTC") if is_naive else time).cast(dtype)
    return column, operator, value
