"""What a file is that cannot be read as a dataset, and how to look at it."""

import pyarrow as pa
import pyarrow.parquet as pq

from framegrid.base import DatasetCorruptError, NotADatasetError, brief
from framegrid.storage.files.dataset_files import Location
from framegrid.storage.parquet.checksums import is_ours

KEY = b"framegrid"
"""Under which the footer has what framegrid itself needs."""

_MAGIC = b"PAR1"


def rejection(data: bytes, path: Location) -> Exception:
    """The error that says what a file is whose checksum does not fit."""
    if not (_MAGIC.startswith(data[: len(_MAGIC)]) or data.endswith(_MAGIC)):
        return NotADatasetError(f"{path} is no Parquet file: it begins with {brief(data[:8])}")
    try:
        metadata = pq.read_metadata(pa.BufferReader(data))
        names = metadata.schema.to_arrow_schema().names
    except Exception:  # noqa: BLE001 - damage raises errors of many types
        return DatasetCorruptError(f"{path} is damaged: it was cut short, or its footer changed")
    if KEY in (metadata.metadata or {}) or is_ours(data):
        return DatasetCorruptError(f"{path} is damaged: its content does not match its checksum")
    return NotADatasetError(
        f"{path} is no framegrid dataset, but a Parquet file by {metadata.created_by}, of "
        f"{metadata.num_rows} rows with the columns {', '.join(names[:5])}"
        f"{', ...' if len(names) > 5 else ''}: {how_to_read(path)}"
    )


def how_to_read(path: Location) -> str:
    """Say how to look at what another program wrote."""
    return (
        f"to look at it, use ImageDataset.load({brief(str(path))}, filters=[]), or a part of it by "
        "columns= and filters=; or ImageDataset.from_dataframe(df)"
    )
