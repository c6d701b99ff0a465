"""What two keys are plotted: which may be, and each in which form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from framegrid.base import FilterError, brief
from framegrid.filters import codes
from framegrid.grid.answers.grid_view import GridView

_VALUES = ":value"
_HELD = {"text": "free text", "elements": "lists", "other": "dicts"}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two keys of a plot; twin of ``plotSide`` in ``js/src/values/plot.ts``.

    Attributes:
        key: whose values are along that side.
        by_value: whether each value has a place of its own instead of one along an axis.
    """

    key: str
    by_value: bool


def check_plot(plot: Sequence[str], view: GridView) -> None:
    """Raise unless two keys can be plotted; none is no plot.

    Raises:
        UnknownKeyError: the dataset has no such key.
        FilterError: it is not two keys, or one holds what has no place in a plot.
    """
    if not plot:
        return
    if len(plot) != 2:
        raise FilterError(
            f"a plot takes two keys, as in ['width', 'height'], or none, not {brief(list(plot))}"
        )
    one, other = (parse_side(text, view) for text in plot)
    if one.key == other.key:
        raise FilterError(f"a plot takes two different keys, and {brief(one.key)} is given twice")


def parse_side(text: str, view: GridView) -> Side:
    """What one of a plot's two texts says: a key, or of integers ``"key:value"``.

    A key of that very name comes first.

    Raises:
        UnknownKeyError, FilterError: as for ``check_plot``.
    """
    key = text.removesuffix(_VALUES)
    if key != text and (view.has_key(text) or not view.has_key(key)):
        key = text
    view.check_key(key)
    if key not in {info["key"] for info in view.keys}:
        raise FilterError(f"cannot plot {brief(key)}: choose a key that can be filtered by")
    kind = view.kind(key)
    if kind in _HELD:
        raise FilterError(
            f"cannot plot {brief(key)}: it holds {_HELD[kind]}; choose numbers, datetimes, "
            "booleans, or text of few different values"
        )
    if key == text:
        return Side(key, kind == "values")
    if kind == "range" and not view.of_column("each", key, lambda: _has_each(key, view)):
        raise FilterError(
            f"cannot plot each value of {brief(key)}: write {brief(key)}, or choose integers "
            f"that are no more than {codes.MAX_INTEGERS:,} apart"
        )
    return Side(key, by_value=True)


def renamed_side(text: str, now: Callable[[str], str]) -> str:
    """One of a plot's two texts by the present name of its key, as `now` gives it."""
    if now(text) != text or not text.endswith(_VALUES):
        return now(text)
    return now(text.removesuffix(_VALUES)) + _VALUES


def _has_each(key: str, view: GridView) -> bool:
    """Whether a key holds integers whose codes tell each from all others."""
    number, values, missing = codes.numbers(view.values(key))
    values = values[~missing]
    if number != "integer" or not len(values):
        return False
    return int(values.max()) - int(values.min()) <= codes.MAX_INTEGERS
