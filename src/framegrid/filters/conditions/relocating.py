"""Filters on ``folder`` when the folder that all images share has become another."""

from framegrid.filters.conditions.conditions import Condition


def relocated(condition: Condition, old: str, new: str) -> Condition | None:
    """The condition that means the same folders from another start; None if that is all.

    Folders above the new start, and all where the starts are not inside each other, stay.

    Args:
        condition: on the built-in ``folder``.
        old: the folder that it starts from, with a slash behind it.
        new: the one that folders start from now.
    """
    match condition:
        case {"under": folder}:
            moved = _relocated(folder, old, new)
            return {"under": moved} if moved else None
        case {"in": wanted}:
            return {"in": [each if each is None else _relocated(each, old, new) for each in wanted]}
    return condition


def _relocated(folder: str, old: str, new: str) -> str:
    if old.startswith(new):
        return f"{old.removeprefix(new)}{folder}".strip("/")
    inside = f"{old}{folder}/"
    return inside.removeprefix(new).strip("/") if inside.startswith(new) else folder
