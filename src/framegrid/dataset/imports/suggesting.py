"""Which samples rows would be for if less of their names counted: suggested, and never done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.dataset.matching.matching import ids_at, known_ids, names_given
from framegrid.dataset.matching.path_ends import find_last_parts, look_up, shared_folder
from framegrid.dataset.matching.spelling import decoded, spelled, without_root
from framegrid.dataset.reports.wording import counted
from framegrid.storage import UNKNOWN, Ids, Table

Respell = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True, slots=True, eq=False)
class Suggestion:
    """Samples for rows that name none.

    Attributes:
        ids: (M,) the sample of each row, ``UNKNOWN`` for those without one; no sample twice.
        how: what of the names counted, to stand behind "match".
    """

    ids: Ids
    how: str


def suggest(table: Table, on: str, identifiers: pd.Series, ids: Ids) -> Suggestion | None:
    """Find the way of looking by which most rows without a sample would have one.

    Args:
        table: the dataset.
        on: what names samples.
        identifiers: (M,) the names.
        ids: (M,) what they found; rows without a sample are looked at.
    """
    open_ = np.flatnonzero(ids < 0)
    if not len(open_) or not len(table):
        return None
    given = identifiers.iloc[open_]
    best = max(_ways(table, on, given), key=lambda way: np.count_nonzero(way.ids >= 0))
    found = best.ids
    taken = np.isin(found, ids) | pd.Index(found).duplicated(keep=False)
    suggested = np.full(len(ids), UNKNOWN, np.int64)
    suggested[open_] = np.where((found < 0) | taken, UNKNOWN, found)
    return Suggestion(suggested, best.how) if (suggested >= 0).any() else None


def note_of(suggestion: Suggestion, unmatched: int) -> str:
    """Say what is suggested, and the call that does it."""
    rows = int(np.count_nonzero(suggestion.ids >= 0))
    return (
        f"{rows:,} of {counted(unmatched, 'row')} without a sample match {suggestion.how}. Look at "
        "report.suggested; if it is right: dataset.import_metadata(report.suggested, "
        'on="sample_id")'
    )


def _ways(table: Table, on: str, given: pd.Series) -> Iterator[Suggestion]:
    if on == "sample_id":
        yield Suggestion(_as_numbers(table, given), "as numbers without the zeros before them")
        return
    given_names = pc.utf8_trim_whitespace(names_given(given).fill_null(""))
    given_names = pc.replace_substring_regex(given_names, r"^(https?://[^?#]*)[?#].*$", r"\1")
    names = without_root(spelled(decoded(given_names)))
    paths = without_root(spelled(decoded(table.column("file_path_abs")), held=True))
    yield _from_shared_folder(table, names)
    for respell, how in _WAYS:
        rows, count = find_last_parts(respell(names), respell(paths))
        last = "their last path part" if count == 1 else f"their last {count} path parts"
        yield Suggestion(ids_at(table, rows), f"by {last}{how}")


def _from_shared_folder(table: Table, names: pa.Array) -> Suggestion:
    """Take names for paths from the folder that all images share, which may be another folder."""
    paths = spelled(decoded(table.column("file_path_abs")), held=True)
    below = pc.utf8_slice_codeunits(paths, len(shared_folder(paths)))
    named = pc.if_else(pc.match_substring(names, "/"), names, pa.scalar(None, names.type))
    how = "by their path from the folder that all images share"
    return Suggestion(ids_at(table, look_up(named, below)), how)


def _as_numbers(table: Table, given: pd.Series) -> Ids:
    numbers = pd.to_numeric(given, errors="coerce")
    whole = numbers.where((numbers % 1 == 0) & (numbers.abs() < 2**53)).fillna(UNKNOWN)
    return known_ids(table, whole.to_numpy(np.int64))


def _without_extension(paths: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(paths, r"\.[A-Za-z0-9]{1,5}$", "")


_WAYS: tuple[tuple[Respell, str], ...] = (
    (lambda texts: texts, ""),
    (_without_extension, ", without the extension"),
    (pc.utf8_lower, ", if case does not count"),
)
