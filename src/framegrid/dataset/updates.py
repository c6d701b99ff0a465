"""The forms of ``update_metadata``, each brought into patches: columns of values with their ids."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from framegrid.dataset.edits import Patch, set_blocks
from framegrid.dataset.frames import check_unique_columns
from framegrid.dataset.matching import IDENTIFIERS, Ids, check_identifier, match_all
from framegrid.dataset.reports import few
from framegrid.schema import BUILTIN_COLUMNS
from framegrid.table import SetBlocks, Table

Pairs = Iterable[tuple[Any, Mapping[str, Any]]]

Update = Pairs | Mapping[Any, Mapping[str, Any]] | pd.DataFrame
"""What ``update_metadata`` takes."""


def update(data: Update, on: str) -> Callable[[Table], SetBlocks | None]:
    """Read `data` once, and give the function that makes it a change of a table.

    Raises:
        TypeError: `data` has none of the forms.
        ValueError: `on` is no identifier, or a DataFrame has no such column.
    """
    check_identifier(on)
    if isinstance(data, pd.DataFrame):
        identifiers, frame = split_frame(_with_named_ids(data, on), on)
        return lambda table: update_frame(
            table, match_all(table, on, identifiers), identifiers, frame
        )
    identifiers, mappings = _split_pairs(data)
    return lambda table: _update_pairs(table, match_all(table, on, identifiers), mappings)


# DataFrames


def split_frame(frame: pd.DataFrame, on: str) -> tuple[list[Any], pd.DataFrame]:
    """Split a DataFrame into the identifiers of its rows and its other columns.

    Raises:
        ValueError: it has no column or index `on`, or two columns of one name.
    """
    check_unique_columns(frame)
    if on in frame.columns:
        return frame[on].tolist(), frame.drop(columns=on)
    if on == frame.index.name:
        return frame.index.tolist(), frame
    raise ValueError(
        f"no column is named {on!r}, to tell which sample a row is for; there are "
        f"{few(frame.columns)}. Give one of them the name {', '.join(IDENTIFIERS[:-1])} or "
        f"{IDENTIFIERS[-1]}, and that name as on="
    )


def update_frame(
    table: Table, ids: Ids, identifiers: Sequence[Any], frame: pd.DataFrame
) -> SetBlocks | None:
    """Write the columns of `frame`, row by row, to the samples `ids`; None for no change.

    Built-in columns may be among them as long as they say what the dataset says.

    Args:
        table: the table as it is now.
        ids: (M,) the sample of each row.
        identifiers: M names of the samples, as the user gave them.
        frame: (M, K) values; a missing one removes.

    Raises:
        ValueError: two rows are for one sample, or a built-in column was edited.
        MetadataTypeError: a key holds values of another type.
        TypeError, ValueError, OverflowError: a key or a value cannot be stored.
    """
    doubled = np.flatnonzero(pd.Index(ids).duplicated()).tolist()
    if doubled:
        names = few(dict.fromkeys(identifiers[row] for row in doubled))
        raise ValueError(f"several rows are for the same sample: {names}; keep one of them")
    columns = {}
    for column in frame.columns:
        if column in BUILTIN_COLUMNS:
            _check_unedited(table, ids, column, frame[column])
        else:
            columns[column] = frame[column]
    return set_blocks(table, [Patch(ids, columns)])


def _with_named_ids(frame: pd.DataFrame, on: str) -> pd.DataFrame:
    """Take an index of integers without a name for sample ids."""
    unnamed = frame.index.name is None and frame.index.dtype.kind in "iu"
    if on == "sample_id" and unnamed and on not in frame.columns:
        return frame.rename_axis(index=on)
    return frame


def _check_unedited(table: Table, ids: Ids, column: str, values: pd.Series) -> None:
    kept = table.column(column).take(np.searchsorted(table.ids, ids)).to_pylist()
    given = values.astype(object).where(values.notna(), None).tolist()
    if given == kept:
        return
    row = next(row for row in range(len(ids)) if given[row] != kept[row])
    instead = f" or pass on={column!r}" if column in IDENTIFIERS else ""
    raise ValueError(
        f"{column!r} is a built-in column and cannot be edited: sample {ids[row]} has "
        f"{kept[row]!r}, not {given[row]!r}; drop the column from the data{instead}"
    )


# Pairs of an identifier and a mapping


def _split_pairs(
    data: Pairs | Mapping[Any, Mapping[str, Any]],
) -> tuple[list[Any], list[Mapping[str, Any]]]:
    if not isinstance(data, Iterable):
        raise TypeError(f"expected pairs of a sample and a mapping, got {data!r}")
    pairs = list(data.items() if isinstance(data, Mapping) else data)
    try:
        identifiers = [identifier for identifier, _ in pairs]
    except (TypeError, ValueError):
        strange = next(pair for pair in pairs if not _is_pair(pair))
        raise TypeError(f"expected pairs of a sample and a mapping, got {strange!r}") from None
    mappings = [mapping for _, mapping in pairs]
    others = {kind for kind in set(map(type, mappings)) if not issubclass(kind, Mapping)}
    if others:
        row = next(row for row, mapping in enumerate(mappings) if type(mapping) in others)
        raise TypeError(
            f"metadata comes as a mapping of keys to values, got {mappings[row]!r} "
            f"for {identifiers[row]!r}"
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
    if not pd.Index(ids).is_unique:
        ids, mappings = _merged(ids, mappings)
    return set_blocks(table, _patches(ids, mappings))


def _merged(ids: Ids, mappings: Sequence[Mapping[str, Any]]) -> tuple[Ids, list[Mapping[str, Any]]]:
    """Bring the mappings of each sample together; of several values for a key the last counts."""
    merged: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for sample_id, mapping in zip(ids.tolist(), mappings, strict=True):
        merged[sample_id].update(mapping)
    return np.fromiter(merged, np.int64), list(merged.values())


def _patches(ids: Ids, mappings: Sequence[Mapping[str, Any]]) -> list[Patch]:
    """Turn mappings into columns: one patch for all keys that the same samples got."""
    signatures = set(map(tuple, mappings))
    if len(signatures) == 1:  # by far the most common, and three times as fast
        keys = signatures.pop()
        return [Patch(ids, {key: [mapping[key] for mapping in mappings] for key in keys})]
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
