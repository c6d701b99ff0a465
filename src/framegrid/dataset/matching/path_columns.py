"""Which column of a table holds the paths of images: the one that looks most like it."""

import os
from collections.abc import Hashable, Iterable
from pathlib import PurePath

import numpy as np
import pandas as pd

from framegrid import remote
from framegrid.base import few
from framegrid.images import is_image_name

Rank = tuple[float, int, bool]
"""Share of values with an image's extension, how many of them exist (of web images -1: paths go
first), whether the name says path."""

NO_PATHS: Rank = (0.0, 0, False)
LOOKED_AT = 100  # values, to tell whether they are paths
_HINTS = ("path", "file", "image", "img", "photo")


def find_paths(frame: pd.DataFrame) -> Hashable:
    """Find the column of paths in a frame.

    Raises:
        ValueError: no column looks like it.
    """
    if "file_path_abs" in frame.columns:
        return "file_path_abs"
    if frame.empty and (hinted := [column for column in frame.columns if is_hinted(column)]):
        return hinted[0]
    ranks = {column: rank(column, frame[column]) for column in frame.columns}
    best = max(ranks, key=lambda column: ranks[column], default=None)
    if best is None or ranks[best] == NO_PATHS:
        raise no_paths(frame.columns)
    return best


def no_paths(columns: Iterable[Hashable]) -> ValueError:
    """Make the error for columns of which none has paths."""
    return ValueError(
        f"no column holds paths of images; the columns are {few(columns)}: "
        "name the one with paths as path_column="
    )


def rank(column: Hashable, values: pd.Series) -> Rank:
    """How much a column looks like paths of images, from some of the values that it has."""
    values = values[values.notna()]
    some = np.linspace(0, len(values) - 1, min(LOOKED_AT, len(values))).astype(int)
    there = [value for value in values.iloc[some] if not (isinstance(value, str) and not value)]
    paths = [value for value in there if isinstance(value, str | os.PathLike)]
    hinted = is_hinted(column)
    named = [path for path in paths if _is_image_path(os.fspath(path), hinted=hinted)]
    if len(named) <= len(there) / 2:
        return NO_PATHS
    asked_for = [path for path in named if not remote.is_share(os.fspath(path))]
    existing = sum(map(os.path.exists, asked_for)) - any(map(remote.is_web, named))
    return len(named) / len(there), existing, hinted


def is_hinted(column: Hashable) -> bool:
    """Whether a name says that a column has paths."""
    return any(hint in str(column).lower() for hint in _HINTS)


def _is_image_path(path: str, *, hinted: bool) -> bool:
    if remote.is_part(path):
        return True
    if remote.is_web(path):
        name = remote.web_name(path)
        return is_image_name(name) or (hinted and not PurePath(name).suffix)
    is_here = "://" not in path or path.startswith("file://")
    return is_image_name(path) and (is_here or remote.is_object(path))
