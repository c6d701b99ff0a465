"""Look at image datasets in a notebook: a thumbnail grid with a range slider per metadata key.

Example:
    ```python
    import framegrid as fg

    dataset = fg.ImageDataset.load_or_create("photos")
    dataset.add_images_from_path("~/photos")
    dataset.show()
    ```
"""

from collections.abc import Hashable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from framegrid import features
    from framegrid.dataset import (
        ComputeReport,
        ExifReport,
        ImageDataset,
        ImportReport,
        IngestReport,
        Sample,
    )
    from framegrid.diagnosis import doctor
    from framegrid.grid import Grid

__all__ = [
    "ComputeReport",
    "ExifReport",
    "Grid",
    "ImageDataset",
    "ImportReport",
    "IngestReport",
    "Sample",
    "doctor",
    "features",
    "show",
]


def show(
    data: "ImageDataset | pd.DataFrame", path_column: Hashable | None = None, **traits: Any
) -> "Grid":
    """Show a dataset, or any DataFrame with a column of image paths, as a grid.

    Args:
        data: what to show; a DataFrame is read as by ``ImageDataset.from_dataframe``.
        path_column: the column of paths of a DataFrame; by default it is found.
        traits: of the grid, such as ``filters``, ``sort`` or ``thumbnail_size``.

    Raises:
        KeyError, TypeError, ValueError: the DataFrame or a trait does not fit.

    Example:
        ```python
        fg.show(pd.read_csv("labels.csv"), sort="-score")
        ```
    """
    from framegrid.dataset import ImageDataset  # noqa: PLC0415

    if not isinstance(data, ImageDataset):
        data = ImageDataset.from_dataframe(data, path_column)
    return data.show(**traits)


def __getattr__(name: str) -> Any:
    """Import what is asked for: worker processes do without pandas, and scripts without Jupyter."""
    if name == "features":
        return import_module("framegrid.features")
    if name in __all__:
        room = {"Grid": "grid", "doctor": "diagnosis"}.get(name, "dataset")
        return getattr(import_module(f"framegrid.{room}"), name)
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - takes longer than it is worth

        return version("framegrid")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what there is to import, too."""
    return sorted({*globals(), *__all__})
