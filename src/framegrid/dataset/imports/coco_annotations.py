"""COCO annotation files as metadata: the fields of the images, and what was annotated on them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from framegrid.base import Schema
from framegrid.dataset.connection.location import StrPath
from framegrid.dataset.imports.counting import Record, with_counts
from framegrid.dataset.imports.file_rows import Rows, rows_of_records
from framegrid.dataset.imports.readers import load_json

_CAPTURED = "date_captured"
_URLS = ("coco_url", "flickr_url")
"""What names the file of an image that has no ``file_name``, as in LVIS."""


def read_coco(
    path: StrPath, on: str = "file_name", _: Schema | None = None, *, folder: str = ""
) -> Rows:
    """The images of a COCO file, with counts of their annotations.

    Args:
        path: the JSON file.
        on: the field of the images that names their samples.
        folder: what stands before the names of its images.
    """
    content = load_json(path)
    if not isinstance(content, dict) or "images" not in content:
        raise ValueError(f'{path} is no COCO file: it has no list "images" at its top level')
    notes: Counter[str] = Counter()
    try:
        records = _with_counts(content, folder, on, notes)
        rows = rows_of_records(records, on)
    except ValueError as error:
        raise ValueError(f"{path} is no valid COCO file: {error}") from error
    return rows.noting(f"{count:,} {what}" for what, count in notes.items())


def _with_counts(
    content: Mapping[str, Any], folder: str, on: str, notes: Counter[str]
) -> list[Record]:
    images = _records(content, "images", notes)
    if images and on == "file_name" and not any(map(_name_of, images)):
        raise ValueError("none of its images has a file_name or a URL")
    classes, order = _classes(content, images, notes)
    read = _read_dates if all(map(_has_readable_date, images)) else dict[str, Any]
    named = [read(image) | {"file_name": _name_of(image, folder)} for image in images]
    records = [
        {key: value for key, value in image.items() if key != "id" or on == "id"} for image in named
    ]
    return with_counts(records, classes, order)


def _records(content: Mapping[str, Any], name: str, notes: Counter[str]) -> list[Record]:
    """The entries of a list, which may be null or not there; what is no record is counted."""
    entries = content.get(name) or []
    if not isinstance(entries, list):
        raise ValueError(f'"{name}" is no list')  # noqa: TRY004 - of the file's structure
    records = [entry for entry in entries if isinstance(entry, dict)]
    if len(records) < len(entries):
        notes[f"entries of {name} are no records: left out"] += len(entries) - len(records)
    return records


def _name_of(image: Mapping[str, Any], folder: str = "") -> str | None:
    """The name of an image's file: of its URL, with the split before it, if it has no other."""
    name = image.get("file_name")
    if not name:
        url = next((image[key] for key in _URLS if isinstance(image.get(key), str)), None)
        name = url and "/".join(PurePosixPath(unquote(urlsplit(url).path)).parts[-2:])
    return f"{folder.rstrip('/')}/{name}" if folder and name else name


def _classes(
    content: Mapping[str, Any], images: Iterable[Record], notes: Counter[str]
) -> tuple[list[list[Any] | None], list[Any]]:
    """The classes on each image, None for all images where the file has no annotation."""
    categories = _records(content, "categories", notes)
    names = {entry.get("id"): entry.get("name") for entry in categories}
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    ids, shared = _ids_of(images)
    for annotation in _records(content, "annotations", notes):
        image = _hashable(annotation.get("image_id"))
        if image not in ids:
            what = "several images" if image in shared else "no image of the file"
            notes[f"annotations are of {what}: left out"] += 1
            continue
        category = _hashable(annotation.get("category_id"))  # captions have none
        found[image].append(names.get(category) or category)
    if not found:
        return [None for _ in images], []
    named = [_hashable(image.get("id")) for image in images]
    return [found[image] if image in ids else None for image in named], list(names.values())


def _ids_of(images: Iterable[Record]) -> tuple[set[Any], set[Any]]:
    """The ids of one file each, and those of several, as where two COCO files became one."""
    names: defaultdict[Any, set[str | None]] = defaultdict(set)
    for image in images:
        names[_hashable(image.get("id"))].add(_name_of(image))
    shared = {image for image, files in names.items() if len(files) > 1}
    return names.keys() - shared - {None}, shared - {None}


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else None


# The date is not typed in JSON; it is only read as one if it is one everywhere.


def _has_readable_date(image: Mapping[str, Any]) -> bool:
    try:
        _read_dates(image)
    except (TypeError, ValueError):
        return False
    return True


def _read_dates(image: Mapping[str, Any]) -> Record:
    if _CAPTURED not in image:
        return dict(image)
    text = image[_CAPTURED]
    return {**image, _CAPTURED: datetime.fromisoformat(text) if text else None}
