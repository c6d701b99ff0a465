"""What lies on both sides of a cut through a key's values: pure, and quick to step."""

import json
import math
from typing import Any

import numpy as np

from framegrid import filters
from framegrid.base import FilterError, brief
from framegrid.filters import codes
from framegrid.grid import protocol
from framegrid.grid.answers.column_cache import ColumnCache
from framegrid.grid.answers.grid_view import GridView
from framegrid.grid.answers.ranking import Ranking
from framegrid.grid.answers.shown import asked, passing
from framegrid.grid.protocol import Json

# The orders of a few keys of a million samples, and what passes of them.
KEPT_BYTES = 96_000_000
# More ids than a page asks for at once.
MOST_IDS = 100_000


class Cutting:
    """Answers to cuts; what is cut is ranked once, as long as it is the same."""

    def __init__(self) -> None:
        self._orders = ColumnCache(lambda order: order.nbytes, KEPT_BYTES)
        self._rankings = ColumnCache(lambda made: made.values.nbytes + made.ids.nbytes, KEPT_BYTES)

    def answer(self, view: GridView, request: protocol.Cut) -> Json:
        """The cut, moved as it is asked for, and what is on both sides of it.

        Raises:
            UnknownKeyError: there is no such key.
            FilterError: it has no numbers, or is not cut by that.
        """
        check_cut(view, request.key)
        ranking = self._ranking(view, request)
        count = len(ranking.values)
        at = ranking.moved(_place(view, request.key, request.at), _by(request, count))
        below = ranking.count_below(at)
        return {
            "at": _written(at, ranking, utc=view.schema.get(request.key) == "datetime_utc"),
            "missing": ranking.missing,
            "below": _side(below, ranking.below(below, *_span(request.below))),
            "above": _side(count - below, ranking.above(below, *_span(request.above))),
        }

    def _ranking(self, view: GridView, request: protocol.Cut) -> Ranking:
        rows = tuple(request.rows) if isinstance(request.rows, list) else request.rows
        name = request.key, json.dumps(request.filters), rows
        is_all = not request.filters and rows is None
        made_of = view.column(request.key) if is_all else view
        return self._rankings.get(name, made_of, lambda: self._rank(view, request))

    def _rank(self, view: GridView, request: protocol.Cut) -> Ranking:
        number, values, missing = codes.numbers(view.values(request.key))
        order = self._orders.get(
            request.key, view.column(request.key), lambda: _order(values, missing)
        )
        ids = view.rows.to_numpy(np.int64)
        if request.filters or request.rows is not None:
            mask = passing(asked(request.filters, request.rows, view), view)
            order = order[mask[order]]
            missing = missing & mask
        return Ranking(number, values[order], ids[order], int(np.count_nonzero(missing)))


def check_cut(view: GridView, key: str) -> None:
    """Raise unless a cut can go through the values of `key`.

    Raises:
        UnknownKeyError: the dataset has no such key.
        FilterError: it has neither numbers nor datetimes.
    """
    if (kind := view.kind(key)) != "range":
        raise FilterError(
            f"a cut goes through numbers or datetimes, and {brief(key)} has "
            f"{'text' if kind in {'text', 'values'} else kind}: choose a key with a slider"
        )


def checked_cut(view: GridView, key: str, at: Any) -> Json:
    """A cut with its value as a bound of a filter: a number, or a datetime in ISO 8601.

    Raises:
        UnknownKeyError, FilterError: as for ``check_cut``; and the value is none to cut by.
    """
    check_cut(view, key)
    least = filters.normalise({key: (at, None)}, view.schema)[key]["min"]
    if least is None:
        if at is not None and view.schema.get(key) != "integer":  # below all, as a step may lead to
            return {"key": key, "at": "-inf"}
        raise FilterError(f"cannot cut {brief(key)} at {brief(at)}: choose a value")
    return {"key": key, "at": least}


def _by(request: protocol.Cut, count: int) -> int:
    """By how many samples, of so many, a cut is moved."""
    share = max(1, round(count * abs(request.percent) / 100))
    return request.samples + share * ((request.percent > 0) - (request.percent < 0))


def _order(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """The rows that have a value, by it, ties in the order of the rows."""
    rows = np.flatnonzero(~missing)
    return rows[np.argsort(values[rows], kind="stable")].astype(np.uint32)


def _place(view: GridView, key: str, at: Any) -> float:
    """A cut as the values of its key are compared."""
    if at is None:
        return -math.inf
    condition = filters.normalise({key: {"min": at}}, view.schema)[key]
    match condition["min"]:
        case None:
            return -math.inf
        case "inf" | "-inf" as infinite:
            return float(infinite)
        case str(text):
            return int(np.datetime64(text.removesuffix("+00:00"), "us").astype(np.int64))
    return condition["min"]  # type: ignore[no-any-return]


def _written(at: float, ranking: Ranking, *, utc: bool) -> Any:
    """A cut as it travels; None where no sample has a value."""
    if not len(ranking.values) and at == -math.inf:
        return None
    if ranking.number != "datetime" or not math.isfinite(at):
        return protocol.to_value(at)
    return f"{np.datetime64(int(at), 'us')}{'+00:00' * utc}"


def _side(count: int, ids: np.ndarray) -> Json:
    return {"count": count, "ids": ids.tolist()}


def _span(positions: list[int]) -> tuple[int, int]:
    """From the first position up to the last, no more than one message has room for."""
    first, last = (max(0, int(position)) for position in positions)
    return first, min(last, first + MOST_IDS)
