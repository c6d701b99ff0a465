"""The table: all samples and their values, in memory."""

from collections.abc import Sequence
from copy import copy
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from framegrid.base import (
    FOLDER,
    KeyType,
    Schema,
    UnknownKeyError,
    UnknownSampleError,
    brief,
    cut,
    is_hidden,
)
from framegrid.storage.table.as_pandas import own_copy, to_frame
from framegrid.storage.table.changes import (
    AddSamples,
    Block,
    Change,
    RemoveSamples,
    RenameKey,
    SetBlocks,
    SetValues,
    Undo,
)
from framegrid.storage.table.column import Column
from framegrid.storage.table.folder_column import folders_of
from framegrid.storage.table.frozen_columns import FrozenColumns
from framegrid.storage.table.ids import UNKNOWN, Ids, Rows, find, find_all
from framegrid.storage.table.key_changes import BUILTIN, with_keys_changed

_ID = "sample_id"


class Table:
    """All samples and their values, one row per sample in the order of the ids.

    A table trusts its changes: they were validated before.

    Attributes:
        ids: (N,) int64 sample ids, strictly ascending, read-only.
        schema: types of the metadata keys; to be read only.
        shown: the same without the hidden keys, which are for framegrid itself.
        next_id: the id of the next new sample, above every id that ever was.
        revision: the number of changes applied.
        renames: of keys: the revision before, the old and the new name.
    """

    def __init__(self, samples: pa.Table | None = None, schema: Schema | None = None) -> None:
        self.next_id = 0
        self.revision = 0
        self.renames: tuple[tuple[int, str, str], ...] = ()
        self._folders: tuple[pa.Array, str, Column] | None = None
        types = BUILTIN | (schema or {})
        if samples is None:
            samples = pa.table(dict.fromkeys((_ID, *types), pa.nulls(0)))
        columns = {key: Column(key_type, samples[key]) for key, key_type in types.items()}
        self._hold_rows(_ids_of(samples), columns)

    @classmethod
    def from_arrow(cls, samples: pa.Table, schema: Schema, next_id: int) -> Self:
        """Make a table of what ``to_arrow`` gave.

        Args:
            samples: the built-in columns, ids ascending, and the keys of the schema.
            schema: types of the metadata keys.
            next_id: the id of the next new sample.
        """
        table = cls(samples, schema)
        table.next_id = next_id
        return table

    def _hold_rows(self, ids: Ids, columns: dict[str, Column]) -> None:
        ids.flags.writeable = False
        self.ids = ids
        self._index = pd.Index(ids, name=_ID, copy=False)
        self._hold(columns)

    def _hold(self, columns: dict[str, Column]) -> None:
        self._frame: pd.DataFrame | None = None
        self._columns = columns
        self.schema = {key: column.type for key, column in columns.items() if key not in BUILTIN}
        self.shown = {key: kind for key, kind in self.schema.items() if not is_hidden(key)}

    def __len__(self) -> int:
        """Count the samples."""
        return len(self.ids)

    def row(self, sample_id: int) -> int:
        """The row of a sample.

        Raises:
            UnknownSampleError: if there is no such sample.
        """
        row = find(self.ids, sample_id)
        if row == UNKNOWN:
            raise self._unknown([sample_id])
        return row

    def rows(self, ids: Sequence[int] | Ids) -> Rows:
        """The rows of samples, (M,) for (M,) ids.

        Raises:
            UnknownSampleError: if one is not there; the message lists them.
        """
        rows = find_all(self.ids, ids)
        unknown = rows == UNKNOWN
        if unknown.any():
            raise self._unknown(np.asarray(ids)[unknown].tolist())
        return rows

    def _unknown(self, ids: list[Any]) -> UnknownSampleError:
        listed = ", ".join(map(brief, ids[:5]))
        more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
        known = (
            f"{len(self)} samples with ids from {self.ids[0]} to {self.ids[-1]}"
            if len(self)
            else "no samples"
        )
        return UnknownSampleError(f"no sample {listed}{more}; the dataset has {known}")

    def get(self, row: int, key: str) -> Any | None:
        """A value as Python has it, None where missing or where no sample has the key.

        Lists and dicts are the caller's own.
        """
        if key == _ID:
            return self.ids.item(row)
        column = self._folder if self.derives(key) else self._columns.get(key)
        return None if column is None else column.get(row)

    def metadata(self, row: int) -> dict[str, Any]:
        """The metadata that a sample has, in the order of the schema."""
        values = ((key, self._columns[key].get(row)) for key in self.shown)
        return {key: value for key, value in values if value is not None}

    def column(self, key: str) -> pa.Array:
        """All values of a column as an array that never changes.

        Raises:
            UnknownKeyError: if there is no such column.
        """
        if key == _ID:
            return pa.array(self.ids)
        if self.derives(key):
            return self._folder.array()
        if key not in self._columns:
            raise UnknownKeyError(
                f"no column {brief(key)}; there are {cut(', '.join([_ID, *self._columns]))}"
            )
        return self._columns[key].array()

    def frame(self) -> pd.DataFrame:
        """All samples as a DataFrame: the built-in columns, then the metadata keys.

        The frame is the caller's own: it never changes with the table, nor the table with the
        frame. Frames share memory, read-only, until pandas 3 copies what it writes; pandas 2
        copies it all here. The lists and dicts in its cells are shared between frames.
        """
        if self._frame is None:
            self._frame = to_frame(dict(self.columns()), self._index)
        return own_copy(self._frame)

    def columns(self) -> FrozenColumns:
        """The frame's columns as they are now."""
        columns = {key: self._columns[key] for key in BUILTIN}
        columns |= {FOLDER: self._folder} if self.derives(FOLDER) else {}
        columns |= {key: self._columns[key] for key in self.shown}
        index = self._index
        return FrozenColumns(index, {key: column.frozen(index) for key, column in columns.items()})

    def derives(self, key: str) -> bool:
        """Whether a column is derived from the paths: ``folder``, unless it is metadata."""
        return key == FOLDER and key not in self.schema

    @property
    def folder_root(self) -> str:
        """The folder that all images share, with a slash behind it; where ``folder`` starts."""
        return self._located()[1]

    @property
    def _folder(self) -> Column:
        return self._located()[2]

    def _located(self) -> tuple[pa.Array, str, Column]:
        """Derive the folders, once as long as the paths are the same."""
        paths = self._columns["file_path_abs"].array()
        if self._folders is None or self._folders[0] is not paths:
            root, folders = folders_of(paths)
            self._folders = paths, root, Column("string", folders)
        return self._folders

    def to_arrow(self) -> pa.Table:
        """All samples as an Arrow table, hidden keys included, ``sample_id`` first."""
        arrays = {key: column.array() for key, column in self._columns.items()}
        return pa.table({_ID: pa.array(self.ids), **arrays})

    def copy(self) -> Self:
        """This table as it is now; in less than a millisecond, as they share their arrays."""
        copied = copy(self)
        columns = {key: column.copy() for key, column in self._columns.items()}
        copied._hold(columns)  # noqa: SLF001 - it is one of us
        return copied

    def samples(self, ids: Ids) -> pa.Table:
        """Some samples as an Arrow table, in the order of their ids."""
        return self.to_arrow().take(pa.array(np.sort(self.rows(ids))))

    def apply(self, change: Change) -> dict[str, Any] | None:
        """Apply a change that was validated.

        Setting values twice is as good as once, should the first time be interrupted.

        Returns:
            Of ``SetValues`` the values that it replaced, as they are held: lists and dicts are JSON
            text. For other changes ask ``replaced`` before.
        """
        self._frame = None
        if type(change) is SetValues:  # a part of every edit, which ``match`` would take longer
            before = self._set_values(self.row(change.sample_id), change.values, change.types)
            self.revision += 1
            return before
        match change:
            case SetBlocks(blocks, types):
                self._set_blocks(blocks, types)
            case AddSamples(samples, types):
                self._add(samples, types)
            case RemoveSamples(ids):
                self._take(np.delete(np.arange(len(self)), self.rows(ids)))
            case Undo(changes):
                for part in changes:
                    self.apply(part)
            case _:
                if isinstance(change, RenameKey):
                    self.renames += ((self.revision, change.old, change.new),)
                self._hold(with_keys_changed(self._columns, change))
        self.revision += 1
        return None

    def _set_values(self, row: int, values: dict[str, Any], types: Schema) -> dict[str, Any]:
        self._set_types(types)
        before = {}
        for key, value in values.items():
            if value is not None or key in self._columns:
                before[key] = self._columns[key].set(row, value)
        return before

    def _set_blocks(self, blocks: tuple[Block, ...], types: Schema) -> None:
        self._set_types(types)
        for block in blocks:
            rows = self.rows(block.ids)
            for key, values in block.columns.items():
                self._columns[key].replace(rows, values)
        if any("file_path_abs" in block.columns for block in blocks):
            self._hold(self._columns)  # whoever follows the table sees that folders are others

    def _set_types(self, types: Schema) -> None:
        if types:
            changed = {key: self._in_type(key, key_type) for key, key_type in types.items()}
            self._hold(self._columns | changed)

    def _in_type(self, key: str, key_type: KeyType) -> Column:
        column = self._columns.get(key)
        return column.cast(key_type) if column else Column(key_type, pa.nulls(len(self)))

    def _add(self, samples: pa.Table, types: Schema) -> None:
        self._set_types(types)
        missing = pa.nulls(len(samples))
        given = set(samples.column_names)
        columns = {
            key: column.extend(samples[key] if key in given else missing)
            for key, column in self._columns.items()
        }
        last = self.ids.item(-1) if len(self) else -1
        self._hold_rows(np.concatenate([self.ids, _ids_of(samples)]), columns)
        if len(samples) and self.ids.item(-len(samples)) < last:
            self._take(np.argsort(self.ids))
        if len(samples):
            self.next_id = max(self.next_id, self.ids.item(-1) + 1)

    def _take(self, rows: Rows) -> None:
        columns = {key: column.take(rows) for key, column in self._columns.items()}
        self._hold_rows(self.ids[rows], columns)


def _ids_of(samples: pa.Table) -> Ids:
    return np.array(samples[_ID], np.int64)
