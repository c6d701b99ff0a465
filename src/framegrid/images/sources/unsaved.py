"""Pictures that are in the memory of this process, until their dataset is saved.

Their locators, ``unsaved://TOKEN/NUMBER``, mean something as long as somebody here holds them: a
token is drawn by chance, so that none in a file, nor of another process, can be one of these.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import IO, Any, Self
from weakref import WeakValueDictionary

from framegrid.base import BrokenImageError
from framegrid.images.sources.local_files import empty
from framegrid.images.sources.states import FileState
from framegrid.remote import Locator

PREFIX = "unsaved://"

_GONE = "was in memory and never saved"
_INSIDE = re.compile(r"([0-9a-f]{32})/(\d+)")


class Unsaved:
    """Pictures of one call, held as the bytes of image files; they go when nobody has this.

    Attributes:
        cells: bytes and name of each.
        size: of all together, in bytes.
    """

    def __init__(self, cells: Sequence[tuple[bytes, str]]) -> None:
        self.cells = cells
        self.size = sum(len(data) for data, _ in cells)
        self._token = secrets.token_hex(16)
        _held[self._token] = self

    @property
    def locators(self) -> list[str]:
        """The locator of each picture."""
        return [f"{PREFIX}{self._token}/{number}" for number in range(len(self.cells))]

    @property
    def pattern(self) -> str:
        """A pattern of these locators, whose group is the number."""
        return rf"^{PREFIX}{self._token}/(\d+)$"


_held: WeakValueDictionary[str, Unsaved] = WeakValueDictionary()


class Carried(str):
    """The locator of a picture, and the picture: so it travels to another process."""

    __slots__ = ("data", "reason")
    data: bytes
    reason: str

    def __new__(cls, locator: str, data: bytes, reason: str = "") -> Self:
        """A locator that reads as the text it is; with a reason, if there is no picture."""
        carried = super().__new__(cls, locator)
        carried.data, carried.reason = data, reason
        return carried

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel with the picture."""
        return Carried, (str(self), self.data, self.reason)


def carried(path: str) -> str:
    """A locator as it can be sent to another process: with the picture, if only memory has it."""
    if not isinstance(path, str) or not path.startswith(PREFIX):  # a dataset may have any value
        return path
    cell = _cell(path.removeprefix(PREFIX))
    return Carried(path, cell[0]) if cell else path


def open_carried(path: Carried) -> IO[bytes]:
    """Open the picture that came with its locator."""
    if path.reason:
        raise BrokenImageError(path.reason)
    if not path.data:
        raise empty()
    return BytesIO(path.data)


def held_for(paths: Iterable[str]) -> list[Unsaved]:
    """What has to be held so that these locators go on meaning something."""
    tokens = {path[len(PREFIX) :].partition("/")[0] for path in paths if path.startswith(PREFIX)}
    return [held for token in sorted(tokens) if (held := _held.get(token)) is not None]


def open_image(locator: Locator, buffering: int) -> IO[bytes]:  # noqa: ARG001 - it is all here
    """Open the bytes, see ``Source``."""
    cell = _cell(locator.inside)
    if cell is None:
        raise BrokenImageError(_GONE)
    return open_carried(Carried(locator.container, cell[0]))


def states(locators: Sequence[Locator]) -> list[FileState | None]:
    """The lengths of the pictures, which never change, see ``Source``."""
    cells = [_cell(locator.inside) for locator in locators]
    return [cell and FileState(0, len(cell[0])) for cell in cells]


def file_name(locator: Locator) -> str:
    """The name that it was given."""
    cell = _cell(locator.inside)
    return cell[1] if cell else locator.inside.rpartition("/")[2]


def said(locator: Locator) -> str:
    """That it is in memory."""
    return "in memory, not saved yet" if _cell(locator.inside) else _GONE


def _cell(inside: str) -> tuple[bytes, str] | None:
    match = _INSIDE.fullmatch(inside)
    held = match and _held.get(match[1])
    number = int(match[2]) if match else 0
    return held.cells[number] if held and number < len(held.cells) else None
