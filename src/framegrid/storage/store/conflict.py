"""What to do with a journal that does not continue its snapshot, as was chosen.

The snapshot is what goes on. The journal is kept as a file, and its edits can be made once more: on
top of the snapshot, or in a copy of it. What makes no sense there is left out, and told.
"""

import warnings
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from framegrid import remote
from framegrid.base import DatasetBusyError, DivergedError, cut
from framegrid.storage.files.dataset_files import Location, journal_of
from framegrid.storage.journal.chain import Position
from framegrid.storage.journal.framing import Record
from framegrid.storage.journal.journal import Journal
from framegrid.storage.journal.keeping import records_of
from framegrid.storage.parquet.budget import Budget
from framegrid.storage.parquet.checking import check_change
from framegrid.storage.places.choosing import place_at
from framegrid.storage.places.merge import BASE, Base, Merge
from framegrid.storage.records.own_images import OwnImages
from framegrid.storage.records.records import decode
from framegrid.storage.table.changes import Change, Undo
from framegrid.storage.table.table import Table

if TYPE_CHECKING:
    from framegrid.storage.store.store import Store

Conflict = Literal["raise", "snapshot", "journal", "both"]
"""What goes on where a journal does not continue its snapshot."""

_CHOICES = (
    ". Choose one of load(..., conflict='snapshot'), which goes on with the Parquet file as it is "
    "and keeps the journal aside as a file; conflict='journal', which then makes the journal's "
    "edits on top of it; conflict='both', which makes them in a copy instead, that is a dataset of "
    "its own"
)
_READ_ONLY_CHOICES = (
    ". Its files cannot be written here, which resolving that takes: make them writable, or copy "
    "both to a folder of your own, and load it there with conflict='snapshot', 'journal' or 'both'"
)


def with_choices(error: DivergedError, *, read_only: bool) -> DivergedError:
    """A conflict, and what can be done about it."""
    return DivergedError(f"{error}{_READ_ONLY_CHOICES if read_only else _CHOICES}")


def until_loaded(conflict: OSError) -> DivergedError:
    """A conflict that was found before, and stays."""
    return DivergedError(
        f"{conflict}. Until it is loaded again, it refuses edits and saves; "
        "save('another name') keeps what is in memory"
    )


def unused(place: Location) -> Location:
    """A name beside a dataset's that nothing has."""
    number = 1
    while True:
        suffix = f"-from-journal{f'-{number}' if number > 1 else ''}.parquet"
        if isinstance(place, str):
            other: Location = place.removesuffix(".parquet") + suffix
            if remote.status(str(other)) is None:
                return other
        else:
            file = place.with_name(place.name.removesuffix(".parquet") + suffix)
            if not file.exists() and not journal_of(file).exists():
                return file
        number += 1


class Edits:
    """The edits of a journal that was set aside.

    Args:
        aside: the journal.
        dataset: whose edits they are to be.
        position: where the snapshot is in its history; edits that it has are left out.
        images: the pictures beside the dataset.
    """

    def __init__(self, aside: Path, dataset: bytes, position: Position, images: OwnImages) -> None:
        self._aside, self._dataset, self._position = aside, dataset, position
        self._images = images

    def __bool__(self) -> bool:
        """Whether there are any."""
        return any(True for _ in self._records())

    def make(self, store: "Store") -> str:
        """Make them in a dataset; a sentence that says what became of them."""
        made = 0
        misfits: list[str] = []
        merge = Merge({}, store.path, self._aside, self._images)
        merge.start(Base({"": 0}, dict(store.table.schema), {}))
        for change in self._changes(misfits):
            try:
                for fitted in merge.fitted(store.table, change):
                    store.commit(partial(_checked, fitted))
                made += 1
            except (DivergedError, DatasetBusyError):
                raise
            except Exception as error:  # noqa: BLE001 - a journal can be anybody's, a disk full
                misfits.append(cut(error))
        left = f", and {len(misfits)} left out ({misfits[0]:.200})" if misfits else ""
        return f"{made} of its edits were made{left}"

    def _changes(self, misfits: list[str]) -> Iterator[Change]:
        for record in self._records():
            try:
                change = self._images.located(decode(record.kind, record.payload))
            except Exception as error:  # noqa: BLE001 - nonsense under a checksum fails in any way
                misfits.append(cut(error))
            else:
                yield from change.changes if isinstance(change, Undo) else (change,)

    def _records(self) -> Iterator[Record]:
        for record, digest in records_of(self._aside, self._dataset):
            if record.kind != BASE and not self._position.holds(record.seq, digest):
                yield record


def resolve(store: "Store", conflict: Conflict, aside: Path, edits: Edits) -> None:
    """Keep the edits of a journal that was set aside as was chosen, and tell.

    Args:
        store: the dataset, which goes on with the snapshot.
        conflict: the choice.
        aside: the journal.
        edits: what is in there, and not in the snapshot.
    """
    told = f"{store.path} goes on with the Parquet file; the journal as it was is {aside}"
    try:
        if conflict == "journal":
            told += f". {edits.make(store)}, on top of the Parquet file"
        elif conflict == "both" and store.path is not None and edits:
            other = unused(store.path)
            store.copy_to(other)
            with closing(type(store)(place_at(other))) as copy:
                copy.begin()
                told += f". {edits.make(copy)}, in {other}, a dataset of its own"
    finally:  # whatever the disk says, as the next load finds no conflict any more
        warnings.warn(told, RuntimeWarning, stacklevel=6)


def tell_unsaved(path: object, journal: Journal, why: OSError) -> None:
    """Warn that a dataset was closed and not saved, and where its edits are."""
    place = f"in its journal {journal.path}"
    if not journal.holds_memory():
        place = f"no more in {journal.path}, but only in memory"
    with suppress(Warning):  # where warnings are errors
        warnings.warn(
            f"{path} was closed and not saved, because {why}. Edits made here that were not saved "
            f"before are {place}; save('another name') still keeps them",
            RuntimeWarning,
            stacklevel=4,
        )


def _checked(change: Change, table: Table) -> Change:
    check_change(table, change, lambda: Budget("the dataset"))
    table.copy().apply(change)  # fails here, where nothing has happened, rather than on disk
    return change
