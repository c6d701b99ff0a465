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
from typing import TYPE_CHECKING, Any, cast

from framegrid.base import tracebacks

# At once, since the module of that name would take its place.
from framegrid.doctor import doctor

if TYPE_CHECKING:
    from framegrid.base import limits
    from framegrid.dataset import (
        ComputeReport,
        ExifReport,
        ImageDataset,
        ImportReport,
        IngestReport,
        Sample,
    )
    from framegrid.grid import Grid
    from framegrid.images import features
    from framegrid.remote import allow_urls

__all__ = [
    "ComputeReport",
    "ExifReport",
    "Grid",
    "ImageDataset",
    "ImportReport",
    "IngestReport",
    "Sample",
    "allow_urls",
    "doctor",
    "features",
    "limits",
    "show",
]


def show(
    data: Any,
    path_column: Hashable | None = None,
    *,
    image_column: Hashable | None = None,
    **traits: Any,
) -> "Grid":
    """Show whatever has images as a grid.

    Args:
        data: a dataset or the path of its file; a folder, file or glob; a list or stack of images
            (paths, URLs, encoded ``bytes``, PIL images, arrays, tensors); a frame of pandas,
            Polars, Arrow or DuckDB with a column of these; a Hugging Face ``Dataset``; or a
            sequence of ``(image, label)``, as of torchvision. All but datasets are read as by
            ``ImageDataset.from_dataframe``.
        path_column: the column of paths of a frame; by default it is found.
        image_column: the column of images that are no paths; by default it is found, too.
        traits: of the grid, such as ``filters``, ``sort`` or ``thumbnail_size``.

    Raises:
        KeyError, TypeError, ValueError: there are no images in it, or a trait does not fit.

    Example:
        ```python
        fg.show(pd.read_csv("labels.csv"), sort="-score")
        fg.show([sample.open(), np.eye(64)])
        ```
    """
    from framegrid.dataset import ImageDataset, is_dataset_file  # noqa: PLC0415

    if is_dataset_file(data):
        data = ImageDataset.load(data)
    elif not isinstance(data, ImageDataset):
        data = ImageDataset.from_dataframe(data, path_column, image_column=image_column)
    return cast("Grid", data.show(**traits))


def __getattr__(name: str) -> Any:
    """Import what is asked for: worker processes do without pandas, and scripts without Jupyter."""
    if name == "features":
        return import_module("framegrid.images.features")
    if name == "limits":
        return import_module("framegrid.base.bounds").limits
    if name in __all__:
        wing = {"Grid": "grid", "allow_urls": "remote"}.get(name, "dataset")
        return getattr(import_module(f"framegrid.{wing}"), name)
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - takes longer than it is worth

        return version("framegrid")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what there is to import, too."""
    return sorted({*globals(), *__all__})


tracebacks.install()
