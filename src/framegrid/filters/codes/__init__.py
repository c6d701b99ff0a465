"""Columns for the browser: ordinal codes cut at a slider's steps, and categories.

The code of a number counts the edges below it and the edges not above it, together: edge ``i`` has
code ``2 * i + 1``, what lies between edges ``i - 1`` and ``i`` has code ``2 * i``. So an inclusive
range from edge ``a`` to edge ``b`` is exactly the codes ``2 * a + 1`` to ``2 * b + 1``. Minus
infinity is code 0, plus infinity ``2 * len(edges)``, and missing ``2 * len(edges) + 1``.

Small integers per row are what the browser makes its slice index of, so that a drag counts without
looking at the rows again: the index of Falcon (Moritz, Howe, Heer: "Falcon: Balancing Interactive
Latency and Resolution Sensitivity for Scalable Linked Visualizations", CHI 2019), which Mosaic has
as a table of sums (Heer, Moritz: "Mosaic: An Architecture for Scalable & Interoperable Data Views",
IEEE VIS 2023). Falcon's codes are pixels of a chart; these are exact, since edges have their own.
"""

from framegrid.filters.codes.bins import bin_codes, bin_edges
from framegrid.filters.codes.elements import encode_elements
from framegrid.filters.codes.encoding_columns import (
    VALUES_LIMIT,
    Kind,
    Number,
    encode_range,
    encode_text,
    encode_values,
    kind,
    numbers,
)
from framegrid.filters.codes.steps import MAX_INTEGERS

__all__ = [
    "MAX_INTEGERS",
    "VALUES_LIMIT",
    "Kind",
    "Number",
    "bin_codes",
    "bin_edges",
    "encode_elements",
    "encode_range",
    "encode_text",
    "encode_values",
    "kind",
    "numbers",
]
