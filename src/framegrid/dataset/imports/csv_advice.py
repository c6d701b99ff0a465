"""What to pass when a CSV file cannot be read as it stands: the line, and the option."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import brief, few
from framegrid.dataset.reports.wording import counted
from framegrid.images import EXTENSIONS, is_image_name

_LINES = 50
_OPEN_QUOTE = re.compile(r"EOF inside string starting at row (\d+)")


def said_of_too_long(lines: Sequence[int], width: int) -> str:
    """Say which rows have more cells than the header, and how to have them."""
    rows = f"{counted(len(lines), 'row')} left out with more cells than the header"
    return (
        f"{rows}: line {few(lines)}. Put cells that hold the separator in quotes, or pass "
        f"usecols=range({width}) to take the first cells of each row"
    )


def explained(
    error: ValueError, data: bytes, on: str, separators: Sequence[str], header: Sequence[str]
) -> str:
    """The message of an error in reading a file, with what to do about it as far as that shows.

    Args:
        error: of pandas, or our own.
        data: the file, in UTF-8.
        on: the column that names the sample of a row.
        separators: what may stand between cells.
        header: the cells of the first line.
    """
    said = str(error).strip()
    if found := _OPEN_QUOTE.search(said):
        return (
            f"a quote that opens in row {found[1]} below the header is never closed: close it in "
            "the file, or pass quoting=3 (csv.QUOTE_NONE) to take quotes for text"
        )
    if "No columns to parse" in said:
        return "the file is empty"
    if not said.startswith("no column is named"):
        return said
    if any(map(is_image_name, header)):
        return (
            f"{said.partition('. Say')[0]}. The first line seems to be a row: pass header=None, "
            f"names={['file_name', *(f'column_{n}' for n in range(2, len(header) + 1))]}"
        )
    line = _line_with(data, on, separators)
    if line:
        return f"{said.partition('. Say')[0]}. Line {line + 1:,} has it: pass skiprows={line}"
    return said


def said_of_comments(data: bytes, begun: int) -> str:
    """Say how many rows look like comments, and what the option for these would do besides.

    Args:
        data: the file, in UTF-8.
        begun: the number of rows whose name begins as a comment.
    """
    rows = "row begins" if begun == 1 else "rows begin"
    inside = any(b"#" in line.lstrip()[1:] for line in data.splitlines())
    beware = "; it cuts all lines at a '#'" if inside else ""
    return f"{begun:,} {rows} with '#': pass comment='#' if these are comments{beware}"


def said_of_swallowed(texts: pa.Array, name: str, separator: str) -> str:
    """Say how many cells of a column hold lines that look like rows; "" if none does.

    A quote that is not closed ends at the next one, and all between is one cell.
    """
    texts = texts.filter(pc.match_substring(texts, "\n"))
    ends = "|".join(sorted(re.escape(ending) for ending in EXTENSIONS))
    row = rf"(?i)\n[^\n]*(?:{ends})[\"']?{re.escape(separator)}"
    inside = texts.filter(pc.match_substring_regex(texts, row))
    if not len(inside):
        return ""
    cells = "cell holds" if len(inside) == 1 else "cells hold"
    return (
        f"{len(inside):,} {cells} what look like further rows, in {brief(name, 80)}: "
        f"{brief(inside[0].as_py(), 80)}. If a quote is not closed there, close it, or pass "
        "quoting=3 (csv.QUOTE_NONE) to take quotes for text"
    )


def _line_with(data: bytes, on: str, separators: Sequence[str]) -> int:
    """The first line, from 0, of which a cell is the name of a column; 0 for none."""
    lines = io.StringIO(data[: 1 << 16].decode(errors="replace"))
    heads: Iterator[tuple[int, str]] = islice(enumerate(lines), _LINES)
    return next((number for number, line in heads if _has_cell(line, on, separators)), 0)


def _has_cell(line: str, on: str, separators: Sequence[str]) -> bool:
    with suppress(csv.Error):
        rows = [next(csv.reader([line], delimiter=one), []) for one in separators]
        return any(on in [cell.strip() for cell in row] for row in rows)
    return False
