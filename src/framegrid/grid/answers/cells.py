"""Python cells for what is on the screen, and for what somebody decided there."""

from collections.abc import Callable
from typing import Any

from framegrid import filters
from framegrid.base import BUILTIN_COLUMNS
from framegrid.filters import Filters
from framegrid.grid import protocol
from framegrid.grid.answers.cutting import checked_cut
from framegrid.grid.answers.grid_view import GridView

MOST_IDS = 1000
"""More ids are not written down: the grid has them."""

_MIDNIGHT = "T00:00:00"

Ids = list[int] | str | None


def cell(request: protocol.Code, view: GridView, grid: str) -> str:
    """A cell that does what `request` is of.

    ``"view"`` sets filters, rows, sort, sections and plot, and gives the rows. ``"selection"``
    records with one ``update_metadata`` the key ``selected`` as true on the samples; ``"cut"`` the
    key ``sharpness_below_0.31``, of datetimes ``taken_before_2024-05-01``, as true or false on
    those that pass the filters and have a value. A name that is taken already gets a number.

    Args:
        request: with traits as the browser has them.
        view: of the dataset.
        grid: what the user calls the grid.

    Raises:
        ValueError: there is nothing of that kind; FilterError among them: a filter does not fit,
            or this pandas has no way to write the name of a key.
    """
    write = _WAYS.get(request.of)
    if write is None:
        raise ValueError(f"there is no code of {request.of!r}: ask for one of {', '.join(_WAYS)}")
    return "\n".join(write(request, view, grid))


def _of_view(request: protocol.Code, view: GridView, grid: str) -> list[str]:
    lines = [
        *_choice(request, view, grid),
        f"{grid}.sort = {request.sort!r}",
        f"{grid}.group = {request.group!r}",
    ]
    if request.group:
        lines.append(f"{grid}.group_order = {request.group_order!r}")
        lines.append(f"{grid}.per_group = {request.per_group!r}")
    if request.plot:
        lines.append(f"{grid}.plot = {request.plot!r}")
    return [*lines, f"{grid}.filtered"]


def _of_selection(request: protocol.Code, view: GridView, grid: str) -> list[str]:
    if not request.selected:
        raise ValueError("no sample is selected: select those that you decided on")
    ids = _written(request.selected) or f"{grid}.selected"
    values = {_free("selected", view): True}
    return [f"{grid}.dataset.update_metadata(dict.fromkeys({ids}, {values!r}))"]


def _of_cut(request: protocol.Code, view: GridView, grid: str) -> list[str]:
    if not request.cut:
        raise ValueError("there is no cut: choose a key and where to cut it")
    cut = checked_cut(view, **request.cut)
    key, at = cut["key"], cut["at"]
    has_value = _query(view, key, None)
    name = _free(f"{key}_{_side(at, view, key)}", view)
    return [
        *_choice(request, view, grid),
        f"samples = {grid}.filtered.query({has_value!r})",
        f"above = samples.query({_query(view, key, at)!r})",
        "below = ~samples.index.isin(above.index)",
        f"{grid}.dataset.update_metadata(samples[[]].assign({_argument(name, 'below')}))",
    ]


_WAYS: dict[str, Callable[[protocol.Code, GridView, str], list[str]]] = {
    "view": _of_view,
    "selection": _of_selection,
    "cut": _of_cut,
}


def _choice(request: protocol.Code, view: GridView, grid: str) -> list[str]:
    """Lines that bring filters and rows into force."""
    conditions = filters.normalise(request.filters, view.schema)
    lines = [f"{grid}.filters = {_short(conditions)!r}"]
    if request.rows is None:
        return [*lines, f"{grid}.rows = None"]
    ids = _written(request.rows)
    return [*lines, f"{grid}.rows = {ids}" if ids else f"# and {grid}.rows as they are, {_MANY}"]


_MANY = f"more than {MOST_IDS:,} ids"


def _written(ids: list[int] | str) -> str:
    """Ids in Python; nothing where they are too many."""
    return repr(list(ids)) if isinstance(ids, list) and len(ids) <= MOST_IDS else ""


def _short(conditions: Filters) -> dict[str, Any]:
    """Filters as people write them."""
    return {key: _shortened(condition) for key, condition in conditions.items()}


def _shortened(condition: dict[str, Any]) -> Any:
    match condition:
        case {"in": wanted}:
            return wanted
        case {"min": low, "max": high, "missing": False}:
            return low, high
    return condition


def _query(view: GridView, key: str, least: Any) -> str:
    condition = {"min": least, "max": None, "missing": False}
    return str(filters.query({key: condition}, view.schema))


def _side(at: Any, view: GridView, key: str) -> str:
    """What is true of the samples below a cut, for a name."""
    if not isinstance(at, str) or view.schema.get(key) not in {"datetime", "datetime_utc"}:
        return f"below_{at}"
    time = at.removesuffix("+00:00")
    exact = time.rstrip("0").rstrip(".") if "." in time else time
    return f"before_{exact.removesuffix(_MIDNIGHT)}"


def _free(name: str, view: GridView) -> str:
    """The name, with a number if there is such a key."""
    taken = {key.casefold() for key in (*BUILTIN_COLUMNS, *view.schema)}
    names = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(free for free in names if free.casefold() not in taken)


def _argument(name: str, value: str) -> str:
    """A named argument, whatever its name."""
    is_plain = name.isidentifier() and name.isascii()
    return f"{name}={value}" if is_plain else f"**{{{name!r}: {value}}}"
