"""The dataset: what a user opens, edits, asks and shows."""

import os
import sys
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path, PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from framegrid import remote
from framegrid.dataset.adding.frames import samples_of
from framegrid.dataset.adding.slices import open_slice
from framegrid.dataset.connection import Connection, Listener, Moment
from framegrid.dataset.exports import DatasetExports
from framegrid.dataset.history import EditHistory
from framegrid.dataset.imports import MetadataImports
from framegrid.dataset.metadata import MetadataCollection
from framegrid.dataset.samples import SampleCollection
from framegrid.store import Durability, Filters, MemoryStore, Place, Store, kind_of
from framegrid.table import Table

if TYPE_CHECKING:
    from framegrid.grid import Grid

SUFFIX = ".parquet"


class ImageDataset(
    SampleCollection, MetadataCollection, MetadataImports, DatasetExports, EditHistory
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

    def __init__(self, store: Store | MemoryStore) -> None:
        if not isinstance(store, Store | MemoryStore):
            raise TypeError(
                f"a dataset is not made of {store!r}: use ImageDataset.create, load, "
                "load_or_create or from_dataframe"
            )
        self._connection = Connection(store)

    @classmethod
    def create(
        cls, name: str | os.PathLike[str] = "dataset", *, durability: Durability = "process"
    ) -> Self:
        """Create a new, empty dataset.

        Args:
            name: its name, or the path of its file, with or without ``.parquet``;
                on object storage its URL, as in ``"s3://bucket/photos"``.
            durability: what an edit survives once its call has returned: ``"process"``, the end of
                the process, or ``"power"``, a power cut too, at some 200 us an edit.

        Raises:
            FileExistsError: there is one already.
            FileNotFoundError: its folder does not exist.
        """
        place = _file(name)
        return cls(kind_of(place).create(place, durability=durability))

    @classmethod
    def load(  # noqa: PLR0913 - what to open, how much of it, and how
        cls,
        name: str | os.PathLike[str] = "dataset",
        *,
        columns: Sequence[str] | None = None,
        filters: Filters | None = None,
        path_column: str | None = None,
        durability: Durability = "process",
        repair: bool = False,
    ) -> Self:
        """Open a dataset that exists, or a part of any Parquet; it is never created.

        With `columns`, `filters` or `path_column` only a part is read, into memory, and it is
        read-only until ``save("new name")`` makes it a dataset of its own. Then `name` may also be
        a file or a folder that another program wrote, such as Spark or Dask; the keys in names of
        folders, as in ``label=cat/part-0.parquet``, are columns like others. Columns become
        metadata as with ``from_dataframe``; what cannot is named in a warning. Relative paths of
        images start from the folder of the Parquet.

        Args:
            name: its name, or the path of its file, with or without ``.parquet``;
                on object storage its URL, as in ``"s3://bucket/photos"``.
            columns: the keys to read, beside the paths of the images; by default all.
            filters: which rows to read: conditions that all hold, as in
                ``[("score", ">", 0.5), ("label", "in", ["cat", "dog"])]``; a list of such lists,
                one of which holds; or an expression of ``pyarrow.dataset``. ``[]`` reads all.
            path_column: the column of image paths; by default the one that looks most like it.
            durability: what an edit survives once its call has returned: ``"process"``, the end of
                the process, or ``"power"``, a power cut too, at some 200 us an edit.
            repair: of a damaged dataset, keep what is whole and set the rest aside.

        Raises:
            FileNotFoundError: there is none.
            NotADatasetError: the file is not a dataset.
            DatasetCorruptError: the file is damaged; the message says what is intact.
            ConflictError: another program rewrote the file.
            KeyError: there is no such column.
            ValueError: `filters` cannot be applied, or no column has paths.

        Example:
            ```python
            likely = [("label", "==", "cat"), ("score", ">", 0.9)]
            cats = fg.ImageDataset.load("table", columns=["score"], filters=likely)
            cats.save("cats")  # from here on it can be edited
            ```
        """
        place = _file(name)
        if any(option is not None for option in (columns, filters, path_column)):
            if isinstance(place, str):
                raise ValueError(
                    f"{place} is on object storage, of which a dataset is opened as a whole; for a "
                    "part use from_dataframe(pd.read_parquet(..., columns=..., filters=...))"
                )
            place = place if place.exists() else Path(name).expanduser().absolute()
            return cls(open_slice(place, columns, filters, path_column))
        return cls(kind_of(place).open(place, durability=durability, repair=repair))

    @classmethod
    def load_or_create(
        cls, name: str | os.PathLike[str] = "dataset", *, durability: Durability = "process"
    ) -> Self:
        """Open a dataset, created first when it does not exist.

        Args:
            name: its name, or the path of its file, with or without ``.parquet``;
                on object storage its URL, as in ``"s3://bucket/photos"``.
            durability: what an edit survives once its call has returned: ``"process"``, the end of
                the process, or ``"power"``, a power cut too, at some 200 us an edit.

        Raises:
            FileNotFoundError: its folder does not exist.
            NotADatasetError, DatasetCorruptError, ConflictError: as for ``load``.
        """
        try:
            return cls.create(name, durability=durability)
        except FileExistsError:
            return cls.load(name, durability=durability)

    @classmethod
    def from_dataframe(cls, df: pd.DataFrame, path_column: Hashable | None = None) -> Self:
        """Make a dataset in memory of a DataFrame with a column of image paths.

        ``width`` and ``height`` columns are taken as given; sizes that are missing are read from
        the files, but for more than 10,000 files only by ``read_sizes``. Other columns become
        metadata. A column or index ``sample_id`` sets the ids, so a part of ``dataset.df`` keeps
        its own. Nothing is written to disk until ``save(path)``.

        Args:
            df: (M, K) one row per sample.
            path_column: the column of paths; by default the one that looks most like it.

        Raises:
            KeyError: there is no column `path_column`.
            ValueError: there is no column of paths, or a path, an id or a size is missing or
                invalid.
            TypeError, ValueError, OverflowError: a column cannot be a metadata key.

        Example:
            ```python
            frame = pd.read_csv("labels.csv")  # columns: path, label, score
            fg.ImageDataset.from_dataframe(frame).show()
            ```
        """
        table = Table()
        table.apply(samples_of(table, df, path_column))
        return cls(MemoryStore(table))

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
        self._connection.save(None if path is None else _file(path))

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


def _file(name: str | os.PathLike[str]) -> Place:
    """Give the absolute path of the file of a dataset called `name`, or its URL."""
    if remote.is_url(name):
        url = remote.canonical(name)
        return url if url.endswith(SUFFIX) else url + SUFFIX
    path = Path(name).expanduser()
    if path.name in {"", ".."}:
        raise ValueError(f"{os.fspath(name)!r} names no file: pass a name such as 'photos'")
    path = path.absolute()
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
