"""Tables with pictures in them, read by Arrow: that is imported when there is one."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from framegrid.images.sources.parquet_tables import PictureTable


def picture_table(path: str, column: str | None) -> "PictureTable":
    """Look at a Parquet file with pictures, see ``parquet_tables``; workers start without Arrow."""
    from framegrid.images.sources import parquet_tables  # noqa: PLC0415 - see above

    return parquet_tables.picture_table(path, column)


def features_of(schema: Any) -> dict[str, Any]:
    """What Hugging Face wrote of the columns of an Arrow schema; nothing where that is none."""
    from framegrid.images.sources import parquet_tables  # noqa: PLC0415 - see above

    return parquet_tables.features_of(schema)
