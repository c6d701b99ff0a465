"""Reading files of metadata: CSV, JSON, JSON Lines and Parquet."""

import errno
import json
import os
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from framegrid import remote
from framegrid.base import Schema, brief, check_name, few, shown
from framegrid.dataset.connection.location import StrPath
from framegrid.dataset.imports.contents import contents, in_utf8
from framegrid.dataset.imports.file_rows import Rows, rows_of_frame, rows_of_records
from framegrid.dataset.imports.kinds import check_kind
from framegrid.dataset.reports.wording import counted
from framegrid.images import is_image_name
from framegrid.storage import is_dataset, slice_of_dataset

_JSON_LINES = (".jsonl", ".ndjson")
_STRUCTURE = (
    'a list of records, a mapping {"cat.jpg": {"label": "cat"}}, or in a .jsonl a record per line'
)


def read_parquet(path: StrPath, on: str, _: Schema | None = None) -> Rows:
    """Read a Parquet file, or a folder of them; of a dataset the values with their own types."""
    check_name(path)
    if not remote.is_url(path) and is_dataset(Path(path)):
        return rows_of_frame(slice_of_dataset(Path(path), None, None).frame(), on)
    if not remote.is_url(path) and Path(path).is_file() and not _is_parquet(Path(path)):
        data = Path(path).read_bytes()
        check_kind(path, data, "parquet")
        what = "this is no Parquet file: update_metadata_from_csv and _json read text"
        raise ValueError(f"{path}: {what if data else 'the file is empty'}")
    if not remote.is_url(path) and not Path(path).exists():
        raise FileNotFoundError(errno.ENOENT, "No such file", os.fspath(path))
    try:
        return rows_of_frame(
            _with_types_of_pandas(pd.read_parquet(path, dtype_backend="pyarrow")), on
        )
    except ValueError as error:
        raise ValueError(f"{path}: {str(error).strip()}") from error


def _with_types_of_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    """The same columns, periods and intervals as what they are and not as what stores them."""
    own = frame.copy(deep=False)
    for position, dtype in enumerate(frame.dtypes):
        kind = getattr(dtype, "pyarrow_dtype", None)
        if kind is not None and getattr(kind, "extension_name", "").startswith("pandas."):
            stored = frame.iloc[:, position].array.__arrow_array__()
            own.isetitem(position, kind.to_pandas_dtype().__from_arrow__(stored))
    return own


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def read_json(path: StrPath, on: str, _: Schema | None = None) -> Rows:
    """Read a JSON file: records, a mapping of names to metadata, or one record a line."""
    found, notes = _parsed(path)
    try:
        data, left_out = _only_records(_without_frame(found, on))
        rows = rows_of_records(_named(data, on) if isinstance(data, dict) else data, on)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return rows.noting(notes + left_out)


def _parsed(path: StrPath) -> tuple[Any, list[str]]:
    """What a JSON file says, also one with a record a line that is not called so."""
    if PurePath(path).suffix.lower() in _JSON_LINES:
        return _lines(path)
    try:
        return load_json(path), []
    except ValueError as error:
        if not isinstance(error.__cause__, json.JSONDecodeError):
            raise
        if not error.__cause__.msg.startswith("Extra data"):
            raise
    return _lines(path)


def _without_frame(data: Any, on: str) -> Any:
    """The rows of what ``DataFrame.to_json`` writes, in any order; other things as given."""
    if not isinstance(data, dict):
        return data
    if data.keys() == {"schema", "data"}:
        return _without_index(data["data"], data["schema"])
    if data.keys() == {"columns", "index", "data"}:
        frame = pd.DataFrame(data["data"], data["index"], data["columns"], dtype=object)
        names = [] if on in frame.columns else [on]
        return frame.reset_index(names=names or None, drop=not names).to_dict("records")
    if not data or not all(isinstance(column, dict) for column in data.values()):
        return data
    if on not in data and not _name_images(data):
        return data
    return _records_of_columns(data, on)


def _without_index(records: Any, schema: Any) -> Any:
    """Records without the numbers of the rows, which pandas writes as a column ``index``."""
    key = schema.get("primaryKey") if isinstance(schema, dict) else None
    if key != ["index"] or not isinstance(records, list):
        return records
    rows = [record for record in records if isinstance(record, dict)]
    return [{name: row[name] for name in row if name != "index"} for row in rows]


def _records_of_columns(columns: dict[str, dict[str, Any]], on: str) -> list[dict[str, Any]]:
    """The rows of columns, each a mapping of the names or numbers of its rows to its values."""
    rows = dict.fromkeys(row for column in columns.values() for row in column)
    named = [{} if on in columns else {on: row} for row in rows]
    return [
        {name: column[row] for name, column in columns.items() if row in column} | own
        for row, own in zip(rows, named, strict=True)
    ]


def _name_images(columns: dict[str, dict[str, Any]]) -> bool:
    """Whether the names of rows are those of images, and the names of columns are not."""
    rows = {row for column in columns.values() for row in column}
    return bool(rows) and all(map(is_image_name, rows)) and not any(map(is_image_name, columns))


def _only_records(data: Any) -> tuple[Any, list[str]]:
    """What of a list or mapping is a record, and a note of how many entries are none."""
    kept: Any = None
    if isinstance(data, dict):
        kept = {name: record for name, record in data.items() if isinstance(record, dict)}
    elif isinstance(data, list):
        kept = [record for record in data if isinstance(record, dict)]
    if kept is None or 2 * len(kept) < len(data):
        raise ValueError(f"expected {_STRUCTURE}, got {shown(data)}{_hint(data)}")
    left = len(data) - len(kept)
    return kept, [
        f"left out {left:,} of {len(data):,} entries: they are no records"
    ] if left else []


def _hint(data: Any) -> str:
    """What to do with a mapping that holds records under some name."""
    if not isinstance(data, dict):
        return ""
    if isinstance(data.get("images"), list):
        return ": a COCO file is read by update_metadata_from_coco"
    lists = (name for name, value in data.items() if value and isinstance(value, list))
    name = next((name for name in lists if isinstance(data[name][0], dict)), None)
    return (
        f": pass the list under {brief(name, 80)} to import_metadata(records, on=...)"
        if name is not None
        else ""
    )


def load_json(path: StrPath) -> Any:
    """Parse a JSON file, or object.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no JSON.
    """
    text = _text(path)
    if not text.strip():
        raise ValueError(f"{path}: the file is empty")
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error


def _text(path: StrPath) -> str:
    data = contents(path)
    check_kind(path, data, "json")
    return in_utf8(path, data, None, "strict").decode()


def _lines(path: StrPath) -> tuple[list[Any], list[str]]:
    """The records of the lines, and a note of those that are not JSON, as a last one cut short."""
    records: list[Any] = []
    wrong: dict[int, ValueError] = {}
    for number, line in enumerate(_text(path).split("\n"), 1):
        try:
            records += [json.loads(line)] if line.strip() else []
        except ValueError as error:
            wrong[number] = error
    if wrong and not records:
        number, first = next(iter(wrong.items()))
        raise ValueError(f"{path}, line {number} is not JSON: {first}") from first
    return records, [
        f"{counted(len(wrong), 'line')} left out, not JSON: {few(wrong)}"
    ] if wrong else []


def _named(mapping: dict[str, dict[str, Any]], on: str) -> list[dict[str, Any]]:
    """Records with their names in them, unless all of them have that already."""
    if mapping and all(on in record for record in mapping.values()):
        return list(mapping.values())
    try:
        names = list(map(int, mapping)) if on == "sample_id" else list(mapping)
    except ValueError as error:
        raise ValueError(f"sample ids are integers: {error}") from None
    return [{**metadata, on: name} for name, metadata in zip(names, mapping.values(), strict=True)]
