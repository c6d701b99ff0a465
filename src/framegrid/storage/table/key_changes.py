"""Changes of whole keys: columns that leave, come in another type, or get another name or place."""

from framegrid.base import BUILTIN_TYPES, Schema, companions, function_of, is_maker_key
from framegrid.storage.table.changes import Change, DropKey, OrderKeys, RenameKey, ReplaceKey
from framegrid.storage.table.column import Column

BUILTIN: Schema = {key: kind for key, kind in BUILTIN_TYPES.items() if key != "sample_id"}
"""The built-in columns that are held as columns are; the ids are apart."""


def with_keys_changed(columns: dict[str, Column], change: Change) -> dict[str, Column]:
    """The columns after a change of keys; the notes of a key go with it."""
    match change:
        case RenameKey(old, new):
            names = dict(zip((old, *companions(old)), (new, *companions(new)), strict=True))
            return {names.get(key, key): column for key, column in columns.items()}
        case DropKey(dropped):
            gone = {dropped, *companions(dropped)}
            left = {key: column for key, column in columns.items() if key not in gone}
            return left if any(map(is_maker_key, left)) else _without_functions(left)
        case ReplaceKey(key, key_type, values):
            return {**columns, key: Column(key_type, values)}
        case OrderKeys(keys):
            first = [*BUILTIN, *filter(columns.__contains__, keys)]
            return {key: columns[key] for key in first} | columns
    return columns


def _without_functions(columns: dict[str, Column]) -> dict[str, Column]:
    """The columns without the names of functions, where no key remembers one."""
    return {key: column for key, column in columns.items() if function_of(key) is None}
