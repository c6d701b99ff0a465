"""Columns of a frame that hold pictures themselves: which one, and its cells as locators."""

from collections.abc import Collection, Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from framegrid import images
from framegrid.base import BrokenImageError, brief, few
from framegrid.dataset.ingest.from_frame import Refused
from framegrid.dataset.ingest.handed_over import Taken, is_one, take
from framegrid.dataset.matching.path_columns import find_paths, is_hinted, rank

_LOOKED_AT = 20
_MAY = (
    pa.types.is_struct,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
    pa.types.is_fixed_size_binary,
)


def image_column(
    frame: pd.DataFrame, path_column: Hashable | None, given: Hashable | None
) -> Hashable:
    """The column of a frame that has the images, be they paths or pictures.

    Files that are here come before pictures in another column, and these before other paths.

    Args:
        frame: the frame.
        path_column: the column of paths, if it was named.
        given: the column of pictures, if it was named.

    Raises:
        KeyError: there is no such column.
        ValueError: both were named, or no column has images.
    """
    if path_column is not None and given is not None:
        raise ValueError(
            f"path_column={brief(path_column)} and image_column={brief(given)}: pass one of them"
        )
    named = path_column if given is None else given
    if named is None:
        return _found(frame)
    if named not in frame.columns:
        raise KeyError(f"no column {brief(named)}; the columns are {few(frame.columns)}")
    return named


def _found(frame: pd.DataFrame) -> Hashable:
    if "file_path_abs" in frame.columns:
        return "file_path_abs"
    ranks = {column: _rank(column, frame[column]) for column in frame.columns}
    best = max(ranks, key=lambda column: ranks[column], default=None)
    if best is None or not ranks[best][0] or _has_files(frame):
        return _paths(frame)
    return best


def _paths(frame: pd.DataFrame) -> Hashable:
    try:
        return find_paths(frame)
    except ValueError as error:
        raise ValueError(f"{error}, or one with images as image_column=") from None


def _has_files(frame: pd.DataFrame) -> bool:
    return any(rank(column, frame[column])[1] for column in frame.columns)


def _rank(column: Hashable, values: "pd.Series[Any]") -> tuple[float, bool, bool]:
    """How much a column looks like pictures: whether most are, encoded ones, and by its name."""
    if not _may_hold_pictures(values):
        return 0.0, False, False
    places = np.linspace(0, len(values) - 1, min(_LOOKED_AT, len(values))).astype(int)
    some = [value for value in values.iloc[places].tolist() if not _is_null(value)]
    pictures = [value for value in some if _is_picture(value)]
    paths = [value for value in some if isinstance(value, str) and images.is_image_name(value)]
    share = (len(pictures) + len(paths)) / len(some) if pictures else 0.0
    encoded = bool(pictures) and not images.has_pixels(pictures[0])
    return (share if share > 0.5 else 0.0), encoded, is_hinted(column)


def _may_hold_pictures(values: "pd.Series[Any]") -> bool:
    if not isinstance(values.dtype, pd.ArrowDtype):
        return values.dtype == object
    dtype = values.dtype.pyarrow_dtype
    return any(is_type(dtype) for is_type in _MAY)


def _is_null(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN


def _is_picture(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.keys() <= {"bytes", "path"} and _is_struct_of_picture(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _is_encoded(bytes(value))
    return is_one(value)


def _is_struct_of_picture(value: Mapping[Any, Any]) -> bool:
    data, path = value.get("bytes"), value.get("path")
    if data is None:
        return isinstance(path, str) and images.is_image_name(path)
    return isinstance(data, bytes) and _is_encoded(data)


def _is_encoded(data: bytes) -> bool:
    try:
        images.read_header(images.Carried("", data))
    except BrokenImageError as error:
        return images.needs_plug_in(str(error))
    return True


def has_pictures(values: "pd.Series[Any]") -> bool:
    """Whether some cells of a column are pictures, and not all of them paths."""
    if isinstance(values.dtype, pd.ArrowDtype):
        return _may_hold_pictures(values)
    if values.dtype != object or pd.api.types.infer_dtype(values) == "string":  # a million paths
        return False
    return any(map(images.is_pixels, values.array))


def taken_from(cells: Collection[Any]) -> Taken:
    """The pictures of a column, or of a sequence."""
    return take(cells, None, held=0, first=0)


def with_locators(
    frame: pd.DataFrame, column: Hashable, taken: Taken, refused: Refused
) -> tuple[pd.DataFrame, list[images.Unsaved]]:
    """A frame with the locators of its pictures, their names and sizes, and what has them.

    Args:
        frame: the frame; rows whose picture cannot be taken are left out.
        column: the column of pictures, which it need not have.
        taken: the pictures by row.
        refused: takes what was changed or left out.

    Raises:
        ValueError: no row has an image.
    """
    if not taken.pictures:
        if not len(frame):
            raise ValueError("there are no images: there are 0 rows, as where a glob found no file")
        place, reason = next(iter(taken.broken.items()), (0, "there is none"))
        raise ValueError(f"none of {len(frame):,} rows holds an image; row {place}: {reason}")
    _note(frame, column, taken, refused)
    held = [images.Unsaved(taken.cells)] if taken.cells else []
    locators = [locator for each in held for locator in each.locators]
    rows = frame.iloc[[picture.place for picture in taken.pictures]].copy()
    for name, values in _columns(frame, column, taken, locators).items():
        rows[name] = values
    return rows, held


def _columns(frame: pd.DataFrame, column: Any, taken: Taken, locators: list[str]) -> dict[Any, Any]:
    """The columns that come from the pictures; what the frame has of these itself is kept."""
    sizes = [picture.size or (None, None) for picture in taken.pictures]
    names = [picture.name or images.file_name(picture.path) for picture in taken.pictures]
    made: dict[Any, Any] = {
        "file_name": pd.Series(names, dtype=object).to_numpy(),
        "width": pd.array([width for width, _ in sizes], "Int64"),
        "height": pd.array([height for _, height in sizes], "Int64"),
    }
    made = {key: values for key, values in made.items() if key not in frame.columns}
    return made | {column: pd.Series(taken.locators(locators), dtype=object).to_numpy()}


def _note(frame: pd.DataFrame, column: Hashable, taken: Taken, refused: Refused) -> None:
    name = str(column)
    if taken.broken:
        place, reason = next(iter(taken.broken.items()))
        count = f"{len(taken.broken):,} of {len(frame):,} rows hold no image"
        refused.append((name, f"{count}: left out, the first is {frame.index[place]} ({reason})"))
    refused += [(name, f"{count:,} images {note}") for note, count in taken.notes.items()]
