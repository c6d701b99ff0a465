"""Which tool wrote an annotation file, and its reader."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args
from xml.etree.ElementTree import ParseError

import pyarrow as pa

from framegrid.base import Schema, shown
from framegrid.dataset.connection.location import StrPath
from framegrid.dataset.imports.counting import Found
from framegrid.dataset.imports.file_rows import Rows, rows_of_records
from framegrid.dataset.imports.labels import cvat, label_studio, voc, yolo

Format = Literal["label_studio", "cvat", "voc", "yolo"]

_HEAD = 1 << 16  # bytes, to tell one XML from the other


def read_labels(
    path: StrPath,
    on: str,
    _: Schema,
    *,
    paths: pa.Array,
    kind: Format | None,
    classes: Sequence[str] | None,
) -> Rows:
    """The images of an annotation file or folder, with counts of what was annotated on them.

    Args:
        path: a file of Label Studio (JSON) or CVAT (XML), a folder of Pascal VOC (XML) or YOLO
            (text) files, or one of these.
        on: ``"file_name"``, ``"file_path_abs"``, or of Label Studio the field of the data of a task
            that names its image.
        paths: of all images of the dataset: a file of YOLO is named as its image, without the
            extension.
        kind: the format; None to recognise it.
        classes: names of the classes of YOLO, in order; None to look for them beside the files.
    """
    place = Path(path)
    if not place.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if kind is not None and kind not in get_args(Format):
        allowed = ", ".join(map(repr, get_args(Format)))
        raise ValueError(f"format={shown(kind)}: it can be {allowed}, or None to recognise it")
    kind = kind or _recognised(place)
    field = None if on in ("file_name", "file_path_abs") else on
    if field is not None and kind != "label_studio":
        raise ValueError(
            f"on={shown(field)}: files of {kind} name images by their files alone: leave on= out, "
            "or pass 'file_name' or 'file_path_abs'"
        )
    try:
        records, notes = _read(kind, place, field, paths, classes)
    except (ParseError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no whole file of {kind}: {error}") from error
    by_path = "file_path_abs" * (kind == "yolo")
    rows = rows_of_records(records, field or by_path or "file_name")
    return replace(rows, on=by_path).noting([f"read as format={kind!r}", *notes])


def _read(
    kind: Format, place: Path, field: str | None, paths: pa.Array, classes: Sequence[str] | None
) -> Found:
    if kind == "label_studio":
        return label_studio.read(place, field)
    if kind == "cvat":
        return cvat.read(place)
    names = paths.to_pylist()
    return voc.read(place, names) if kind == "voc" else yolo.read(place, names, classes)


def _recognised(place: Path) -> Format:
    """The format of a file, or of the first file of a folder that has one."""
    files = [place] if place.is_file() else sorted(file for file in place.rglob("*.*"))
    for file in files:
        kind = _kind_of(file) if file.is_file() else None
        if kind is not None:
            return kind
    raise ValueError(
        f"{place} holds no labels of Label Studio (JSON), CVAT or Pascal VOC (XML) or YOLO "
        "(text of numbers): update_metadata_from_coco reads COCO, _csv and _json other tables"
    )


def _kind_of(file: Path) -> Format | None:
    head = _head(file).lstrip("\ufeff \t\r\n")
    suffix = file.suffix.lower()
    if suffix == ".json" and head.startswith("["):
        return "label_studio"
    if suffix == ".xml" and "<annotations" in head:
        return "cvat"
    if suffix == ".xml" and "<annotation" in head:
        return "voc"
    if suffix == ".txt" and yolo.is_line(head.partition("\n")[0]):
        return "yolo"
    return None


def _head(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_HEAD).decode("utf-8", "replace")
