"""A dataset as the bytes of a Parquet file, and back.

Any reader of Parquet opens the file. What framegrid itself needs is in the footer, as JSON under
the key ``framegrid`` (and its history under ``framegrid.history``, see ``history``):

    {"seal", "footer", "chunks": see ``seal``, "version": 1, "dataset": its name in hex,
     "seq": number of the last edit, "next_id": the next sample's id, "types": {key: type},
     "writers": {journal: number of its last edit}, where there can be several}
"""

import json
from collections.abc import Mapping
from operator import index
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from framegrid.errors import DatasetCorruptError, NotADatasetError
from framegrid.schema import BUILTIN_TYPES, KeyType, Schema, arrow_type
from framegrid.store.budget import within_memory
from framegrid.store.files import Place
from framegrid.store.history import History
from framegrid.store.lists import to_lists, to_texts
from framegrid.store.seal import (
    blank_seals,
    has_whole_footer,
    is_ours,
    is_sealed,
    seal,
    whole_chunks,
)
from framegrid.table import Table

VERSION = 1

_KEY = b"framegrid"
_HISTORY_KEY = b"framegrid.history"
_MAGIC = b"PAR1"
_NAMES = frozenset({"sample_id", "file_name", "file_path_abs"})

_GROUP_ROWS = 262_144  # smaller row groups read more slowly, larger ones no faster
_BATCH_ROWS = 65_536  # read at a time: as fast as everything at once
_SAMPLED_ROWS = 1_000
_FEW_VALUES = 0.1  # distinct values per sampled row, up to which a dictionary saves time and space

# pandas dtypes that a plain ``pd.read_parquet`` would not choose itself.
_PANDAS_DTYPES: dict[KeyType, str] = {
    "integer": "Int64",
    "float": "Float64",
    "boolean": "boolean",
}


class Snapshot(NamedTuple):
    """A dataset as it was after an edit.

    Attributes:
        dataset: the 16 bytes that name it.
        seq: number of that edit.
        next_id: the id of the next new sample.
        types: types of the metadata keys.
        samples: built-in columns and metadata keys, in the Arrow types of memory.
        history: what was done to it, up to that edit.
        writers: on object storage, by journal the number of its last edit that is in here.
    """

    dataset: bytes
    seq: int
    next_id: int
    types: Schema
    samples: pa.Table
    history: History
    writers: Mapping[str, int] = MappingProxyType({})

    @classmethod
    def of(cls, table: Table, dataset: bytes, seq: int, history: History) -> Self:
        """Take a table and its history as they are now."""
        samples = table.to_arrow()
        return cls(dataset, seq, table.next_id, dict(table.schema), samples, history)

    def to_table(self) -> Table:
        """Give a table that goes on from here."""
        return Table.from_arrow(self.samples, self.types, self.next_id)


def to_parquet(snapshot: Snapshot) -> memoryview:
    """Give the bytes of the Parquet file.

    A copy of them would hold up edits in other threads: it holds the interpreter's lock.
    """
    table = _with_lists(snapshot)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema.with_metadata({"pandas": _pandas_metadata(snapshot.types)}),
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in table.column_names if _has_few_values(table[name])],
        write_page_checksum=True,
    ) as writer:
        writer.write_table(table, row_group_size=_GROUP_ROWS)
        if lines := snapshot.history.pack():
            writer.add_key_value_metadata({_HISTORY_KEY: lines})
        groups = max(1, -(-len(table) // _GROUP_ROWS))
        writer.add_key_value_metadata({_KEY: _footer(snapshot, groups * table.num_columns)})
    file = sink.getvalue()
    data = memoryview(file).cast("B")
    seal(data, pq.read_metadata(pa.BufferReader(file)))
    return data


def _with_lists(snapshot: Snapshot) -> pa.Table:
    table = snapshot.samples
    for key, key_type in snapshot.types.items():
        if key_type == "list":
            place = table.column_names.index(key)
            table = table.set_column(place, key, to_lists(table[key].combine_chunks()))
    return table


def _has_few_values(column: pa.ChunkedArray) -> bool:
    if pa.types.is_nested(column.type):
        return False
    rows = range(0, len(column), len(column) // _SAMPLED_ROWS + 1)
    sampled = column.take(pa.array(rows, pa.int64()))
    return bool(pc.count_distinct(sampled).as_py() <= _FEW_VALUES * len(sampled))


def _pandas_metadata(types: Schema) -> str:
    columns = [
        _pandas_column(name, _PANDAS_DTYPES.get(key_type, "object"))
        for name, key_type in (BUILTIN_TYPES | types).items()
    ]
    return json.dumps({"index_columns": ["sample_id"], "column_indexes": [], "columns": columns})


def _pandas_column(name: str, dtype: str) -> dict[str, Any]:
    return {
        "name": name,
        "field_name": name,
        "pandas_type": dtype,
        "numpy_type": dtype,
        "metadata": None,
    }


def _footer(snapshot: Snapshot, chunks: int) -> bytes:
    facts = {
        **blank_seals(chunks),
        "version": VERSION,
        "dataset": snapshot.dataset.hex(),
        "seq": snapshot.seq,
        "next_id": snapshot.next_id,
        "types": snapshot.types,
    }
    writers = {"writers": dict(snapshot.writers)} if snapshot.writers else {}
    return json.dumps(facts | writers).encode()


def from_parquet(data: bytes, path: Place) -> Snapshot:
    """Read the bytes of a Parquet file that framegrid wrote.

    Args:
        data: the file.
        path: where it is, for error messages.

    Raises:
        NotADatasetError: if another program wrote it, or a newer framegrid.
        DatasetCorruptError: if it is damaged.
        MemoryError: if it unpacks to more than half of the machine's memory.
    """
    if not is_sealed(data):
        raise _rejection(data, path)
    file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
    try:
        return _unpack(file, _read(file, path), path)
    except (MemoryError, NotADatasetError):
        raise
    except Exception as error:  # a valid seal on nonsense: made by hand, and fails in any way
        raise DatasetCorruptError(f"{path} is no valid dataset: {error}") from error


def salvage(data: bytes, path: Place) -> tuple[Snapshot, list[str]] | None:
    """Read what is whole of a damaged file that framegrid wrote.

    Args:
        data: the file.
        path: where it is, for error messages.

    Returns:
        The dataset, in which what was damaged is missing, and the columns with something missing;
        None if the footer, or what tells samples apart, is damaged.
    """
    if not has_whole_footer(data):
        return None
    file = pq.ParquetFile(pa.BufferReader(data))
    facts = json.loads(file.metadata.metadata[_KEY])
    whole = whole_chunks(data, file.metadata, facts["chunks"])
    names = file.schema_arrow.names
    damaged = [name for name, *groups in zip(names, *whole, strict=True) if not all(groups)]
    if not _NAMES.isdisjoint(damaged):
        return None
    groups = [_read_whole(file, path, group, kept) for group, kept in enumerate(whole)]
    return _unpack(file, pa.concat_tables(groups), path), damaged


def _read_whole(file: pq.ParquetFile, path: Place, group: int, whole: list[bool]) -> pa.Table:
    """Read a row group, with nulls in the place of columns that are not whole."""
    schema = file.schema_arrow
    kept = [name for name, is_whole in zip(schema.names, whole, strict=True) if is_whole]
    read = _read(file, path, row_groups=[group], columns=kept)
    columns = [
        read[field.name] if field.name in kept else pa.nulls(len(read), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _unpack(file: pq.ParquetFile, samples: pa.Table, path: Place) -> Snapshot:
    metadata = file.metadata.metadata
    facts = json.loads(metadata[_KEY])
    if facts["version"] > VERSION:
        raise NotADatasetError(
            f"{path} is of file version {facts['version']}, and this framegrid reads up to version "
            f"{VERSION}: upgrade framegrid"
        )
    dataset, types = bytes.fromhex(facts["dataset"]), facts["types"]
    columns = {name: arrow_type(kind) for name, kind in (BUILTIN_TYPES | types).items()}
    samples = _without_lists(samples, types)
    samples = samples.select(list(columns)).cast(pa.schema(columns))
    writers = {journal: index(seq) for journal, seq in facts.get("writers", {}).items()}
    history = History(metadata.get(_HISTORY_KEY, b""))
    seq, next_id = index(facts["seq"]), index(facts["next_id"])
    return Snapshot(dataset, seq, next_id, types, samples, history, writers)


def _rejection(data: bytes, path: Place) -> Exception:
    """Say what a file is that has no valid seal."""
    if not (_MAGIC.startswith(data[: len(_MAGIC)]) or data.endswith(_MAGIC)):
        return NotADatasetError(f"{path} is no Parquet file: it begins with {data[:8]!r}")
    try:
        metadata = pq.read_metadata(pa.BufferReader(data))
        names = metadata.schema.to_arrow_schema().names
    except Exception:  # noqa: BLE001 - damage raises errors of many types
        return DatasetCorruptError(f"{path} is damaged: it was cut short, or its footer changed")
    if _KEY in (metadata.metadata or {}) or is_ours(data):
        return DatasetCorruptError(f"{path} is damaged: its content does not match its checksum")
    return NotADatasetError(
        f"{path} is no framegrid dataset, but a Parquet file by {metadata.created_by}, of "
        f"{metadata.num_rows} rows with the columns {', '.join(names[:5])}"
        f"{', ...' if len(names) > 5 else ''}: {how_to_read(path)}"
    )


def how_to_read(path: Place) -> str:
    """Say how to look at what another program wrote."""
    return (
        f"to look at it, use ImageDataset.load({str(path)!r}, filters=[]), or a part of it by "
        "columns= and filters=; or ImageDataset.from_dataframe(df)"
    )


def _read(file: pq.ParquetFile, path: Place, **part: Any) -> pa.Table:
    rows = file.metadata.num_rows
    batches = within_memory(
        file.iter_batches(_BATCH_ROWS, **part),
        f"{path} with its {rows} rows",
        rows * pa.int64().byte_width,
    )
    schema = file.schema_arrow
    names = part.get("columns", schema.names)
    return pa.Table.from_batches(batches, pa.schema([schema.field(name) for name in names]))


def _without_lists(samples: pa.Table, types: Schema) -> pa.Table:
    for key, key_type in types.items():
        column = samples[key]
        if key_type == "list" and pa.types.is_list(column.type):
            texts = pa.chunked_array(map(to_texts, column.chunks), pa.large_string())
            samples = samples.set_column(samples.column_names.index(key), key, texts)
    return samples
