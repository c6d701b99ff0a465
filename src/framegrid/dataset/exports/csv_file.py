"""Samples with their metadata as a CSV file."""

import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from framegrid.base import BUILTIN_COLUMNS, FOLDER, list_texts, replacing, with_lists
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.connection.location import StrPath
from framegrid.dataset.exports.selection import Selection, chosen_ids
from framegrid.storage import Table

# The signs that begin a formula, in full width too, as some of them are in Japanese editions; a
# tab or a line break before it makes some of them look at what follows.
_FORMULA = r"^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])"  # noqa: RUF001 - those of full width


def write_csv(
    connection: Connection, path: StrPath, rows: Selection | None, *, escape_formulas: bool
) -> None:
    """Write chosen samples as CSV, see ``ImageDataset.to_csv``."""
    connection.refresh()
    samples = connection.read(lambda table: _samples(table, rows))
    if escape_formulas:
        samples = _without_formulas(samples)
    with replacing(path) as file:
        pyarrow.csv.write_csv(samples, file)


def _samples(table: Table, rows: Selection | None) -> pa.Table:
    samples = table.to_arrow()
    if table.derives(FOLDER):
        samples = samples.append_column(FOLDER, table.column(FOLDER))
    names = dict.fromkeys([*BUILTIN_COLUMNS, *filter(table.derives, [FOLDER]), *table.shown])
    samples = samples.select(list(names))
    return with_lists(samples.take(table.rows(chosen_ids(table, rows))), list_texts)


def _without_formulas(table: pa.Table) -> pa.Table:
    """Put ``'`` before text and column names that begin like a formula."""
    names = [re.sub(_FORMULA, r"'\g<0>", name) for name in table.column_names]
    return pa.table([_escaped(column) for column in table.columns], names)


def _escaped(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
        return column
    return pc.replace_substring_regex(column, f"({_FORMULA})", r"'\1", max_replacements=1)
