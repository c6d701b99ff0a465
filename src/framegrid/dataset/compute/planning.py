"""Which images metadata is to be computed of: those that are new, changed, or lack a value."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import notes_key
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.edits import Patch, set_blocks
from framegrid.dataset.ingest import file_notes
from framegrid.images import Function
from framegrid.storage import Ids, SetBlocks, Table

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Job:
    """An image to compute values of, and the state of its file."""

    sample_id: int
    path: str
    state: int


@dataclass(frozen=True, eq=False)
class Plan:
    """What there is to do.

    Attributes:
        keys: names of the keys to be computed; none if nothing is remembered.
        jobs: the images to compute.
        adopted: by sample id, the state of the file of samples that have their values, but no note
            yet of which file they are from.
        up_to_date: number of samples that need nothing computed.
    """

    keys: Sequence[str]
    jobs: list[Job]
    adopted: "pd.Series[int]"
    up_to_date: int


def plan(
    connection: Connection, function: Function, keys: str | Iterable[str] | None, *, force: bool
) -> Plan:
    """The images to compute: with keys and without `force` only those that need it.

    Args:
        connection: the dataset.
        function: as for ``compute_metadata``.
        keys: those that `function` gives, if it does not say so itself.
        force: compute all.
    """
    given = getattr(function, "keys_given", ()) if keys is None else keys
    keys = [given] if isinstance(given, str) else list(given)
    connection.refresh()
    samples = connection.read(lambda table: _Samples.of(table, keys))
    if not keys:
        everything = np.full(len(samples.ids), fill_value=True)
        return Plan(keys, samples.jobs(everything), pd.Series(dtype=np.int64), 0)
    samples.states = _states(samples.paths)
    stale = ~samples.complete | samples.are_outdated() | force
    adopted = ~stale & samples.lack_notes()  # from now on a change of the file is noticed
    jobs = samples.jobs(stale)
    notes = pd.Series(samples.states[adopted], samples.ids[adopted])
    return Plan(keys, jobs, notes, len(samples.ids) - len(jobs))


def _states(paths: pa.Array) -> file_notes.States:
    """The states of files; of pictures in memory none, as saving makes other files of them."""
    is_unsaved = np.asarray(pc.starts_with(paths, "unsaved:"))
    return np.where(is_unsaved, file_notes.NONE, file_notes.file_checksums(paths))


@dataclass(eq=False)
class _Samples:
    """What tells which samples need computing; ``NONE`` is for no note and no file.

    Attributes:
        ids: (N,) sample ids.
        paths: (N,) the image files.
        complete: (N,) whether they have all keys, or it is known that these have no value.
        notes: by key, (N,) states of the files that its values are from.
        states: (N,) states of the files as they are.
    """

    ids: Ids
    paths: pa.Array
    complete: Mask
    notes: dict[str, file_notes.States]
    states: file_notes.States

    @classmethod
    def of(cls, table: Table, keys: Sequence[str]) -> Self:
        nothing = np.full(len(table), file_notes.NONE)
        complete = np.full(len(table), fill_value=True)
        notes = {}
        for key in keys:
            written = file_notes.notes_of(table, key)
            is_known_missing = written >= file_notes.MISSING
            complete &= is_known_missing | _has_value(table, key)
            notes[key] = written - file_notes.MISSING * is_known_missing
        return cls(table.ids, table.column("file_path_abs"), complete, notes, nothing)

    def are_outdated(self) -> Mask:
        """Whether a value of each sample was computed from another state of the file."""
        return self._any(lambda notes: (notes != file_notes.NONE) & (notes != self.states))

    def lack_notes(self) -> Mask:
        """Whether a value of each sample may be from any file."""
        return self._any(lambda notes: notes == file_notes.NONE)

    def _any(self, question: Callable[[file_notes.States], Mask]) -> Mask:
        """Ask of each key's notes; a file that is gone is neither changed nor new."""
        answers = np.any([question(notes) for notes in self.notes.values()], axis=0)
        return np.asarray(answers & (self.states != file_notes.NONE))

    def jobs(self, chosen: Mask) -> list[Job]:
        paths = self.paths.filter(pa.array(chosen)).to_pylist()
        columns = self.ids[chosen].tolist(), paths, self.states[chosen].tolist()
        return [Job(*row) for row in zip(*columns, strict=True)]


def _has_value(table: Table, key: str) -> Mask:
    if key not in table.schema:
        return np.full(len(table), fill_value=False)
    return np.asarray(table.column(key).is_valid())


def adopt(table: Table, work: Plan) -> SetBlocks | None:
    """Write the notes of those adopted samples that are still there."""
    states = work.adopted[work.adopted.index.isin(table.ids)]
    columns = dict.fromkeys(map(notes_key, work.keys), states)
    return set_blocks(table, [Patch(states.index.to_numpy(), columns)])
