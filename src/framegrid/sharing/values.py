"""All values of a grid for a page without a kernel; twin of ``SavedData`` in ``js/src/saved``."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from framegrid import filters, protocol
from framegrid.answers import Answers
from framegrid.protocol import Json
from framegrid.schema import public_name
from framegrid.view import View

# Not the folders of whoever makes the page: they are nobody else's business.
_FIELDS = {"file_name": "string", "width": "integer", "height": "integer"}
_CODED = ("range", "values", "text", "elements")


def saved_values(answers: Answers, traits: Mapping[str, Any]) -> Json:
    """Give what a page needs besides pictures, as JSON.

    Args:
        answers: of the grid.
        traits: of the grid as they are on the wire, by name.
    """
    view = answers.view
    types = _FIELDS | {key: public_name(key_type) for key, key_type in view.schema.items()}
    return {
        "traits": dict(traits),
        "description": answers.describe(),
        "ids": view.frame.index.tolist(),
        "fields": list(_FIELDS),
        "columns": [
            {"key": key, "type": type_name, "values": _column(view.frame[key])}
            for key, type_name in types.items()
        ],
        "headers": {
            info["key"]: _header(answers, info["key"])
            for info in view.keys
            if info["kind"] in _CODED
        },
        "masks": {
            key: {"condition": condition, "rows": _passing(view, key, condition)}
            for key, condition in traits["filters"].items()
            if "missing" not in condition  # a page evaluates ranges itself
        },
    }


def _column(series: pd.Series) -> list[Any]:
    return [
        None
        if lacks
        else protocol.to_value(value.item() if isinstance(value, np.generic) else value)
        for value, lacks in zip(series, series.isna(), strict=True)
    ]


def _header(answers: Answers, key: str) -> Json | None:
    """The edges of a slider or the values of a list, as a live grid gets them."""
    spec = {"of": "codes", "key": key, "extra": []}
    reply, _ = answers.arrays(protocol.Arrays(answers.view.revision, [spec], 0))
    header: Json | None = reply["pieces"][0]["header"]
    return header


def _passing(view: View, key: str, condition: Json) -> list[int]:
    """The rows that pass one filter: some are beyond what a page can evaluate."""
    return np.flatnonzero(filters.mask({key: condition}, view.frame, view.schema)).tolist()
