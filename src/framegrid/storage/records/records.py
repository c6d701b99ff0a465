"""Changes of the table as records of the journal.

    kind 1  SetValues       JSON [sample_id, values, types, keys whose values are ISO datetimes]
         2  SetBlocks       an Arrow stream per block
         3  AddSamples      an Arrow stream
         4  RemoveSamples   an Arrow stream of ids
         5  RenameKey       JSON [old, new]
         6  DropKey         JSON [key]
         7  ReplaceKey      an Arrow stream of one column
         8  OrderKeys       JSON of the keys
         9  Undo            JSON [edits, keys, rows], then its changes; each of these parts behind
                            its kind (u16, 0 for the JSON) and its length (u64), little-endian

The types that a change brings stand in the schema metadata of its first stream. A journal can come
from anybody: nothing here unpickles or evaluates, and a stream is validated before it is used.
"""

import json
import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import Any

import numpy as np
import pyarrow as pa

from framegrid.base import Schema, packed, with_lists
from framegrid.storage.records.streams import read_stream
from framegrid.storage.table.changes import (
    AddSamples,
    Block,
    Change,
    DropKey,
    OrderKeys,
    RemoveSamples,
    RenameKey,
    ReplaceKey,
    SetBlocks,
    SetValues,
    Undo,
)

_ID = "sample_id"
_TYPES = b"types"
_UNDO = 9
_PART = struct.Struct("<HQ")

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_to_text = _encoder.encode
_from_text = json.JSONDecoder().raw_decode  # half the time of json.loads


def _text_maker() -> Callable[[Any], str]:
    """Make what does as ``_to_text``, for values that are known to have no cycles.

    ``JSONEncoder`` makes its C encoder anew for each text, which takes longer than the text.
    """
    if c_make_encoder is None:  # as in PyPy
        return _to_text
    options = None, ":", ",", False, False, True
    chunks = c_make_encoder(None, _encoder.default, encode_basestring, *options)
    join = "".join
    return lambda value: join(chunks(value, 0))


_values_to_text = _text_maker()


def encode(change: Change) -> tuple[int, bytes]:
    """The kind and the payload of a change's record."""
    kind, to_payload, _ = _CODECS[type(change)]
    return kind, to_payload(change)


def decode(kind: int, payload: bytes) -> Change:
    """The change of a record.

    Raises:
        Exception: of any type, if ``encode`` did not make the record.
    """
    return _DECODERS[kind](payload)


def _to_json(parts: Any) -> bytes:
    return _to_text(parts).encode()


def _from_json(payload: bytes) -> Any:
    return _from_text(payload.decode())[0]


def _to_streams(tables: Sequence[pa.Table], types: Schema) -> bytes:
    """Tables as Arrow streams, one behind the other, with the types in the first."""
    metadata = {_TYPES: _to_json(types)}
    sink = pa.BufferOutputStream()
    for table in tables:
        tagged = with_lists(table, packed).replace_schema_metadata(metadata)
        with pa.ipc.new_stream(sink, tagged.schema) as stream:
            stream.write_table(tagged)
    return bytes(sink.getvalue())


def _from_streams(payload: bytes) -> tuple[list[pa.Table], Schema]:
    source = pa.BufferReader(payload)
    tables = []
    while source.tell() < len(payload):
        table = read_stream(source)
        table.validate(full=True)  # Arrow itself trusts offsets, and crashes on wrong ones
        tables.append(table)
    return tables, _from_json(tables[0].schema.metadata[_TYPES])


def _values_to_payload(change: SetValues) -> bytes:
    types = _to_text(change.types) if change.types else "{}"
    try:
        return f"[{change.sample_id:d},{_values_to_text(change.values)},{types},[]]".encode()
    except TypeError:  # JSON has no datetimes
        times = {k: v.isoformat() for k, v in change.values.items() if isinstance(v, datetime)}
        values, keys = _to_text(change.values | times), _to_text(list(times))
        return f"[{change.sample_id:d},{values},{types},{keys}]".encode()


def _values_from_payload(payload: bytes) -> SetValues:
    sample_id, values, types, times = _from_json(payload)
    for key in times:
        values[key] = datetime.fromisoformat(values[key])
    return SetValues(sample_id, values, types)


def _blocks_to_payload(change: SetBlocks) -> bytes:
    blocks = change.blocks or (Block(np.empty(0, np.int64), {}),)  # the types need a stream
    tables = [pa.table({_ID: block.ids, **block.columns}) for block in blocks]
    return _to_streams(tables, change.types)


def _blocks_from_payload(payload: bytes) -> SetBlocks:
    tables, types = _from_streams(payload)
    return SetBlocks(tuple(map(_block, tables)), types)


def _block(table: pa.Table) -> Block:
    columns = {name: table[name].combine_chunks() for name in table.column_names[1:]}
    return Block(table[_ID].to_numpy(), columns)


def _samples_to_payload(change: AddSamples) -> bytes:
    return _to_streams([change.samples], change.types)


def _samples_from_payload(payload: bytes) -> AddSamples:
    (samples,), types = _from_streams(payload)
    return AddSamples(samples, types)


def _removal_to_payload(change: RemoveSamples) -> bytes:
    return _to_streams([pa.table({_ID: change.ids})], {})


def _removal_from_payload(payload: bytes) -> RemoveSamples:
    (samples,), _ = _from_streams(payload)
    return RemoveSamples(samples[_ID].to_numpy())


def _column_to_payload(change: ReplaceKey) -> bytes:
    return _to_streams([pa.table({change.key: change.values})], {change.key: change.type})


def _column_from_payload(payload: bytes) -> ReplaceKey:
    (table,), types = _from_streams(payload)
    ((key, key_type),) = types.items()
    return ReplaceKey(key, key_type, table[key].combine_chunks())


def _undo_to_payload(change: Undo) -> bytes:
    head = 0, _to_json((change.edits, change.keys, change.rows))
    parts = [head, *map(encode, change.changes)]
    return b"".join(_PART.pack(kind, len(part)) + part for kind, part in parts)


def _undo_from_payload(payload: bytes) -> Undo:
    (_, head), *parts = _parts(payload)
    if any(kind == _UNDO for kind, _ in parts):
        raise ValueError("an undo is a part of an undo")
    edits, keys, rows = _from_json(head)
    return Undo(
        tuple(decode(*part) for part in parts), int(edits), tuple(map(str, keys)), int(rows)
    )


def _parts(payload: bytes) -> Iterator[tuple[int, bytes]]:
    end = 0
    while end < len(payload):
        kind, length = _PART.unpack_from(payload, end)
        start = end + _PART.size
        end = start + length
        yield kind, payload[start:end]


_Codec = tuple[int, Callable[[Any], bytes], Callable[[bytes], Change]]

_CODECS: dict[type[Change], _Codec] = {
    SetValues: (1, _values_to_payload, _values_from_payload),
    SetBlocks: (2, _blocks_to_payload, _blocks_from_payload),
    AddSamples: (3, _samples_to_payload, _samples_from_payload),
    RemoveSamples: (4, _removal_to_payload, _removal_from_payload),
    RenameKey: (
        5,
        lambda change: _to_json((change.old, change.new)),
        lambda payload: RenameKey(*_from_json(payload)),
    ),
    DropKey: (
        6,
        lambda change: _to_json((change.key,)),
        lambda payload: DropKey(*_from_json(payload)),
    ),
    ReplaceKey: (7, _column_to_payload, _column_from_payload),
    OrderKeys: (
        8,
        lambda change: _to_json(change.keys),
        lambda payload: OrderKeys(tuple(_from_json(payload))),
    ),
    Undo: (_UNDO, _undo_to_payload, _undo_from_payload),
}
_DECODERS = {kind: from_payload for kind, _, from_payload in _CODECS.values()}
