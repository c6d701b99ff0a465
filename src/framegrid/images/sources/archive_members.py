"""Images that are members of archives: read in place, by an index that is made once."""

import io
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from framegrid import remote
from framegrid.base import BrokenImageError
from framegrid.images.sources.archives.lookup import index_of
from framegrid.images.sources.archives.members import Member, spelled
from framegrid.images.sources.archives.opening import open_member
from framegrid.images.sources.containers import container_name, open_container
from framegrid.images.sources.states import FileState, number_of
from framegrid.remote import Locator

_FIRST_RANGE = 1 << 16
_HEADER = 1 << 10
"""Bytes before the data of a member of a zip: its own header, with its name again."""


def open_image(locator: Locator, buffering: int) -> IO[bytes]:
    """Open a member, see ``Source``: a slice of the archive, or unpacked into memory.

    A member whose checksum is read to its end is checked by it.
    """
    return _opened(locator, _member(locator), buffering)


def read_member(path: str, most: int) -> bytes:
    """The bytes of a small member.

    Args:
        path: its locator.
        most: bytes that it may have.

    Raises:
        BrokenImageError: it is larger, damaged, or not there; its message is a short reason.
        OSError: the archive cannot be read.
    """
    locator = remote.parse(path)
    member = _member(locator)
    if member.size > most:
        raise BrokenImageError(f"not read: it has more than {most:,} bytes")
    with _opened(locator, member, member.size) as file:
        return file.read()


def states(locators: Sequence[Locator]) -> list[FileState | None]:
    """The states of members, see ``Source``: a new state of the archive is one of each of them."""
    archives: defaultdict[tuple[str, str], list[Locator]] = defaultdict(list)
    for locator in locators:
        archives[locator.kind, locator.container].append(locator)
    found: dict[Locator, FileState] = {}
    for some in archives.values():
        with suppress(OSError):
            found |= _states_in_one(some)
    return [found.get(locator) for locator in locators]


def file_name(locator: Locator) -> str:
    """The last part of the member's name."""
    return (spelled(locator.inside) or locator.inside).rpartition("/")[2]


def said(locator: Locator) -> str:
    """The member's name in the archive's."""
    return f"{locator.inside} in {container_name(locator)}"


def _states_in_one(locators: Sequence[Locator]) -> dict[Locator, FileState]:
    """The states of those members of one archive that are there."""
    names = {locator: spelled(locator.inside) for locator in locators}
    gathered, state = index_of(locators[0], [name for name in names.values() if name])
    version = number_of(f"{state.version} {state.size}")
    members = {locator: gathered.members.get(name or "") for locator, name in names.items()}
    return {
        locator: FileState(version, member.size, state.change)
        for locator, member in members.items()
        if member
    }


def _member(locator: Locator) -> Member:
    name = spelled(locator.inside)
    gathered, _ = index_of(locator, [name] if name else [])
    member = gathered.members.get(name or "")
    if member is None:
        notes = "".join(f"; {note}" for note in gathered.notes[:1])
        raise BrokenImageError(f"no such member in the archive{notes}")
    return member


def _opened(locator: Locator, member: Member, buffering: int) -> IO[bytes]:
    archive = _archive_at(locator, member, buffering)
    raw = open_member(archive, member, is_zip=locator.kind == "zip")
    return io.BufferedReader(raw, buffering if buffering > 0 else io.DEFAULT_BUFFER_SIZE)


def _archive_at(locator: Locator, member: Member, buffering: int) -> IO[bytes]:
    """The archive, opened for one member: of an object, its bytes are asked for at once."""
    if not remote.is_url(locator.container):
        return open_container(locator, 0)
    first = min(max(4 * buffering, _FIRST_RANGE), member.packed + _HEADER + len(member.name))
    try:
        return remote.open_object(locator.container, first, member.offset)
    except (ValueError, ImportError) as error:
        raise BrokenImageError(str(error)) from error
