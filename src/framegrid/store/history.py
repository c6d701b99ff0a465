"""What was done to a dataset: a line per edit, for the last 10,000 of them.

The lines travel in the footer of the Parquet file, under a key of their own, as an Arrow stream,
compressed, in base64. They are unpacked when somebody asks, and never to open a dataset.
"""

import base64
from collections import deque
from collections.abc import Iterable

import pyarrow as pa

from framegrid.table import Line

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
    """Give lines as a table: when, what, keys, rows."""
    columns = list(zip(*lines, strict=True)) or [()] * len(_SCHEMA)
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, _SCHEMA, strict=True)]
    return pa.table(arrays, schema=_SCHEMA)


class History:
    """The lines of a dataset: those in its snapshot, and those of the edits since.

    Args:
        packed: the former, as ``pack`` gave them.
        lines: the latter.
    """

    def __init__(self, packed: bytes = b"", lines: Iterable[Line] = ()) -> None:
        self._packed = packed
        self._lines = deque(lines, LENGTH)
        self.add = self._lines.append  # a part of every edit

    def copy(self) -> "History":
        """Give a history that does not grow with this one."""
        return History(self._packed, self._lines)

    def table(self) -> pa.Table:
        """Give all lines, newest last: when, what, keys, rows."""
        table = pa.concat_tables([_unpacked(self._packed), to_table(self._lines)])
        return table.slice(max(0, len(table) - LENGTH))

    def pack(self) -> bytes:
        """Give all lines as text."""
        if not self._lines:
            return self._packed
        table = self.table()
        while len(stream := _to_stream(table)) > _MOST_BYTES:
            table = table.slice((len(table) + 1) // 2)
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as compressed:
            compressed.write(stream)
        return base64.b64encode(sink.getvalue())


def _to_stream(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, _SCHEMA) as stream:
        stream.write_table(table.combine_chunks())
    return sink.getvalue()


def _unpacked(packed: bytes) -> pa.Table:
    """Read lines; where they make no sense, the file was made by hand, and there are none."""
    try:
        data = pa.CompressedInputStream(pa.BufferReader(base64.b64decode(packed)), "zstd")
        table = pa.ipc.open_stream(data.read(_MOST_BYTES)).read_all().cast(_SCHEMA)
        table.validate(full=True)  # Arrow itself trusts offsets, and crashes on wrong ones
    except Exception:  # noqa: BLE001 - nonsense raises errors of many types
        return _SCHEMA.empty_table()
    return table
