"""Where stores come from: made, opened, or held in memory; and where they end with Python."""

import atexit
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from framegrid.base import brief
from framegrid.storage.files.dataset_files import Location
from framegrid.storage.journal import background
from framegrid.storage.places.choosing import place_at
from framegrid.storage.places.memory import MemoryPlace
from framegrid.storage.places.place import UNWRITABLE
from framegrid.storage.store.conflict import Conflict
from framegrid.storage.store.living import open_stores
from framegrid.storage.store.moved_images import Part, images_beside
from framegrid.storage.store.store import Store
from framegrid.storage.table.table import Table
from framegrid.storage.undo.history import History
from framegrid.storage.undo.undo_log import UndoLog

Durability = Literal["process", "power"]
"""What an edit survives once its call has returned: the end of the process, or a loss of power."""


def store_in_memory(table: Table | None = None, origin: Path | None = None) -> Store:
    """A store of a table, or of an empty one, without files.

    Args:
        table: the table.
        origin: what it is a part of, which is why it is read-only; None if it is not.
    """
    why = (
        f"this is what was read of {origin}, and read-only: make it a dataset of its own first, "
        "with save('new name')"
    )
    place = MemoryPlace(Table() if table is None else table)
    return Store(place, origin=origin, why_read_only=why if origin else "")


def create_store(  # noqa: PLR0913 - all that a dataset in memory has
    path: Location,
    *,
    durability: Durability = "process",
    table: Table | None = None,
    history: History | None = None,
    log: UndoLog | None = None,
    parts: Sequence[Part] = (),
) -> Store:
    """Create a dataset: an empty one, or with the samples of a table and their history.

    Args:
        path: the Parquet file, or its URL.
        durability: what an edit survives.
        table: the samples.
        history: what was done to them.
        log: what can be undone.
        parts: pictures that are to lie beside it.

    Raises:
        FileExistsError: if there is a file already.
        FileNotFoundError: if the folder does not exist.
    """
    _check("durability", durability, Durability)
    place = place_at(path)
    history = History() if history is None else history
    with images_beside(place, Table() if table is None else table, parts) as moved:
        place.create(moved.table, history, is_open=True)
    why = "" if place.prepare(repair=False) else UNWRITABLE.format(path)
    store = Store(place, power=durability == "power", why_read_only=why)
    store.begin()
    if log is not None:
        log.respell(moved.made)
        store.log = log
    return store


def open_store(
    path: Location,
    *,
    durability: Durability = "process",
    repair: bool = False,
    conflict: Conflict = "raise",
) -> Store:
    """Open a dataset; read-only, with a warning, if its files cannot be written.

    Args:
        path: the Parquet file, or its URL.
        durability: what an edit survives.
        repair: keep what is whole of a damaged dataset, and set the rest aside.
        conflict: what to do where the journal does not continue the snapshot.

    Raises:
        FileNotFoundError: if there is none.
        NotADatasetError: if it is no framegrid dataset, or a newer framegrid wrote it.
        ConflictError: if its files do not belong together.
        DatasetCorruptError: if it is damaged.
        DatasetBusyError: if another process holds its lock for too long.
    """
    _check("durability", durability, Durability)
    _check("conflict", conflict, Conflict)
    place = place_at(path)
    why = "" if place.prepare(repair=repair) else UNWRITABLE.format(path)
    store = Store(place, power=durability == "power", why_read_only=why)
    store.begin(repair=repair, conflict=conflict)
    return store


def follow_store(path: Location) -> Store:
    """Open a dataset that another process edits: read-only, and following it.

    Raises:
        FileNotFoundError, NotADatasetError, ConflictError: as for ``open_store``.
        DatasetCorruptError: as for ``open_store``.
    """
    why = (
        f"{path} is open read-only, as it was sent here from another process: load it here to edit "
        f"it, with ImageDataset.load({brief(str(path))})"
    )
    store = Store(place_at(path), why_read_only=why)
    store.refresh()
    open_stores.add(store)
    return store


def read_table(path: Location) -> Table:
    """Read the table of a dataset, the edits in its journal included, and write nothing.

    Raises:
        NotADatasetError, ConflictError, DatasetCorruptError, DatasetBusyError: see ``open_store``.
    """
    store = Store(place_at(path), why_read_only=UNWRITABLE.format(path))
    store.refresh()
    store.close()
    return store.table


def _check(name: str, value: object, kind: Any) -> None:
    """Refuse what is not one of the values of a literal type.

    Raises:
        ValueError: if it is none.
    """
    if value not in get_args(kind):
        allowed = list(map(repr, get_args(kind)))
        either = " or ".join(allowed) if len(allowed) == 2 else f"one of {', '.join(allowed)}"
        raise ValueError(f"{name} is {brief(value)}; it can be {either}")


def _close_remote() -> None:
    for store in list(open_stores):
        if isinstance(store.path, str):
            store.close()


@atexit.register
def _close_all() -> None:
    background.stop()
    for store in list(open_stores):
        store.close()


# When Python ends, requests need its threads, which go before what else is to be done then.
getattr(threading, "_register_atexit", atexit.register)(_close_remote)
