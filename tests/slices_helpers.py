"""What several tests of slices share."""

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import framegrid as fg

COUNT = 12
PATHS = [f"/photos/{number:02}.jpg" for number in range(COUNT)]
FRAME = pd.DataFrame(
    {
        "path": PATHS,
        "width": 64,
        "height": 48,
        "score": np.arange(COUNT) / 10,
        "label": ["cat", "dog", "bird"] * 4,
        "taken": pd.date_range("2026-01-01", periods=COUNT, freq="D"),
    }
)
TABLE = pa.Table.from_pandas(FRAME, preserve_index=False)


def load(path, **options):
    return fg.ImageDataset.load(path, **({"filters": []} | options))


def values(dataset, key):
    return {sample.file_path_abs: sample.metadata[key] for sample in dataset}


def write(columns, name="table.parquet", **options):
    """A file of two rows, which have paths and sizes."""
    table = {"path": PATHS[:2], "width": [64, 64], "height": [48, 48]} | columns
    pq.write_table(pa.table(table), name, **options)
    return name


# Who wrote it


def write_dask(partition_on):
    dd.from_pandas(FRAME, npartitions=11).to_parquet(
        "table", partition_on=partition_on, write_metadata_file=True
    )
