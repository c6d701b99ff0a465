"""The metadata of a dataset: updates of many samples, and of whole keys."""

import os
from typing import Any

from framegrid.dataset.connection import Connection
from framegrid.dataset.csv_import import import_csv
from framegrid.dataset.keys import cast_key, drop_key, rename_key
from framegrid.dataset.reports import ImportReport
from framegrid.dataset.updates import Update, update
from framegrid.schema import public_name


class MetadataCollection:
    """The part of ``ImageDataset`` that is about the metadata of all samples."""

    _connection: Connection

    @property
    def schema(self) -> dict[str, str]:
        """The type of each metadata key: string, integer, float, boolean, list, dict, datetime."""
        self._connection.refresh()
        return {key: public_name(kind) for key, kind in self._connection.table.schema.items()}

    def update_metadata(self, data: Update, *, on: str = "sample_id") -> None:
        """Merge metadata of many samples in one edit: all of it, or nothing when it is refused.

        New keys appear, given keys are overwritten, other keys and other samples stay. A missing
        value (None, NaN) removes. Of several mappings for one sample, later ones win.

        Args:
            data: pairs ``(sample_id, mapping)``, a dict ``{sample_id: mapping}``, or a DataFrame
                whose index or column `on` names the sample of each row. A DataFrame may have
                the other built-in columns, too, as long as they were not edited.
            on: what names the samples: ``"sample_id"``, ``"file_name"`` or ``"file_path_abs"``.

        Raises:
            UnknownSampleError: a sample is not in the dataset.
            MetadataTypeError: a value conflicts with the type of its key.
            ValueError: a name is ambiguous, a DataFrame has several rows for a sample or an edited
                built-in column, or a key or value cannot be stored.
            TypeError, OverflowError: a key or a value cannot be stored.

        Example:
            ```python
            dataset.update_metadata([(0, {"city": "Zurich"}), (1, {"city": "Bern", "rank": 2})])
            dataset.update_metadata({"cat.jpg": {"label": "cat"}}, on="file_name")
            dataset.update_metadata(dataset.df[["rank"]] + 1)
            ```
        """
        self._connection.commit(update(data, on))

    def update_metadata_from_csv(
        self, path: str | os.PathLike[str], on: str = "file_name", **read_csv_kwargs: Any
    ) -> ImportReport:
        """Merge the columns of a CSV file as metadata, in one edit.

        Rows that name no sample do not stop it, they are reported. Everything else is as for
        ``update_metadata``.

        Args:
            path: the CSV file.
            on: the column that names the sample of each row: ``"file_name"``,
                ``"file_path_abs"`` or ``"sample_id"``.
            read_csv_kwargs: passed on to ``pandas.read_csv``, such as ``sep=";"``.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it has no column `on`; or as for ``update_metadata``.
            MetadataTypeError, TypeError, OverflowError: as for ``update_metadata``.

        Example:
            ```python
            report = dataset.update_metadata_from_csv("weather.csv")
            report.unmatched_rows["file_name"]
            ```
        """
        return import_csv(self._connection, path, on, read_csv_kwargs)

    def rename_metadata(self, old: str, new: str) -> None:
        """Give a metadata key another name; its values stay.

        Raises:
            UnknownKeyError: there is no key `old`.
            TypeError, ValueError: `new` cannot be a key, or is one already.
        """
        self._connection.commit(lambda table: rename_key(table, old, new))

    def drop_metadata(self, key: str) -> None:
        """Remove a metadata key from all samples.

        Raises:
            UnknownKeyError: there is no such key.
        """
        self._connection.commit(lambda table: drop_key(table, key))

    def cast_metadata(self, key: str, type: str) -> None:  # noqa: A002 - the word of the schema
        """Turn all values of a metadata key into another type.

        Args:
            key: the key.
            type: ``"string"``, ``"integer"``, ``"float"``, ``"boolean"``, ``"datetime"``,
                ``"list"`` or ``"dict"``.

        Raises:
            UnknownKeyError: there is no such key.
            ValueError: there is no such type, or a value means nothing in it; nothing changed.

        Example:
            ```python
            dataset.cast_metadata("house_number", "string")
            ```
        """
        self._connection.commit(lambda table: cast_key(table, key, type))
