"""Locators of pictures that lie beside a dataset: relative in its files, absolute in memory.

So a dataset can be moved or renamed together with its folder of pictures.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from framegrid.storage.files.dataset_files import Location
from framegrid.storage.files.image_parts import images_of, number_of
from framegrid.storage.parquet.picture_cells import COLUMN
from framegrid.storage.table.changes import AddSamples, Block, Change, SetBlocks, Undo

_PATH = "file_path_abs"
_CELL = f"parquet://{COLUMN}/"
_RELATIVE = rf"^{_CELL}(\d+)::[^/\\]+\.images/(\d{{4,}}\.parquet)$"

C = TypeVar("C", bound=Change)


class OwnImages:
    """The pictures beside a dataset.

    Attributes:
        folder: where they are; "" for a dataset in memory, which has none.
    """

    def __init__(self, location: Location | None) -> None:
        self.folder = "" if location is None else images_of(location)

    def located(self, change: C) -> C:
        """A change as its record has it, with locators as memory has them."""
        return _with_paths(change, self._located)

    def located_samples(self, samples: pa.Table) -> pa.Table:
        """The same for the samples of a snapshot."""
        return _in_column(samples, self._located)

    def stored(self, change: C) -> C:
        """A change as its record is to have it."""
        return _with_paths(change, self._stored)

    def stored_samples(self, samples: pa.Table) -> pa.Table:
        """The same for the samples of a snapshot."""
        return _in_column(samples, self._stored)

    def parts(self, paths: Any) -> list[str]:
        """The parts beside the dataset that locators, (N,), name."""
        folder = self.folder.replace("\\", "/")
        return [part for part in parts_named(paths) if _taken_apart(part)[0] == folder]

    def last(self, paths: Any) -> int:
        """The greatest number of these parts, 0 for none."""
        return max((number_of(_taken_apart(part)[1]) for part in self.parts(paths)), default=0)

    def _located(self, paths: Any) -> Any:
        if not self._may_have(paths):
            return paths
        cell = rf"{_CELL}\1::{_plain(self.folder)}/\2"
        return pc.replace_substring_regex(paths, _RELATIVE, cell)

    def _stored(self, paths: Any) -> Any:
        if not self._may_have(paths):
            return paths
        name = self.folder.replace("\\", "/").rpartition("/")[2]
        pattern = rf"^{_CELL}(\d+)::{re.escape(self.folder)}[/\\](\d{{4,}}\.parquet)$"
        return pc.replace_substring_regex(paths, pattern, rf"{_CELL}\1::{_plain(name)}/\2")

    def _may_have(self, paths: Any) -> bool:
        is_text = not pa.types.is_null(paths.type)
        return bool(self.folder and is_text and pc.any(pc.starts_with(paths, _CELL)).as_py())


class Move(NamedTuple):
    """Pictures that become the cells of a part.

    Attributes:
        pattern: of their locators until then, whose group is the number of the cell.
        container: the part.
    """

    pattern: str
    container: str

    def made(self, change: C) -> C:
        """A change with the pictures where they are from then on."""
        return _with_paths(change, self.paths)

    def paths(self, paths: Any) -> Any:
        """The same for locators: (N,)."""
        if pa.types.is_null(paths.type):
            return paths
        cell = rf"{_CELL}\1::{_plain(self.container)}"
        return pc.replace_substring_regex(paths, self.pattern, cell)


def cell_locators(container: str, count: int) -> list[str]:
    """The locators of the first cells of a part."""
    return [f"{_CELL}{row}::{container}" for row in range(count)]


def are_named(paths: Any, container: str) -> bool:
    """Whether some of locators, (N,), are cells of a part."""
    return bool(pc.any(pc.match_substring_regex(paths, cells_of(container))).as_py())


def cells_of(container: str) -> str:
    """A pattern of the locators of a part's cells, whose group is the number of the cell."""
    return rf"^{_CELL}(\d+)::{re.escape(container)}$"


def parts_named(paths: Any) -> list[str]:
    """The parts of any dataset that locators, (N,), name."""
    pattern = rf"^{_CELL}\d+::(?P<part>.*\.images[/\\]\d{{4,}}\.parquet)$"
    found = pc.extract_regex(pc.unique(_containers(paths)), pattern)
    return sorted(set(pc.struct_field(found, "part").drop_null().to_pylist()))


def _taken_apart(part: str) -> tuple[str, str]:
    folder, _, name = part.replace("\\", "/").rpartition("/")
    return folder, name


def _containers(paths: Any) -> Any:
    """Locators of parts as if of their first cell: few, where there are many."""
    cells = paths.filter(pc.starts_with(paths, _CELL))
    return pc.replace_substring_regex(cells, rf"^{_CELL}\d+::", f"{_CELL}0::")


def _with_paths(change: C, respell: Callable[[Any], Any]) -> C:
    match change:
        case AddSamples(samples):
            return replace(change, samples=_in_column(samples, respell))
        case SetBlocks(blocks):
            return replace(change, blocks=tuple(_in_block(block, respell) for block in blocks))
        case Undo(changes):
            respelled = tuple(map(partial(_with_paths, respell=respell), changes))
            return replace(change, changes=respelled)
    return change


def _in_block(block: Block, respell: Callable[[Any], Any]) -> Block:
    if _PATH not in block.columns:
        return block
    return Block(block.ids, block.columns | {_PATH: respell(block.columns[_PATH])})


def _in_column(samples: pa.Table, respell: Callable[[Any], Any]) -> pa.Table:
    paths = samples[_PATH]
    respelled = respell(paths)
    if respelled is paths:
        return samples
    return samples.set_column(samples.column_names.index(_PATH), _PATH, respelled)


def _plain(text: str) -> str:
    """A text as a part of what replaces a match."""
    return text.replace("\\", "\\\\")
