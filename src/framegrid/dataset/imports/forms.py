"""What users hand over that is no file: frames, records, pairs of a sample and its metadata."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from framegrid.base import Schema, brief
from framegrid.dataset.edits.frame_updates import ArrowBatch, ArrowStream, as_frame
from framegrid.dataset.edits.updates import Update, split_pairs
from framegrid.dataset.imports.file_rows import Rows, rows_of_frame, rows_of_records
from framegrid.dataset.matching.path_columns import NO_PATHS, rank

Given = Update | Iterable[Mapping[str, Any]] | Mapping[str, Iterable[Any]]
"""What ``import_metadata`` takes: all that ``update_metadata`` does, records, columns by name."""


def rows_of(given: Given, column: str, schema: Schema) -> Rows:
    """The rows of what was handed over.

    Args:
        given: a frame; pairs of a sample and a mapping, or a mapping of these; records; or columns
            by name.
        column: the column or index that names the sample of each row.
        schema: types of the keys there are.
    """
    _check_form(given)
    if isinstance(given, Mapping) and not _is_of_mappings(given.values()):
        given = pd.DataFrame({name: _column(values) for name, values in given.items()})
    if isinstance(given, (pd.DataFrame, ArrowStream, ArrowBatch)):
        _check_index(given, column)
        return rows_of_frame(as_frame(given, column), column, schema)
    given = given if isinstance(given, Mapping) else list(given)
    if not isinstance(given, Mapping) and given and _is_of_mappings(given):
        return rows_of_records(given, column)
    samples, mappings = split_pairs(given)  # type: ignore[arg-type]
    named = [{**m, column: sample} for sample, m in zip(samples, mappings, strict=True)]
    return rows_of_records(named, column)


def _column(values: Any) -> "pd.Series[Any]":
    """Values as a column that changes none of them, as pandas does with integers beside floats."""
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    return pd.Series(values, dtype=None if hasattr(values, "dtype") else object)


def _is_of_mappings(values: Iterable[Any]) -> bool:
    return all(isinstance(value, Mapping) for value in values)


def _check_form(given: object) -> None:
    """Raise for what is neither a frame nor holds rows."""
    is_path = isinstance(given, str | bytes | os.PathLike)
    is_frame = isinstance(given, (ArrowStream, ArrowBatch))
    if is_path or not (is_frame or isinstance(given, Iterable)):
        raise TypeError(
            "expected a DataFrame, {sample: mapping}, pairs of these or a list of records, got "
            f"{brief(given)}; files are read by update_metadata_from_csv, _excel, _json, _parquet, "
            "_coco and _labels"
        )


def _check_index(frame: object, on: str) -> None:
    """Raise if numbers of rows would be taken for sample ids, while a column names the images."""
    if not isinstance(frame, pd.DataFrame) or not frame.columns.is_unique:
        return
    if on != "sample_id" or on in frame.columns or frame.index.name is not None:
        return
    by_default = isinstance(frame.index, pd.RangeIndex)
    for column in frame.columns:
        if column in ("file_name", "file_path_abs") or (
            by_default and rank(column, frame[column]) != NO_PATHS
        ):
            on = (
                repr(column)
                if column in ("file_name", "file_path_abs")
                else f"{{{brief(column)}: 'file_name'}}"
            )
            raise ValueError(
                f"column {brief(column)} names the images, and the index has no name: pass "
                f"on={on}, or name the index if it holds sample ids, as in "
                "frame.rename_axis('sample_id')"
            )
