"""Changes of whole keys: columns that leave, come in another type, or get another name or place."""

from framegrid.base import BUILTIN_TYPES, Schema, notes_key
from framegrid.storage.table.changes import Change, DropKey, OrderKeys, RenameKey, ReplaceKey
from framegrid.storage.table.column import Column

BUILTIN: Schema = {key: kind for key, kind in BUILTIN_TYPES.items() if key != "sample_id"}
"""The built-in columns that are held as columns are; the ids are apart."""


def with_keys_changed(columns: dict[str, Column], change: Change) -> dict[str, Column]:
    """The columns after a change of keys; the notes of a key go with it."""
    match change:
        case RenameKey(old, new):
            names = {old: new, notes_key(old): notes_key(new)}
            return {names.get(key, key): column for key, column in columns.items()}
        case DropKey(dropped):
            gone = (dropped, notes_key(dropped))
            return {key: column for key, column in columns.items() if key not in gone}
        case ReplaceKey(key, key_type, values):
            return {**columns, key: Column(key_type, values)}
        case OrderKeys(keys):
            first = [*BUILTIN, *filter(columns.__contains__, keys)]
            return {key: columns[key] for key in first} | columns
    return columns
