"""The metadata of a dataset: updates of many samples, and of whole keys."""

from collections.abc import Iterable
from concurrent.futures import Executor

from framegrid.compute import Function
from framegrid.dataset.adding.exif import add_exif
from framegrid.dataset.computing import ComputeReport, compute_values
from framegrid.dataset.connection import Connection
from framegrid.dataset.keys import cast_key, drop_key, rename_key
from framegrid.dataset.planning import plan
from framegrid.dataset.reports import ExifReport
from framegrid.dataset.updates import Update, update
from framegrid.schema import public_name


class MetadataCollection:
    """The part of ``ImageDataset`` that is about the metadata of all samples."""

    _connection: Connection

    @property
    def schema(self) -> dict[str, str]:
        """The type of each metadata key: string, integer, float, boolean, list, dict, datetime."""
        self._connection.refresh()
        return {key: public_name(kind) for key, kind in self._connection.table.shown.items()}

    def update_metadata(self, data: Update, *, on: str = "sample_id") -> None:
        """Merge metadata of many samples in one edit: all of it, or nothing when it is refused.

        New keys appear, given keys are overwritten, other keys and other samples stay. A missing
        value (None, NaN) removes. Of several mappings for one sample, later ones win.

        Args:
            data: pairs ``(sample_id, mapping)``, a dict ``{sample_id: mapping}``, or a frame whose
                column (in pandas also the index) `on` names the sample of each row: of pandas, or
                of any library that speaks the Arrow PyCapsule interface, such as Polars, PyArrow
                or a DuckDB relation. A frame may have the other built-in columns, too, as long as
                they were not edited.
            on: what names the samples: ``"sample_id"``, ``"file_path_abs"`` or ``"file_name"``,
                which may come with folders, as in ``cats/001.jpg``, when a name is not unique.

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
        self._connection.commit(update(data, on))

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

        With `keys`, running it again computes only samples that lack one of the keys, or whose
        file has another size or time of modification than when they were computed, of which notes
        are kept. Values that have no note yet, such as imported ones, count as computed from the
        file as it is.

        Args:
            fn: takes a ``PIL.Image`` and gives a dict of values by metadata key. It may be defined
                in a notebook; what it uses from the notebook is sent along.
            keys: names of all the keys that `fn` gives; those of ``fg.features`` are known. Without
                it all samples are computed.
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
        given = getattr(fn, "keys_given", ()) if keys is None else keys
        names = [given] if isinstance(given, str) else list(given)
        work = plan(self._connection, names, force=force)
        return compute_values(self._connection, fn, work, executor, progress=progress)

    def rename_metadata(self, old: str, new: str) -> None:
        """Give a metadata key another name; its values stay.

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
