"""Computing metadata from pixels, and writing what comes back."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from framegrid import images
from framegrid.base import Schema, brief, few, is_missing, maker_key, notes_key
from framegrid.dataset.compute import makers, run
from framegrid.dataset.compute.planning import Job, Plan, adopt
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.updates import update
from framegrid.dataset.ingest import file_notes
from framegrid.dataset.reports.ingest_reports import listing
from framegrid.dataset.reports.progress import bar
from framegrid.storage import SetBlocks, Table

_WRITE_EVERY_S = 5.0  # an open grid follows; a crash of the kernel costs no more than this
_WRITING_SHARE = 0.1  # at most, of the time


@dataclass(frozen=True, repr=False)
class ComputeReport:
    """What became of the images that a function was to be computed of.

    Attributes:
        computed: number of samples whose values were written.
        up_to_date: number of samples left alone: they had the values, of the file as it is.
        failures: path and reason of each image that gave no values.
    """

    computed: int
    up_to_date: int
    failures: list[tuple[str, str]] = field(default_factory=list)

    def __repr__(self) -> str:
        """The numbers, and the first failures with their reasons."""
        counts = f"computed {self.computed:,}, up to date {self.up_to_date:,}"
        return f"{counts}, failed {len(self.failures):,}" + listing(self.failures)


def compute_values(
    connection: Connection,
    function: images.Function,
    work: Plan,
    executor: Executor | None,
    *,
    progress: bool,
) -> ComputeReport:
    """Compute metadata as planned; what is finished is kept, whatever happens."""
    _check(function, executor)
    connection.commit(lambda _: None)  # a dataset that cannot be written says so before the work
    connection.commit(partial(adopt, work=work, function=function))
    results = _Results(connection, function, work)
    paths = [job.path for job in work.jobs]
    with closing(run.outcomes(function, paths, executor)) as outcomes:
        try:
            with bar("computing", len(paths), shown=progress) as progress_bar:
                for finished in outcomes:
                    results.add((work.jobs[position], outcome) for position, outcome in finished)
                    progress_bar.update(len(finished))
        finally:
            results.write()
    failures = [results.failures[sample_id] for sample_id in sorted(results.failures)]
    return ComputeReport(len(paths) - len(failures), work.up_to_date, failures)


def _check(function: Any, executor: Any) -> None:
    if not callable(function):
        raise TypeError(f"a function of an image is needed, got {brief(function)}")
    if executor is not None and not isinstance(executor, Executor):
        raise TypeError(
            f"executor={brief(executor)} is no concurrent.futures.Executor; of a dask client, pass "
            "client.get_executor()"
        )


# What comes back


class _Results:
    """Results on their way into the dataset, written every few seconds.

    Attributes:
        failures: path and reason by sample id.
    """

    def __init__(self, connection: Connection, function: images.Function, work: Plan) -> None:
        self.failures: dict[int, tuple[str, str]] = {}
        self._connection = connection
        self._kept = connection.store.kept  # pictures in memory, whatever is saved meanwhile
        self._function = function
        self._keys = work.keys
        self._known = dict.fromkeys(work.known)
        self._numbers: dict[str, int] = {}  # by key; of the code as it is now
        self._pending: list[tuple[Job, Mapping[str, Any]]] = []
        self._due = time.monotonic() + _WRITE_EVERY_S

    def add(self, finished: Iterable[tuple[Job, images.Outcome]]) -> None:
        """Take outcomes, and write if it is time."""
        self.keep((job, outcome) for job, outcome in finished if not self._is_failure(job, outcome))
        started = time.monotonic()
        if started >= self._due:
            self.write()
            ended = time.monotonic()
            self._due = ended + max(_WRITE_EVERY_S, (ended - started) / _WRITING_SHARE)

    def keep(self, finished: Iterable[tuple[Job, Any]]) -> None:
        """Keep values, with notes of the file and the function they are from, to be written."""
        for job, values in finished:
            self._known |= dict.fromkeys(values)
            keys = self._keys or values or self._known  # where it gave nothing, it gave none of all
            notes = {notes_key(key): _note(job.state, values.get(key)) for key in keys}
            numbers = {maker_key(key): self._number(key) for key in keys}
            self._pending.append((job, {**values, **notes, **numbers}))

    def _number(self, key: str) -> int:
        if key not in self._numbers:
            self._numbers[key] = makers.number_of(makers.maker_of(self._function, key))
        return self._numbers[key]

    def write(self) -> None:
        """Write all that is kept, in one edit; interrupted, it can be called again."""
        self._write(self._pending)
        self._pending = []

    def _is_failure(self, job: Job, outcome: images.Outcome) -> bool:
        if isinstance(outcome, str):
            self.failures[job.sample_id] = job.path, outcome
            return True
        absent = [key for key in self._keys if key not in outcome]
        if absent:
            given = few(outcome) or "nothing"
            self.failures[job.sample_id] = job.path, f"keys= names {few(absent)}; it gave {given}"
        return bool(absent)

    def _write(self, results: list[tuple[Job, Mapping[str, Any]]]) -> None:
        """Write results in one edit, or, when it is refused, in halves, to find those to blame."""
        try:
            self._connection.commit(partial(self._change, results=results))
        except (TypeError, ValueError, OverflowError) as error:
            if len(results) == 1:
                job = results[0][0]
                self.failures[job.sample_id] = job.path, str(error)
                return
            middle = len(results) // 2
            self._write(results[:middle])
            self._write(results[middle:])

    def _change(
        self, table: Table, results: list[tuple[Job, Mapping[str, Any]]]
    ) -> SetBlocks | None:
        """Set the values of samples that are still there, and remember who made them."""
        there = np.isin([job.sample_id for job, _ in results], table.ids).tolist()
        pairs = [
            (job.sample_id, values)
            for (job, values), is_there in zip(results, there, strict=True)
            if is_there
        ]
        change = update(pairs, "sample_id")(table)
        if change is None:
            return None
        used = (makers.maker_of(self._function, key) for key in self._known)
        names: Schema = dict.fromkeys(makers.remembered(used)(table), "boolean")
        return SetBlocks(change.blocks, change.types | names)


def _note(state: int, value: Any) -> int | None:
    """Note the file that a value is from, or that there is none for it."""
    if state == file_notes.NONE:
        return None
    return state + file_notes.MISSING * is_missing(value)
