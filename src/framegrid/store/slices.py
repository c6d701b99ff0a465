"""A part of a dataset: some keys of some samples."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from framegrid.errors import UnknownKeyError
from framegrid.schema import BUILTIN_COLUMNS
from framegrid.store import files
from framegrid.store.conditions import Filters, expression_of
from framegrid.store.disk import Store
from framegrid.store.seal import is_ours
from framegrid.table import Table


def is_dataset(path: Path) -> bool:
    """Tell whether framegrid wrote a file."""
    with suppress(OSError):
        return path.is_file() and is_ours(files.footer(path))
    return False


def slice_of_dataset(path: Path, keys: Sequence[str] | None, filters: Filters | None) -> Table:
    """Read some keys of some samples of a dataset, the edits in its journal included.

    Lists and dicts are JSON text to the filters.

    Raises:
        UnknownKeyError, ValueError: there is no such key, or the filters cannot be applied.
        NotADatasetError, ConflictError, DatasetCorruptError, DatasetBusyError: see ``Store.open``.
    """
    table = Store.read(path)
    wanted = list(table.schema) if keys is None else list(keys)
    if unknown := set(wanted) - {*table.schema, *BUILTIN_COLUMNS}:
        raise UnknownKeyError(f"no key {min(unknown)!r}; there are {', '.join(table.shown)}")
    samples = table.to_arrow()
    where = expression_of(filters, samples.schema)
    samples = samples if where is None else samples.filter(where)
    schema = {key: kind for key, kind in table.schema.items() if key in wanted}
    return Table.from_arrow(samples, schema, table.next_id)
