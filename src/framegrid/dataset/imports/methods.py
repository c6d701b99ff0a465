"""Metadata from files: CSV, JSON, Parquet and COCO."""

import os
from typing import Any

from framegrid.dataset.connection import Connection
from framegrid.dataset.imports.coco import read_coco
from framegrid.dataset.imports.importing import Import
from framegrid.dataset.imports.readers import read_csv, read_json, read_parquet
from framegrid.dataset.imports.report import ImportReport
from framegrid.dataset.matching import check_identifier


class MetadataImports:
    """The part of ``ImageDataset`` that reads metadata from files.

    All imports work alike. They are one edit that merges as ``update_metadata`` does. Built-in
    columns of the file are not taken over. Rows that name no sample, and values that conflict with
    the type of their key, do not stop an import: they are left out and reported.

    `on` says what names the sample of each row: ``"sample_id"``, ``"file_path_abs"``, or
    ``"file_name"``, which may come with some of the folders above it, as in ``cats/001.jpg``, when
    the same name is in several folders.
    """

    _connection: Connection

    def update_metadata_from_csv(
        self, path: str | os.PathLike[str], on: str = "file_name", **read_csv_kwargs: Any
    ) -> ImportReport:
        """Merge the columns of a CSV file as metadata, in one edit.

        Rows that name no sample, and values of another type than their key's, are left out and
        reported. Text is read as the type of its key where there is one: ISO dates into a key of
        datetimes, JSON into lists and dicts, and digits stay text in a key of strings.

        Args:
            path: the CSV file.
            on: the column that names the sample of each row: ``"file_name"``, also with folders as
                in ``cats/001.jpg``, ``"file_path_abs"`` or ``"sample_id"``.
            read_csv_kwargs: passed on to ``pandas.read_csv``, such as ``sep=";"``.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is no CSV file or has no column `on`; a name is ambiguous; several rows
                are for one sample; or a column cannot be a metadata key.
            MetadataTypeError: integers of the dataset cannot become floats, as they would have to.

        Example:
            ```python
            report = dataset.update_metadata_from_csv("weather.csv")
            report.unmatched_rows["file_name"]
            ```
        """
        check_identifier(on)
        schema = self._connection.table.schema
        return Import(read_csv(path, on, schema, read_csv_kwargs), on).run(self._connection)

    def update_metadata_from_json(
        self, path: str | os.PathLike[str], on: str = "file_name"
    ) -> ImportReport:
        """Merge the records of a JSON file as metadata, in one edit.

        The file holds a list of records, each with `on` among its keys; or a mapping of names to
        metadata such as ``{"cat.jpg": {"label": "cat"}}``; or, when it is called ``.jsonl`` or
        ``.ndjson``, one record a line. Keys that a record does not have stay as they are; null
        removes. ISO dates are read into a key of datetimes where there is one.

        Args:
            path: the JSON file.
            on: what names the sample of each record, as for ``update_metadata_from_csv``.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is no JSON or has another structure; otherwise as for
                ``update_metadata_from_csv``.
            MetadataTypeError: integers of the dataset cannot become floats, as they would have to.

        Example:
            ```python
            dataset.update_metadata_from_json("labels.jsonl")
            ```
        """
        check_identifier(on)
        return Import(read_json(path, on), on).run(self._connection)

    def update_metadata_from_parquet(
        self, path: str | os.PathLike[str], on: str = "file_name"
    ) -> ImportReport:
        """Merge the columns of a Parquet file as metadata, in one edit.

        Any Parquet file will do, also that of another dataset; JSON text in it is read into lists
        and dicts where their key has that type.

        Args:
            path: the Parquet file, or a folder of them.
            on: the column or index that names the sample of each row, as for
                ``update_metadata_from_csv``.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is no Parquet file; otherwise as for ``update_metadata_from_csv``.
            MetadataTypeError: integers of the dataset cannot become floats, as they would have to.

        Example:
            ```python
            dataset.update_metadata_from_parquet("scores.parquet", on="file_path_abs")
            ```
        """
        check_identifier(on)
        return Import(read_parquet(path, on), on).run(self._connection)

    def update_metadata_from_coco(self, path: str | os.PathLike[str]) -> ImportReport:
        """Merge what a COCO file says about its images as metadata, in one edit.

        Images are matched by ``file_name``, also with folders as in ``train/001.jpg``. The fields
        of an image (``license``, ``date_captured``, ...) become keys of the same names, but not
        its ``id``, ``width`` and ``height``; ``date_captured`` is read as a datetime if it is one
        everywhere. When the file has annotations, ``annotations`` is their number on each of its
        images, and ``count.dog`` the number of those of category ``dog``, for each category that
        occurs: 0 on the images where it does not.

        Args:
            path: the JSON file.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is no COCO file; otherwise as for ``update_metadata_from_csv``.
            MetadataTypeError: integers of the dataset cannot become floats, as they would have to.

        Example:
            ```python
            dataset.update_metadata_from_coco("annotations/instances_val2017.json")
            dataset.show(filters={"count.dog": (1, None)}, sort="-annotations")
            ```
        """
        return Import(read_coco(path), "file_name").run(self._connection)
