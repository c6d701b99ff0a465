"""The images of a dataset as a COCO file, with their metadata."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from framegrid.base import replacing, to_json
from framegrid.dataset.connection.connection import Connection
from framegrid.dataset.connection.location import StrPath
from framegrid.dataset.exports.selection import Selection, chosen_ids
from framegrid.dataset.ingest.sizes import size_of
from framegrid.dataset.matching.paths import common_folder, is_kept_by_dataset, relative
from framegrid.storage import Ids, Table

_ID = "id"


def coco_images(table: Table, ids: Ids, root: Path | None) -> Iterator[dict[str, Any]]:
    """The entries of samples in the list of images.

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
    kept = [root is None and is_kept_by_dataset(path) for path in paths]
    others = [path for path, is_kept in zip(paths, kept, strict=True) if not is_kept]
    root = root or common_folder(others or paths)
    for row, path, is_kept in zip(rows, paths, kept, strict=True):
        metadata = {key: _plain(value) for key, value in table.metadata(row).items()}
        file_name = table.get(row, "file_name") if is_kept else relative(path, root)
        name = {_ID: table.get(row, "sample_id"), "file_name": file_name}
        width, height = size_of(partial(table.get, row))
        size = {"width": width, "height": height} if width and height else {}
        yield name | size | metadata


def write_coco(
    connection: Connection, path: Path, rows: Selection | None, root: StrPath | None
) -> None:
    """Write chosen samples as images without annotations, see ``ImageDataset.to_coco``."""
    start = None if root is None else Path(root).expanduser().absolute()
    connection.refresh()
    lines = connection.read(
        lambda table: ",\n".join(map(to_json, coco_images(table, chosen_ids(table, rows), start)))
    )
    info = json.dumps({"description": path.stem}, ensure_ascii=False)
    rest = '"annotations": [],\n"categories": [],\n"licenses": []'
    with replacing(path) as file:
        file.write(f'{{"info": {info},\n"images": [\n{lines}\n],\n{rest}}}\n'.encode())


def _plain(value: Any) -> Any:
    return value.isoformat(" ") if isinstance(value, datetime) else value
