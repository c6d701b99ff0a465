"""Whatever somebody has with pictures in it, as a dataset in memory."""

import os
import warnings
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from framegrid import images
from framegrid.base import brief
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.edits.frame_updates import ArrowBatch, ArrowStream, as_frame
from framegrid.dataset.ingest.class_labels import with_class_names
from framegrid.dataset.ingest.found import WITH_IMAGES, Paths
from framegrid.dataset.ingest.from_frame import Refused
from framegrid.dataset.ingest.handed_over import is_one
from framegrid.dataset.ingest.ingest import add_images
from framegrid.dataset.ingest.pairs import Items
from framegrid.dataset.ingest.stores import store_of_frame, store_of_items
from framegrid.storage import Store, store_in_memory

_TAKEN = (
    "pass a dataset; a folder, a glob or a file; a list or a stack of images (paths, URLs, bytes, "
    "PIL images, arrays, tensors); a frame of pandas, Polars, Arrow or DuckDB with a column of "
    "these; a Hugging Face Dataset; or a sequence of (image, label)"
)


def store_of(data: Any, path_column: Hashable | None, images_in: Hashable | None) -> Store:
    """A dataset in memory of any data with images.

    Args:
        data: see ``ImageDataset.from_dataframe``.
        path_column: of a frame, the column of paths; None to find it.
        images_in: of a frame, the column of pictures; None to find it.

    Raises:
        TypeError: it is nothing of the kind.
        KeyError, ValueError: as for ``from_dataframe``.
    """
    if isinstance(data, str | os.PathLike) or _are_files_with_images(data):
        return _store_of_path(data, images_in)
    refused: Refused = []
    frame = _frame_of(data, refused)
    if frame is not None:
        name = "the DataFrame" if isinstance(data, pd.DataFrame) else "the data"
        return store_of_frame(frame, path_column, name, refused, images_in=images_in, stacklevel=4)
    return store_of_items(Items(_sequence_of(data), data), "the data", stacklevel=4)


def _are_files_with_images(data: Any) -> bool:
    """Whether these are paths, and some of them of archives or Parquet files."""
    if not isinstance(data, list | tuple) or not data or not _are_paths(data):
        return False
    return any(os.fspath(path).lower().endswith(WITH_IMAGES) for path in data)


def _store_of_path(path: Paths, images_in: Hashable | None) -> Store:
    connection = Connection(store_in_memory())
    report = add_images(
        connection,
        path,
        recursive=True,
        limit=None,
        exif=False,
        progress=True,
        relink=True,
        image_column=None if images_in is None else str(images_in),
    )
    if any((report.broken, report.without_plug_in, report.archives, report.left_out, report.empty)):
        given = brief(os.fspath(path) if isinstance(path, str | os.PathLike) else path)
        warnings.warn(f"not all of {given} is here: {report!r}", stacklevel=4)
    return connection.store


def _frame_of(data: Any, refused: Refused) -> pd.DataFrame | None:  # noqa: PLR0911 - a case per kind
    """Data of rows and columns as a DataFrame; None of other data."""
    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame("image" if data.name is None else data.name)
    if isinstance(data, Mapping):
        return _frame_of_mapping(data)
    if _is_hugging_face(data):
        return _named_frame(_of_hugging_face(data), _described(data.features), refused)
    if isinstance(data, (ArrowStream, ArrowBatch)) and _has_columns(data):
        table = pa.table(data)
        return _named_frame(table, images.features_of(table.schema), refused)
    if isinstance(data, list | tuple) and data and _are_paths(data):
        return pd.DataFrame({"file_path_abs": [os.fspath(path) for path in data]})
    return None


def _has_columns(data: Any) -> bool:
    return hasattr(data, "columns") or hasattr(data, "schema")


def _are_paths(data: Iterable[Any]) -> bool:
    return all(isinstance(value, str | os.PathLike) for value in data)


def _named_frame(table: pa.Table, features: Any, refused: Refused) -> pd.DataFrame:
    return as_frame(with_class_names(table, features, refused), "")


def _described(feature: Any) -> Any:
    """A feature of Hugging Face as it would be written, as far as classes go."""
    if isinstance(feature, Mapping):
        return {key: _described(inner) for key, inner in feature.items()}
    if isinstance(feature, list):
        return [_described(inner) for inner in feature]
    inner = getattr(feature, "feature", None)
    said = {"_type": type(feature).__name__, "names": getattr(feature, "names", None)}
    return said if inner is None else said | {"feature": _described(inner)}


def _frame_of_mapping(data: Mapping[Any, Any]) -> pd.DataFrame | None:
    """Columns by name; a picture as ``{"bytes", "path"}`` is none of these."""
    if data and all(_is_hugging_face(part) for part in data.values()):
        first = brief(next(iter(data)))
        raise TypeError(f"this is a dict of datasets, {list(data)}: pass one, as in data[{first}]")
    is_any_list = any(map(_is_list, data.values()))
    if data and data.keys() <= {"bytes", "path"} and not is_any_list:
        return None
    if data and not is_any_list:
        raise TypeError(f"there are no columns in {brief(dict(data))}: a dict has lists as columns")
    columns = {k: pd.Series(list(v)) if _is_list(v) else v for k, v in data.items()}
    return pd.DataFrame(columns)


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | bytearray | Mapping)


def _is_hugging_face(data: Any) -> bool:
    wanted = ("features", "column_names", "with_format")
    return all(hasattr(data, name) for name in wanted) and isinstance(data.features, Mapping)


def _of_hugging_face(data: Any) -> pa.Table:
    """All rows as Arrow has them, with pictures as they are encoded."""
    if not hasattr(data, "__len__"):
        raise TypeError(
            f"this {type(data).__name__} is a stream without an end: pass a part of it, as in "
            "Dataset.from_list(list(data.take(1000)))"
        )
    rows = data.with_format("arrow")[:]
    return rows if isinstance(rows, pa.Table) else pa.table(rows)


def _sequence_of(data: Any) -> Any:
    """Pictures, or pairs with one, to be asked for by position."""
    if is_one(data):
        return [data]
    if isinstance(data, pa.ChunkedArray | pa.Array):
        return data.to_pylist()
    if hasattr(data, "__len__") and hasattr(data, "__getitem__") and not isinstance(data, bytes):
        return data
    if isinstance(data, Iterable) and not isinstance(data, bytes | bytearray | memoryview):
        return list(data)
    raise TypeError(f"there are no images in {brief(data)}: {_TAKEN}")
