"""What of the computed keys is to be computed again, and why."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import maker_key
from framegrid.dataset.compute import makers
from framegrid.dataset.compute.marks import KeyMarks, Mask, marks_of
from framegrid.dataset.ingest import file_notes
from framegrid.storage import Table

_URL = r"^[A-Za-z0-9+]+://"


class Computed(NamedTuple):
    """Who computed a key, and how many of its samples are to be computed again.

    Attributes:
        by: names of the functions, the one of most samples first.
        function: number of samples whose value is from other code than the function has here now.
        file: number of those whose image file was written since.
        missing: number of those that were not computed, or whose value was taken away.
    """

    by: tuple[str, ...]
    function: int
    file: int
    missing: int

    def __str__(self) -> str:
        """What is stale, as in ``function 990, file 10``; empty if nothing is."""
        counts = zip(self._fields[1:], self[1:], strict=True)
        return ", ".join(f"{why} {count}" for why, count in counts if count)


def computed_keys(table: Table, *, files: bool = True) -> dict[str, Computed]:
    """The keys that a function computed, each with what of it is stale.

    Args:
        table: the table, which nobody changes meanwhile.
        files: look at the image files on this machine, too.
    """
    marks = {key: marks_of(table, key) for key in table.shown if maker_key(key) in table.schema}
    marks = {key: held for key, held in marks.items() if held.is_noted.any()}
    if not marks:
        return {}
    states = _states(table.column("file_path_abs")) if files else _unknown(len(table))
    by = {key: _makers(held) for key, held in marks.items()}
    names = makers.names_in(table)
    return {key: _computed(key, marks, by, states, names) for key in marks}


def said_of_stale(table: Table) -> dict[str, str]:
    """A sentence for each key that is stale, as far as can be told without a look at the files.

    Args:
        table: the table, which nobody changes meanwhile.
    """
    found = computed_keys(table, files=False)
    return {key: _sentence(computed) for key, computed in found.items() if str(computed)}


def _sentence(computed: Computed) -> str:
    reasons = {
        "other code than it has now": computed.function,
        "not computed": computed.missing,
    }
    said = " and ".join(f"{why} for {count:,}" for why, count in reasons.items() if count)
    return f"Stale: {said}. By {', '.join(computed.by)}, which compute_metadata runs again."


def _unknown(count: int) -> file_notes.States:
    return np.full(count, file_notes.NONE)


def _states(paths: pa.Array) -> file_notes.States:
    """The states of files of this machine; of others none, as to ask for each takes a request."""
    containers = pc.replace_substring_regex(paths, r"(?s)^(?:zip|tar|parquet)://.*?::", "")
    is_here = pc.invert(pc.fill_null(pc.match_substring_regex(containers, _URL), fill_value=True))
    states = _unknown(len(paths))
    states[np.asarray(is_here)] = file_notes.file_checksums(paths.filter(is_here))
    return states


def _makers(held: KeyMarks) -> list[int]:
    """The numbers of a key, the one of most samples first."""
    counts = pc.value_counts(pa.array(held.makers[held.makers != makers.NONE]))
    pairs = zip(counts.field("counts").to_pylist(), counts.field("values").to_pylist(), strict=True)
    return [number for _, number in sorted(pairs, reverse=True)]


def _computed(
    key: str,
    marks: Mapping[str, KeyMarks],
    by: Mapping[str, list[int]],
    states: file_notes.States,
    names: Mapping[int, str],
) -> Computed:
    held = marks[key]
    hashes = dict.fromkeys(map(makers.name_hash, by[key]))
    is_other = _are_by_other(held, [names[name] for name in hashes if name in names])
    ran = _where_it_ran(marks, by, set(hashes))
    is_missing = held.lacks & (held.is_noted | ~ran)
    is_other &= ~is_missing
    is_written = held.is_of_other_file(states) & ~is_missing & ~is_other
    said = tuple(names.get(name, "another function").replace(":", ".", 1) for name in hashes)
    return Computed(said, *(int(mask.sum()) for mask in (is_other, is_written, is_missing)))


def _are_by_other(held: KeyMarks, names: Iterable[str]) -> Mask:
    """(N,) whether values are from other code than the function of the name has here now."""
    is_other = np.zeros(len(held.makers), np.bool_)
    for name in names:
        if (number := makers.current(name)) is not None:
            is_named_so = held.makers >> makers.NAME == makers.name_hash(number)
            is_other |= is_named_so & makers.are_by_other_code(held.makers, number)
    return is_other


def _where_it_ran(
    marks: Mapping[str, KeyMarks], by: Mapping[str, list[int]], hashes: set[int]
) -> Mask:
    """(N,) whether a function gave any of its keys, and so perhaps not all."""
    same = (held.is_noted for k, held in marks.items() if hashes & {*map(makers.name_hash, by[k])})
    return reduce(or_, same)
