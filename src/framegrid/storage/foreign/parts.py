"""Tables that other programs wrote as Parquet, in one file or in many, of which a part is read.

Folders may be partitioned as Hive does it, with values in the names of folders: ``label=cat``.
"""

import errno
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pds
import pyarrow.fs
import pyarrow.parquet as pq

from framegrid.base import DatasetCorruptError, NotADatasetError, brief, cut, parquet
from framegrid.storage.foreign.row_filters import Filters, columns_of, expression_of
from framegrid.storage.parquet.budget import Budget, within_memory

_SUFFIXES = frozenset({".parquet", ".parq", ".pq"})
_HIDDEN = ("_", ".")  # how the names of files begin that hold no rows, such as _SUCCESS
_UNNAMED_INDEXES = frozenset({"__index_level_0__", "__null_dask_index__"})
_MAGIC = b"PAR1"

_BATCH_ROWS = 65_536  # read at a time, and filtered at once
_INT96_UNIT = "us"  # of Spark's times; nanoseconds end in the year 2262


class Parts:
    """A table in one Parquet file or in all those of a folder, read as little as possible.

    Attributes:
        path: the file or folder.
        schema: the columns of all files and the keys in the names of folders.
    """

    def __init__(self, path: Path) -> None:
        """Read the footers.

        Raises:
            FileNotFoundError: if there is nothing at `path`.
            NotADatasetError: if there is no Parquet file.
            DatasetCorruptError: if a file is damaged.
            ValueError: if the files do not agree about their columns.
        """
        self.path = path
        self._files = _files(path)
        self._dataset = self._discover()
        names = [name for name in self._dataset.schema.names if name not in _UNNAMED_INDEXES]
        if len(set(names)) < len(names):
            raise ValueError(f"{path} has several columns of one name: {cut(', '.join(names))}")
        self.schema = pa.schema([_plain(self._dataset.schema.field(name)) for name in names])

    def _discover(self) -> pds.Dataset:
        options = pds.FileSystemFactoryOptions(partition_base_dir=str(_base(self.path)))
        options.partitioning_factory = pds.HivePartitioning.discover()
        kind = pds.ParquetFileFormat(coerce_int96_timestamp_unit=_INT96_UNIT)
        local = pyarrow.fs.LocalFileSystem()
        factory = pds.FileSystemDatasetFactory(local, list(map(str, self._files)), kind, options)
        schemas = [_schema_of(file, kind, local) for file in self._files]
        try:
            schemas.append(_inspected(factory))  # also the keys in the names of folders
            schema = pa.unify_schemas(schemas, promote_options="permissive")
        except pa.ArrowException as error:
            raise ValueError(
                f"the files of {self.path} do not agree about their columns: {error}; load them "
                "one at a time"
            ) from error
        return factory.finish(schema)

    def head(self, names: Sequence[str], rows: int) -> pa.Table:
        """Read some columns of the first rows, of one file at least."""
        schema = pa.schema([self.schema.field(name) for name in names])
        for fragment in self._dataset.get_fragments():
            for table in self._tables(fragment, schema, None, self._budget(), rows=rows):
                return table
        return schema.empty_table()

    def read(self, names: Sequence[str], filters: Filters | None) -> pa.Table:
        """Read some columns of the rows that pass filters.

        Row groups whose statistics say that no row passes are not read, nor are files whose
        folder's name says so.

        Raises:
            UnknownKeyError, ValueError: the filters cannot be applied.
            DatasetCorruptError: a file is damaged.
            MemoryError: the rows take more than half of the machine's memory.
        """
        where, budget = expression_of(filters, self.schema), self._budget()
        needed = dict.fromkeys([*names, *columns_of(where, self.schema)])
        schema = pa.schema([self.schema.field(name) for name in needed])
        tables = (
            (table if where is None else table.filter(where)).select(list(names))
            for fragment in self._dataset.get_fragments(filter=where)
            for table in self._tables(fragment, schema, where, budget)
        )
        empty = schema.empty_table().select(list(names))
        return pa.concat_tables([empty, *within_memory(tables, budget)])

    def _budget(self) -> Budget:
        return Budget(str(self.path))

    def _tables(
        self,
        fragment: Any,
        schema: pa.Schema,
        where: pc.Expression | None,
        budget: Budget,
        *,
        rows: int = _BATCH_ROWS,
    ) -> Iterator[pa.Table]:
        """Read a file, some rows at a time: a row group at once may be any size."""
        with _blaming(fragment.path):
            if where is not None:
                fragment = fragment.subset(where, schema=self._dataset.schema)
            groups = [group.id for group in fragment.row_groups]
            keys = pds.get_partition_keys(fragment.partition_expression)
            with Path(fragment.path).open("rb") as file:
                metadata = pq.read_metadata(file)
                present = sorted({*metadata.schema.to_arrow_schema().names} & {*schema.names})
                for batch in parquet.counted_batches(
                    file,
                    metadata,
                    present,
                    budget,
                    rows=rows,
                    groups=groups,
                    coerce_int96_timestamp_unit=_INT96_UNIT,
                ):
                    yield _conformed(batch, schema, keys)


def _files(path: Path) -> list[Path]:
    """List the files that hold the rows, in the order in which they were written."""
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "there is no such file or folder", str(path))
    if not path.is_dir():
        return [path]
    visible = [file for file in path.rglob("*") if _is_visible(file.relative_to(path))]
    files = [file for file in visible if file.is_file()]
    named = [file for file in files if file.suffix in _SUFFIXES] or files
    if not named:
        raise NotADatasetError(f"{path} is a folder without Parquet files")
    return sorted(named, key=_natural)


def _is_visible(path: Path) -> bool:
    return not any(part.startswith(_HIDDEN) and "=" not in part for part in path.parts)


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sort part.2 before part.10."""
    parts = re.findall(r"(\d+)|(\D+)", str(path))
    return [(int(number or 0), text) for number, text in parts]


def _schema_of(file: Path, kind: pds.ParquetFileFormat, local: pyarrow.fs.FileSystem) -> pa.Schema:
    with _blaming(file):
        schema = kind.inspect(str(file), local)
        _ = schema.names  # which may be no text
        return schema


def _inspected(factory: pds.DatasetFactory) -> pa.Schema:
    try:
        return factory.inspect(promote_options="permissive")
    except TypeError:  # older ones of pyarrow know no options
        return factory.inspect()


def _base(path: Path) -> Path:
    """The folder of the whole table, of which `path` may be a partition."""
    folder = path if path.is_dir() else path.parent
    while "=" in folder.name:
        folder = folder.parent
    return folder


def _plain(field: pa.Field) -> pa.Field:
    """Spell out dictionaries, and views of text, of which Arrow cannot take rows."""
    dtype = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    return field.with_type(pa.large_string() if pa.types.is_string_view(dtype) else dtype)


def _conformed(batch: pa.RecordBatch, schema: pa.Schema, keys: dict[str, Any]) -> pa.Table:
    """A batch with the columns of the whole table: those that a file lacks are null."""

    def column(field: pa.Field) -> pa.Array:
        if field.name in batch.schema.names:
            return batch.column(field.name).cast(field.type)
        return pa.repeat(pa.scalar(keys.get(field.name), field.type), len(batch))

    return pa.table(list(map(column, schema)), schema=schema)


@contextmanager
def _blaming(file: Path | str) -> Iterator[None]:
    """Have errors name the file.

    Raises:
        NotADatasetError: it is no Parquet file.
        DatasetCorruptError: it is damaged.
    """
    try:
        yield
    except (MemoryError, FileNotFoundError, PermissionError):
        raise
    except Exception as error:  # damage raises errors of many types
        start, end = _ends(Path(file))
        if _MAGIC not in (start[: len(_MAGIC)], end):
            message = f"{file} is no Parquet file: it begins with {brief(start)}"
            raise NotADatasetError(message) from error
        raise DatasetCorruptError(f"{file} is damaged: {error}") from error


def _ends(file: Path) -> tuple[bytes, bytes]:
    with file.open("rb") as opened:
        start = opened.read(8)
        opened.seek(max(0, opened.seek(0, 2) - len(_MAGIC)))
        return start, opened.read()
