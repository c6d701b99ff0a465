"""Reading files of metadata: CSV, JSON, JSON Lines and Parquet."""

import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import IO, Any, cast

import pandas as pd

from framegrid import remote
from framegrid.dataset.imports.rows import Rows, rows_of_frame, rows_of_records
from framegrid.schema import KeyType, Schema, shown
from framegrid.store import is_dataset, slice_of_dataset

StrPath = str | os.PathLike[str]

_JSON_LINES = (".jsonl", ".ndjson")
_STRUCTURE = (
    'a list of records, a mapping {"cat.jpg": {"label": "cat"}}, or in a .jsonl a record per line'
)


def read_csv(path: StrPath, on: str, schema: Schema, options: Mapping[str, Any]) -> Rows:
    """Read a CSV file.

    Args:
        path: the file.
        on: the column that names the sample of a row.
        schema: types of the keys there are: numbers stay text in a key of strings.
        options: for ``pandas.read_csv``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no CSV file, or has no column `on`.
    """
    text = [key for key, kind in schema.items() if kind == "string"]
    text += [on] if on != "sample_id" else []
    # Nullable dtypes, as numpy's would make floats of integers where one is missing.
    defaults = {"dtype_backend": "numpy_nullable", "dtype": dict.fromkeys(text, "string")}
    try:
        frame = cast(pd.DataFrame, pd.read_csv(path, **(defaults | dict(options))))
        frame = _without_empty(frame, [on, *schema])
        return rows_of_frame(_with_numbers(frame, schema), on)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: {error}; name its encoding, as in encoding='cp1252'") from error
    except ValueError as error:
        raise ValueError(f"{path}: {str(error).strip()}") from error


def _without_empty(frame: pd.DataFrame, known: list[str]) -> pd.DataFrame:
    """Leave out new columns without a value: pandas' guess would settle the type of their keys."""
    return frame.loc[:, frame.notna().any() | frame.columns.isin(known)]


def _with_numbers(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Read the numbers in columns that pandas took for text because of some values in them."""
    parsers = {key: _SPELLED[kind] for key, kind in schema.items() if kind in _SPELLED}
    numbers = {
        key: [_number_or_not(parse, value) for value in frame[key]]
        for key, parse in parsers.items()
        if key in frame.columns and isinstance(frame[key].dtype, pd.StringDtype)
    }
    return frame.assign(**numbers)


def _number_or_not(parse: Callable[[str], Any], text: Any) -> Any:
    try:
        return parse(text) if isinstance(text, str) else None
    except ValueError:
        return text


def _int_or_float(text: str) -> float:
    try:
        return int(text)
    except ValueError:
        return float(text)


_SPELLED: dict[KeyType, Callable[[str], Any]] = {
    "integer": _int_or_float,
    "float": _int_or_float,
    "boolean": lambda text: {"true": True, "false": False}.get(text.lower(), text),
}


def read_parquet(path: StrPath, on: str) -> Rows:
    """Read a Parquet file, or a folder of them; of a dataset the values with their own types.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no Parquet file, or has no column `on`.
    """
    if not remote.is_url(path) and is_dataset(Path(path)):
        return rows_of_frame(slice_of_dataset(Path(path), None, None).frame(), on)
    try:
        return rows_of_frame(pd.read_parquet(path, dtype_backend="pyarrow"), on)
    except ValueError as error:
        raise ValueError(f"{path}: {str(error).strip()}") from error


def read_json(path: StrPath, on: str) -> Rows:
    """Read a JSON file: records, a mapping of names to metadata, or one record a line.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no JSON, has another structure, or no record has `on`.
    """
    is_lines = PurePath(path).suffix.lower() in _JSON_LINES
    data = _lines(path) if is_lines else load_json(path)
    records = list(data.values()) if isinstance(data, dict) else data
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise ValueError(f"{path}: expected {_STRUCTURE}, got {shown(data)}")
    try:
        return rows_of_records(_named(data, on) if isinstance(data, dict) else data, on)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def load_json(path: StrPath) -> Any:
    """Parse a JSON file, or object.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no JSON.
    """
    try:
        with _opened(path) as file:
            return json.load(file)
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error


def _opened(path: StrPath) -> IO[str]:
    if remote.is_url(path):
        return io.StringIO(remote.read(path).decode("utf-8-sig"))
    return Path(path).open(encoding="utf-8-sig")


def _lines(path: StrPath) -> list[Any]:
    records = []
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            try:
                records += [json.loads(line)] if line.strip() else []
            except ValueError as error:
                raise ValueError(f"{path}, line {number} is not JSON: {error}") from error
    return records


def _named(mapping: dict[str, dict[str, Any]], on: str) -> list[dict[str, Any]]:
    try:
        names = list(map(int, mapping)) if on == "sample_id" else list(mapping)
    except ValueError as error:
        raise ValueError(f"sample ids are integers: {error}") from None
    return [{**metadata, on: name} for name, metadata in zip(names, mapping.values(), strict=True)]
