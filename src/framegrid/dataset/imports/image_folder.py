"""Image folders in the layout of Hugging Face: ``metadata.csv`` or ``.jsonl`` beside the images."""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from framegrid.dataset.imports.importing import Import
from framegrid.dataset.imports.readers import read_csv, read_json
from framegrid.dataset.imports.report import ImportReport
from framegrid.dataset.imports.rows import Rows, rows_of_frame
from framegrid.schema import Schema
from framegrid.table import AddSamples, Table

_NAMES = ("metadata.csv", "metadata.jsonl")
_ON = "file_path_abs"


class FolderMetadata:
    """The metadata files of a folder of images, to become metadata of the images that are added.

    Args:
        folder: where the images were looked for; nothing is read unless it is a folder.
        files: the images to be added; each takes its row from the nearest file above it.
        schema: types of the metadata keys there are.

    Attributes:
        broken: path and reason of each metadata file that cannot be used.
    """

    def __init__(self, folder: Path, files: Sequence[str], schema: Schema) -> None:
        self.broken: list[tuple[str, str]] = []
        paths = _metadata_files(folder, files) if folder.is_dir() else []
        frames = [frame for path in paths if (frame := self._read(path, schema)) is not None]
        self._paths = ", ".join(map(str, paths))
        self._import: Import | None = None
        if frames:
            rows = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
            unique = rows[~rows[_ON].duplicated() | rows[_ON].isna()].reset_index(drop=True)
            self._import = Import(rows_of_frame(unique, _ON), _ON)

    def added_to(self, table: Table, addition: AddSamples | None) -> AddSamples | None:
        """Give the same new samples with their metadata.

        Args:
            table: the table as it is now.
            addition: the samples, with the metadata known otherwise.
        """
        if addition is None or self._import is None:
            return addition
        trial = Table.from_arrow(table.to_arrow(), table.schema, table.next_id)
        trial.apply(addition)
        try:
            change = self._import.change(trial, since=table.next_id)
        except (TypeError, ValueError) as error:  # the images are worth more
            self._import = None
            self.broken.append((self._paths, str(error)))
            return addition
        if change is None:
            return addition
        trial.apply(change)
        samples = trial.to_arrow().slice(len(table))
        return AddSamples(samples, addition.types | change.types)

    def report(self, table: Table) -> ImportReport | None:
        """Tell which rows and which new samples found each other; None without any file."""
        return self._import.report(table) if self._import else None

    def _read(self, path: Path, schema: Schema) -> pd.DataFrame | None:
        """Read a file, with the paths that its names stand for."""
        try:
            frame = _read_rows(path, schema).frame
        except (OSError, ValueError) as error:
            self.broken.append((str(path), str(error).removeprefix(f"{path}: ")))
            return None
        names = frame["file_name"].astype(object)
        paths = [
            os.path.normpath(path.parent / name) if isinstance(name, str) else None
            for name in names
        ]
        return frame.assign(**{_ON: pd.Series(paths, frame.index, dtype=object)})


def _read_rows(path: Path, schema: Schema) -> Rows:
    if path.suffix == ".csv":
        return read_csv(path, "file_name", schema, {})
    return read_json(path, "file_name")


def _metadata_files(folder: Path, files: Sequence[str]) -> list[Path]:
    """Find the metadata files in the folders of images and those above, the deepest first."""
    root = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() follows links
    folders = {Path(parent) for parent in {os.path.dirname(file) for file in files}}  # noqa: PTH120
    folders |= {
        above for inner in folders for above in inner.parents if root in (above, *above.parents)
    }
    found = [
        next((inner / name for name in _NAMES if (inner / name).is_file()), None)
        for inner in sorted(folders, key=lambda inner: (-len(inner.parts), inner))
    ]
    return [path for path in found if path is not None]
