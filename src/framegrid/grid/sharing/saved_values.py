"""All values of a grid for a page without a kernel; twin of ``SavedData`` in ``js/src/saved``."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from framegrid import filters
from framegrid.base import FOLDER, public_name
from framegrid.grid import protocol
from framegrid.grid.answers.answers import Answers
from framegrid.grid.answers.grid_view import GridView, as_json
from framegrid.grid.answers.groups import parse_group
from framegrid.grid.answers.plots import parse_side
from framegrid.grid.protocol import Json

# Not the folders of whoever makes the page: they are nobody else's business.
_FIELDS = {"file_name": "string", "width": "integer", "height": "integer"}


def saved_values(answers: Answers, traits: Mapping[str, Any]) -> Json:
    """What a page needs besides pictures, as JSON.

    Args:
        answers: of the grid.
        traits: of the grid as they are on the wire, by name.
    """
    view = answers.view
    keys = [info for info in view.keys if not _is_left_out(view, info["key"], traits)]
    fields = _FIELDS | {info["key"]: "string" for info in keys if info["key"] == FOLDER}
    metadata = {key: public_name(key_type) for key, key_type in view.schema.items()}
    return {
        "traits": dict(traits),
        "description": answers.describe() | {"columns": keys, "sizes": None},
        "ids": view.rows.tolist(),
        "fields": [key for key in fields if key not in metadata],
        "columns": [
            {"key": key, "type": type_name, "values": as_json(view.values(key))}
            for key, type_name in (fields | metadata).items()
        ],
        "headers": {info["key"]: _header(answers, info["key"]) for info in keys},
        "masks": {
            key: {"condition": condition, "rows": _passing(view, key, condition)}
            for key, condition in traits["filters"].items()
            if "missing" not in condition  # a page evaluates ranges itself
        },
    }


def _is_left_out(view: GridView, key: str, traits: Mapping[str, Any]) -> bool:
    """Whether a page says nothing of folders: unless the grid goes by them."""
    sorts = [protocol.parse_sort(each)[0] for each in protocol.sorts_of(traits["sort"])]
    groups = [parse_group(traits["group"], view).key] if traits["group"] else []
    plotted = [parse_side(side, view).key for side in traits["plot"]]
    used = {*traits["filters"], *traits["captions"], *sorts, *groups, *plotted}
    return filters.is_folder(key, view.schema) and key not in used


def _header(answers: Answers, key: str) -> Json | None:
    """The edges of a slider or the values of a list, as a live grid gets them."""
    spec = {"of": "codes", "key": key, "extra": []}
    reply, _ = answers.arrays(protocol.Arrays(answers.view.revision, [spec], 0))
    header: Json | None = reply["pieces"][0]["header"]
    return header


def _passing(view: GridView, key: str, condition: Json) -> list[int]:
    """The rows that pass one filter: some are beyond what a page can evaluate."""
    return np.flatnonzero(view.passing({key: condition})).tolist()
