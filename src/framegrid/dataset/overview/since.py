"""What changed since a moment of this session, or since a copy."""

import os
from operator import index
from pathlib import Path
from typing import Any

import pandas as pd

from framegrid import remote
from framegrid.base import ConflictError, brief
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.connection.location import place_of
from framegrid.dataset.overview.changes import Changes, changes_between
from framegrid.dataset.overview.pairing import pair_by_ids, pair_by_paths
from framegrid.storage import Location, Store, Table, read_table

_SIZES = ("width", "height")
_BUILTINS = ("file_name", "file_path_abs", *_SIZES)


def changes_since(connection: Connection, since: Any) -> Changes:
    """What changed, see ``ImageDataset.changes``.

    Args:
        connection: the dataset.
        since: a number of edits, a line of the history, another dataset, or its path.
    """
    connection.refresh()
    if isinstance(since, Connection):
        since.refresh()
        return _between(since.read(Table.copy), connection)
    if isinstance(since, str | os.PathLike):
        return _between(read_table(_place(since)), connection)
    old, new = connection.read(lambda _: _moments(connection.store, since))
    return changes_between(old, new, pair_by_ids(old, new), _BUILTINS)


def _between(old: Table, connection: Connection) -> Changes:
    new = connection.read(Table.copy)
    return changes_between(old, new, pair_by_paths(old, new), _SIZES)


def _place(name: str | os.PathLike[str]) -> Location:
    """Where a copy is: the file of that very name, as a backup has one of its own kind."""
    if not remote.is_url(name):
        path = Path(name).expanduser().absolute()
        if path.is_file():
            return path
    place = place_of(name)
    if isinstance(place, Path) and not place.exists():
        raise FileNotFoundError(f"there is no dataset {place} to compare with")
    return place


def _moments(store: Store, since: Any) -> tuple[Table, Table]:
    """The table before some edits, and as it is."""
    other = f"compare with a copy instead, as in changes({_backup(store)!r})"
    try:
        if (edits := _edits(store, since)) == 0:
            return store.table.copy(), store.table.copy()
        undoing = store.log.undo(store.table, edits)
    except ConflictError as error:
        raise ConflictError(f"{error}; {other}") from None
    except ValueError as error:
        raise ValueError(f"{error}; {other}") from None
    old = store.table.copy()
    old.apply(undoing)
    return old, store.table.copy()


def _edits(store: Store, since: Any) -> int:
    """The number of edits since a moment, those that were taken back left out."""
    if isinstance(since, pd.Series) and "when" in since.index:
        if pd.isna(since["when"]):
            raise ValueError("the line is of an early version, which did not say when")
        return store.log.since(pd.Timestamp(since["when"]).value // 1000)
    try:
        if not isinstance(since, bool):
            store.log.last(edits := index(since))
            return edits
    except TypeError:
        pass
    raise TypeError(
        f"since={brief(since)} is neither a number of edits, a line of history() such as "
        "history().iloc[-3], another dataset, nor the path of one"
    )


def _backup(store: Store) -> str:
    name = Path(str(store.path)).name if store.path else "photos.parquet"
    return f"{name}.bak"
