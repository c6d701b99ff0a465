"""Pictures that are put beside a dataset: with an edit, or where it is created or copied."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple

from framegrid import remote
from framegrid.storage.files.image_parts import Put, Write, remove_part
from framegrid.storage.places.place import Place
from framegrid.storage.records.own_images import Move, OwnImages, are_named, cells_of
from framegrid.storage.table.changes import Block, SetBlocks
from framegrid.storage.table.table import Table

_COPY_BUFFER = 1 << 20


@contextmanager
def part_of_edit(place: Place, write: Write, table: Callable[[], Table]) -> Iterator[Put]:
    """Write a part beside a dataset, which an edit in the block is to name.

    It is on disk when the block begins, and removed if the edit fails.

    Args:
        place: where the dataset is.
        write: writes the part into an open file.
        table: gives the table as it is on disk, after the edit.

    Returns:
        A context of the function, for who makes the change, that gives the part its number and
        says where it is.

    Raises:
        OSError: if it could not be written.
    """
    made: list[str] = []
    after = place.images.last(table().column("file_path_abs"))
    with place.new_part(write, after) as put:
        try:
            yield lambda: _noted(put(), made)
        except BaseException:
            with suppress(Exception):  # what may be named stays
                _remove_unnamed(made, table())
            raise


def _noted(container: str, made: list[str]) -> str:
    made.append(container)
    return container


def _remove_unnamed(containers: list[str], table: Table) -> None:
    for container in containers:
        if not are_named(table.column("file_path_abs"), container):
            remove_part(container)


class Part(NamedTuple):
    """Pictures that are to become a part beside a dataset.

    Attributes:
        pattern: of their locators so far, whose group is the number of the cell.
        write: writes the part.
    """

    pattern: str
    write: Write


class Moved(NamedTuple):
    """A table with its pictures where they are to be.

    Attributes:
        table: the table; another one than before, if any picture moved.
        moves: what moved.
    """

    table: Table
    moves: list[Move]

    def made(self, change: Any) -> Any:
        """A change of the table before as one of this table."""
        for move in self.moves:
            change = move.made(change)
        return change


@contextmanager
def images_beside(place: Place, table: Table, parts: Sequence[Part]) -> Iterator[Moved]:
    """Put pictures beside a dataset that the block creates; if it fails, they are removed.

    Raises:
        FileExistsError, FileNotFoundError: as for ``Place.create``.
        OSError: if they cannot be written.
    """
    moves: list[Move] = []
    try:
        if parts:
            place.check_free()
        for part in parts:
            with place.new_part(part.write) as put:
                moves.append(Move(part.pattern, put()))
        yield Moved(_with_moves(table, moves), moves)
    except BaseException:
        for move in moves:
            remove_part(move.container)
        raise


def _with_moves(table: Table, moves: list[Move]) -> Table:
    if not moves:
        return table
    paths = table.column("file_path_abs")
    for move in moves:
        paths = move.paths(paths)
    table = table.copy()
    table.apply(SetBlocks((Block(table.ids, {"file_path_abs": paths}),), {}))
    return table


def copies_of(images: OwnImages, table: Table) -> list[Part]:
    """The parts beside a dataset that its table names, but for those that are gone."""
    own = images.parts(table.column("file_path_abs"))
    return [Part(cells_of(part), partial(_copy, part)) for part in own if _is_there(part)]


def _is_there(container: str) -> bool:
    if remote.is_url(container):
        return remote.status(container) is not None
    return Path(container).is_file()


def _copy(container: str, target: IO[bytes]) -> None:
    is_object = remote.is_url(container)
    with BytesIO(remote.read(container)) if is_object else Path(container).open("rb") as source:
        shutil.copyfileobj(source, target, _COPY_BUFFER)
