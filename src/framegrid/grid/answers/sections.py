"""The sections that a key makes of the rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from framegrid.base import FilterError, brief
from framegrid.filters import codes
from framegrid.grid import protocol
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.groups import Form, Group, parse_group
from framegrid.grid.answers.ranks import narrow, ranked, ranked_numbers
from framegrid.grid.protocol import Json

MOST_SECTIONS = 100_000
"""Whoever wants more has a key by which every sample is alone."""
# What the names of all sections may take of a message, in characters.
_TEXT_ROOM = 500_000
# What a value takes beside its codes, roughly.
_VALUE_BYTES = 100
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Sections:
    """Rows by section.

    Attributes:
        form: what the sections are.
        labels: ascending: values, intervals of bins beside infinite values, or the datetimes at
            which days, months or years begin.
        codes: (N,) uint8, uint16 or uint32, index into `labels`; ``len(labels)`` is missing.
    """

    form: Form
    labels: list[Any]
    codes: np.ndarray

    def __sizeof__(self) -> int:
        """Count the codes, too."""
        return self.codes.nbytes + _VALUE_BYTES * len(self.labels)

    def counts(self, mask: np.ndarray) -> np.ndarray:
        """How many rows of `mask`, (N,) bool, are in each: (S + 1,), missing last."""
        return np.bincount(self.codes[mask], minlength=len(self.labels) + 1)


def sections(group: str, view: GridView) -> Sections:
    """The sections that ``grid.group`` makes; the same object while the column is the same.

    Raises:
        UnknownKeyError, FilterError: as for ``parse_group``; and there are too many.
    """
    wanted = parse_group(group, view)
    made = view.of_column(
        f"sections by {wanted.form}", wanted.key, lambda: _sections(wanted, view.values(wanted.key))
    )
    if len(made.labels) > MOST_SECTIONS:
        raise FilterError(
            f"cannot group by {brief(group)}: it has {len(made.labels):,} different values, "
            f"and {MOST_SECTIONS:,} sections are the most"
        )
    return made


def check_group(group: str, view: GridView) -> None:
    """Raise unless there can be sections of `group`; ``""`` is none.

    Raises:
        UnknownKeyError, FilterError: as for ``sections``.
    """
    if group and view.kind(parse_group(group, view).key) != "values":  # of which there are few
        sections(group, view)


def section_order(counts: np.ndarray, group_order: str) -> np.ndarray:
    """Sections with any rows in their order, missing last: (S',) intp.

    Args:
        counts: (S + 1,) of the rows that pass, the last one of those that lack the key.
        group_order: ``"value"``, ``"-value"``, ``"count"`` or ``"-count"``.
    """
    by_count = {"count": counts, "-count": -counts}.get(group_order)
    places = np.arange(len(counts) - 1)
    if by_count is not None:
        places = np.argsort(by_count[:-1], kind="stable")
    elif group_order == "-value":
        places = places[::-1]
    order = np.append(places, len(counts) - 1)
    occurring: np.ndarray = order[counts[order] > 0]
    return occurring


def sections_header(made: Sections) -> Json:
    """What the browser is told of sections beside their codes."""
    values = [_written(label) for label in made.labels]
    if sum(len(value) for value in values if isinstance(value, str)) > _TEXT_ROOM:
        values = [protocol.cut(value, _TEXT_ROOM // len(values)) for value in values]
    missing = int(np.count_nonzero(made.codes == len(made.labels)))
    return {"kind": "sections", "form": made.form, "values": values, "missing": missing}


def _written(value: Any) -> Any:
    match value:
        case pd.Interval():
            return protocol.to_browser([float(value.left), float(value.right)])
        case pd.Timestamp():
            return value.to_pydatetime(warn=False).isoformat()
    return protocol.to_value(value)


def _sections(group: Group, series: pd.Series) -> Sections:
    match group.form:
        case "bins":
            return _by_bin(series)
        case "day" | "month" | "year":
            return _by_period(series, group.form)
    ranks = ranked(series)
    return Sections("value", ranks.labels.tolist(), ranks.codes)


def _by_bin(series: pd.Series) -> Sections:
    column = codes.encode_range("", series)
    edges = codes.bin_edges(column)
    last = len(edges) - 2
    values: list[Any] = [
        pd.Interval(edge, edges[bin_ + 1], "both" if bin_ == last else "left")
        for bin_, edge in enumerate(edges[:-1])
    ]
    of_code = codes.bin_codes(column, edges)
    if column.negative_infinite:
        values, of_code = [-np.inf, *values], np.where(of_code < 0, of_code, of_code + 1)
        of_code[0] = 0
    if column.positive_infinite:
        of_code[-2] = len(values)
        values.append(np.inf)
    of_code[-1] = len(values)
    return Sections("bins", values, narrow(of_code, len(values)).take(column.codes))


def _by_period(series: pd.Series, form: Form) -> Sections:
    """Sections of the days, months or years of datetimes; of UTC where these have a time zone."""
    _, times, missing = codes.numbers(series)
    days = ranked_numbers(times // _DAY_US, missing)
    unit = {"day": "D", "month": "M", "year": "Y"}[form]
    begins = days.labels.astype("M8[D]").astype(f"M8[{unit}]")
    starts, of_day = np.unique(begins, return_inverse=True)
    zone = getattr(series.dtype, "tz", None)
    values = pd.DatetimeIndex(starts.astype("M8[us]")).tz_localize(zone)
    of_code = narrow(np.append(of_day, len(starts)), len(starts))
    return Sections(form, list(values), of_code.take(days.codes))
