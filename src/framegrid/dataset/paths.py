"""Columns of paths, taken apart without a Python object per path."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def parts_of(paths: pa.Array) -> npt.NDArray[np.int64]:
    """Count the parts of paths: 2 in ``cats/001.jpg``, (M,) for M paths."""
    return np.asarray(pc.count_substring(_portable(paths), "/"), np.int64) + 1


def ends_of(paths: pa.Array, count: int) -> pa.Array:
    """Give the last `count` parts of paths, joined by ``/``; null for those that have fewer."""
    pattern = rf"(?P<end>[^/]*(?:/[^/]*){{{count - 1}}})$"
    return pc.struct_field(pc.extract_regex(_portable(paths), pattern), "end")


def _portable(paths: pa.Array) -> pa.Array:
    """Write paths with ``/``, and those relative to here without the dot before it."""
    if os.sep != "/":
        paths = pc.replace_substring(paths, os.sep, "/")
    return pc.replace_substring_regex(paths, r"^(?:\./+)+", "")


def common_folder(paths: Sequence[str]) -> Path | None:
    """Give the deepest folder that holds all files; None if there is none, as on two drives."""
    try:
        return Path(os.path.commonpath({os.path.dirname(path) for path in paths}))  # noqa: PTH120
    except ValueError:
        return None


def relative(path: str, root: Path | None) -> str:
    """Give a path from `root` on, with ``/``; the name alone without a root.

    Raises:
        ValueError: it is not inside `root`.
    """
    whole = Path(path)
    return whole.name if root is None else whole.relative_to(root).as_posix()
