"""Two conditions on one key as one condition, where there is one that says the same."""

from framegrid.base import KeyType
from framegrid.filters.conditions.conditions import INFINITIES, Condition


def both(one: Condition, other: Condition, key_type: KeyType) -> Condition | None:
    """The condition that passes what both pass, None if no single one does."""
    if one == other:
        return one
    match one, other:
        case {"in": wanted}, {"in": among} if key_type != "list":
            return {"in": [value for value in wanted if value in among]}
        case {"min": _}, {"min": _}:
            low = max(one["min"], other["min"], key=lambda bound: _order(bound, -1))
            high = min(one["max"], other["max"], key=lambda bound: _order(bound, 1))
            if _order(low, -1) > _order(high, 1):
                return None
            return {"min": low, "max": high, "missing": one["missing"] and other["missing"]}
    return None


def either(one: Condition, other: Condition, key_type: KeyType) -> Condition | None:
    """The condition that passes what one or the other passes, None if no single one does."""
    match _listed(one, key_type), _listed(other, key_type):
        case {"in": wanted}, {"in": more}:
            return {"in": [*wanted, *more]}
        case ({"min": _} as within, {"in": [None]}) | ({"in": [None]}, {"min": _} as within):
            return {**within, "missing": True}
    return None


def _listed(condition: Condition, key_type: KeyType) -> Condition:
    if key_type == "list" and "contains" in condition:
        return {"in": [condition["contains"]]}
    return condition


def _order(bound: float | str | None, unbounded: int) -> tuple[int, float | str]:
    """Sorts bounds of one key: numbers, or ISO 8601 text, within what is unbounded or infinite."""
    if bound is None:
        return (2 * unbounded, 0)
    if bound in INFINITIES:
        return (-1 if bound == "-inf" else 1, 0)
    return (0, bound)
