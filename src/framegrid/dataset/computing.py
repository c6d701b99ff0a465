"""Computing metadata from pixels: which images need it, and writing what comes back."""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from framegrid import compute
from framegrid.dataset.connection import Connection
from framegrid.dataset.progress import bar
from framegrid.dataset.reports import few, listing
from framegrid.dataset.updates import update
from framegrid.errors import MetadataTypeError
from framegrid.table import SetBlocks, Table

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
        """Give the numbers, and the first failures with their reasons."""
        counts = f"computed {self.computed:,}, up to date {self.up_to_date:,}"
        return f"{counts}, failed {len(self.failures):,}" + listing(self.failures)


@dataclass(frozen=True, slots=True)
class Job:
    """An image to compute values of, and the note to keep with them, if any."""

    sample_id: int
    path: str
    note: str | None


@dataclass(frozen=True)
class Plan:
    """What there is to do.

    Attributes:
        keys: names of the keys to be computed; none if nothing is remembered.
        jobs: the images to compute.
        adopted: images that have their values, but no note yet of which file they are from.
        up_to_date: number of samples that need nothing computed.
    """

    keys: Sequence[str]
    jobs: list[Job]
    adopted: list[Job]
    up_to_date: int


def compute_values(
    connection: Connection,
    function: compute.Function,
    work: Plan,
    executor: Executor | None,
    *,
    progress: bool,
) -> ComputeReport:
    """Compute metadata as planned; what is finished is kept, whatever happens.

    Raises:
        TypeError: `function` or `executor` is no such thing, or `function` cannot be sent.
        ReadOnlyDatasetError: the dataset cannot be written.
        BrokenExecutor, CancelledError: the executor gave up.
    """
    _check(function, executor)
    connection.commit(lambda _: None)  # a dataset that cannot be written says so before the work
    results = _Results(connection, work.keys)
    results.keep((job, {}) for job in work.adopted)
    paths = [job.path for job in work.jobs]
    with closing(compute.outcomes(function, paths, executor)) as outcomes:
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
        raise TypeError(f"a function of an image is needed, got {function!r}")
    if executor is not None and not isinstance(executor, Executor):
        raise TypeError(
            f"executor={executor!r} is no concurrent.futures.Executor; of a dask client, pass "
            "client.get_executor()"
        )


# Which images


def plan(connection: Connection, keys: Sequence[str], *, force: bool) -> Plan:
    """Find the images to compute: with `keys` and without `force` only those that need it.

    Raises:
        MetadataTypeError: the key of the notes holds something else.
    """
    connection.refresh()
    samples = connection.read(lambda table: _samples(table, keys))
    if not keys:
        return Plan(keys, [Job(sample_id, path, None) for sample_id, path, _, _ in samples], [], 0)
    jobs, adopted = [], []
    states = compute.file_states([path for _, path, _, _ in samples])
    for (sample_id, path, complete, note), state in zip(samples, states, strict=True):
        job = Job(sample_id, path, compute.noted(note, keys, state))
        if force or not complete or compute.is_outdated(note, keys, state):
            jobs.append(job)
        elif job.note != note:  # from now on a change of the file is noticed
            adopted.append(job)
    return Plan(keys, jobs, adopted, len(samples) - len(jobs))


def _samples(table: Table, keys: Sequence[str]) -> list[tuple[int, str, bool, str | None]]:
    """Id, path, whether it has all the keys, and note of each sample."""
    complete = np.full(len(table), all(key in table.schema for key in keys))
    for key in keys if complete.any() else ():
        complete &= table.column(key).is_valid().to_numpy(zero_copy_only=False)
    notes = _notes(table) if keys else [None] * len(table)
    paths = table.column("file_path_abs").to_pylist()
    return list(zip(table.ids.tolist(), paths, complete.tolist(), notes, strict=True))


def _notes(table: Table) -> list[str | None]:
    kind = table.schema.get(compute.NOTES)
    if kind not in {None, "string"}:
        raise MetadataTypeError(
            f"with keys=, the metadata key {compute.NOTES!r} is for notes of what was computed, "
            f"but it holds values of type {kind}: rename it with rename_metadata"
        )
    notes: list[str | None] = table.column(compute.NOTES).to_pylist() if kind else []
    return notes or [None] * len(table)


# What comes back


class _Results:
    """Results on their way into the dataset, written every few seconds.

    Attributes:
        failures: path and reason by sample id.
    """

    def __init__(self, connection: Connection, keys: Sequence[str]) -> None:
        self.failures: dict[int, tuple[str, str]] = {}
        self._connection = connection
        self._keys = keys
        self._pending: list[tuple[Job, Mapping[str, Any]]] = []
        self._due = time.monotonic() + _WRITE_EVERY_S

    def add(self, finished: Iterable[tuple[Job, compute.Outcome]]) -> None:
        """Take outcomes, and write if it is time."""
        self.keep((job, outcome) for job, outcome in finished if not self._is_failure(job, outcome))
        started = time.monotonic()
        if started >= self._due:
            self.write()
            ended = time.monotonic()
            self._due = ended + max(_WRITE_EVERY_S, (ended - started) / _WRITING_SHARE)

    def keep(self, finished: Iterable[tuple[Job, Any]]) -> None:
        """Keep values, with the note of the file that they are from, to be written."""
        for job, values in finished:
            note = {} if job.note is None else {compute.NOTES: job.note}
            self._pending.append((job, {**values, **note}))

    def write(self) -> None:
        """Write all that is kept, in one edit; interrupted, it can be called again."""
        self._write(self._pending)
        self._pending = []

    def _is_failure(self, job: Job, outcome: compute.Outcome) -> bool:
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
            self._connection.commit(lambda table: _change(table, results))
        except (TypeError, ValueError, OverflowError) as error:
            if len(results) == 1:
                job = results[0][0]
                self.failures[job.sample_id] = job.path, str(error)
                return
            middle = len(results) // 2
            self._write(results[:middle])
            self._write(results[middle:])


def _change(table: Table, results: list[tuple[Job, Mapping[str, Any]]]) -> SetBlocks | None:
    """Set the values of samples that are still there."""
    there = np.isin([job.sample_id for job, _ in results], table.ids).tolist()
    pairs = [
        (job.sample_id, values)
        for (job, values), is_there in zip(results, there, strict=True)
        if is_there
    ]
    return update(pairs, "sample_id")(table)
