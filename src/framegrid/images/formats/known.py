"""The image formats framegrid reads, and how to recognise the ones that need a plug-in."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath

from PIL import Image

StrPath = str | os.PathLike[str]

FORMATS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp", ".dib"),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    "AVIF": (".avif", ".avifs"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
    "QOI": (".qoi",),
    "TGA": (".tga",),
    "HEIF": (".heic", ".heif", ".hif"),
    "JXL": (".jxl",),
}
"""Pillow's names and their extensions. Left out on purpose: formats that start other programs
(EPS, WMF), that allocate far more than they show (BLP), or that decode at opening (ICO)."""

_ALIKE = {"MPO": "JPEG", "DIB": "BMP"}
"""What Pillow calls variants of some of them."""

EXTENSIONS: frozenset[str] = frozenset(ext for known in FORMATS.values() for ext in known)
"""Lower-case file name extensions, with their dot, that count as images."""

NOT_READ: frozenset[str] = frozenset(
    {
        *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".gpr", ".iiq", ".kdc"),
        *(".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl"),
        *(".sr2", ".srf", ".srw", ".x3f", ".psd", ".psb", ".svg", ".ico", ".icns", ".exr", ".hdr"),
    }
)
"""Extensions of pictures that are not read: raw data of cameras, layers, drawings, icons."""

ARCHIVES = frozenset({".tar", ".zip"})
"""Extensions of files whose members are read in place."""

PARQUET = frozenset({".parquet", ".parq", ".pq"})
"""Extensions of files that may have images in their cells."""

COMPRESSED = frozenset({".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".7z", ".rar"})
"""Extensions of files of which nothing can be read without what is before it."""

PREFIX_BYTES = 16
"""How much of a file's start tells its format; Pillow's plug-ins expect this many bytes."""

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_JXL_STARTS = (b"\xff\x0a", b"\x00\x00\x00\x0cJXL ")


def is_image_name(path: str) -> bool:
    """Whether a name ends as those of images do."""
    return PurePath(path).suffix.lower() in EXTENSIONS


def usual_extension(name: str | None) -> str:
    """The extension of files of a format, by Pillow's name of it; "" of none known here."""
    return FORMATS.get(_ALIKE.get(name or "", name or ""), ("",))[0]


def load_formats(_: object = None) -> None:
    """Load Pillow's plug-ins, which the first picture would have to wait for."""
    Image.init()


def candidates(prefix: bytes, path: str) -> Iterator[str]:
    """Name the allowed formats that a file with this start may have.

    A plug-in that recognises no start of a file (TGA) would try its luck on any file, so that one
    is asked only for its own extensions.
    """
    Image.init()
    _plug_in(prefix)
    extension = PurePath(path).suffix.lower()
    for name, extensions in FORMATS.items():
        if name not in Image.OPEN:
            continue
        accept = Image.OPEN[name][1]
        accepted = accept(prefix) if accept else extension in extensions
        if accepted and not isinstance(accepted, str):  # a string says why it cannot be read
            yield name


def unidentified(prefix: bytes) -> str:
    """Say why no format claims a file with this start."""
    return lacks_plug_in(prefix) or "not an image: no known format"


def needs_plug_in(reason: str) -> bool:
    """Whether only a plug-in is missing, by the reason why a file cannot be read."""
    return "needs a plug-in: " in reason


def lacks_plug_in(prefix: bytes) -> str | None:
    """Say which plug-in is missing to read a file with this start; None where none is."""
    if _is_heif(prefix) and "HEIF" not in Image.OPEN:
        return 'HEIC needs a plug-in: pip install "framegrid[heif]"'
    if _is_jxl(prefix) and "JXL" not in Image.OPEN:
        return 'JPEG XL needs a plug-in: pip install "framegrid[jxl]"'
    return None


def _plug_in(prefix: bytes) -> None:
    """Have Pillow read a format that an optional package brings, once there is a file of it."""
    with suppress(ImportError):
        if _is_heif(prefix) and "HEIF" not in Image.OPEN:
            from pillow_heif import register_heif_opener  # noqa: PLC0415 - optional

            register_heif_opener()
        if _is_jxl(prefix) and "JXL" not in Image.OPEN:
            import pillow_jxl  # noqa: F401, PLC0415 - optional; registers itself


def _is_heif(prefix: bytes) -> bool:
    return prefix[4:8] == b"ftyp" and prefix[8:12] in _HEIF_BRANDS


def _is_jxl(prefix: bytes) -> bool:
    return prefix.startswith(_JXL_STARTS)
