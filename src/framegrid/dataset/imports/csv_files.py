"""Reading CSV files as people have them: cut into cells by pandas, understood by our rules."""

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from itertools import islice, takewhile
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import BUILTIN_COLUMNS, BUILTIN_TYPES, Schema, as_array, few
from framegrid.dataset.imports.contents import contents, in_utf8
from framegrid.dataset.imports.csv_advice import (
    explained,
    said_of_comments,
    said_of_swallowed,
    said_of_too_long,
)
from framegrid.dataset.imports.csv_options import (
    Options,
    check_options,
    columns,
    spelling,
    structure,
)
from framegrid.dataset.imports.file_rows import Rows, rows_of_frame, without_empty
from framegrid.dataset.imports.kinds import check_kind
from framegrid.dataset.imports.quoted import EMPTY, ZERO, with_marks
from framegrid.dataset.imports.understanding import READ, UNREAD, understood
from framegrid.dataset.matching.matching import names_given
from framegrid.storage import own_copy

SEPARATORS = (",", ";", "\t", "|")

_LOOKED_AT = 100_000  # bytes
_ROWS_LOOKED_AT = 20
_TOO_LONG = re.compile(r"Skipping line (\d+)")

_MARK = re.compile(rb'"?sep=([^\w\s"]|\t)"?\r?\n', re.IGNORECASE)
"""A first line that says what separates the cells."""


def read_csv(path: Any, on: str, schema: Schema, options: Options) -> Rows:
    """Read a CSV file.

    Args:
        path: the file, also packed; an object or web page by its URL; or what can be read.
        on: the column that names the sample of a row.
        schema: types of the keys there are.
        options: of ``pandas.read_csv``, which add to what is done here.
    """
    check_options(options)
    data = contents(path)
    check_kind(path, data)
    data = in_utf8(path, data, options.get("encoding"), options.get("encoding_errors") or "strict")
    if mark := _MARK.match(data):  # for Excel, which takes it for no row either
        data, options = data[mark.end() :], {"sep": mark[1].decode(), **options}
    try:
        frame, notes = _read(data, on, schema, options)
        rows = rows_of_frame(frame, on, schema)
    except ValueError as error:
        said = explained(error, data, on, SEPARATORS, _first_line(data, options))
        raise ValueError(f"{path}: {said}") from error
    return rows.noting([*notes, *_said_of_comments(data, rows)])


def _said_of_comments(data: bytes, rows: Rows) -> list[str]:
    names = names_given(rows.identifiers)
    begun = pc.sum(pc.starts_with(names, "#")).as_py()
    return [said_of_comments(data, begun)] if begun else []


def _read(data: bytes, on: str, schema: Schema, options: Options) -> tuple[pd.DataFrame, list[str]]:
    """The columns with their values, and what is to be said about them."""
    data = data.replace(b"\0", ZERO.encode())
    separator = _separator(data, on, options)
    cut: dict[str, Any] = structure(options) | {"sep": separator}
    names = _names(data, cut)
    keys = {name: name if name in schema else str(name).strip() for name in names}
    how = columns(names, next((name for name in names if keys[name] == on), on), options)
    marked = with_marks(data, separator, options) if len(separator) == 1 else data
    frame, notes = _cells(marked, how.options | {"sep": separator})
    empty = marked is not data and _tells_empty(data, frame)
    texts = {name: _text(frame[name], empty=empty) for name in how.texts}
    frame = frame.drop(columns=[name for name in how.left_out if name in frame.columns])
    kinds: Schema = dict.fromkeys((keys[name] for name in how.words), "string")
    kinds |= {} if on == "sample_id" else {on: "string"}
    kinds |= schema | BUILTIN_TYPES
    comma, spelled = separator != "," and not options.get("decimal"), spelling(options)
    values = {
        name: understood(text, kinds.get(keys[name]), spelled, comma=comma)
        for name, text in texts.items()
    }
    frame = pd.DataFrame(
        {keys[n]: values[n][0] if n in values else frame[n].array for n in frame.columns}
    )
    notes += [
        said for name, text in texts.items() if (said := said_of_swallowed(text, name, separator))
    ]
    notes += _said_of_commas({keys[name]: how for name, (_, how) in values.items()})
    return own_copy(without_empty(frame, {on, *schema, *BUILTIN_COLUMNS})), notes


def _separator(data: bytes, on: str, options: Options) -> str:
    """What separates the cells: what makes a column `on`, or else the most columns."""
    given = options.get("sep") or options.get("delimiter")
    if given:
        return str(given)
    if options.get("delim_whitespace"):
        return r"\s+"
    headers = {one: _header(data, structure(options) | {"sep": one}) for one in SEPARATORS}
    known = [one for one in SEPARATORS if on in headers[one] and len(headers[one]) > 1]
    return known[0] if known else max(SEPARATORS, key=lambda one: len(headers[one]))


def _first_line(data: bytes, options: Options) -> list[str]:
    """The cells of the first line, if nothing says that it is another."""
    if options.keys() & {"header", "names", "skiprows"}:
        return []
    with suppress(ValueError):
        return _header(data, structure(options) | {"sep": _separator(data, "", options)})
    return []


def _header(data: bytes, cut: Options) -> list[str]:
    """The cells of the header, or of the first row, as they stand in the file."""
    header = cut.get("header", "infer")
    line = header if isinstance(header, int) else 0
    plain = {name: option for name, option in cut.items() if name not in ("header", "names")}
    try:
        rows = pd.read_csv(
            io.BytesIO(data), header=None, nrows=line + 1, dtype=str, na_filter=False, **plain
        )
    except pd.errors.ParserError:
        return []
    return [cell.strip() for cell in rows.iloc[-1]]


def _names(data: bytes, cut: Options) -> list[str]:
    """The names of the columns, as pandas makes them."""
    if cut.get("header", "infer") in ("infer", 0) and cut.get("names") is None:
        cells = Counter(filter(None, _header(data, cut)))
        if twice := [name for name, count in cells.items() if count > 1]:
            raise ValueError(
                f"several columns are named {few(twice)}; give each a name of its own, in the file "
                "or by header=0, names=[...]"
            )
    with warnings.catch_warnings(action="ignore", category=pd.errors.ParserWarning):
        head = cast(pd.DataFrame, pd.read_csv(io.BytesIO(data), nrows=0, **cut))
    names = list(head.columns)
    if any(isinstance(name, tuple) for name in names):
        raise ValueError("header=: one row of the file has the names of the columns")
    return names


def _cells(data: bytes, options: dict[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """Cut a file into cells, without the rows that have too many of them."""
    first = _too_long_at_first(data, options)
    options = {"on_bad_lines": "warn"} | ({"skiprows": first} if first else {}) | options
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = cast(pd.DataFrame, pd.read_csv(io.BytesIO(data), **options))
        if _has_ends(frame):
            options["index_col"] = False
            frame = cast(pd.DataFrame, pd.read_csv(io.BytesIO(data), **options))
    messages = [str(warning.message) for warning in caught]
    later = {int(line) for message in messages for line in _TOO_LONG.findall(message)}
    lines = sorted({line + 1 for line in first} | later)
    if not lines:
        return frame.reset_index(drop=True), []
    return frame.reset_index(drop=True), [said_of_too_long(lines, len(frame.columns))]


def _too_long_at_first(data: bytes, options: Options) -> list[int]:
    """Find the rows with too many cells that follow the header at once, by their lines from 0.

    pandas would take the first cells of all rows for names of rows, as programs write them that
    give those no header: they do so in every row.
    """
    plain = {"names", "skiprows", "comment", "header", "escapechar"}.isdisjoint(options)
    plain = plain and options.get("usecols") is None
    if not plain or len(options["sep"]) != 1:
        return []
    text = io.StringIO(data[:_LOOKED_AT].decode(errors="replace"), newline="")
    quote = options.get("quotechar") or '"'
    rows = csv.reader(text, delimiter=options["sep"], quotechar=quote)
    with suppress(csv.Error):
        width, *widths = [len(row) for row in islice(rows, _ROWS_LOOKED_AT)]
        long = list(takewhile(lambda row: widths[row] > width, range(len(widths))))
        named = len(long) == len(widths) > 1 and set(widths) == {width + 1}
        return [] if named else [row + 1 for row in long]
    return []


def _has_ends(frame: pd.DataFrame) -> bool:
    """Whether each row ends in a separator, which pandas takes for a column of names."""
    return not isinstance(frame.index, pd.RangeIndex) and bool((frame.iloc[:, -1] == "").all())


def _text(series: "pd.Series[str]", *, empty: bool) -> pa.Array:
    """A column of text: null where a cell is blank, which an empty string is not."""
    texts = pc.replace_substring(as_array(pa.array(series), "string"), ZERO, "\0")
    marked = pc.equal(texts, EMPTY)
    missing = pc.equal(texts, "") if empty else pc.or_(pc.equal(texts, ""), marked)
    texts = pc.if_else(missing, pa.scalar(None, texts.type), texts)
    return pc.if_else(marked, pa.scalar("", texts.type), texts) if empty else texts


def _tells_empty(data: bytes, frame: pd.DataFrame) -> bool:
    """Whether a file quotes empty strings and leaves other cells blank.

    Where all text is quoted, as some programs do, so are the cells without a value. Our own files
    quote all text, and nothing else.
    """
    if frame.columns.isin(BUILTIN_COLUMNS).sum() == len(BUILTIN_COLUMNS):
        return True
    return not data.lstrip().startswith(b'"') or bool((frame == "").any(axis=None))


def _said_of_commas(how: Mapping[str, str]) -> list[str]:
    read = [key for key, said in how.items() if said == READ]
    notes = [f"numbers with a decimal comma were read in {few(read)}"] if read else []
    unread = {said: [k for k in how if how[k] == said] for said in how.values() if said in UNREAD}
    return notes + [
        f"numbers with commas stay text in {few(keys)}: pass {said}"
        for said, keys in unread.items()
    ]
