"""A dataset as the bytes of a Parquet file, and back.

Any reader of Parquet opens the file. What framegrid itself needs is in the footer, as JSON under
the key ``framegrid`` (and its history under ``framegrid.history``, see ``history``):

    {"seal", "footer", "chunks": see ``checksums``, "version": 2, "dataset": its name in hex,
     "seq": number of the last edit, "digest": of it, in hex, "trail": of the edits up to it, in
     base64, "next_id": the next sample's id, "types": {key: type},
     "beside": which place this was written to where there is a journal, see ``dataset_files``,
     "writers", "digests": {journal: number, digest of its last edit}, where there can be several}

Version 1 had no digests, no trail, and did not say where it was.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from operator import index
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from framegrid.base import (
    BUILTIN_TYPES,
    DatasetCorruptError,
    KeyType,
    NotADatasetError,
    Schema,
    arrow_type,
    as_array,
    with_lists,
)
from framegrid.storage.files.dataset_files import Location
from framegrid.storage.journal.chain import Position, beginning
from framegrid.storage.parquet.budget import Budget
from framegrid.storage.parquet.checking import check_depth, check_ids, check_numbers
from framegrid.storage.parquet.checksums import (
    blank_checksums,
    checksums_fit,
    has_whole_footer,
    whole_chunks,
    write_checksums,
)
from framegrid.storage.parquet.compression import compression_of
from framegrid.storage.parquet.counted_columns import open_parquet, read_counted
from framegrid.storage.parquet.lists import stored_lists
from framegrid.storage.parquet.rejection import KEY, rejection
from framegrid.storage.table.table import Table
from framegrid.storage.undo.history import History

VERSION = 2

_HISTORY_KEY = b"framegrid.history"
_NAMES = frozenset({"sample_id", "file_name", "file_path_abs"})

_GROUP_ROWS = 262_144  # smaller row groups read more slowly, larger ones no faster
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
        position: where that edit is in the history.
        next_id: the id of the next new sample.
        types: types of the metadata keys.
        samples: built-in columns and metadata keys, in the Arrow types of memory.
        history: what was done to it, up to that edit.
        beside: stands for the place where there is a journal beside it.
        writers: on object storage, by journal the number of its last edit that is in here.
        digests: by journal the digest of that edit, in hex.
    """

    dataset: bytes
    position: Position
    next_id: int
    types: Schema
    samples: pa.Table
    history: History
    beside: str = ""
    writers: Mapping[str, int] = MappingProxyType({})
    digests: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def of(cls, table: Table, dataset: bytes, position: Position, history: History) -> Self:
        """Take a table and its history as they are now."""
        return cls(dataset, position, table.next_id, dict(table.schema), table.to_arrow(), history)

    def to_table(self) -> Table:
        """A table that goes on from here."""
        return Table.from_arrow(self.samples, self.types, self.next_id)


def to_parquet(snapshot: Snapshot) -> memoryview:
    """The bytes of the Parquet file.

    A copy of them would hold up edits in other threads: it holds the interpreter's lock.
    """
    table = with_lists(snapshot.samples, stored_lists)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema.with_metadata({"pandas": _pandas_metadata(snapshot.types)}),
        **compression_of(table),
        use_dictionary=[name for name in table.column_names if _has_few_values(table[name])],
        write_page_checksum=True,
    ) as writer:
        writer.write_table(table, row_group_size=_GROUP_ROWS)
        if lines := snapshot.history.pack():
            writer.add_key_value_metadata({_HISTORY_KEY: lines})
        groups = max(1, -(-len(table) // _GROUP_ROWS))
        writer.add_key_value_metadata({KEY: _footer(snapshot, groups * table.num_columns)})
    file = sink.getvalue()
    data = memoryview(file).cast("B")
    write_checksums(data, pq.read_metadata(pa.BufferReader(file)))
    return data


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
    names, dtypes = ("name", "field_name"), ("pandas_type", "numpy_type")
    return dict.fromkeys(names, name) | dict.fromkeys(dtypes, dtype) | {"metadata": None}


def _footer(snapshot: Snapshot, chunks: int) -> bytes:
    facts = {
        **blank_checksums(chunks),
        "version": VERSION,
        "dataset": snapshot.dataset.hex(),
        "seq": snapshot.position.seq,
        "digest": snapshot.position.digest.hex(),
        "trail": b64encode(snapshot.position.trail).decode(),
        "next_id": snapshot.next_id,
        "types": snapshot.types,
    }
    others = {
        "beside": snapshot.beside,
        "writers": dict(snapshot.writers),
        "digests": dict(snapshot.digests),
    }
    return json.dumps(facts | {name: fact for name, fact in others.items() if fact}).encode()


def from_parquet(data: bytes, path: Location) -> Snapshot:
    """Read the bytes of a Parquet file that framegrid wrote.

    Args:
        data: the file.
        path: where it is, for error messages.

    Raises:
        NotADatasetError: if another program wrote it, or a newer framegrid.
        DatasetCorruptError: if it is damaged.
        MemoryError: if it unpacks to more than half of the machine's memory.
    """
    if not checksums_fit(data):
        raise rejection(data, path)
    try:
        with open_parquet(data) as file:  # so that its pages are whole, too
            budget = Budget(f"{path} with its {file.metadata.num_rows} rows", len(data))
            return _unpack(file, read_counted(file, budget), path)
    except (MemoryError, NotADatasetError):
        raise
    except Exception as error:  # a valid checksum on nonsense: made by hand, and fails in any way
        raise DatasetCorruptError(f"{path} is no valid dataset: {error}") from error


def give_back() -> None:
    """Return memory to the system that Arrow took to read or write, and would keep."""
    pa.default_memory_pool().release_unused()


def salvage(data: bytes, path: Location) -> tuple[Snapshot, list[str]] | None:
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
    file = open_parquet(data)
    budget = Budget(f"{path} with its {file.metadata.num_rows} rows", len(data))
    facts = json.loads(file.metadata.metadata[KEY])
    whole = whole_chunks(data, file.metadata, facts["chunks"])
    names = file.schema_arrow.names
    damaged = [name for name, *groups in zip(names, *whole, strict=True) if not all(groups)]
    if not _NAMES.isdisjoint(damaged):
        return None
    groups = [_read_whole(file, budget, group, kept) for group, kept in enumerate(whole)]
    return _unpack(file, pa.concat_tables(groups), path), damaged


def _read_whole(file: pq.ParquetFile, budget: Budget, group: int, whole: list[bool]) -> pa.Table:
    """Read a row group, with nulls in the place of columns that are not whole."""
    schema = file.schema_arrow
    kept = [name for name, is_whole in zip(schema.names, whole, strict=True) if is_whole]
    read = read_counted(file, budget, row_groups=[group], columns=kept)
    columns = [
        read[field.name] if field.name in kept else pa.nulls(len(read), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _unpack(file: pq.ParquetFile, samples: pa.Table, path: Location) -> Snapshot:
    metadata = file.metadata.metadata
    facts = json.loads(metadata[KEY])
    if facts["version"] > VERSION:
        raise NotADatasetError(
            f"{path} is of file version {facts['version']}, and this framegrid reads up to version "
            f"{VERSION}: upgrade framegrid"
        )
    dataset, types = bytes.fromhex(facts["dataset"]), facts["types"]
    columns = {name: arrow_type(kind) for name, kind in (BUILTIN_TYPES | types).items()}
    samples = _with_our_lists(samples, types).select(list(columns))
    if samples.schema != (schema := pa.schema(columns)):
        samples = samples.cast(schema)
    writers = {journal: index(seq) for journal, seq in facts.get("writers", {}).items()}
    history = History(metadata.get(_HISTORY_KEY, b""))
    position, next_id = position_of(facts), index(facts["next_id"])
    check_numbers(position.seq, next_id, dataset, position.digest)
    check_ids(samples["sample_id"], next_id)
    digests = {journal: bytes.fromhex(d).hex() for journal, d in facts.get("digests", {}).items()}
    beside = str(facts.get("beside", ""))
    return Snapshot(dataset, position, next_id, types, samples, history, beside, writers, digests)


def position_of(facts: Mapping[str, Any]) -> Position:
    """Where in its history a snapshot is, by what its footer says."""
    seq = index(facts["seq"])
    if facts["version"] == 1:
        start = beginning(bytes.fromhex(facts["dataset"]), seq, facts["seal"].encode())
        return start._replace(is_early=True)
    return Position(seq, bytes.fromhex(facts["digest"]), b64decode(facts["trail"]))


def _with_our_lists(samples: pa.Table, types: Schema) -> pa.Table:
    """The columns with lists as memory has them, once none of them is too deep."""
    nested = {key: samples[key] for key, kind in types.items() if kind in ("list", "dict")}
    for column in nested.values():
        if not pa.types.is_list(column.type):
            check_depth(column)
    for key in filter(lambda key: types[key] == "list", nested):
        place = samples.column_names.index(key)
        samples = samples.set_column(place, key, as_array(nested[key], "list"))
    return samples
