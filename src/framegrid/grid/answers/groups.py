"""What sections are of: a key, and in which form its values make them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from framegrid.base import FilterError, brief
from framegrid.filters import codes
from framegrid.grid.answers.grid_view import GridView

Form = Literal["value", "bins", "day", "month", "year"]

_NUMBERS: tuple[Form, ...] = ("value", "bins")
_DATETIMES: tuple[Form, ...] = ("day", "month", "year")


@dataclass(frozen=True, slots=True)
class Group:
    """What makes sections.

    Attributes:
        key: of which the values are.
        form: a section per value, per bin of the histogram, per day, month or year.
    """

    key: str
    form: Form


def parse_group(text: str, view: GridView) -> Group:
    """What ``grid.group`` says: a key, or a key and a form; a key of that very name comes first.

    Raises:
        UnknownKeyError: the dataset has no such key.
        FilterError: the key has no sections, or not in that form.
    """
    key, _, asked = text.rpartition(":")
    if view.has_key(text) or not view.has_key(key):
        key, asked = text, ""
    view.check_ordered(key, "group by")
    if key in {view.rows.name, "file_path_abs"}:
        raise FilterError(f"cannot group by {brief(key)}: each sample has its own")
    forms = _forms(key, view)
    if not asked:
        return Group(key, forms[0])
    for form in forms:
        if form == asked:
            return Group(key, form)
    offered = [f"{key}:{form}" for form in forms] if len(forms) > 1 else [key]
    raise FilterError(f"cannot group by {brief(text)}: write {' or '.join(map(brief, offered))}")


def renamed_group(group: str, now: Callable[[str], str]) -> str:
    """A group by the present name of its key, as `now` gives it."""
    if now(group) != group:
        return now(group)
    key, colon, form = group.rpartition(":")
    return f"{now(key)}{colon}{form}"


def _forms(key: str, view: GridView) -> tuple[Form, ...]:
    """The forms of a key, the first one without asking."""
    if view.kind(key) != "range":
        return ("value",)
    number = view.of_column("number", key, lambda: _number(view.values(key)))
    if number == "datetime":
        return _DATETIMES
    return _NUMBERS if number == "label" else _NUMBERS[::-1]


def _number(series: pd.Series) -> str:
    """What numbers are; labels are integers of which at least half between the ends occur."""
    number, values, missing = codes.numbers(series)
    values = values[~missing]
    if number != "integer" or not len(values):
        return number
    least = int(values.min())
    span = int(values.max()) - least + 1
    if span > 2 * len(values):
        return number
    occurring = int(np.count_nonzero(np.bincount(values - least)))
    return "label" if 2 * occurring >= span else number
