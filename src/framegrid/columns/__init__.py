"""Columns for the browser: values as ordinal codes cut at a slider's steps, or as categories.

The code of a number counts the edges below it and the edges not above it, together: edge ``i`` has
code ``2 * i + 1``, what lies between edges ``i - 1`` and ``i`` has code ``2 * i``. So an inclusive
range from edge ``a`` to edge ``b`` is exactly the codes ``2 * a + 1`` to ``2 * b + 1``. Minus
infinity is code 0, plus infinity ``2 * len(edges)``, and missing ``2 * len(edges) + 1``.
"""

from framegrid.columns.elements import ElementsColumn, encode_elements
from framegrid.columns.encoding import (
    VALUES_LIMIT,
    Kind,
    RangeColumn,
    TextColumn,
    ValuesColumn,
    encode_range,
    encode_text,
    encode_values,
    kind,
)

__all__ = [
    "VALUES_LIMIT",
    "ElementsColumn",
    "Kind",
    "RangeColumn",
    "TextColumn",
    "ValuesColumn",
    "encode_elements",
    "encode_range",
    "encode_text",
    "encode_values",
    "kind",
]
