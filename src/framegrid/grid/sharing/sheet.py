"""The contact sheet that a saved notebook shows where the grid cannot run."""

from base64 import b64encode
from html import escape

import numpy as np
import pandas as pd

from framegrid import images
from framegrid.dataset import ImageDataset
from framegrid.grid.sharing.pictures import ready_thumbnails

_COLUMNS = 8
_ROWS = 3
_EDGE_PX = 120
# A cell that shows a grid waits no longer than this for the pictures of its sheet.
_PATIENCE_S = 1.0


def contact_sheet(dataset: ImageDataset, sample_ids: pd.Index, rows: np.ndarray, token: str) -> str:
    """Make HTML without script: one picture of the first samples, and what it is of.

    Args:
        dataset: holds the samples.
        sample_ids: (N,) of all samples.
        rows: (M,) of the samples that pass the filters, in grid order.
        token: names the grid that the sheet stands in for; a live one hides its sheet.
    """
    total, matching = len(sample_ids), len(rows)
    count = f"{total:,} images" if matching == total else f"{matching:,} of {total:,} images"
    shown = sample_ids[rows[: _COLUMNS * _ROWS]].tolist()
    caption = f"{dataset.name}: {count}"
    if len(shown) < matching:
        caption += f", the first {len(shown)} shown"
    return (
        f'<figure data-framegrid="{escape(token)}" style="margin: 0">'
        f"{_picture(dataset, shown, caption)}"
        f"<figcaption>{escape(caption)}. Run the cell to explore them.</figcaption></figure>"
    )


def _picture(dataset: ImageDataset, sample_ids: list[int], caption: str) -> str:
    if not sample_ids:
        return ""
    paths = [dataset.get_sample(sample_id).file_path_abs for sample_id in sample_ids]
    made = ready_thumbnails(paths, _EDGE_PX, _PATIENCE_S)
    pictures = [made[index].encoded if index in made else None for index in range(len(paths))]
    sheet = images.montage(pictures, _COLUMNS, _EDGE_PX)
    return (
        f'<img src="data:{sheet.mime};base64,{b64encode(sheet.data).decode()}" '
        f'alt="{escape(caption)}" width="{sheet.width}" height="{sheet.height}" '
        'style="max-width: 100%; height: auto">'
    )
