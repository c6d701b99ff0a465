"""Changes of whole metadata keys: rename and drop."""

from framegrid.base import UnknownKeyError, brief, check_key, few
from framegrid.storage import DropKey, RenameKey, Table


def rename_key(table: Table, old: str, new: str) -> RenameKey | None:
    """The change that renames the key `old`; None when it has that name."""
    check_exists(table, old)
    if new == old:
        return None
    if new in table.schema:
        raise ValueError(
            f"cannot rename {brief(old)}: there is a metadata key {brief(new)} already"
        )
    check_key(new, {key: kind for key, kind in table.schema.items() if key != old})
    return RenameKey(old, new)


def drop_key(table: Table, key: str) -> DropKey:
    """Remove a key with all its values."""
    check_exists(table, key)
    return DropKey(key)


def check_exists(table: Table, key: str) -> None:
    """Raise unless there is a metadata key of this name."""
    if key not in table.schema:
        raise UnknownKeyError(
            f"no metadata key {brief(key)}: the dataset has {few(table.shown) or 'none'}"
        )
