"""COCO annotation files as metadata: the fields of the images, and what was annotated on them."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from framegrid.dataset.imports.readers import load_json
from framegrid.dataset.imports.rows import Rows, rows_of_records

Record = dict[str, Any]

TOTAL = "annotations"
"""The key that counts all annotations of an image."""

COUNT = "count."
"""What stands before the name of a category in the key that counts its annotations."""

_CAPTURED = "date_captured"


def read_coco(path: str | os.PathLike[str]) -> Rows:
    """Read the images of a COCO file, with counts of their annotations.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no JSON, or not of the structure of COCO.
    """
    content = load_json(path)
    if not isinstance(content, dict) or "images" not in content:
        raise ValueError(f'{path} is no COCO file: it has no list "images" at its top level')
    try:
        return rows_of_records(_records(content), "file_name")
    except KeyError as error:
        raise ValueError(f"{path} is no valid COCO file: an entry has no {error}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no valid COCO file: {error}") from error


def _records(content: Mapping[str, Any]) -> list[Record]:
    """Give the images with their fields and counts; without annotations, there is no count."""
    images: list[Record] = content["images"]
    counts = _counts(content)
    read = _read_dates if all(map(_has_readable_date, images)) else dict[str, Any]
    return [
        {key: value for key, value in read(image).items() if key != "id"}
        | counts.get(image["id"], {})
        for image in images
    ]


def _counts(content: Mapping[str, Any]) -> dict[Any, Record]:
    """Count the annotations of each image, by its id: also zeros, if any image has some."""
    names = {category["id"]: category["name"] for category in content.get("categories", [])}
    counted: defaultdict[Any, Counter[str]] = defaultdict(Counter)
    for annotation in content.get("annotations", []):
        category = annotation.get("category_id")  # captions have none
        name = names.get(category, category)
        counted[annotation["image_id"]].update([TOTAL] if name is None else [TOTAL, _key(name)])
    keys = [TOTAL, *_found_keys(names.values(), counted.values())]
    images = content["images"] if counted else []
    return {image["id"]: {key: counted[image["id"]][key] for key in keys} for image in images}


def _found_keys(names: Iterable[Any], counts: Iterable[Counter[str]]) -> list[str]:
    """The keys of the categories that occur, in the order of the file."""
    found = dict.fromkeys(key for count in counts for key in count if key != TOTAL)
    known = dict.fromkeys(key for key in map(_key, names) if key in found)
    return list(known | found)


def _key(name: Any) -> str:
    return f"{COUNT}{name}"


# The date is not typed in JSON; it is only read as one if it is one everywhere.


def _has_readable_date(image: Mapping[str, Any]) -> bool:
    try:
        _read_dates(image)
    except (TypeError, ValueError):
        return False
    return True


def _read_dates(image: Mapping[str, Any]) -> Record:
    text = image.get(_CAPTURED)
    return {**image, _CAPTURED: datetime.fromisoformat(text)} if text else dict(image)
