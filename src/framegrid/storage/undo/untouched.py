"""Whether everything is still as an edit left it, so that it can be taken back."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.base import (
    BUILTIN_TYPES,
    ConflictError,
    KeyType,
    as_array,
    brief,
    check_key,
    is_hidden,
    lists_differ,
    objects_of,
    shown,
)
from framegrid.storage.table.changes import AddSamples, Block, RemoveSamples, SetBlocks
from framegrid.storage.table.ids import UNKNOWN, Ids, find_all
from framegrid.storage.table.table import Table
from framegrid.storage.undo.done import Done
from framegrid.storage.undo.footprint import SIZE_COLUMNS


def check_untouched(table: Table, done: Done) -> None:
    """Check that nobody changed since what an edit did.

    Args:
        table: the table as it is now, later edits of one's own taken back.
        done: the edit.

    Raises:
        ConflictError: if somebody did; it names a sample and a key.
    """
    try:
        _check_keys(table, done)
        _check_samples(table, done)
        _check_values(table, done.left(table))
    except _Touched as reason:
        raise ConflictError(
            f"the last {brief(done.line[1])} cannot be undone, as {reason} since, by "
            "somebody else; "
            "nothing was undone"
        ) from None


class _Touched(Exception):  # noqa: N818 - never leaves this module
    """What was changed."""


def _check_keys(table: Table, done: Done) -> None:
    """Check that keys have the types that the edit left them with, and that names are free."""
    made = done.new.keys() - done.old.keys()  # a rename may have changed the case alone
    others = {key: kind for key, kind in table.schema.items() if key not in made}
    for key in _keys(done):
        if table.schema.get(key) != done.new.get(key):
            raise _Touched(f"the metadata key {brief(key)} was {_fate(table, done, key)}")
        if key in done.old and key not in done.new:
            try:
                check_key(key, others)
            except ValueError as error:
                raise _Touched(f"another key was made: {error}") from None


def _keys(done: Done) -> list[str]:
    match done.change, done.before:
        case RemoveSamples(), [AddSamples(samples)]:
            held = filter(lambda key: samples[key].null_count < len(samples), done.new)
            return [key for key in held if not is_hidden(key)]
    return [key for key in done.line[2] if key in done.old or key in done.new]


def _fate(table: Table, done: Done, key: str) -> str:
    if key not in table.schema:
        return "dropped or renamed"
    return f"turned into {table.schema[key]}" if key in done.new else "made again"


def _check_samples(table: Table, done: Done) -> None:
    """Check that samples are there whose values come back, and that those to come back are not."""
    for change in done.restoring():
        match change:
            case AddSamples(samples):
                _check_there(table, np.asarray(samples["sample_id"]), there=False)
            case RemoveSamples(ids):
                _check_there(table, ids, there=True)
            case SetBlocks(blocks):
                for block in blocks:
                    _check_there(table, block.ids, there=True)


def _check_there(table: Table, ids: Ids, *, there: bool) -> None:
    wrong = (find_all(table.ids, ids) != UNKNOWN) != there
    if wrong.any():
        raise _Touched(f"sample {ids[wrong][0]} was {'removed' if there else 'brought back'}")


def _check_values(table: Table, left: list[Block]) -> None:
    types = BUILTIN_TYPES | table.shown
    for key in dict.fromkeys(key for block in left for key in block.columns):
        if key_type := types.get(key):
            _check_column(table, key, key_type, [block for block in left if key in block.columns])


def _check_column(table: Table, key: str, key_type: KeyType, left: list[Block]) -> None:
    """Check the values of a key; of several that an edit gave to a sample, the last one."""
    now = table.column(key)
    ids = np.concatenate([block.ids for block in left])
    then = pa.chunked_array([as_array(block.columns[key], key_type) for block in left])
    if not (np.diff(ids) > 0).all():  # as they are in most edits of many
        ids, places = np.unique(ids[::-1], return_index=True)
        then = then.take(pa.array(len(then) - 1 - places))
    then = then.combine_chunks()
    now = now.take(pa.array(table.rows(ids)))
    differ = lists_differ(now, then) if key_type == "list" else _differ(now, then)
    for place in np.flatnonzero(differ).tolist():
        is_now, was_then = (
            objects_of(array[place : place + 1], key_type)[0] for array in (now, then)
        )
        is_read = key in SIZE_COLUMNS and was_then is None  # in the background, by whomever
        if is_now != was_then and not is_read:
            raise _Touched(
                f"{brief(key)} of sample {ids[place]} was changed from {_shown(was_then)} to "
                f"{_shown(is_now)}"
            )


def _differ(one: pa.Array, other: pa.Array) -> Any:
    equal = np.asarray(pc.fill_null(pc.equal(one, other), fill_value=False))
    return ~(equal | np.asarray(pc.and_(one.is_null(), other.is_null())))


def _shown(value: Any) -> str:
    return "nothing" if value is None else shown(value)
