"""What was done to a dataset: a line per edit, for the last 10,000 of them.

The lines travel in the footer of the Parquet file, under a key of their own, as an Arrow stream,
compressed, in base64. They are unpacked when somebody asks, and never to open a dataset.
"""

import base64
from collections import deque
from collections.abc import Iterable

import pyarrow as pa

from framegrid.storage.undo.footprint import Line

LENGTH = 10_000
"""Number of edits that a history goes back."""

_SCHEMA = pa.schema(
    {
        "when": pa.timestamp("us", "UTC"),
        "what": pa.string(),
        "keys": pa.list_(pa.string()),
        "rows": pa.int64(),
    }
)
_MOST_BYTES = 4 << 20  # unpacked, where edits name very many keys; more can only be hostile


def to_table(lines: Iterable[Line]) -> pa.Table:
    """Lines as a table: when, what, keys, rows."""
    columns = list(zip(*lines, strict=True)) or [()] * len(_SCHEMA)
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, _SCHEMA, strict=True)]
    return pa.table(arrays, schema=_SCHEMA)


class History:
    """The lines of a dataset.

    Lines are added, and copies made, while nobody else does either; any thread may read.

    Args:
        packed: lines as ``pack`` gave them.
        table: the same lines as a table, if they are unpacked already.
    """

    def __init__(self, packed: bytes = b"", table: pa.Table | None = None) -> None:
        self._hold(packed, table)

    def _hold(self, packed: bytes, table: pa.Table | None) -> None:
        lines: deque[Line] = deque(maxlen=LENGTH)
        self._held = packed, table, lines  # in one, for those who read meanwhile
        self.add = lines.append  # a part of every edit

    def copy(self) -> "History":
        """A history that does not grow with this one."""
        packed, table, lines = self._held
        if lines:
            packed, table = b"", self.table().combine_chunks()
            self._hold(packed, table)
        return History(packed, table)

    def table(self) -> pa.Table:
        """All lines, newest last: when, what, keys, rows."""
        packed, table, lines = self._held
        before = _unpacked(packed) if table is None else table
        table = pa.concat_tables([before, to_table(tuple(lines))])
        return table.slice(max(0, len(table) - LENGTH))

    def pack(self) -> bytes:
        """All lines as text; none as none."""
        packed, _, lines = self._held
        if packed and not lines:
            return packed
        table = self.table()
        while len(stream := _to_stream(table)) > _MOST_BYTES:
            table = table.slice((len(table) + 1) // 2)
        return _packed(stream) if len(table) else b""


def _to_stream(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, _SCHEMA) as stream:
        stream.write_table(table.combine_chunks())
    return sink.getvalue()


def _packed(stream: pa.Buffer) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as compressed:
        compressed.write(stream)
    return base64.b64encode(sink.getvalue())


def _unpacked(packed: bytes) -> pa.Table:
    """Read lines; where they make no sense, the file was made by hand, and there are none."""
    try:
        data = pa.CompressedInputStream(pa.BufferReader(base64.b64decode(packed)), "zstd")
        table = pa.ipc.open_stream(data.read(_MOST_BYTES)).read_all().cast(_SCHEMA)
        table.validate(full=True)  # Arrow itself trusts offsets, and crashes on wrong ones
    except Exception:  # noqa: BLE001 - nonsense raises errors of many types
        return _SCHEMA.empty_table()
    return table
