"""Which rows a grid shows, and in which order."""

from dataclasses import dataclass, field

import numpy as np

from framegrid.filters import Filters
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.orders import order
from framegrid.grid.protocol import Sort


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
    """Rows for which `mask`, (N,) bool, is true, in grid order: (M,) uint32."""
    rows = order(question.sort, view)
    shown: np.ndarray = rows[mask[rows]]
    return shown
