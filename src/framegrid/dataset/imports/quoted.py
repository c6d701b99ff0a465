"""Empty strings and blank cells in CSV: only the first are quoted."""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt

EMPTY = "\ue000framegrid: empty\ue000"
"""What stands for a quoted cell without text while pandas reads the file, to which both are one."""

ZERO = "\ue000framegrid: zero\ue000"
"""What stands for the character zero meanwhile, at which pandas 2 ends a text."""


def with_marks(data: bytes, separator: str, options: Mapping[str, Any]) -> bytes:
    """Write ``EMPTY`` into the quoted cells that are empty, below the first line.

    Args:
        data: a CSV file in UTF-8.
        separator: what stands between cells, one character.
        options: of ``pandas.read_csv``; with some there is no telling.
    """
    mark, between = (options.get("quotechar") or '"').encode(), separator.encode()
    pair = mark + mark
    odd = options.get("quoting") == csv.QUOTE_NONE or options.get("escapechar")
    if odd or not options.get("doublequote", True) or pair not in data or len(mark + between) != 2:
        return data
    outside = re.escape(between) + rb"\r\n"
    candidates = re.compile(rb"(?<![^%b])%b(?![^%b])" % (outside, re.escape(pair), outside))
    found = [match.start() for match in candidates.finditer(data, data.find(b"\n") + 1)]
    if not found:
        return data
    places = _outside(data, np.array(found), mark, between)
    written = mark + EMPTY.encode() + mark
    ends = [0, *(place + 2 for place in places)]
    starts = [*places, len(data)]
    return written.join(data[end:start] for end, start in zip(ends, starts, strict=True))


def _outside(data: bytes, found: npt.NDArray[np.int64], mark: bytes, between: bytes) -> list[int]:
    """Those of the pairs of quotes that are cells of their own, not text inside quotes."""
    quotes = np.flatnonzero(np.frombuffer(data, np.uint8) == mark[0])
    opening = quotes[::2]
    before = np.frombuffer(b"\n" + data, np.uint8)[opening]
    if np.isin(before, list(mark + between + b"\r\n")).all():
        return cast(list[int], found[np.searchsorted(quotes, found) % 2 == 0].tolist())
    wanted = set(found.tolist())
    return [start for start in _cells(data, mark, between) if start in wanted]


def _cells(data: bytes, mark: bytes, between: bytes) -> Iterator[int]:
    """Find where quoted cells start, in a file that has quotes in others, too."""
    start = rb"(?:(?<=[%b\r\n])|\A)" % re.escape(between)
    quote = re.escape(mark)
    cell = re.compile(start + rb"%b(?:[^%b]|%b%b)*%b" % ((quote,) * 5))
    return (match.start() for match in cell.finditer(data))
