"""The bins of a slider's histogram: unions of its steps; twin of ``js/src/values/bins.ts``."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from framegrid.filters.codes.encoding_columns import RangeColumn

MAX_BINS = 60
"""A histogram has no more bins."""


def bin_edges(column: RangeColumn) -> list[float]:
    """Where the bins of a column begin, and where the last one ends: one more than there are bins.

    Bins are half-open, the last one is closed; of integers the edges are integers. They are those
    of the histogram as it is shown at first; none where there is no finite value.
    """
    edges = column.edges
    if len(edges) < 2:
        return [*edges, *edges]
    if column.knee is not None:
        return _even(edges, _bent(column))
    steps = len(edges) - 1
    is_by_one = column.number == "integer" and edges[-1] - edges[0] == steps
    width = max(1, math.ceil((steps + is_by_one) / MAX_BINS))
    return [*edges[: steps + is_by_one : width], edges[-1]]


def bin_codes(column: RangeColumn, edges: list[float]) -> np.ndarray:
    """By ordinal code the bin: (C,) intp, -1 for missing and infinite values."""
    count = len(column.edges)
    bins = np.full(2 * count + 2, -1, np.intp)
    if len(edges) > 1:
        of_edge = np.searchsorted(np.array(edges[:-1]), np.array(column.edges), "right") - 1
        bins[1 : 2 * count : 2] = of_edge
        bins[2 : 2 * count : 2] = of_edge[:-1]
    return bins


def _even(edges: list[float], bent: Callable[[float], float]) -> list[float]:
    """About equally wide on the track."""
    low, high = bent(edges[0]), bent(edges[-1])
    unit = 1.0 if high - low < math.inf else 0.5  # the span of two doubles may be infinite
    bins, end = [edges[0]], 0.0
    for edge in edges[1:-1]:
        place = (bent(edge) * unit - low * unit) / (high * unit - low * unit)
        if place >= end + 1 / MAX_BINS:
            bins.append(edge)
            end = place
    return [*bins, edges[-1]]


def _bent(column: RangeColumn) -> Callable[[Any], float]:
    """From values to places on the track."""
    knee = column.knee
    if not column.log:
        return float
    if not knee:
        return math.log
    return lambda value: math.copysign(math.log1p(abs(value) / knee), value)
