"""Image folders in the layout of Hugging Face: ``metadata.csv`` or the like beside the images.

A ``metadata.jsonl`` or ``.parquet`` serves as well, and so do files like ``cats_metadata.csv``.
"""

import json
import os
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

import pandas as pd

from framegrid.base import Schema, few
from framegrid.dataset.imports.csv_files import read_csv
from framegrid.dataset.imports.file_rows import Rows, rows_of_frame
from framegrid.dataset.imports.new_samples import ON, MetadataOfNew
from framegrid.dataset.imports.readers import read_json, read_parquet

_ENDINGS = (".csv", ".jsonl", ".parquet")
_NAME, _NAMES = "file_name", "file_names"


class FolderMetadata(MetadataOfNew):
    """The metadata files of a folder of images, to become metadata of the images that are added.

    Args:
        folder: where the images were looked for; nothing is read unless it is a folder.
        files: the images to be added; each takes its row from the nearest file above it.
        schema: types of the metadata keys there are.
    """

    def __init__(self, folder: Path, files: Sequence[str], schema: Schema) -> None:
        self._files = frozenset(files)
        self._notes: list[str] = []
        unread: list[tuple[str, str]] = []
        paths = _metadata_files(folder, files) if folder.is_dir() else []
        read = [(path.parent, self._read(path, schema, unread)) for path in paths]
        frames = [(folder, frame) for folder, frame in read if frame is not None]
        rows = rows_of_frame(_of_nearest(frames), ON).noting(self._notes) if frames else None
        # Files beside each other, as of several kinds of labels, may each know other keys.
        super().__init__(rows, ", ".join(map(str, paths)), {} if len(frames) > 1 else None)
        self.broken += unread

    def _read(
        self, path: Path, schema: Schema, unread: list[tuple[str, str]]
    ) -> pd.DataFrame | None:
        """Read a file, with the paths that its names stand for."""
        try:
            rows = _read_rows(path, schema)
            frame = _by_image(rows.frame)
        except (OSError, ValueError) as error:
            unread.append((str(path), str(error).removeprefix(f"{path}: ")))
            return None
        self._notes += [f"{path.name}: {note}" for note in rows.notes]
        paths = [_path_of(path.parent, name, self._files) for name in frame[_NAME].astype(object)]
        return frame.assign(**{ON: pd.Series(paths, frame.index, dtype=object)})


def _of_nearest(frames: Sequence[tuple[Path, pd.DataFrame]]) -> pd.DataFrame:
    """The rows of all files, the nearest first; those for an image that a nearer folder has go."""
    kept: list[pd.DataFrame] = []
    for folder, frame in frames:
        inner = [rows for other, rows in frames if len(other.parts) > len(folder.parts)]
        nearer = {path for rows in inner for path in rows[ON]} - {None}
        kept.append(frame[~frame[ON].isin(nearer)])
    return pd.concat(kept, ignore_index=True) if len(kept) > 1 else kept[0].reset_index(drop=True)


def _read_rows(path: Path, schema: Schema) -> Rows:
    """The rows of a file, whatever its columns of names are called."""
    if path.suffix == ".csv":
        header = pd.read_csv(path, nrows=0).columns.str.strip()
        return read_csv(path, _columns_of_names(header)[0], schema, {})
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path, dtype_backend="pyarrow")
        return read_parquet(path, _columns_of_names(frame.columns)[0])
    with path.open(encoding="utf-8-sig") as lines:
        first = next((line for line in lines if line.strip()), "{}")
    return read_json(path, _columns_of_names(json.loads(first))[0])


def _columns_of_names(columns: Iterable[str]) -> list[str]:
    """The columns that name an image: ``file_name``, or those that end so: ``left_file_name``."""
    texts = [column for column in columns if isinstance(column, str)]
    found = [c for c in texts if c in (_NAME, _NAMES)] or [
        column for column in texts if column.endswith((f"_{_NAME}", f"_{_NAMES}"))
    ]
    if not found:
        raise ValueError(
            f"no column is named {_NAME!r} or ends so; the columns are {few(texts)}: rename one, "
            f"or read the file with update_metadata_from_csv(path, on={{'column': {_NAME!r}}})"
        )
    return found


def _by_image(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with one image each: a row that names several is for each of them."""
    columns = _columns_of_names(frame.columns)
    if columns == [_NAME]:
        return frame
    others = frame.drop(columns=columns)
    parts = [others.assign(**{_NAME: frame[column].astype(object)}) for column in columns]
    return pd.concat(parts).explode(_NAME).dropna(subset=[_NAME]).reset_index(drop=True)


def _path_of(folder: Path, name: object, files: Container[str]) -> str | None:
    """The image that a name means; one may begin with the name of the folder that it lies in."""
    if not isinstance(name, str):
        return None
    path = os.path.normpath(folder / name)
    first, _, rest = name.partition("/")
    if path not in files and rest and first == folder.name:
        inside = os.path.normpath(folder / rest)
        return inside if inside in files else path
    return path


def _metadata_files(folder: Path, files: Sequence[str]) -> list[Path]:
    """The metadata files in the folders of images and those above, the deepest first."""
    root = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() follows links
    folders = {Path(parent) for parent in {os.path.dirname(file) for file in files}}  # noqa: PTH120
    folders |= {
        above for inner in folders for above in inner.parents if root in (above, *above.parents)
    }
    deepest_first = sorted(folders, key=lambda inner: (-len(inner.parts), inner))
    return [file for inner in deepest_first for file in _metadata_in(inner)]


def _metadata_in(folder: Path) -> list[Path]:
    """``metadata.csv``, or the same in another format, then the files that are called alike."""
    plain = [folder / f"metadata{ending}" for ending in _ENDINGS]
    first = [file for file in plain if file.is_file()][:1]
    alike = (file for ending in _ENDINGS for file in folder.glob(f"*[_-]metadata{ending}"))
    return [*first, *sorted(file for file in alike if file.is_file())]
