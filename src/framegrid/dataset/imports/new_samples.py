"""Metadata of samples that are about to be added, so that both are one edit."""

from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.imports.aggregating import Aggregate
from framegrid.dataset.imports.file_rows import Rows
from framegrid.dataset.imports.importing import Import
from framegrid.dataset.reports.import_report import ImportReport
from framegrid.storage import AddSamples, Table

ON = "file_path_abs"
"""The column of the rows that names the samples."""


class MetadataOfNew:
    """Rows that become metadata of the samples that are added.

    Args:
        rows: what was read; None for nothing.
        source: where it was read, for messages.
        aggregate: how several rows for one sample become one, see ``Import``.

    Attributes:
        broken: path and reason of what cannot be used.
    """

    def __init__(self, rows: Rows | None, source: str, aggregate: Aggregate | None = None) -> None:
        self.broken: list[tuple[str, str]] = []
        self._source = source
        self._import = Import(rows, ON, aggregate=aggregate) if rows else None

    def added_to(self, table: Table, addition: AddSamples | None) -> AddSamples | None:
        """The same new samples with their metadata.

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
            self.broken.append((self._source, str(error)))
            return addition
        if change is None:
            return addition
        trial.apply(change)
        samples = trial.to_arrow().slice(len(table))
        return AddSamples(samples, addition.types | change.types)

    def report(self, table: Table, connection: Connection) -> ImportReport | None:
        """Which rows and which new samples found each other; None without any rows."""
        return self._import.report(table, connection) if self._import else None
