"""Which rows a grid shows, and in which order."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from framegrid import filters
from framegrid.filters import Filters
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.groups import parse_group
from framegrid.grid.answers.orders import order
from framegrid.grid.answers.packed_ids import LONGEST_LIST, unpack
from framegrid.grid.answers.ranks import stable_order
from framegrid.grid.answers.sections import section_order, sections
from framegrid.grid.protocol import Json, Sort


@dataclass(frozen=True, slots=True)
class Question:
    """What the traits of a grid ask for.

    Attributes:
        filters: conditions, which all have to be met.
        rows: (K,) int64 sample ids among which the filters choose; None for all.
        sort: of the rows, inside their sections.
        group: what sections are of, ``""`` for none.
        group_order: of the sections.
    """

    filters: Filters = field(default_factory=dict)
    rows: np.ndarray | None = None
    sort: Sort = ""
    group: str = ""
    group_order: str = "value"


def asked(wire: Json, rows: list[int] | str | None, view: GridView) -> Question:
    """What a page asks for.

    Args:
        wire: the filters as the page has them.
        rows: the ids among which they choose, packed; None for all.
        view: of the dataset.

    Raises:
        UnknownKeyError, FilterError: as for ``filters.normalise``.
        ValueError: as for ``unpack``.
    """
    chosen = None if rows is None else view.known(unpack(rows, len(view.rows) + LONGEST_LIST))
    return Question(filters.normalise(wire, view.schema), chosen)


def passing(question: Question, view: GridView) -> np.ndarray:
    """Which rows are among those chosen and meet all conditions: (N,) bool.

    Raises:
        UnknownKeyError, FilterError: as for ``filters.mask``.
    """
    mask = np.ones(len(view.rows), np.bool_) if question.rows is None else view.mask(question.rows)
    return mask & view.passing(question.filters) if question.filters else mask


def matching(question: Question, view: GridView) -> np.ndarray:
    """Rows that pass, in grid order: (M,) uint32.

    Raises:
        UnknownKeyError, FilterError: as for ``check_sort`` and ``filters.mask``.
    """
    return arranged(passing(question, view), question, view)


def arranged(mask: np.ndarray, question: Question, view: GridView) -> np.ndarray:
    """Rows for which `mask`, (N,) bool, is true, in grid order: (M,) uint32.

    Of a selection, too, the sections are in the order that they have on the screen.
    """
    rows = order(question.sort, view)
    shown: np.ndarray = rows[mask[rows]]
    if not question.group:
        return shown
    made = sections(question.group, view)
    wanted = section_order(made.counts(passing(question, view)), question.group_order)
    places = np.full(len(made.labels) + 1, len(made.labels), made.codes.dtype)
    places[wanted] = np.arange(len(wanted))
    arranged: np.ndarray = shown[stable_order(places[made.codes[shown]])]
    return arranged


def groups(question: Question, view: GridView) -> pd.DataFrame:
    """The sections with any rows, in their order: ``value`` and ``count``."""
    if not question.group:
        return pd.DataFrame({"value": pd.Series(dtype=object), "count": pd.Series(dtype=np.int64)})
    made = sections(question.group, view)
    counts = made.counts(passing(question, view))
    wanted = section_order(counts, question.group_order)
    column = view.values(parse_group(question.group, view).key)
    dtype = object if made.form == "bins" else column.dtype
    values = pd.Series([*made.labels, None], dtype=dtype).take(wanted)
    return pd.DataFrame({"value": values.reset_index(drop=True), "count": counts[wanted]})
