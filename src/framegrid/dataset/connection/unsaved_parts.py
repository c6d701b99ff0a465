"""The pictures of a dataset in memory as the parts that they become when it is saved."""

from collections.abc import Container, Iterator
from functools import partial
from typing import IO

from framegrid.images import Unsaved
from framegrid.storage import Cell, Part, Store, write_cells


def parts_of(store: Store) -> list[Part]:
    """A part for each call that added pictures.

    Those of samples that were removed are written, too, as ``undo`` may bring them back; but not of
    a dataset that is a part of another.
    """
    named = set(store.table.column("file_path_abs").to_pylist()) if store.kept else set()
    everything = [locator for held in store.kept for locator in held.locators]
    wanted = named if store.read_only else {*everything}
    return [
        Part(held.pattern, partial(_write, held, wanted))
        for held in store.kept
        if not wanted.isdisjoint(held.locators)
    ]


def _write(held: Unsaved, wanted: Container[str], file: IO[bytes]) -> None:
    write_cells(file, _cells(held, wanted))


def _cells(held: Unsaved, wanted: Container[str]) -> Iterator[Cell]:
    """The pictures, in their order; nothing in the place of those that nobody needs."""
    for locator, (data, name) in zip(held.locators, held.cells, strict=True):
        yield (data if locator in wanted else None), name
