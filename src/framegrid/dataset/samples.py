"""The samples of a dataset: counting, finding, adding and removing them."""

import os
from collections.abc import Iterable, Iterator

from framegrid.dataset.adding.ingest import add_images
from framegrid.dataset.adding.sizes import fill_sizes
from framegrid.dataset.connection import Connection
from framegrid.dataset.matching import match_all
from framegrid.dataset.reports import IngestReport
from framegrid.dataset.sample import Sample
from framegrid.table import RemoveSamples


class SampleCollection:
    """The part of ``ImageDataset`` that is a collection of samples."""

    _connection: Connection

    def __len__(self) -> int:
        """Count the samples."""
        self._connection.refresh()
        return len(self._connection.table)

    def __iter__(self) -> Iterator[Sample]:
        """Go through the samples there are now, in the order of their ids.

        The dataset may be edited meanwhile; samples removed before their turn are left out.
        """
        self._connection.refresh()
        ids = self._connection.table.ids
        for sample_id in ids.tolist():
            if self._connection.table.ids is ids or self._connection.has(sample_id):
                yield Sample(self._connection, sample_id)

    def __contains__(self, sample_id: object) -> bool:
        """Tell whether there is a sample with this id."""
        self._connection.refresh()
        return self._connection.has(sample_id)

    def get_sample(self, sample_id: int) -> Sample:
        """Give the sample with this id.

        Raises:
            UnknownSampleError: there is none.
        """
        self._connection.refresh()
        self._connection.table.row(sample_id)
        return Sample(self._connection, int(sample_id))

    def add_images_from_path(
        self,
        path: str | os.PathLike[str],
        *,
        recursive: bool = True,
        limit: int | None = None,
        exif: bool = False,
        progress: bool = True,
    ) -> IngestReport:
        """Add images with the sizes in their headers; those already there are skipped.

        Broken files are reported and left out. It is one edit: interrupted, it adds nothing.

        When a folder is added that has a ``metadata.csv`` or ``metadata.jsonl``, as image folders
        of Hugging Face do, its columns become metadata of the new samples; ``file_name`` in it is
        relative to that file. Samples already there keep what they have.

        Args:
            path: a file, a folder, or a glob such as ``"photos/**/*.jpg"``; the same on object
                storage, as in ``"s3://bucket/photos"``.
            recursive: look into the folders of the folder, too.
            limit: look at no more than this many images, the first by name.
            exif: add what the cameras wrote, too, to the images that are new; for those already
                present call ``add_exif_metadata``.
            progress: show a progress bar when it takes longer than a second.

        Raises:
            FileNotFoundError: there is nothing at `path`.
            ValueError: there are no images, or all of them are broken; or `path` is a URL of
                something else than object storage.
            ImportError: the package that opens such URLs is not installed.
            MetadataTypeError, ValueError: with `exif`, as for ``add_exif_metadata``.

        Example:
            ```python
            report = dataset.add_images_from_path("photos")
            report.broken  # [("/home/me/photos/cat.jpg", "empty file (0 bytes)")]
            ```
        """
        return add_images(
            self._connection,
            path,
            recursive=recursive,
            limit=limit,
            exif=exif,
            progress=progress,
        )

    def remove_samples(self, ids: Iterable[int]) -> None:
        """Remove samples with their metadata; the files stay, and the ids are never given again.

        Raises:
            UnknownSampleError: one of `ids` is no sample; none was removed.
            TypeError: one of `ids` is no integer.
        """
        wanted = list(dict.fromkeys(ids))
        self._connection.commit(
            lambda table: RemoveSamples(match_all(table, "sample_id", wanted)) if wanted else None
        )

    def read_sizes(self, *, progress: bool = True) -> list[tuple[str, str]]:
        """Read the sizes that are missing, as after ``from_dataframe``, from the files.

        Args:
            progress: show a progress bar when it takes longer than a second.

        Returns:
            Path and reason of each image whose size cannot be read.
        """
        return fill_sizes(self._connection, progress=progress)
