"""What a file says about samples, row by row, before anybody looked which samples these are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from framegrid.dataset.edits import Patch
from framegrid.dataset.frame_updates import split_frame
from framegrid.dataset.updates import patches_of
from framegrid.schema import BUILTIN_COLUMNS


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """M rows of a file.

    Attributes:
        identifiers: (M,) the name of the sample of each row, missing where it has none.
        patches: the metadata that rows have; their ids are numbers of rows, from 0.
        frame: (M, K) the rows as they were read, for the report.
    """

    identifiers: pd.Series
    patches: Sequence[Patch]
    frame: pd.DataFrame


def rows_of_frame(frame: pd.DataFrame, on: str) -> Rows:
    """Take the rows of a DataFrame; built-in columns are no metadata.

    Raises:
        ValueError: it has no column or index `on`, or two columns of one name.
    """
    identifiers, values = split_frame(frame, on)
    columns = {key: values[key] for key in values.columns if key not in BUILTIN_COLUMNS}
    return Rows(identifiers, [Patch(np.arange(len(frame)), columns)], frame)


def rows_of_records(records: Sequence[Mapping[str, Any]], on: str) -> Rows:
    """Take records, each with the keys it has; built-in columns are no metadata.

    Raises:
        ValueError: none of them has `on`.
    """
    frame = pd.DataFrame(records, columns=None if records else [on], dtype=object)
    identifiers, _ = split_frame(frame, on)
    mappings = [
        {key: value for key, value in record.items() if key not in BUILTIN_COLUMNS}
        for record in records
    ]
    return Rows(identifiers, patches_of(np.arange(len(records)), mappings), frame)
