"""Parquet files with pictures in them, as other programs write them."""

import json
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


def write_parquet(path, *, features=None, options=None, **columns):
    """Write columns as a Parquet file, with what Hugging Face says of them."""
    table = pa.table(columns)
    if features is not None:
        said = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": said})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, **(options or {}))
    return path


def jpeg_of(number):
    """A small JPEG whose width tells its number."""
    file = BytesIO()
    Image.new("RGB", (10 + number, 8), (number % 256, 90, 20)).save(file, "JPEG")
    return file.getvalue()


def cells(count, start=0):
    """Pictures as Hugging Face keeps them."""
    numbers = range(start, start + count)
    return [{"bytes": jpeg_of(number), "path": f"{number}.jpg"} for number in numbers]
