"""Sample ids on the wire: a few as they are, a million as one short text."""

from base64 import b64decode, b64encode

import numpy as np

# More ids travel as a text, if that is shorter.
LONGEST_LIST = 10_000
# Of a run of equal bytes, as many as one byte counts.
LONGEST_RUN = 255


def pack(ids: list[int], array: np.ndarray | None = None) -> list[int] | str:
    """Write ids for the wire: as they are, or ``FIRST:TEXT`` where they are many and dense.

    The text is base64 of pairs of bytes, how many and which, of a bitmap: bit ``id % 8`` of byte
    ``id // 8 - FIRST`` stands for an id. No such text is longer than a third of a byte per sample;
    the order is lost.
    """
    if len(ids) <= LONGEST_LIST:
        return ids
    array = np.asarray(ids) if array is None else array
    first, last = array.min() // 8, array.max() // 8
    if last - first > len(ids):
        return ids
    members = np.zeros(8 * (last - first + 1), np.bool_)
    members[array - 8 * first] = True
    return f"{first}:{_runs(np.packbits(members, bitorder='little'))}"


def unpack(wire: list[int] | str, most: int) -> list[int]:
    """Read what `pack`, or the browser, wrote; it is counted before anything is made of it.

    Args:
        wire: ids, or a text of them.
        most: how many ids there can be.

    Raises:
        ValueError: there are more, or the text is none of sample ids.
    """
    if isinstance(wire, list):
        _check_count(len(wire), most)
        return wire
    first, _, text = wire.partition(":")
    start = int(first[:20])
    counts, data = np.frombuffer(b64decode(text, validate=True), np.uint8).reshape(-1, 2).T
    _check_count(int(counts.sum(dtype=np.int64)) - 1, most)  # a byte of the bitmap for each id
    bits = np.unpackbits(np.repeat(data, counts), bitorder="little")
    _check_count(int(np.count_nonzero(bits)), most)
    return list((np.flatnonzero(bits) + 8 * start).tolist())


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise ValueError(f"{count:,} sample ids where there can be {most:,} at most")


def _runs(data: np.ndarray) -> str:
    starts = np.flatnonzero(np.diff(data, prepend=~data[0]))
    lengths = np.diff(starts, append=len(data))
    pieces = -(-lengths // LONGEST_RUN)
    counts = np.full(pieces.sum(), LONGEST_RUN, np.uint8)
    counts[np.cumsum(pieces) - 1] = lengths - LONGEST_RUN * (pieces - 1)
    return b64encode(np.column_stack([counts, np.repeat(data[starts], pieces)]).tobytes()).decode()
