"""The seal of a Parquet file: a CRC-32 of all of it, inside its own footer.

It is computed with zeros in its place. Pages have checksums of their own, for other readers; the
seal covers also what has none, and is checked before anything else is looked at.
"""

from zlib import crc32

BLANK = "00000000"
"""What stands in the footer, as the value of ``"seal"``, until a file is sealed."""

_SEAL = b'{"seal": "'
_BLANK = BLANK.encode()


def seal(data: memoryview) -> None:
    """Write the seal into a file whose footer has a blank one."""
    data[_place_of_seal(data)] = _seal_of(data)


def is_sealed(data: bytes) -> bool:
    """Tell whether a file is as it was when it was sealed."""
    return data[_place_of_seal(data)] == _seal_of(data)


def is_ours(data: bytes) -> bool:
    """Tell whether framegrid wrote a file, whatever happened to it since."""
    return _SEAL in data


def _seal_of(data: bytes | memoryview) -> bytes:
    """Compute the seal of a file, whatever stands in its place."""
    place = _place_of_seal(data)
    view = memoryview(data)
    return b"%08x" % crc32(view[place.stop :], crc32(_BLANK, crc32(view[: place.start])))


def _place_of_seal(data: bytes | memoryview) -> slice:
    """Find the seal in the footer; in the JSON of others the quotes are escaped."""
    size = int.from_bytes(data[-8:-4], "little") + 8
    footer = bytes(data[-size:])
    start = len(data) - len(footer) + footer.rfind(_SEAL) + len(_SEAL)
    return slice(start, start + len(_BLANK))
