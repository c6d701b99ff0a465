"""The bytes of a file of text, wherever it is: unpacked, and in UTF-8."""

import bz2
import codecs
import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pyarrow as pa

from framegrid import remote
from framegrid.base import check_name
from framegrid.dataset.imports.kinds import ZIP, kind_of

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN = "encoding='cp1252'"
_WEB = ("http://", "https://")


def contents(path: Any) -> bytes:
    """The bytes of a file, object or web page, or of what can be read, unpacked.

    Raises:
        OSError: it cannot be read.
    """
    data = _read(path)
    packed = next((unpack for start, unpack in _PACKED.items() if data.startswith(start)), None)
    return packed(data) if packed else data


def _read(path: Any) -> bytes:
    if hasattr(path, "read"):
        data = path.read()
        return data.encode() if isinstance(data, str) else bytes(data)
    check_name(path)
    if os.fspath(path).startswith(_WEB):
        with urlopen(os.fspath(path)) as answer:  # noqa: S310 - the user named it, here
            return bytes(answer.read())
    if remote.is_url(path):
        remote.name(path)
        return remote.read(path)
    return Path(path).expanduser().read_bytes()


def _unzip(data: bytes) -> bytes:
    """Take the only file out of a zip archive; an Excel file is one, too, and stays."""
    if kind_of(data)[1] != ZIP:
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return archive.read(names[0]) if len(names) == 1 else data


def _unzstd(data: bytes) -> bytes:
    return bytes(pa.CompressedInputStream(pa.py_buffer(data), "zstd").read())


_PACKED: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ": lzma.decompress,
    b"\x28\xb5\x2f\xfd": _unzstd,
    b"PK\x03\x04": _unzip,
}


def in_utf8(path: object, data: bytes, encoding: str | None, errors: str) -> bytes:
    """Text in UTF-8 without a byte order mark.

    Args:
        path: of the file, for error messages.
        data: its bytes.
        encoding: its encoding; None to go by the byte order mark, or UTF-8 without one.
        errors: what to do with bytes that are no text, as for ``bytes.decode``.

    Raises:
        ValueError: it is not in this encoding.
    """
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    name = encoding or marked or "utf-8"
    if name.lower().replace("_", "-") in ("utf-8", "utf8") and marked == "utf-8-sig":
        name = marked
    try:
        text = data.decode(name, errors)
    except (UnicodeError, LookupError) as error:
        raise ValueError(f"{path}: {error}; name its encoding, as in {_example(data)}") from error
    if not encoding and not marked and _example(data) != _LATIN:
        raise ValueError(f"{path}: this is no UTF-8; name its encoding, as in {_example(data)}")
    return data if name == "utf-8" else text.encode("utf-8", "replace")


def _example(data: bytes) -> str:
    """The encoding that is likely, by where the zeros of UTF-16 stand."""
    head = data[:1000]
    if head[1::2].count(0) > len(head) / 4:
        return "encoding='utf-16-le'"
    return "encoding='utf-16-be'" if head[::2].count(0) > len(head) / 4 else _LATIN
