"""A grid as one HTML file that needs neither kernel nor network."""

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from framegrid.grid.answers.answers import Answers
from framegrid.grid.protocol import Json
from framegrid.grid.sharing.pictures import fitting_pictures
from framegrid.grid.sharing.saved_values import saved_values

_MB = 1_000_000
_TEMPLATE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; worker-src blob:">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; }}
{css}
</style>
<body>
<script type="text/plain" id="framegrid-data">{data}</script>
<script type="application/json" id="framegrid-pictures">{pictures}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def page(answers: Answers, traits: Mapping[str, Any], order: np.ndarray, max_mb: float) -> str:
    """Make the page of a grid: all values, and as many pictures as there is room for.

    Args:
        answers: of the grid.
        traits: of the grid as they are on the wire, by name.
        order: (N,) rows in the order in which their pictures are wanted.
        max_mb: the most that the page may have, in millions of bytes.

    Raises:
        ValueError: the values alone take more than that.
    """
    values = saved_values(answers, traits)
    frame = answers.view.frame
    bare = _render(values, {}, _missing_pictures(0, len(frame), max_mb))
    room = int(max_mb * _MB) - len(bare)
    if room < 0:
        raise ValueError(
            f"a page of {len(frame):,} samples takes {len(bare) / _MB:.1f} MB without any picture, "
            f"and max_mb is {max_mb:g}: allow more, or save a part of the dataset"
        )
    paths = frame["file_path_abs"].iloc[order]
    pictures = dict(zip(paths.index.tolist(), fitting_pictures(paths.tolist(), room), strict=False))
    return _render(values, pictures, _missing_pictures(len(pictures), len(frame), max_mb))


def _missing_pictures(fitted: int, total: int, max_mb: float) -> str:
    """Say what did not fit; nothing where all did."""
    if fitted == total:
        return ""
    return (
        f"This file has the pictures of {fitted:,} of {total:,} images; the others did not fit "
        f"into {max_mb:g} MB."
    )


def _render(values: Json, pictures: Mapping[int, Json], notice: str) -> str:
    static = files("framegrid") / "static"
    script = (static / "widget.js").read_text("utf-8")
    return _TEMPLATE.format(
        title=escape(values["description"]["name"]),
        css=(static / "widget.css").read_text("utf-8"),
        script=script.replace("</script", "<\\/script").replace("<!--", "<\\!--"),
        data=b64encode(gzip.compress(_json(values | {"notice": notice}).encode())).decode(),
        pictures=_json(pictures).replace("<", "\\u003c"),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
