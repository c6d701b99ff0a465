"""Which images metadata is to be computed of: those that are new, changed, or lack a value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from framegrid import compute
from framegrid.dataset.connection import Connection
from framegrid.dataset.edits import Patch, set_blocks
from framegrid.schema import notes_key
from framegrid.table import Ids, SetBlocks, Table

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


def plan(connection: Connection, keys: Sequence[str], *, force: bool) -> Plan:
    """Find the images to compute: with `keys` and without `force` only those that need it."""
    connection.refresh()
    samples = connection.read(lambda table: _Samples.of(table, keys))
    if not keys:
        everything = np.full(len(samples.ids), fill_value=True)
        return Plan(keys, samples.jobs(everything), pd.Series(dtype=np.int64), 0)
    samples.states = compute.file_checksums(samples.paths)
    stale = ~samples.complete | samples.are_outdated() | force
    adopted = ~stale & samples.lack_notes()  # from now on a change of the file is noticed
    jobs = samples.jobs(stale)
    notes = pd.Series(samples.states[adopted], samples.ids[adopted])
    return Plan(keys, jobs, notes, len(samples.ids) - len(jobs))


@dataclass(eq=False)
class _Samples:
    """What tells which samples need computing; ``NONE`` is for no note and no file.

    Attributes:
        ids: (N,) sample ids.
        paths: (N,) the image files.
        complete: (N,) whether they have all keys.
        notes: by key, (N,) states of the files that its values are from.
        states: (N,) states of the files as they are.
    """

    ids: Ids
    paths: pa.Array
    complete: Mask
    notes: dict[str, compute.States]
    states: compute.States

    @classmethod
    def of(cls, table: Table, keys: Sequence[str]) -> Self:
        complete = np.full(len(table), all(key in table.schema for key in keys))
        for key in keys if complete.any() else ():
            complete &= table.column(key).is_valid().to_numpy(zero_copy_only=False)
        nothing = np.full(len(table), compute.NONE)
        notes = {key: _notes(table, key, nothing) for key in keys}
        return cls(table.ids, table.column("file_path_abs"), complete, notes, nothing)

    def are_outdated(self) -> Mask:
        """Tell of which samples a value was computed from another state of the file."""
        return self._any(lambda notes: (notes != compute.NONE) & (notes != self.states))

    def lack_notes(self) -> Mask:
        """Tell of which samples a value may be from any file."""
        return self._any(lambda notes: notes == compute.NONE)

    def _any(self, question: Callable[[compute.States], Mask]) -> Mask:
        """Ask of each key's notes; a file that is gone is neither changed nor new."""
        answers = np.any([question(notes) for notes in self.notes.values()], axis=0)
        return np.asarray(answers & (self.states != compute.NONE))

    def jobs(self, chosen: Mask) -> list[Job]:
        paths = self.paths.filter(pa.array(chosen)).to_pylist()
        columns = self.ids[chosen].tolist(), paths, self.states[chosen].tolist()
        return [Job(*row) for row in zip(*columns, strict=True)]


def _notes(table: Table, key: str, nothing: compute.States) -> compute.States:
    if notes_key(key) not in table.schema:
        return nothing
    return np.asarray(table.column(notes_key(key)).fill_null(compute.NONE), np.int64)


def adopt(table: Table, work: Plan) -> SetBlocks | None:
    """Write the notes of those adopted samples that are still there."""
    states = work.adopted[work.adopted.index.isin(table.ids)]
    columns = dict.fromkeys(map(notes_key, work.keys), states)
    return set_blocks(table, [Patch(states.index.to_numpy(), columns)])
