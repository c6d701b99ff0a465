"""Several rows for one sample, such as detections, made one value for each key."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa

from framegrid.base import few, is_missing, shown
from framegrid.dataset.edits.edits import Patch
from framegrid.dataset.imports.fitting import Conflict, Values
from framegrid.dataset.reports.wording import counted

How = Literal["count", "first", "max", "mean", "list"]
"""How the values of several rows become one; missing ones do not count."""

Aggregate = How | Mapping[str, How]
"""For all keys, or by key; rows of a sample must agree in the others."""

Many = Aggregate | None
"""How several rows for a sample become one; None takes none of them."""

_HOWS = get_args(How)


def check_aggregate(aggregate: Aggregate | None, keys: Sequence[Any]) -> None:
    """Raise unless `aggregate` says how for some of the keys."""
    if aggregate is None:
        return
    hows = list(aggregate.values()) if isinstance(aggregate, Mapping) else [aggregate]
    if wrong := [how for how in hows if how not in _HOWS]:
        raise ValueError(
            f"aggregate={shown(wrong[0])}: rows of one sample become one by {few(_HOWS)}, for all "
            "keys or by key, as in {'score': 'max'}"
        )
    named = aggregate if isinstance(aggregate, Mapping) else ()
    if unknown := [key for key in named if key not in keys]:
        raise ValueError(f"aggregate names no column {shown(unknown[0])}; there are {few(keys)}")


def aggregated(patch: Patch, aggregate: Aggregate) -> tuple[Patch, list[Conflict]]:
    """Make one row for each sample, and give the values that could not be made one.

    Args:
        patch: its ids may be there more than once.
        aggregate: how, as it was checked.
    """
    ids, places = np.unique(patch.ids, return_inverse=True)
    columns, conflicts = {}, []
    for key, values in patch.columns.items():
        how = aggregate.get(key) if isinstance(aggregate, Mapping) else aggregate
        groups = _groups(values, places, len(ids))
        made = [_made(group, how) for group in groups]
        conflicts += [
            Conflict(sample_id, key, group, str(one))
            for sample_id, group, one in zip(ids.tolist(), groups, made, strict=True)
            if isinstance(one, Exception)
        ]
        columns[key] = [None if isinstance(one, Exception) else one for one in made]
    return Patch(ids, columns), conflicts


def _groups(values: Values, places: "np.ndarray[Any, Any]", count: int) -> list[list[Any]]:
    groups: list[list[Any]] = [[] for _ in range(count)]
    plain = values.to_pylist() if isinstance(values, pa.Array) else values
    for place, value in zip(places.tolist(), plain, strict=True):
        if not is_missing(value):
            groups[place].append(value)
    return groups


def _made(group: list[Any], how: How | None) -> Any:
    """One value of several; the reason, as an exception, where there is none."""
    if how == "count":
        return len(group)
    if not group:
        return None
    try:
        return _AGGREGATES[how](group)
    except (TypeError, ValueError) as error:
        return ValueError(f"no {how or 'one value'} of {counted(len(group), 'row')}: {error}")


def _mean(group: list[Any]) -> float:
    if not all(isinstance(value, int | float | np.number | Decimal) for value in group):
        raise TypeError("not all of them are numbers")
    return float(sum(group) / len(group))


def _same(group: list[Any]) -> Any:
    if any(value != group[0] for value in group):
        raise ValueError("they differ; say how in aggregate=")
    return group[0]


_AGGREGATES: dict[How | None, Callable[[list[Any]], Any]] = {
    "first": lambda group: group[0],
    "list": list,
    "max": max,
    "mean": _mean,
    None: _same,
}
