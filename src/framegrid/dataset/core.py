"""The dataset: what it is, how it is kept, and how it looks."""

import os
import sys
from collections.abc import Callable
from pathlib import Path, PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from framegrid.dataset.connection import Moment
from framegrid.dataset.exports import DatasetExports
from framegrid.dataset.history import EditHistory
from framegrid.dataset.imports import MetadataImports
from framegrid.dataset.listeners import Listener
from framegrid.dataset.metadata import MetadataCollection
from framegrid.dataset.opening import DatasetOpening, place_of
from framegrid.dataset.samples import SampleCollection

if TYPE_CHECKING:
    from framegrid.grid import Grid


class ImageDataset(
    DatasetOpening,
    SampleCollection,
    MetadataCollection,
    MetadataImports,
    DatasetExports,
    EditHistory,
):
    """A dataset of images: where they are, how large they are, and their metadata.

    It lives in one Parquet file. Each edit is saved when the call returns, also when the process is
    killed right after; closing only tidies up. Any thread may use it, and several processes may
    have the same dataset open. Open one with ``create``, ``load`` or ``load_or_create``, or make
    one of a DataFrame with ``from_dataframe``.

    On object storage, edits wait in a journal on this machine until they are put there: by
    ``save``, by closing, or after five quiet minutes. What other machines put is taken in when it
    is opened or saved.

    As the last line of a notebook cell it shows itself as a grid.

    Example:
        ```python
        dataset = fg.ImageDataset.load_or_create("photos")
        dataset.add_images_from_path("~/photos")
        for sample in dataset:
            sample.metadata["temperature"] = 25.3
        dataset
        ```
    """

    # What it is

    @property
    def path(self) -> Path | str | None:
        """The Parquet file: a URL on object storage, None for a dataset in memory."""
        return self._connection.store.path

    @property
    def name(self) -> str:
        """The name of the file without its extension, also of the one this is a part of."""
        place = self.path or self._connection.store.origin
        return PurePath(place).stem if place else "untitled"

    @property
    def revision(self) -> int:
        """A number that grows with every change."""
        return self._connection.table.revision

    @property
    def layout(self) -> object:
        """Stands for samples, keys and types: another object as soon as these are others."""
        return self._connection.table.shown

    @property
    def df(self) -> pd.DataFrame:
        """All samples as a DataFrame indexed by ``sample_id``.

        The built-in columns ``file_name``, ``file_path_abs``, ``width`` and ``height`` come first,
        then the metadata keys. It is your own copy: editing it changes nothing in the dataset.
        Lists and dicts in its cells are the exception: replace them, instead of changing them.

        Example:
            ```python
            df = dataset.df
            df["bright"] = df["luminance"] > 0.5
            dataset.update_metadata(df[["bright"]])
            ```
        """
        return self._connection.frame()

    def moment(self) -> Moment:
        """Give the table, its key types and the revision, all of one moment, without a copy."""
        return self._connection.moment()

    def __repr__(self) -> str:
        """Say what it is, how much it holds and where it lives."""
        table, store = self._connection.table, self._connection.store
        keys = _counted(len(table.shown), "metadata key")
        place = store.path or (f"of {store.origin}, in memory" if store.origin else "in memory")
        where = f"{place}{', read-only' * store.read_only}"
        return f"ImageDataset {self.name!r}: {_counted(len(table), 'sample')}, {keys} ({where})"

    # Its life

    def save(self, path: str | os.PathLike[str] | None = None) -> None:
        """Bring the Parquet file up to date now, or write a copy.

        Edits are safe without it; other programs read the file as it was at the last save. A
        dataset in memory lives at `path` from then on.

        Args:
            path: where to write a copy, with or without ``.parquet``; by default none is made.

        Raises:
            FileExistsError: there is something at `path`.
            ConflictError: on object storage, another machine saved what your edits do not fit.
            ValueError: the dataset is in memory and there is no `path`.
        """
        self._connection.save(None if path is None else place_of(path))

    def close(self) -> None:
        """Bring the Parquet file up to date and let go of it; closing again does nothing."""
        self._connection.store.close()

    def __enter__(self) -> Self:
        """Give the dataset, to be closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the dataset, whatever happened in the block: edits that returned are saved."""
        self.close()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called after each change, on the thread that made or noticed it.

        Args:
            listener: takes no argument; held weakly, so keep it alive elsewhere.

        Returns:
            The function that ends it.
        """
        return self._connection.subscribe(listener)

    # How it looks

    def show(self, **traits: Any) -> "Grid":
        """Make a grid of the dataset, to be shown as the last line of a cell.

        Args:
            traits: of the grid, such as ``filters``, ``sort`` or ``thumbnail_size``.

        Example:
            ```python
            grid = dataset.show(sort="-temperature")
            grid
            ```
        """
        from framegrid.grid import Grid  # noqa: PLC0415 - scripts stay free of Jupyter

        return Grid(self, **traits)

    def _display_(self) -> "Grid":
        """Show a grid in marimo."""
        return self.show()

    def _ipython_display_(self) -> None:
        """Show a grid where there is a notebook, text elsewhere."""
        if "ipykernel" not in sys.modules:
            raise NotImplementedError  # has IPython show the text
        self.show()._ipython_display_()


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
