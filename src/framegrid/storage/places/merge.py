"""The merge of the edits made here with those of other machines, on one snapshot.

Edits wait in a journal on this machine. Before the first, and whenever another snapshot takes the
place of the one they were made on, a record of the kind ``BASE`` says what that was, so that they
can be fitted to any other: what the others put has, by journal, the number of its last edit.
"""

import json
import shutil
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Self

from framegrid.base import ConflictError, Schema
from framegrid.storage.journal.framing import Record
from framegrid.storage.journal.journal import Journal
from framegrid.storage.places.fitting_changes import Fitting, schema_after
from framegrid.storage.records.own_images import OwnImages
from framegrid.storage.records.records import decode
from framegrid.storage.table.changes import Change
from framegrid.storage.table.table import Table

BASE = 100
"""The kind of a record that says on which snapshot the following edits were made."""

Writers = dict[str, int]
"""By journal, in hex, the number of its last edit that a snapshot has."""


class Base(NamedTuple):
    """What the edits behind this record were made on.

    Attributes:
        others: edits of other journals in the snapshot.
        schema: types of the keys then.
        moved: id by the id that it has in the records before.
    """

    others: Writers
    schema: Schema
    moved: dict[int, int]

    def pack(self) -> bytes:
        """The payload of the record."""
        return json.dumps([self.others, self.schema, list(self.moved.items())]).encode()

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read the payload of the record."""
        others, schema, moved = json.loads(payload)
        return cls(others, schema, dict(moved))


class OtherBaseError(ConflictError):
    """Another process of this machine works on another snapshot by now."""


class Merge:
    """Turns the records of a journal, in their order, into changes of a table that grows with them.

    Attributes:
        is_noted: whether the journal says on what the next edit is made.
        dropped: number of edits that did not fit, and were left out.
    """

    def __init__(self, others: Writers, path: object, journal: Path, images: OwnImages) -> None:
        """Begin with a snapshot just loaded.

        Args:
            others: edits of other journals in the snapshot.
            path: the dataset, for messages.
            journal: the journal, for messages.
            images: the pictures beside the dataset.
        """
        self._images = images
        self.is_noted = False
        self.dropped = 0
        self._others = others
        self._path, self._journal = path, journal
        self._added: dict[int, int] = {}  # ids of added samples, by those in the records to come
        self._schema: Schema | None = None
        self._is_loading = True
        self._is_needed = True

    def changes(self, record: Record, table: Table, *, repair: bool) -> Iterable[Change]:
        """What a record is on the table, as others changed that; of a ``BASE``, nothing.

        Args:
            record: the record.
            table: the table with all records before.
            repair: leave out what does not fit.

        Raises:
            ConflictError: it does not fit.
            OtherBaseError: another process took in what this one did not load.
        """
        if record.kind == BASE:
            self.start(Base.unpack(record.payload))
            return ()
        change = self._images.located(decode(record.kind, record.payload))
        try:
            return self.fitted(table, change)
        except ConflictError as error:
            if not repair:
                raise misfit(error, self._path, self._journal) from error
            self.dropped += 1
            return ()

    def start(self, base: Base) -> None:
        """Take the following edits to be made on this."""
        if self._is_loading:
            self._added = {base.moved.get(then, then): now for then, now in self._added.items()}
            self._schema = dict(base.schema)
            self._is_needed = bool(self.moved) or base.others != self._others
        elif base.others != self._others:
            raise OtherBaseError
        else:
            self.settle()

    def fitted(self, table: Table, change: Change) -> tuple[Change, ...]:
        """What an edit is on a table that others changed.

        Raises:
            ConflictError: it makes no sense any more.
        """
        if not self._is_needed:
            return (change,)
        mine = table.schema if self._schema is None else self._schema
        fitted = tuple(Fitting(table, mine, self._added).changes(change))
        self._schema = schema_after(mine, change)
        return fitted

    @property
    def moved(self) -> dict[int, int]:
        """Ids that differ, by those that they have in the records."""
        return {then: now for then, now in self._added.items() if then != now}

    def loaded(self) -> None:
        """Take further records to be made on the snapshot, as those of this process are."""
        self._is_loading = self._is_needed = False

    def settle(self) -> None:
        """Take the ids in memory to be those of the records to come."""
        self._added = {}

    def note(self, journal: Journal, table: Table) -> None:
        """Have the journal say what the next edits are made on, unless it does."""
        if not self.is_noted:
            base = Base(self._others, dict(table.schema), self.moved)
            journal.append(BASE, time.time_ns() // 1000, base.pack())
            journal.accept()
            self.is_noted = True
            self.settle()

    def tell_moved(self) -> None:
        """Warn that samples have other ids than before, if any have."""
        for old, new in list(self.moved.items())[:1]:
            warnings.warn(
                f"samples added here have other ids now, such as {new} instead of {old}, as "
                f"another machine added samples to {self._path} at the same time: get them anew",
                RuntimeWarning,
                stacklevel=2,
            )

    def tell_dropped(self) -> None:
        """Keep a copy of the journal, and warn that edits in it were left out."""
        aside = self._journal.with_name(f"{self._journal.name}.{time.time_ns()}")
        shutil.copyfile(self._journal, aside)
        warnings.warn(
            f"{self.dropped} edits made here do not fit what others wrote to {self._path}; "
            f"they are dropped, and kept in {aside}",
            RuntimeWarning,
            stacklevel=5,
        )


def misfit(error: Exception, path: object, journal: Path) -> ConflictError:
    """The error that says that edits made here do not fit what others put, and what to do."""
    return ConflictError(
        f"{path}: {error}; your edits are safe in {journal}. Choose: save('another name') keeps "
        "yours, where they are open, as a dataset of its own; load(..., repair=True) goes on with "
        "theirs and what fits"
    )
