"""The images of a dataset as a COCO file, with their metadata."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from framegrid.dataset.adding.sizes import read_size
from framegrid.dataset.paths import common_folder, relative
from framegrid.schema import to_json
from framegrid.table import Ids, Table

_ID = "id"


def coco_images(table: Table, ids: Ids, root: Path | None) -> Iterator[dict[str, Any]]:
    """Give the entries of samples in the list of images.

    Args:
        table: the table as it is now.
        ids: (M,) samples.
        root: the folder that file names start from; by default the deepest with all images in it.

    Raises:
        ValueError: there is a metadata key ``id``, or an image is not inside `root`.
    """
    if _ID in table.schema:
        raise ValueError(
            "metadata key 'id' cannot be written, as COCO has the number of the image there; "
            "give it another name, as in rename_metadata('id', 'number')"
        )
    rows = table.rows(ids).tolist()
    paths = [table.get(row, "file_path_abs") or "" for row in rows]
    root = root or common_folder(paths)
    for row, path in zip(rows, paths, strict=True):
        metadata = {key: _plain(value) for key, value in table.metadata(row).items()}
        name = {_ID: table.get(row, "sample_id"), "file_name": relative(path, root)}
        yield name | _size(table, row, path) | metadata


def write_coco(path: Path, images: Iterable[dict[str, Any]], description: str) -> None:
    """Write a COCO file of images, without annotations."""
    lines = ",\n".join(map(to_json, images))
    info = json.dumps({"description": description}, ensure_ascii=False)
    rest = '"annotations": [],\n"categories": [],\n"licenses": []'
    path.write_text(f'{{"info": {info},\n"images": [\n{lines}\n],\n{rest}}}\n', "utf-8")


def _size(table: Table, row: int, path: str) -> dict[str, int]:
    width, height = table.get(row, "width"), table.get(row, "height")
    if width is None or height is None:
        size = read_size(path)
        width, height = size if isinstance(size, tuple) else (None, None)
    return {"width": width, "height": height} if width and height else {}


def _plain(value: Any) -> Any:
    return value.isoformat(" ") if isinstance(value, datetime) else value
