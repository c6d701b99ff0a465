"""Which images metadata is to be computed of: those that are new, changed, or lack a value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import Schema, maker_key, notes_key
from framegrid.dataset.compute import makers
from framegrid.dataset.compute.marks import KeyMarks, Mask, marks_of
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.ingest import file_notes
from framegrid.images import Function
from framegrid.storage import Block, Ids, SetBlocks, Table


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
        keys: names of the keys that each result must have; none if that is not known.
        known: those that the function gave before.
        jobs: the images to compute.
        adopted: the notes of samples that have their values, but of which it is not known yet from
            which file, or by which function.
        up_to_date: number of samples that need nothing computed.
    """

    keys: Sequence[str]
    known: Sequence[str]
    jobs: list[Job]
    adopted: Sequence[Block]
    up_to_date: int


def plan(
    connection: Connection, function: Function, keys: str | Iterable[str] | None, *, force: bool
) -> Plan:
    """The images to compute: without `force` only those that need it, as far as keys are known.

    Args:
        connection: the dataset.
        function: as for ``compute_metadata``.
        keys: those that `function` gives, if neither it nor the dataset says so.
        force: compute all.
    """
    given = getattr(function, "keys_given", ()) if keys is None else keys
    keys = [given] if isinstance(given, str) else list(given)
    connection.refresh()
    ids, paths, known, marks = connection.read(lambda table: _held(table, function, keys))
    states = _states(paths)
    numbers = {key: makers.number_of(makers.maker_of(function, key)) for key in known}
    stale = np.full(len(ids), fill_value=True)
    if known and not force:
        need = _missing_or_outdated if keys else _not_computed
        stale = need(marks, states, numbers)
    jobs = _jobs(ids, paths, states, stale)
    adopted = _adopted(ids, marks, states, numbers, ~stale)
    return Plan(keys, known, jobs, adopted, len(ids) - len(jobs))


def _held(
    table: Table, function: Function, keys: Sequence[str]
) -> tuple[Ids, pa.Array, Sequence[str], Mapping[str, KeyMarks]]:
    """Ids, paths, the keys that are known, and the marks of each."""
    known = keys or [
        key
        for key in table.shown
        if maker_key(key) in table.schema
        and makers.are_by(makers.makers_in(table, key), makers.maker_of(function, key)).any()
    ]
    marks = {key: marks_of(table, key) for key in known}
    return table.ids, table.column("file_path_abs"), known, marks


def _states(paths: pa.Array) -> file_notes.States:
    """The states of files; of pictures in memory none, as saving makes other files of them."""
    is_unsaved = np.asarray(pc.starts_with(paths, "unsaved:"))
    return np.where(is_unsaved, file_notes.NONE, file_notes.file_checksums(paths))


def _missing_or_outdated(
    marks: Mapping[str, KeyMarks], states: file_notes.States, numbers: Mapping[str, int]
) -> Mask:
    """Which samples lack a key, or have one of another file or code: (N,)."""
    each = [
        m.lacks | m.is_of_other_file(states) | m.is_by_other(numbers[k]) for k, m in marks.items()
    ]
    return np.asarray(np.any(each, axis=0))


def _not_computed(
    marks: Mapping[str, KeyMarks], states: file_notes.States, numbers: Mapping[str, int]
) -> Mask:
    """The same where a function may give some of its keys alone: one of them says that it ran."""
    each = [
        m.is_noted & ~m.is_of_other_file(states) & ~m.is_by_other(numbers[k])
        for k, m in marks.items()
    ]
    taken = [m.is_noted & m.lacks for m in marks.values()]  # what somebody took away is wanted
    return np.asarray(~np.any(each, axis=0) | np.any(taken, axis=0))


def _jobs(ids: Ids, paths: pa.Array, states: file_notes.States, chosen: Mask) -> list[Job]:
    columns = ids[chosen].tolist(), paths.filter(pa.array(chosen)).to_pylist()
    return [Job(*row) for row in zip(*columns, states[chosen].tolist(), strict=True)]


def _adopted(
    ids: Ids,
    marks: Mapping[str, KeyMarks],
    states: file_notes.States,
    numbers: Mapping[str, int],
    is_up_to_date: Mask,
) -> list[Block]:
    """Notes for values that have none: from now on a change of the file or the code is noticed."""
    blocks = []
    for key, held in marks.items():
        is_there = is_up_to_date & ~held.lacks
        by_file = is_there & (held.states == file_notes.NONE) & (states != file_notes.NONE)
        by_code = is_there & (held.makers == makers.NONE)
        blocks.append(Block(ids[by_file], {notes_key(key): pa.array(states[by_file])}))
        number = pa.array(np.full(by_code.sum(), numbers[key], np.int64))
        blocks.append(Block(ids[by_code], {maker_key(key): number}))
    return [block for block in blocks if len(block.ids)]


def adopt(table: Table, work: Plan, function: Function) -> SetBlocks | None:
    """Write the notes of those adopted samples that are still there."""
    if not work.adopted:
        return None
    blocks = tuple(_there(table, block) for block in work.adopted)
    notes = dict.fromkeys(key for block in blocks for key in block.columns)
    used = [makers.maker_of(function, key) for key in work.known]
    new: Schema = dict.fromkeys((k for k in notes if k not in table.schema), "integer")
    names: Schema = dict.fromkeys(makers.remembered(used)(table), "boolean")
    return SetBlocks(blocks, new | names)


def _there(table: Table, block: Block) -> Block:
    is_there = np.isin(block.ids, table.ids)
    columns = {key: values.filter(pa.array(is_there)) for key, values in block.columns.items()}
    return Block(block.ids[is_there], columns)
