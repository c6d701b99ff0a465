"""What processes do that add pictures to a dataset until they are killed."""

import os
import random
import warnings
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crash_lives import new_samples
from framegrid.storage import AddSamples, cell_locators, open_store, write_cells


def add_pictures(path, acknowledgements, seed):
    """Add pictures of some kB, one or a few at a time, and note each that is said to be there."""
    store, rng = open_store(Path(path)), random.Random(seed)
    log = os.open(acknowledgements, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    while True:
        ids = range(store.table.next_id, store.table.next_id + rng.randrange(1, 4))
        cells = [(b"%d" % id_ + b"." * (id_ % 7) * 9999, "") for id_ in ids]
        with store.new_part(partial(write_cells, cells=cells)) as put:
            store.commit(partial(_with_part, put, len(ids)))
        os.write(log, b"." * len(ids))


def add_named(path, name, count):
    """Add pictures that say who added them, one after the other."""
    store = open_store(Path(path))
    for number in range(count):
        cells = [(f"{name} {number}".encode(), "")]
        with store.new_part(partial(write_cells, cells=cells)) as put:
            store.commit(partial(_with_part, put, 1))


def _with_part(put, length, table):
    return samples_with(table, cell_locators(put(), length))


def samples_with(table, locators):
    ids = list(range(table.next_id, table.next_id + len(locators)))
    paths = pa.array(locators, pa.large_string())
    return AddSamples(new_samples(ids).set_column(2, "file_path_abs", paths), {})


def pictures_of(path):
    """By sample, the bytes that its locator leads to, in a part that is whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the unfinished edits of the killed
        store = open_store(Path(path))
    found = {}
    for id_, locator in zip(
        store.table.ids.tolist(), store.table.column("file_path_abs").to_pylist(), strict=True
    ):
        cell, _, part = locator.partition("::")
        row = int(cell.rpartition("/")[2])
        found[id_] = pq.read_table(part)["image"][row]["bytes"].as_py()
    store.is_closed = store._schedule.is_over = True  # leave everything as it is
    store._journal.close()
    return found
