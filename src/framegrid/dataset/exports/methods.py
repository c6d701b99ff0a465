"""Ways out: CSV, COCO, folders of images; and following images that moved."""

import os
from pathlib import Path

import pandas as pd
import pyarrow.csv

from framegrid.dataset.connection import Connection
from framegrid.dataset.exports.coco import coco_images, write_coco
from framegrid.dataset.exports.images import Link, export_images
from framegrid.dataset.exports.selection import Selection, chosen_ids
from framegrid.dataset.relinking import relink
from framegrid.schema import BUILTIN_COLUMNS
from framegrid.table import Table


class DatasetExports:
    """The part of ``ImageDataset`` that writes files for others, and follows images that moved."""

    _connection: Connection

    def to_csv(self, path: str | os.PathLike[str], rows: Selection | None = None) -> None:
        """Write samples with their metadata as a CSV file, with the columns of ``df``.

        Lists and dicts are written as JSON, datetimes as in ISO 8601. A file that exists is
        replaced. ``update_metadata_from_csv`` reads it back into the dataset; CSV has one spelling
        for the empty string and for a missing value.

        Args:
            path: the file.
            rows: which samples, as for ``export_images``; by default all.

        Raises:
            OSError: the file cannot be written.
            UnknownSampleError, TypeError, ValueError: `rows` are not samples.

        Example:
            ```python
            dataset.to_csv("photos.csv")
            dataset.to_csv("bright.csv", grid.filtered)
            ```
        """
        self._connection.refresh()
        samples = self._connection.read(lambda table: _samples(table, rows))
        pyarrow.csv.write_csv(samples, os.fspath(path))

    def to_coco(
        self,
        path: str | os.PathLike[str],
        rows: Selection | None = None,
        *,
        root: str | os.PathLike[str] | None = None,
    ) -> None:
        """Write samples as the images of a COCO file, with their metadata as further fields.

        ``id`` is the sample id; there are no annotations. A file that exists is replaced.
        ``update_metadata_from_coco`` reads the metadata back.

        Args:
            path: the JSON file.
            rows: which samples, as for ``export_images``; by default all.
            root: the folder that each ``file_name`` starts from; by default the deepest folder
                that holds all of the images.

        Raises:
            OSError: the file cannot be written.
            ValueError: an image is not inside `root`, or there is a metadata key ``id``.
            UnknownSampleError, TypeError: `rows` are not samples.

        Example:
            ```python
            dataset.to_coco("images.json", grid.filtered)
            ```
        """
        start = None if root is None else Path(root).expanduser().absolute()
        self._connection.refresh()
        images = self._connection.read(
            lambda table: list(coco_images(table, chosen_ids(table, rows), start))
        )
        write_coco(Path(path), images, Path(path).stem)

    def export_images(
        self,
        folder: str | os.PathLike[str],
        rows: Selection | None = None,
        *,
        link: Link = False,
    ) -> pd.DataFrame:
        """Copy the images of chosen samples into a folder, or link them there.

        Nothing is ever overwritten. Images whose names are not unique keep the sub-folders that
        tell them apart; a name that is taken in the folder gets a number, as in ``cat-1.jpg``.

        Args:
            folder: made when it does not exist.
            rows: which samples: a DataFrame such as ``grid.filtered``, ids, or a boolean mask such
                as ``dataset.df["score"] > 0.5``; by default all.
            link: False copies, and downloads from object storage; True or ``"symbolic"`` makes
                symbolic links, ``"hard"`` hard links, which need the same file system.

        Returns:
            (M, K) the samples as in ``df``, in the order of `rows`, with the new ``file_name`` and
            ``file_path_abs``.

        Raises:
            FileNotFoundError: an image does not exist; nothing was written.
            OSError: an image cannot be written; those before it were.
            UnknownSampleError, TypeError, ValueError: `rows` are not samples.

        Example:
            ```python
            exported = dataset.export_images("best", grid.filtered, link=True)
            fg.ImageDataset.from_dataframe(exported).save("best")
            ```
        """
        frame = self._connection.frame()
        ids = self._connection.read(lambda table: chosen_ids(table, rows))
        return export_images(frame.loc[ids], Path(folder).expanduser().absolute(), link)

    def relink(self, old: str | os.PathLike[str], new: str | os.PathLike[str]) -> int:
        """Follow images that moved: replace the folder `old` by `new` in their paths, in one edit.

        Args:
            old: the folder as it stands at the beginning of ``file_path_abs``, also of another
                operating system.
            new: the folder that the images are in now, with the same sub-folders; one on object
                storage by its URL.

        Returns:
            The number of samples whose path changed.

        Raises:
            FileNotFoundError: some of the files are not in `new`; nothing changed.
            ValueError: no path begins with `old`, or the dataset has samples with the new paths.

        Example:
            ```python
            Path("photos").rename("archive")
            dataset.relink(Path("photos").absolute(), Path("archive").absolute())
            ```
        """
        self._connection.refresh()
        return relink(self._connection, old, new)


def _samples(table: Table, rows: Selection | None) -> pyarrow.Table:
    samples = table.to_arrow().select([*BUILTIN_COLUMNS, *table.shown])
    return samples.take(table.rows(chosen_ids(table, rows)))
