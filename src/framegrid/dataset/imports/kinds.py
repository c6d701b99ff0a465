"""What a file is by its first bytes, to name one that was given to the wrong import."""

import io
import re
import zipfile
from typing import Literal

Kind = Literal["excel", "parquet", "json", "other", "text"]

_LOOKED_AT = 4096
_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_EXCEL = "an Excel file: use update_metadata_from_excel"

_STARTS: tuple[tuple[bytes, Kind, str], ...] = (
    (b"PAR1", "parquet", "a Parquet file: use update_metadata_from_parquet"),
    (b"\xd0\xcf\x11\xe0", "other", "an Excel file of before 2007: save it as .xlsx or .csv"),
    (b"%PDF", "other", "a PDF: export its table as CSV"),
    (b"SQLite format 3", "other", "an SQLite database: pass pandas.read_sql(...) of it"),
    (b"\x89HDF", "other", "an HDF5 file: pass pandas.read_hdf(...) of it"),
    (b"ARROW1", "other", "an Arrow file: pass pandas.read_feather(...) of it"),
    (b"version https://git-lfs", "other", "a pointer of Git LFS: run git lfs pull first"),
    (b"Rar!", "other", "a RAR archive: extract it first"),
    (b"7z\xbc\xaf", "other", "a 7z archive: extract it first"),
    (b"\x89PNG", "other", "an image"),
    (b"\xff\xd8\xff", "other", "an image"),
    (b"GIF8", "other", "an image"),
)
ZIP = "a zip archive of several files: extract the one that it is about"
_OPEN_DOCUMENT = "an OpenDocument file: save it as .xlsx or .csv"
_UPDATE = " to update_metadata"


def check_kind(path: object, data: bytes, *expected: Kind) -> None:
    """Raise if a file is clearly of another kind than expected."""
    kind, name = kind_of(data)
    if kind not in (*expected, "text"):
        name = name + _UPDATE if name.endswith("of it") else name
        raise ValueError(f"{path} is {name}")


def kind_of(data: bytes) -> tuple[Kind, str]:
    """What a file is, and what to do with it, by its bytes."""
    head = data[:_LOOKED_AT]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(data)
    for start, kind, name in _STARTS:
        if head.startswith(start):
            return kind, name
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "other", "an HTML page, as a download leaves that asked for a login"
    if head.startswith((b"<?xml", b"<!doctype", b"<annotation")):
        return "other", "an XML file"
    if _JSON.match(head):
        return "json", "a JSON file: use update_metadata_from_json"
    return "text", ""


def _kind_of_zip(data: bytes) -> tuple[Kind, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return "other", "a damaged or incomplete zip archive, or Excel file"
    if any(name.startswith("xl/") for name in names):
        return "excel", _EXCEL
    return "other", _OPEN_DOCUMENT if "content.xml" in names else ZIP
