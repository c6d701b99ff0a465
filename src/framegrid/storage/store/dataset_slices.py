"""A part of a dataset: some keys of some samples."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import (
    BUILTIN_COLUMNS,
    DivergedError,
    UnknownKeyError,
    brief,
    cut,
    list_texts,
    with_lists,
)
from framegrid.storage.files import dataset_files
from framegrid.storage.foreign.row_filters import Filters, columns_of, expression_of
from framegrid.storage.parquet.checksums import is_ours
from framegrid.storage.store.conflict import with_choices
from framegrid.storage.store.opening_stores import read_table
from framegrid.storage.table.table import Table


def is_dataset(path: Path) -> bool:
    """Whether framegrid wrote a file."""
    with suppress(OSError):
        return path.is_file() and is_ours(dataset_files.footer(path))
    return False


def slice_of_dataset(path: Path, keys: Sequence[str] | None, filters: Filters | None) -> Table:
    """Read some keys of some samples of a dataset, the edits in its journal included.

    Lists and dicts are JSON text to the filters.

    Raises:
        UnknownKeyError, ValueError: there is no such key, or the filters cannot be applied.
        NotADatasetError, ConflictError, DatasetCorruptError, DatasetBusyError: see ``open_store``.
    """
    try:
        table = read_table(path)
    except DivergedError as error:
        choices = with_choices(error, read_only=False)
        raise DivergedError(f"{choices}; without columns= and filters=") from error
    wanted = list(table.schema) if keys is None else list(keys)
    if unknown := set(wanted) - {*table.schema, *BUILTIN_COLUMNS}:
        raise UnknownKeyError(
            f"no key {brief(min(unknown))}; there are {cut(', '.join(table.shown))}"
        )
    samples = table.to_arrow()
    where = expression_of(filters, with_lists(samples.slice(0, 0), list_texts).schema)
    if where is not None:
        samples = _passing(samples, where)
    schema = {key: kind for key, kind in table.schema.items() if key in wanted}
    return Table.from_arrow(samples, schema, table.next_id)


def _passing(samples: pa.Table, where: pc.Expression) -> pa.Table:
    """Keep the samples that pass; lists take long to become text, so only those named do."""
    named = dict.fromkeys(["sample_id", *columns_of(where, samples.schema)])
    ids = with_lists(samples.select(list(named)), list_texts).filter(where)["sample_id"]
    return samples.filter(pc.is_in(samples["sample_id"], ids))
