"""The dataset: a collection of images with metadata, and all that it can do.

What is done here is done by the rooms behind: this is the list of it, with what users read.
"""

import copy
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import cached_property, partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from framegrid.base import public_name
from framegrid.dataset.compute.computing import ComputeReport, compute_values
from framegrid.dataset.compute.planning import plan
from framegrid.dataset.compute.staleness import said_of_stale
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.connection.listeners import Listener
from framegrid.dataset.connection.location import StrPath, place_of
from framegrid.dataset.connection.view import DatasetView
from framegrid.dataset.edits.edits import remove_samples
from framegrid.dataset.edits.key_edits import drop_key, rename_key
from framegrid.dataset.edits.updates import Update, update
from framegrid.dataset.exports.coco_file import write_coco
from framegrid.dataset.exports.csv_file import write_csv
from framegrid.dataset.exports.image_folder_out import Link, export_images
from framegrid.dataset.exports.selection import Selection
from framegrid.dataset.imports.aggregating import Many
from framegrid.dataset.imports.casting import Errors, cast_metadata
from framegrid.dataset.imports.coco_annotations import read_coco
from framegrid.dataset.imports.csv_files import read_csv
from framegrid.dataset.imports.excel import read_excel
from framegrid.dataset.imports.forms import Given, rows_of
from framegrid.dataset.imports.importing import Blank, import_rows
from framegrid.dataset.imports.labels.formats import Format, read_labels
from framegrid.dataset.imports.outcome import report_update
from framegrid.dataset.imports.readers import read_json, read_parquet
from framegrid.dataset.ingest.adding import add_given
from framegrid.dataset.ingest.any_data import store_of
from framegrid.dataset.ingest.exif_keys import add_exif
from framegrid.dataset.ingest.ingest import add_images
from framegrid.dataset.ingest.later_sizes import LaterSizes
from framegrid.dataset.ingest.opening_slices import check_part, open_slice
from framegrid.dataset.ingest.presence import MissingImagesCheck, check_images, check_later
from framegrid.dataset.ingest.relinking import Missing, relink
from framegrid.dataset.ingest.sizes import fill_sizes
from framegrid.dataset.matching.matching import On
from framegrid.dataset.overview.changes import Changes
from framegrid.dataset.overview.last_changes import LastChange, last_changes_of
from framegrid.dataset.overview.since import changes_since
from framegrid.dataset.overview.summary import summary_of
from framegrid.dataset.reports.import_report import ImportReport
from framegrid.dataset.reports.ingest_reports import ExifReport, IngestReport
from framegrid.dataset.reports.wording import counted
from framegrid.dataset.sample import Sample
from framegrid.images import Function
from framegrid.storage import Conflict, Durability, Filters, Store, create_store, open_store

if TYPE_CHECKING:
    from framegrid.grid import Grid


class ImageDataset:
    """A dataset of images: where they are, how large they are, and their metadata.

    It lives in one Parquet file. Each edit is saved when the call returns, also when the process is
    killed right after; closing only tidies up. Any thread may use it, and several processes may
    have the same dataset open. Open one with ``create``, ``load`` or ``load_or_create``, or make
    one of a DataFrame with ``from_dataframe``.

    On object storage, edits wait in a journal on this machine until they are put there: by
    ``save``, by closing, or after five quiet minutes. What other machines put is taken in when it
    is opened or saved.

    Pickled, for the workers of a data loader or a cluster, it travels as the place of its files and
    is open read-only there, following the edits made here; ``copy`` does the same. A worker that is
    to edit loads it. A dataset in memory has to be saved first.

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

    # Where it comes from

    _missing_images: MissingImagesCheck | None = None

    def __init__(self, store: Store | Connection) -> None:
        self._connection = store if isinstance(store, Connection) else Connection(store)

    @classmethod
    def create(cls, name: StrPath = "dataset", *, durability: Durability = "process") -> Self:
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
        return cls(create_store(place_of(name), durability=durability))

    @classmethod
    def load(  # noqa: PLR0913 - what to open, how much of it, and how
        cls,
        name: StrPath = "dataset",
        *,
        columns: Sequence[str] | None = None,
        filters: Filters | None = None,
        path_column: str | None = None,
        durability: Durability = "process",
        repair: bool = False,
        conflict: Conflict = "raise",
    ) -> Self:
        """Open a dataset that exists, or a part of any Parquet; it is never created.

        If some of 32 image files that are looked at are gone, a warning soon after,
        ``print(dataset)`` and a notice in the grid say so, and name ``relink``.

        With `columns`, `filters` or `path_column` only a part is read, into memory, and it is
        read-only until ``save("new name")`` makes it a dataset of its own. Then `name` may also be
        a file or a folder that another program wrote, such as Spark or Dask; the keys in names of
        folders, as in ``label=cat/part-0.parquet``, are columns like others. Columns become
        metadata as with ``from_dataframe``; what cannot is named in a warning. Relative paths of
        images start from the folder of the Parquet.

        Args:
            name: as for ``create``.
            columns: the keys to read, beside the paths of the images; by default all.
            filters: which rows to read: conditions that all hold, as in
                ``[("score", ">", 0.5), ("label", "in", ["cat", "dog"])]``; a list of such lists,
                one of which holds; or an expression of ``pyarrow.dataset``. ``[]`` reads all.
            path_column: the column of image paths; by default the one that looks most like it.
            durability: what an edit survives, as for ``create``.
            repair: of a damaged dataset, keep what is whole and set the rest aside.
            conflict: what to do when the journal does not continue the Parquet file, as after a
                copy or a backup took the place of one of them. ``"raise"`` refuses;
                ``"snapshot"`` goes on with the Parquet file and keeps the journal as a file aside;
                ``"journal"`` then makes the journal's edits on top of it; ``"both"`` makes them in
                a copy instead, ``NAME-from-journal.parquet``, a dataset of its own.

        Raises:
            FileNotFoundError: there is none.
            NotADatasetError: the file is not a dataset.
            DatasetCorruptError: the file is damaged; the message says what is intact.
            ConflictError: another program rewrote the file, or its journal does not continue it.
            KeyError: there is no such column.
            ValueError: `filters` cannot be applied, no column has paths, or `durability`, `repair`
                or `conflict` is given for a part, which cannot have them.

        Example:
            ```python
            likely = [("label", "==", "cat"), ("score", ">", 0.9)]
            cats = fg.ImageDataset.load("table", columns=["score"], filters=likely)
            cats.save("cats")  # from here on it can be edited
            ```
        """
        if any(option is not None for option in (columns, filters, path_column)):
            check_part(durability, repair=repair, conflict=conflict)
            return cls(open_slice(name, columns, filters, path_column))
        place = place_of(name)
        store = open_store(place, durability=durability, repair=repair, conflict=conflict)
        dataset = cls(store)
        dataset._missing_images = check_later(dataset._connection)
        return dataset

    @classmethod
    def load_or_create(
        cls, name: StrPath = "dataset", *, durability: Durability = "process"
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
    def from_dataframe(
        cls, df: Any, path_column: Hashable | None = None, *, image_column: Hashable | None = None
    ) -> Self:
        """Make a dataset in memory of a DataFrame with a column of images, or of other data.

        ``width`` and ``height`` columns are taken as given; sizes that are missing are read from
        the files: of more than 10,000 files in the background while a grid is open, or by
        ``read_sizes``. Other columns become metadata; what of them cannot (bytes, intervals, a
        second spelling of a key, rows without an image) is left out with a warning that names it. A
        column or index ``sample_id`` sets the ids, so a part of ``dataset.df`` keeps its own. Text
        stays text, ISO dates too: ``cast_metadata(key, "datetime")`` makes datetimes of them.
        Nothing is written to disk until ``save(path)``; till then images are in memory, too.

        Args:
            df: (M, K) one row per sample, with paths of images or with images as ``add_images``
                takes them; of pandas, Polars, Arrow or DuckDB. Or a Hugging Face ``Dataset``, a
                sequence of ``(image, label)`` as of torchvision, a list or stack of images, or the
                path of a folder, file or glob.
            path_column: the column of paths; by default the one that looks most like it.
            image_column: the column of images that are no paths; by default it is found, too.

        Raises:
            KeyError: there is no such column.
            TypeError, ValueError: there are no images, or two columns have one name.

        Example:
            ```python
            frame = pd.read_csv("labels.csv")  # columns: path, label, score
            fg.ImageDataset.from_dataframe(frame).show()
            ```
        """
        return cls(store_of(df, path_column, image_column))

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
    def schema_version(self) -> object:
        """Stands for samples, keys and types: another object as soon as these are others."""
        return self._connection.table.shown

    @property
    def schema(self) -> dict[str, str]:
        """The type of each metadata key: string, integer, float, boolean, list, dict, datetime."""
        self._connection.refresh()
        return {key: public_name(kind) for key, kind in self._connection.table.shown.items()}

    @property
    def df(self) -> pd.DataFrame:
        """All samples as a DataFrame indexed by ``sample_id``.

        The built-in columns ``file_name``, ``file_path_abs``, ``width``, ``height`` and ``folder``
        come first, then the metadata keys. ``folder`` is the path below the folder that all images
        share, ``""`` for those in it; it follows from the paths, so ``update_metadata`` ignores it,
        and a metadata key of that name takes its place.

        It is your own copy: editing it changes nothing in the dataset. Lists and dicts in its cells
        are the exception: replace them, instead of changing them.

        Example:
            ```python
            df = dataset.df
            df["bright"] = df["luminance"] > 0.5
            dataset.update_metadata(df[["bright"]])
            ```
        """
        return self._connection.frame()

    @property
    def gone(self) -> str:
        """What a look at some image files of a loaded dataset found; ``""`` if all is well.

        ``check_images`` looks at all of them.
        """
        return self._missing_images.ask(self._connection) if self._missing_images else ""

    def stale_keys(self) -> dict[str, str]:
        """What grids say of each key that is stale; at image files only ``summary`` looks."""
        return self._connection.read(said_of_stale)

    def last_changes(self, sample_id: int) -> dict[str, LastChange]:
        """By key the last change of a sample's value, as far as ``undo`` reaches."""
        return last_changes_of(self._connection, sample_id)

    def view(self) -> DatasetView:
        """The table, its key types and the revision, all of one moment, without a copy."""
        return self._connection.view()

    def __repr__(self) -> str:
        """Say what it is, how much it holds and where it lives."""
        table, store = self._connection.table, self._connection.store
        keys = counted(len(table.shown), "metadata key")
        place = store.path or (f"of {store.origin}, in memory" if store.origin else "in memory")
        where = f"{place}{', read-only' * store.read_only}"
        gone = f"\n  {self.gone}" if self.gone else ""
        samples = counted(len(table), "sample")
        return f"ImageDataset {self.name!r}: {samples}, {keys} ({where}){gone}"

    # Its life

    def save(self, path: StrPath | None = None) -> None:
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
        self._connection.save(path)

    def close(self) -> None:
        """Bring the Parquet file up to date and let go of it; closing again does nothing."""
        self._later_sizes.stop()
        self._connection.store.close()

    def __enter__(self) -> Self:
        """The dataset, to be closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
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

    def __getstate__(self) -> dict[str, Connection]:
        """What travels: see ``Connection``."""
        return {"_connection": self._connection}

    def __copy__(self) -> Self:
        """Open the files once more, read-only, as when it is sent to another process."""
        return copy.deepcopy(self)

    # Its samples

    def __len__(self) -> int:
        """Count the samples."""
        self._connection.refresh()
        return len(self._connection.table)

    def __iter__(self) -> Iterator[Sample]:
        """Go through the samples there are now, in the order of their ids.

        The dataset may be edited meanwhile; samples removed before their turn are left out.
        """
        return (Sample(self._connection, sample_id) for sample_id in self._connection.ids())

    def __contains__(self, sample_id: object) -> bool:
        """Whether there is a sample with this id."""
        self._connection.refresh()
        return self._connection.has(sample_id)

    def get_sample(self, sample_id: int) -> Sample:
        """The sample with this id.

        Raises:
            UnknownSampleError: there is none.
        """
        self._connection.refresh()
        self._connection.table.row(sample_id)
        return Sample(self._connection, int(sample_id))

    def add_images_from_path(  # noqa: PLR0913 - where to look, how, and what for
        self,
        path: StrPath | Iterable[StrPath],
        *,
        recursive: bool = True,
        limit: int | None = None,
        exif: bool = False,
        progress: bool = True,
        relink: bool = True,
        image_column: str | None = None,
    ) -> IngestReport:
        """Add images with the sizes in their headers; those already there are skipped.

        Broken files are reported and left out. It is one edit: interrupted, it adds nothing.
        Samples already there keep what they have. Columns of a ``metadata.csv`` or ``.jsonl`` in a
        folder, as Hugging Face has it, become metadata; ``file_name`` in it is relative to it.

        The members of a zip or tar are read in place. Those of a tar whose names are one up to the
        first dot are one sample, as in WebDataset: ``7.jpg`` is the image, the keys in ``7.json``,
        the text of ``7.txt`` and the class in ``7.cls`` are metadata. So are pictures in Parquet
        files, as bytes or ``{bytes, path}``; other columns become metadata. Sizes of many follow in
        the background, see ``report.unsized``.

        Args:
            path: a file, a folder, a glob such as ``"photos/**/*.jpg"``, or a list of these, of
                images, Parquet files, zips or tars that are not compressed, here or on object
                storage: ``"s3://bucket/photos"``; or one web image: ``"https://host/a.jpg"``.
            recursive: look into the folders of the folder, or of the archive, too.
            limit: look at no more than this many images, the first by name.
            exif: add what the cameras wrote to the new images, as ``add_exif_metadata`` does.
            progress: show a progress bar when it takes longer than a second.
            relink: images and Parquet files that seem to have moved, as others like them are gone,
                are not added; a warning and the report say which ``relink(old, new)`` follows them.
                False adds them as new ones.
            image_column: the column with the pictures, of Parquet files; by default the first.

        Raises:
            FileNotFoundError: there is nothing at `path`.
            ValueError: there are no images, or none that can be read; or a URL is of another kind.
            ImportError: the package that opens such URLs is not installed.
            MetadataTypeError, ValueError: with `exif`, as for ``add_exif_metadata``.

        Example:
            ```python
            report = dataset.add_images_from_path("photos")
            report.broken  # [("/home/me/photos/cat.jpg", "empty file (0 bytes)")]
            ```
        """
        report = add_images(
            self._connection,
            path,
            recursive=recursive,
            limit=limit,
            exif=exif,
            progress=progress,
            relink=relink,
            image_column=image_column,
        )
        if report.unsized:
            self.read_sizes_later()
        return report

    def add_images(
        self, images: Any, *, names: Sequence[str] | None = None, metadata: Any = None
    ) -> IngestReport:
        """Add pictures that are in memory, or files by their paths, in one edit.

        What is no file is kept in a folder beside the dataset, ``NAME.images``; while the dataset
        is in memory so are they, at most 2 GB. A picture that cannot be taken costs only itself.

        Args:
            images: a list or stack of paths, URLs, encoded ``bytes``, PIL images, arrays (H, W) or
                (H, W, 1 | 3 | 4) of uint8, uint16, bool or float, or tensors, also (3, H, W).
                Floats in [0, 1] are taken as they are, others are stretched.
            names: the ``file_name`` of each; by default its own, or one with a number.
            metadata: of each: a frame, a list of dicts, or columns by key.

        Returns:
            What was added; ``notes`` says what pixels became.

        Raises:
            MetadataTypeError, TypeError, ValueError: `metadata` or `names` do not fit, none of the
                images can be taken, or they are too many for memory; nothing was added.

        Example:
            ```python
            dataset.add_images([sample.open(), np.eye(64)], metadata={"epoch": [1, 2]})
            ```
        """
        return add_given(self._connection, images, names, metadata)

    def remove_samples(self, ids: Iterable[int]) -> None:
        """Remove samples with their metadata; the files stay, and the ids are never given again.

        Raises:
            UnknownSampleError: one of `ids` is no sample; none was removed.
            TypeError: one of `ids` is no integer.
        """
        wanted = list(dict.fromkeys(ids))
        self._connection.commit(lambda table: remove_samples(table, wanted))

    def read_sizes_later(self) -> None:
        """Begin to read sizes that are missing in the background, as an open grid asks for them.

        Not of images on object storage, where each takes a request: ``read_sizes`` does. ``undo``
        knows nothing of it. What is missing at ``close`` is read when a grid is open again.
        """
        self._later_sizes.start()

    @property
    def sizes_progress(self) -> tuple[int, int] | None:
        """How many sizes were read in the background, and of how many; None when that is done."""
        return self._later_sizes.progress

    @cached_property
    def _later_sizes(self) -> LaterSizes:
        return LaterSizes(self._connection)

    def check_images(self, *, progress: bool = True) -> pd.DataFrame:
        """List the images whose files are not what they were, with what to see of them now.

        | problem | means |
        |---|---|
        | ``gone`` | there is no such file; if the folder moved, ``relink`` follows it |
        | ``replaced`` | it has another size in px; ``read_sizes(changed=True)`` takes that over |
        | ``changed`` | it, or what holds it, was written since it was read, or cannot be read |

        Args:
            progress: show a progress bar when it takes longer than a second.

        Returns:
            A DataFrame indexed by ``sample_id``: ``file_path_abs``, ``problem``, ``width`` and
            ``height`` in px as they are now, ``reason``; no row for images that are as they were.
        """
        return check_images(self._connection, progress=progress)

    def read_sizes(self, *, changed: bool = False, progress: bool = True) -> list[tuple[str, str]]:
        """Read the sizes that are missing, as after ``from_dataframe``, from the files.

        Args:
            changed: read those of all images, and take over the ones that are others now.
            progress: show a progress bar when it takes longer than a second.

        Returns:
            Path and reason of each image whose size cannot be read.
        """
        self._later_sizes.stop()
        return fill_sizes(self._connection, changed=changed, progress=progress)

    # Its metadata

    def update_metadata(self, data: Update, *, on: On = "sample_id") -> ImportReport:
        """Merge metadata of many samples in one edit: all of it, or nothing when it is refused.

        ``import_metadata`` takes of a frame what fits, and reports the rest.

        New keys appear, given keys are overwritten, other keys and other samples stay. A missing
        value (None, NaN) removes. Of several mappings for one sample, later ones win.

        Args:
            data: pairs ``(sample_id, mapping)``, a dict ``{sample_id: mapping}``, or a frame whose
                column (in pandas also the index) `on` names the sample of each row: of pandas, or
                of any library that speaks the Arrow PyCapsule interface: Polars, PyArrow, DuckDB
                and others. A frame may have the other built-in columns, too, if unedited.
            on: what names the samples: ``"sample_id"``, ``"file_path_abs"`` or ``"file_name"``,
                which may come with folders, as in ``cats/001.jpg``, when a name is not unique; or
                ``{"column": "file_name"}`` for a frame in which it is called otherwise.

        Returns:
            What it did, in one line, as in ``reject: set on 1,000 of 1,000 samples``; its
            ``removed`` has the values that a missing value took away.

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
            dataset.update_metadata(polars.read_csv("ranks.csv"), on="file_name")
            ```
        """
        return report_update(self._connection, update(data, on))

    def add_exif_metadata(self, *, progress: bool = True) -> ExifReport:
        """Add what the cameras wrote into the files, in one edit.

        | key | type | value |
        |---|---|---|
        | ``captured`` | datetime | when it was taken, on the camera's clock: local time |
        | ``camera`` | string | make and model, the make once |
        | ``lens`` | string | model of the lens |
        | ``exposure_time`` | float | s |
        | ``f_number`` | float | 2.8 for f/2.8 |
        | ``iso`` | integer | sensitivity |
        | ``focal_length`` | float | mm |
        | ``focal_length_35mm`` | integer | mm, for the same view on 35 mm film |
        | ``gps`` | dict | ``lat``, ``lon``: degrees in WGS 84, north and east positive |
        | | | ``alt``, if known: m above sea level |

        Values of these keys are overwritten where a file has one; nothing else is touched. What a
        file lacks, or says in a way that makes no sense, is missing. ``captured`` never has a time
        zone, as few cameras know theirs: the local time is kept, its offset from UTC is not. When a
        file was last changed does not count as when it was captured.

        Args:
            progress: show a progress bar when it takes longer than a second.

        Raises:
            MetadataTypeError: the dataset has one of these keys with another type.
            ValueError: the dataset has a key that differs from one of these only in case.

        Example:
            ```python
            dataset.add_exif_metadata()
            dataset.df.groupby("camera")["iso"].median()
            dataset.show(filters={"gps.lat": (46, 48)}, sort="captured")
            ```
        """
        return add_exif(self._connection, progress=progress)

    def compute_metadata(
        self,
        fn: Function,
        *,
        keys: str | Iterable[str] | None = None,
        executor: Executor | None = None,
        force: bool = False,
        progress: bool = True,
    ) -> ComputeReport:
        """Run a function over the images, in parallel, and keep what it gives as metadata.

        Images are opened in the workers, upright. What goes wrong with an image, a worker process
        that dies of it included, is listed in the report and stops nothing. Results are written
        every few seconds; an interruption (Ctrl-C) keeps what was finished, and is raised.

        Running it again computes only what is stale, as ``summary`` tells: samples that were not
        computed or lack one of the keys (a result of None or NaN is remembered: these do not lack
        it), whose file has another size or time of modification, or whose values are from another
        function or other code of it. That is the function itself, and what it takes from around it:
        values, and functions of your own modules; installed packages and objects such as models
        count by name. A value set by hand stays until then. Values of which neither is known, such
        as imported ones, count as computed by `fn` from the file as it is, if `keys` names them.

        Args:
            fn: takes a ``PIL.Image`` and gives a dict of values by metadata key. It may be defined
                in a notebook; what it uses from the notebook is sent along. Modules beside the
                notebook or script are found: those that it has imported, and others last.
            keys: names of all the keys that `fn` gives to each sample; by default those that it is
                known to have given, some or all.
            executor: any executor of ``concurrent.futures``, such as ``client.get_executor()`` of
                ``dask.distributed``, whose workers see the images under the same paths. By
                default a process per core, started for this call.
            force: compute all samples even so.
            progress: show a progress bar when it takes longer than a second.

        Raises:
            TypeError: `fn` is no function or cannot be sent to a process, or `executor` is none.
            ReadOnlyDatasetError: the dataset was opened read-only.
            BrokenExecutor, CancelledError: an executor of yours gave up; results were kept.

        Example:
            ```python
            def brightness(image):
                return {"brightness": np.asarray(image.convert("L")).mean() / 255}

            report = dataset.compute_metadata(brightness, keys="brightness")
            report.failures  # [("/home/me/photos/cat.jpg", "truncated: ...")]
            dataset.compute_metadata(fg.features.combine(fg.features.sharpness, brightness))
            ```
        """
        work = plan(self._connection, fn, keys, force=force)
        return compute_values(self._connection, fn, work, executor, progress=progress)

    def rename_metadata(self, old: str, new: str) -> None:
        """Rename a metadata key; its values stay.

        In open grids, what stands on the key goes by its new name: filters, captions and the sort.

        Raises:
            UnknownKeyError: there is no key `old`.
            TypeError, ValueError: `new` cannot be a key, or is one already.
        """
        self._connection.commit(lambda table: rename_key(table, old, new))

    def drop_metadata(self, key: str) -> None:
        """Remove a metadata key from all samples.

        Open grids say which filters and captions go with it.

        Raises:
            UnknownKeyError: there is no such key.
        """
        self._connection.commit(lambda table: drop_key(table, key))

    def cast_metadata(
        self,
        key: str,
        type: str,  # noqa: A002 - the word of the schema
        *,
        errors: Errors = "raise",
        decimal: str = ".",
    ) -> ImportReport:
        """Turn all values of a metadata key into another type.

        Text is read generously: ``"007"`` and ``"3.0"`` as integers, ``yes`` and ``no`` as
        booleans, lists and dicts as JSON or as Python prints them; ``nan``, ``NA`` and such words
        become missing. Other values become the only element of a list.

        Args:
            key: the key.
            type: ``"string"``, ``"integer"``, ``"float"``, ``"boolean"``, ``"datetime"``,
                ``"list"`` or ``"dict"``.
            errors: what becomes of values that mean nothing in this type: ``"raise"`` changes
                nothing and says which they are, ``"missing"`` removes them, ``"report"`` changes
                nothing if there are any and returns them.
            decimal: what stands before the fraction of a number in text: ``","`` for ``1,5``.

        Returns:
            What it did: ``conflicts`` mean nothing in the type, ``removed`` are gone for that.

        Raises:
            UnknownKeyError: there is no such key.
            ValueError: there is no such type, or a value means nothing in it; nothing changed.

        Example:
            ```python
            dataset.cast_metadata("house_number", "string")
            dataset.cast_metadata("house_number", "integer", errors="missing").removed
            ```
        """
        return cast_metadata(self._connection, key, type, errors, decimal)

    # Metadata from files

    def import_metadata(
        self, frame: Given, on: On = "sample_id", *, blank: Blank = "keep", aggregate: Many = None
    ) -> ImportReport:
        """Merge the columns of a frame as metadata, in one edit, and leave out what does not fit.

        This is ``update_metadata`` as imports of files do it: rows of images that are not here,
        several rows for one image and values of another type than their key's are left out and
        reported, with a DataFrame for each. Text stays text for a new key, ISO dates too: they
        become datetimes by ``pandas.to_datetime`` before, or by ``cast_metadata`` after.

        Args:
            frame: of pandas, or of any library that speaks the Arrow PyCapsule interface; or pairs
                of a sample and a mapping, as for ``update_metadata``; or a list of records, or
                columns by name, that have `on` among them.
            on: the column or index that names the sample of each row: ``"sample_id"`` (12 and
                ``"12"`` are the same), ``"file_name"`` or ``"file_path_abs"``, or
                ``{"column": "file_name"}`` if it is called otherwise.
            blank: what a missing value means: ``"keep"`` that the row says nothing of the sample,
                ``"remove"`` that it has no value; the report counts what was removed.
            aggregate: how several rows for one sample, such as detections, become one: ``"count"``,
                ``"first"``, ``"max"``, ``"mean"`` or ``"list"`` for all keys, or by key. Of a key
                that is not named, the rows of a sample must agree.

        Raises:
            TypeError: it is nothing of the kind.
            ValueError: there is no column `on`, or two columns of one name; or an index without a
                name would be the sample ids, beside a column of file names.

        Example:
            ```python
            frame = pd.DataFrame({"file": ["cats/1.jpg", "cats/1.jpg"], "score": [0.2, 0.9]})
            dataset.import_metadata(frame, on={"file": "file_name"}, aggregate={"score": "max"})
            ```
        """
        return import_rows(self._connection, partial(rows_of, frame), on, blank, aggregate)

    def update_metadata_from_csv(
        self,
        path: StrPath,
        on: On = "file_name",
        *,
        blank: Blank = "keep",
        aggregate: Many = None,
        **read_csv_kwargs: Any,
    ) -> ImportReport:
        """Merge the columns of a CSV file as metadata, in one edit.

        Text means what it says. A column of a new key becomes numbers, booleans or datetimes if
        every value in the file is one in the usual spelling, or one of ``nan``, ``NaN``, ``NA``,
        ``N/A``, ``null``, ``None`` (then missing): without leading zeros, with an exponent only as
        programs write it (``1e-05``, not ``10e1``), dates in ISO form. Otherwise it stays text, all
        of it. Where there is a key, its type decides: values that are none of it are left out and
        reported, and so are rows that name no sample. Lists and dicts are read as JSON or as Python
        prints them. A file that ``to_csv`` wrote comes back exactly; there, an empty string is
        quoted, and told from a blank cell.

        Separators ``,`` ``;`` ``|`` and tab, a decimal comma beside the last three, byte order
        marks (UTF-8, UTF-16) and packed files are recognised. Spaces around names in the header do
        not count, and columns without a name, such as a saved index, are left out.

        Args:
            path: the CSV file.
            on: the column that names the sample of each row: ``"file_name"``, also with folders as
                in ``cats/001.jpg``, ``"file_path_abs"`` or ``"sample_id"``; or
                ``{"column": "file_name"}`` if it is called otherwise.
            blank: as for ``import_metadata``; a blank cell is a missing value.
            aggregate: as for ``import_metadata``.
            read_csv_kwargs: of ``pandas.read_csv``, such as ``decimal=","`` or
                ``dtype={"code": str}``; they add to what is done here, column by column.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is of another kind (the message says of which), damaged, or has no
                column `on`; or a column cannot be a key.
        """
        read = partial(read_csv, path, options=read_csv_kwargs)
        return import_rows(self._connection, read, on, blank, aggregate)

    def update_metadata_from_excel(
        self,
        path: StrPath,
        on: On = "file_name",
        *,
        blank: Blank = "keep",
        aggregate: Many = None,
        **read_excel_kwargs: Any,
    ) -> ImportReport:
        """Merge the columns of a sheet of an Excel file as metadata, in one edit.

        Cells have types: numbers, dates and booleans are such values, text stays text, and so does
        a column of a new key with text among its numbers. Blank cells, and cells with an error,
        are missing. For the rest it is as ``update_metadata_from_csv``. It needs openpyxl.

        Args:
            path: the ``.xlsx`` file.
            on: the column that names the sample of each row, as for ``update_metadata_from_csv``.
            blank: as for ``import_metadata``; a blank cell is a missing value.
            aggregate: as for ``import_metadata``.
            read_excel_kwargs: of ``pandas.read_excel``, as ``sheet_name=1``, beside what is done.

        Raises:
            FileNotFoundError, ValueError: as for ``update_metadata_from_csv``.
            ImportError: openpyxl is not installed.
        """
        read = partial(read_excel, path, options=read_excel_kwargs)
        return import_rows(self._connection, read, on, blank, aggregate)

    def update_metadata_from_json(
        self, path: StrPath, on: On = "file_name", *, blank: Blank = "keep", aggregate: Many = None
    ) -> ImportReport:
        """Merge the records of a JSON file as metadata, in one edit.

        The file holds a list of records, each with `on` among its keys; or a mapping of names to
        metadata such as ``{"cat.jpg": {"label": "cat"}}``; or, when it is called ``.jsonl`` or
        ``.ndjson``, one record a line. Keys that a record does not have stay as they are. Text
        stays text for a new key; where a key has another type it is read as that, such as ISO dates
        in a key of datetimes; ``cast_metadata(key, "datetime")`` makes that of a new one. A new key
        with numbers and text becomes text. What ``DataFrame.to_json`` wrote is read in any order.

        Args:
            path: the JSON file.
            on: what names the sample of each record, as for ``update_metadata_from_csv``.
            blank: as for ``import_metadata``; null is a missing value.
            aggregate: as for ``import_metadata``.

        Raises:
            FileNotFoundError, ValueError: as for ``update_metadata_from_csv``.
        """
        return import_rows(self._connection, partial(read_json, path), on, blank, aggregate)

    def update_metadata_from_parquet(
        self, path: StrPath, on: On = "file_name", *, blank: Blank = "keep", aggregate: Many = None
    ) -> ImportReport:
        """Merge the columns of a Parquet file as metadata, in one edit.

        Any Parquet file will do, also that of another dataset; JSON text in it is read into lists
        and dicts where their key has that type.

        Args:
            path: the Parquet file, or a folder of them.
            on: the column or index that names the sample of each row, as for
                ``update_metadata_from_csv``.
            blank: as for ``import_metadata``; null is a missing value.
            aggregate: as for ``import_metadata``.

        Raises:
            FileNotFoundError, ValueError: as for ``update_metadata_from_csv``.
        """
        return import_rows(self._connection, partial(read_parquet, path), on, blank, aggregate)

    def update_metadata_from_coco(
        self,
        path: StrPath,
        on: On = "file_name",
        *,
        folder: str = "",
        blank: Blank = "keep",
        aggregate: Many = None,
    ) -> ImportReport:
        """Merge what a COCO file says about its images as metadata, in one edit.

        Images are matched by ``file_name``, also with folders as in ``train/001.jpg``. The fields
        of an image (``license``, ``date_captured``, ...) become keys of the same names, but not
        its ``id``, ``width`` and ``height``; ``date_captured`` is read as a datetime if it is one
        everywhere. When the file has annotations, ``annotations`` is their number on each of its
        images, and ``count.dog`` the number of those of category ``dog``, for each category that
        occurs: 0 on the images where it does not. Files of LVIS, which have URLs instead of names,
        are read alike; of categories that differ only in case, the second is counted as ``(2)``.
        Annotations of images that are not in the file are left out and counted.

        Args:
            path: the JSON file.
            on: what names the sample of each image, as for ``update_metadata_from_csv``:
                ``"file_name"``, ``{"coco_url": "file_name"}`` for another field of the images, or
                ``{"id": "sample_id"}``, as in files that ``to_coco`` wrote.
            folder: what stands before the names of its images, as ``"train2017"`` where several
                folders have files of one name.
            blank: as for ``import_metadata``; null is a missing value.
            aggregate: as for ``import_metadata``.

        Raises:
            FileNotFoundError, ValueError: as for ``update_metadata_from_csv``.
        """
        read = partial(read_coco, path, folder=folder)
        return import_rows(self._connection, read, on, blank, aggregate)

    def update_metadata_from_labels(  # noqa: PLR0913 - those of all imports, and its own
        self,
        path: StrPath,
        on: On = "file_name",
        *,
        format: Format | None = None,  # noqa: A002 - what everybody calls it
        classes: Sequence[str] | None = None,
        blank: Blank = "keep",
        aggregate: Many = None,
    ) -> ImportReport:
        """Merge the annotations of a labelling tool as metadata of the images, in one edit.

        ``annotations`` is the number of annotations on each image of the file, and ``count.dog``
        the number of those of class ``dog``, for each class that occurs, as for COCO. Answers about
        the whole image (choices, ratings, text of Label Studio) are keys of their own; tags of CVAT
        are keys that are true or false.

        Images are matched by name as in ``update_metadata_from_csv``. A file of YOLO belongs to the
        one image of its name, with all folders below ``labels``: ``labels/train/1.txt`` to
        ``images/train/1.jpg``.

        Args:
            path: a JSON file of Label Studio, an XML file of CVAT ("CVAT for images"), an XML file
                or a folder of Pascal VOC, or a text file or a folder of YOLO.
            on: what the names of images are compared with: ``"file_name"``, also with folders, or
                ``"file_path_abs"``; of Label Studio also ``{"field of data": "file_name"}`` or
                ``"sample_id"`` for the field of a task's data that names its image.
            format: ``"label_studio"``, ``"cvat"``, ``"voc"`` or ``"yolo"``; by default it is found.
            classes: names of YOLO's classes, in order; by default those in ``data.yaml``,
                ``classes.txt`` or ``obj.names`` in the folder or above it.
            blank: as for ``import_metadata``; no answer is a missing value.
            aggregate: as for ``import_metadata``.

        Raises:
            FileNotFoundError: there is no such file or folder.
            ValueError: it is of no format that is known, or damaged; or images of the format have
                no names but those of their files, and `on` is another.
        """
        paths = self._connection.table.column("file_path_abs")
        read = partial(read_labels, path, paths=paths, kind=format, classes=classes)
        return import_rows(self._connection, read, on, blank, aggregate)

    # Out of it

    def to_csv(
        self, path: StrPath, rows: Selection | None = None, *, escape_formulas: bool = False
    ) -> None:
        """Write samples with their metadata as a CSV file, with the columns of ``df``.

        Lists and dicts are written as JSON, datetimes as in ISO 8601. A file that exists is
        replaced when the new one is whole. ``update_metadata_from_csv`` reads it back into the
        dataset; CSV has one spelling for the empty string and for a missing value.

        Spreadsheets run text that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, also when
        it comes from a file name or a label that a stranger chose: such a formula can send what
        is in the sheet away, or start a program ("CSV injection"). Escape them in a file that will
        be opened in one. The file then does not read back exactly.

        Args:
            path: the file.
            rows: which samples, as for ``export_images``; by default all.
            escape_formulas: put ``'`` before each text and column name that a spreadsheet could
                take for a formula, which makes it show as text. Numbers stay numbers.

        Raises:
            OSError: the file cannot be written; what was there stays.
            UnknownSampleError, TypeError, ValueError: `rows` are not samples.
        """
        write_csv(self._connection, path, rows, escape_formulas=escape_formulas)

    def to_coco(
        self, path: StrPath, rows: Selection | None = None, *, root: StrPath | None = None
    ) -> None:
        """Write samples as the images of a COCO file, with their metadata as further fields.

        ``id`` is the sample id; there are no annotations. A file that exists is replaced when the
        new one is whole. ``update_metadata_from_coco`` reads the metadata back.

        Args:
            path: the JSON file.
            rows: which samples, as for ``export_images``; by default all.
            root: the folder that each ``file_name`` starts from; by default the deepest folder
                that holds all of the images.

        Raises:
            OSError: the file cannot be written; what was there stays.
            ValueError: an image is not inside `root`, or there is a metadata key ``id``.
            UnknownSampleError, TypeError: `rows` are not samples.
        """
        write_coco(self._connection, Path(path), rows, root)

    def export_images(
        self, folder: StrPath, rows: Selection | None = None, *, link: Link = False
    ) -> pd.DataFrame:
        """Copy the images of chosen samples into a folder, or link them there.

        Nothing is ever overwritten, nor written outside of the folder. Images whose names are not
        unique keep the sub-folders that tell them apart; a name that is taken in the folder gets a
        number, as in ``cat-1.jpg``.

        Args:
            folder: made when it does not exist.
            rows: which samples: a DataFrame such as ``grid.filtered``, ids, or a boolean mask such
                as ``dataset.df["score"] > 0.5``; by default all.
            link: False copies, and downloads from object storage; True or ``"symbolic"`` makes
                symbolic links, ``"hard"`` hard links, which need the same file system.

        Returns:
            (M, K) as ``df``, ordered as `rows`, with new ``file_name`` and ``file_path_abs``.

        Raises:
            FileNotFoundError: an image does not exist; nothing was written.
            OSError: an image cannot be written; those before it were.
            UnknownSampleError, TypeError, ValueError: `rows` are not samples.
            ValueError: a file is no image, or a link in `folder` leads out; nothing was written.

        Example:
            ```python
            exported = dataset.export_images("best", grid.filtered, link=True)
            fg.ImageDataset.from_dataframe(exported).save("best")
            ```
        """
        return export_images(self._connection, folder, rows, link)

    def relink(self, old: StrPath, new: StrPath, *, missing: Missing = "raise") -> int:
        """Follow images that moved: replace the folder `old` by `new` in their paths, in one edit.

        Args:
            old: the folder as it stands at the beginning of ``file_path_abs``, of any system.
            new: the folder, or URL, that the images are in now, with the same sub-folders.
            missing: ``"skip"`` leaves the paths of images that are not in `new` as they are.

        Returns:
            The number of samples whose path changed.

        Raises:
            FileNotFoundError: some of the files are not in `new`; nothing changed.
            ValueError: no path begins with `old`, or the dataset has samples with the new paths.
        """
        return relink(self._connection, old, new, missing)

    # Taking back

    def history(self) -> pd.DataFrame:
        """A row per edit, newest last, for the last 10,000 edits.

        Edits of all sessions and of other processes are there, and a copy by ``save(path)`` takes
        them along. One call makes one edit; only ``compute_metadata`` makes one every few seconds.

        Returns:
            A DataFrame of these columns.

            | column | dtype | |
            |---|---|---|
            | ``when`` | ``datetime64[us, UTC]`` | NaT if an early version made the edit |
            | ``what`` | ``str`` | ``"set"`` (one sample), ``"update"`` (many), |
            | | | ``"add samples"``, ``"remove samples"``, ``"rename key"``, |
            | | | ``"drop key"``, ``"cast key"``, ``"read sizes"`` or ``"undo"`` |
            | ``keys`` | lists of ``str`` | the columns it named; of a rename the old and the new |
            | ``rows`` | ``int64`` | number of samples it touched; for whole keys, that had it |
        """
        return self._connection.history()

    def undo(self, edits: int = 1) -> pd.DataFrame:
        """Take back the last edits made through this dataset object since it was opened.

        It is itself one edit, safe like any other: all or nothing, and seen by other processes and
        open grids. Calling it again goes further back. It reaches back 1,000 edits, as long as what
        they replaced takes no more than 256 MB. Ids of samples that were added are not given again.

        Args:
            edits: how many to take back.

        Returns:
            The rows of ``history`` that it took back.

        Raises:
            ValueError: there are not so many edits to take back.
            ConflictError: somebody else, such as another process, changed since what one of them
                did; nothing was taken back.
        """
        return self._connection.undo(edits)

    def summary(self) -> pd.DataFrame:
        """A row per metadata key, with its values in short and where they are from.

        Lists and dicts are compared by their JSON text, lists of more than 256 MB not at all.

        Returns:
            A DataFrame indexed by ``key``:

            | column | |
            |---|---|
            | ``type``, ``present``, ``missing`` | as in ``schema``, and numbers of samples |
            | ``distinct``, ``most_frequent`` | the number of values; of equally many the least |
            | ``least``, ``greatest`` | of all but lists and dicts; ``mean`` of numbers, booleans |
            | ``computed_by`` | the function of ``compute_metadata``; missing if there is none |
            | ``stale`` | what is to be computed again, and of how many samples: ``function`` (its |
            | | code is another here now), ``file`` (written since), ``missing`` (not computed) |
        """
        return summary_of(self._connection)

    def changes(self, since: Any) -> Changes:
        """The values that changed, one a row, as comparing ``df`` then and now would tell.

        Args:
            since: a number of edits of this session, or a line of ``history`` of it, as in
                ``history().iloc[-3]`` (that edit counts), as far as ``undo`` reaches; or another
                dataset or its path, such as ``"photos.parquet.bak"``, whose samples are matched by
                path: exactly, or, where no path is the same, by how paths end.

        Returns:
            A DataFrame of ``sample_id``, ``key``, ``old`` and ``new``, None for no value, by sample
            and key. Its ``added`` and ``removed`` are frames of samples that came and went, whose
            values are no rows. A key that was renamed went, and another came. ``folder`` is left
            out, and of another dataset names and paths are, too.

        Raises:
            ValueError: ``undo`` does not reach so far, or the file is no dataset.
            ConflictError: somebody else changed since what one of the edits did.
            FileNotFoundError, TypeError: `since` is nothing of the kind.

        Example:
            ```python
            dataset.changes(1).groupby("key").size()
            ```
        """
        other = since._connection if isinstance(since, ImageDataset) else since  # noqa: SLF001
        return changes_since(self._connection, other)

    # How it looks

    def show(self, **traits: Any) -> "Grid":
        """Make a grid of the dataset, to be shown as the last line of a cell.

        Args:
            traits: of the grid, such as ``filters``, ``sort`` or ``thumbnail_size``.
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
