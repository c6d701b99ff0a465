"""What sections are of: a key, and in which form its values make them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from framegrid.base import FilterError, brief
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
    if key == view.rows.name:
        raise FilterError(f"cannot group by {brief(key)}: each sample has its own")
    forms = _forms(key, view)
    if not asked:
        return Group(key, forms[0])
    for form in forms:
        if form == asked:
            return Group(key, form)
    offered = [f"{key}:{form}" for form in forms] if len(forms) > 1 else [key]
    raise FilterError(f"cannot group by {brief(text)}: write {' or '.join(map(brief, offered))}")


def check_group(group: str, view: GridView) -> None:
    """Raise unless there can be sections of `group`; ``""`` is none.

    Raises:
        UnknownKeyError, FilterError: as for ``parse_group``.
    """
    if group:
        parse_group(group, view)


def renamed_group(group: str, now: Callable[[str], str]) -> str:
    """A group by the present name of its key, as `now` gives it."""
    if now(group) != group:
        return now(group)
    key, colon, form = group.rpartition(":")
    return f"{now(key)}{colon}{form}"


def _forms(key: str, view: GridView) -> tuple[Form, ...]:
    """The forms of a key, the first one without asking."""
    if key == "file_path_abs" or view.kind(key) != "range":
        return ("value",)
    values = view.values(key)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _DATETIMES
    is_dense = pd.api.types.is_integer_dtype(values.dtype) and _is_dense(values)
    return _NUMBERS if is_dense else _NUMBERS[::-1]


def _is_dense(values: pd.Series) -> bool:
    """Whether integers are labels: at least half of those between the ends occur."""
    numbers = values.dropna().to_numpy(np.int64)
    if not len(numbers):
        return False
    least = int(numbers.min())
    span = int(numbers.max()) - least + 1
    if span > 2 * len(numbers):
        return False
    return 2 * int(np.count_nonzero(np.bincount(numbers - least))) >= span
