"""Where datasets come from: created, loaded, or made of a DataFrame."""

import os
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Self

import pandas as pd

from framegrid import remote
from framegrid.dataset.adding.frames import samples_of
from framegrid.dataset.adding.slices import open_slice
from framegrid.dataset.connection import Connection
from framegrid.store import Durability, Filters, MemoryStore, Place, Store, kind_of
from framegrid.table import Table

_SUFFIX = ".parquet"


class DatasetOpening:
    """The part of ``ImageDataset`` that makes and opens datasets."""

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
        place = place_of(name)
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
            durability: what an edit survives, as for ``create``.
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
        place = place_of(name)
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
            name: as for ``create``.
            durability: what an edit survives, as for ``create``.

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


def place_of(name: str | os.PathLike[str]) -> Place:
    """Give the absolute path of the file of a dataset called `name`, or its URL."""
    if remote.is_url(name):
        url = remote.canonical(name)
        if url.count("/") < 3 and not url.startswith("memory://"):  # which has no buckets
            raise ValueError(f"{name!r} names no file in a bucket: pass 's3://bucket/photos'")
        return url if url.endswith(_SUFFIX) else url + _SUFFIX
    path = Path(name).expanduser()
    if path.name in {"", ".."}:
        raise ValueError(f"{os.fspath(name)!r} names no file: pass a name such as 'photos'")
    path = path.absolute()
    return path if path.suffix == _SUFFIX else path.with_name(path.name + _SUFFIX)
