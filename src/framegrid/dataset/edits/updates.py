"""The forms of ``update_metadata``, and of these pairs of an identifier and a mapping."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from framegrid.base import brief
from framegrid.dataset.edits.edits import Patch, set_blocks
from framegrid.dataset.edits.frame_updates import (
    ArrowBatch,
    ArrowStream,
    as_frame,
    split_frame,
    update_frame,
)
from framegrid.dataset.matching.matching import On, identified, match_all
from framegrid.storage import Ids, SetBlocks, Table

Pairs = Iterable[tuple[Any, Mapping[str, Any]]]

Update = Pairs | Mapping[Any, Mapping[str, Any]] | pd.DataFrame | ArrowStream | ArrowBatch
"""What ``update_metadata`` takes."""

_MANY = 50_000  # mappings, which caches do not hold


def update(data: Update, on: On) -> Callable[[Table], SetBlocks | None]:
    """Read `data` once, and give the function that makes it a change of a table."""
    column, on = identified(on)
    if isinstance(data, (pd.DataFrame, ArrowStream, ArrowBatch)):
        rows, frame = split_frame(as_frame(data, column), column)
        return lambda table: update_frame(table, match_all(table, on, rows), rows, frame)
    identifiers, mappings = split_pairs(data)
    return lambda table: _update_pairs(table, match_all(table, on, identifiers), mappings)


def split_pairs(
    data: Pairs | Mapping[Any, Mapping[str, Any]],
) -> tuple[list[Any], list[Mapping[str, Any]]]:
    """The samples that pairs name, and their mappings.

    Raises:
        TypeError: these are no such pairs.
    """
    if not isinstance(data, Iterable):
        raise TypeError(f"expected pairs of a sample and a mapping, got {brief(data)}")
    pairs = list(data.items() if isinstance(data, Mapping) else data)
    if pairs and isinstance(pairs[0], Mapping):
        raise TypeError(
            f"expected pairs of a sample and a mapping, got records such as {brief(pairs[0])}: "
            "pass pandas.DataFrame(records), or the records to import_metadata"
        )
    try:
        identifiers = [identifier for identifier, _ in pairs]
    except (TypeError, ValueError):
        strange = next(pair for pair in pairs if not _is_pair(pair))
        raise TypeError(f"expected pairs of a sample and a mapping, got {brief(strange)}") from None
    mappings = [mapping for _, mapping in pairs]
    others = {kind for kind in set(map(type, mappings)) if not issubclass(kind, Mapping)}
    if others:
        row = next(row for row, mapping in enumerate(mappings) if type(mapping) in others)
        raise TypeError(
            f"metadata comes as a mapping of keys to values, got {brief(mappings[row])} "
            f"for {brief(identifiers[row])}"
        )
    return identifiers, mappings


def _is_pair(value: Any) -> bool:
    try:
        _, _ = value
    except (TypeError, ValueError):
        return False
    return True


def _update_pairs(
    table: Table, ids: Ids, mappings: Sequence[Mapping[str, Any]]
) -> SetBlocks | None:
    unique = pd.Index(ids).is_unique
    if not unique:
        ids, mappings = _merged(ids, mappings)
    patches = _of_equal_keys(*_in_memory_order(ids, mappings)) or patches_of(ids, mappings)
    return set_blocks(table, patches)


def _merged(ids: Ids, mappings: Sequence[Mapping[str, Any]]) -> tuple[Ids, list[Mapping[str, Any]]]:
    """Bring the mappings of each sample together; of several values for a key the last counts."""
    merged: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for sample_id, mapping in zip(ids.tolist(), mappings, strict=True):
        merged[sample_id].update(mapping)
    return np.fromiter(merged, np.int64), list(merged.values())


def _in_memory_order(
    ids: Ids, mappings: Sequence[Mapping[str, Any]]
) -> tuple[Ids, Sequence[Mapping[str, Any]]]:
    """Sort many shuffled mappings by their addresses: caches make them twice as fast to read."""
    addresses = np.fromiter(map(id, mappings), np.uint64, len(mappings))
    backwards = np.count_nonzero(addresses[1:] < addresses[:-1])
    if len(mappings) < _MANY or backwards < len(mappings) / 4:
        return ids, mappings
    order = np.argsort(addresses)
    return ids[order], [mappings[row] for row in order.tolist()]


def _of_equal_keys(ids: Ids, mappings: Sequence[Mapping[str, Any]]) -> list[Patch]:
    """Do as ``patches_of``, if all have the same keys: the most common, and three times as fast."""
    signatures = set(map(tuple, mappings))
    if len(signatures) != 1:
        return []
    keys = signatures.pop()
    return [Patch(ids, {key: [mapping[key] for mapping in mappings] for key in keys})]


def patches_of(ids: Ids, mappings: Sequence[Mapping[str, Any]]) -> list[Patch]:
    """Turn mappings into columns: one patch for all keys that the same samples got.

    Args:
        ids: (M,) the sample of each mapping, each once.
        mappings: M values by key.
    """
    if of_all := _of_equal_keys(ids, mappings):
        return of_all
    columns: defaultdict[str, tuple[list[int], list[Any]]] = defaultdict(lambda: ([], []))
    for row, mapping in enumerate(mappings):
        for key, value in mapping.items():
            rows, values = columns[key]
            rows.append(row)
            values.append(value)
    patches: defaultdict[tuple[int, ...], dict[str, list[Any]]] = defaultdict(dict)
    for key, (rows, values) in columns.items():
        patches[tuple(rows)][key] = values
    return [Patch(ids[list(rows)], columns) for rows, columns in patches.items()]
