"""Reading Excel files: cells have types of their own, and text in them stays text."""

import io
from importlib.util import find_spec
from typing import Any, cast

import pandas as pd

from framegrid.base import Schema, brief
from framegrid.dataset.imports.contents import contents
from framegrid.dataset.imports.csv_options import Options
from framegrid.dataset.imports.file_rows import Rows, rows_of_frame, without_empty
from framegrid.dataset.imports.kinds import check_kind, kind_of


def read_excel(path: Any, on: str, schema: Schema, options: Options) -> Rows:
    """Read a sheet of an Excel file.

    Args:
        path: the file, an object or web page by its URL, or what can be read.
        on: the column that names the sample of a row.
        schema: types of the keys there are.
        options: of ``pandas.read_excel``, which add to what is done here.
    """
    if find_spec("openpyxl") is None:
        raise ImportError("update_metadata_from_excel needs openpyxl: pip install openpyxl")
    data = contents(path)
    check_kind(path, data, "excel")
    if kind_of(data)[0] != "excel":
        raise ValueError(f"{path} is no Excel file: update_metadata_from_csv reads text")
    try:
        return rows_of_frame(_sheet(data, schema, options), on, schema)
    except ValueError as error:
        raise ValueError(f"{path}: {str(error).strip()}") from error


def _sheet(data: bytes, schema: Schema, options: Options) -> pd.DataFrame:
    """The cells of a sheet as they are, without those that are blank or errors."""
    sheet = options.get("sheet_name", 0)
    if not isinstance(sheet, (str, int)):
        raise TypeError(f"sheet_name={brief(sheet)}: name one sheet, or give its number from 0")
    own: dict[str, Any] = {"dtype": object, "keep_default_na": False}
    given = {name: option for name, option in options.items() if name not in (*own, "na_values")}
    own["na_values"] = _with_blank(options.get("na_values"))
    frame = cast(pd.DataFrame, pd.read_excel(io.BytesIO(data), **own, **given))
    keys = {name: _key(name, schema) for name in frame.columns}
    frame = frame.rename(columns=keys)
    types: Any = options.get("dtype") or {}
    types = types if isinstance(types, dict) else dict.fromkeys(frame.columns, types)
    frame = frame.astype({key: dtype for key, dtype in types.items() if key in frame.columns})
    return without_empty(frame, schema)


def _key(name: object, schema: Schema) -> object:
    return name.strip() if isinstance(name, str) and name not in schema else name


def _with_blank(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _with_blank(values) for name, values in given.items()}
    values = [] if given is None else given
    return ["", *([values] if isinstance(values, (str, int, float)) else values)]
