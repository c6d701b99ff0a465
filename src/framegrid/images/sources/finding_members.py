"""Finding the images in archives, and what lies beside them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from framegrid.base import BrokenImageError
from framegrid.images.formats.known import EXTENSIONS, NOT_READ
from framegrid.images.sources.archives.lookup import index_of
from framegrid.images.sources.finding import natural_order
from framegrid.remote import Kind, Locator

_BESIDE = ("json", "txt", "cls")
_SHOWN = 5
_TABLES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")  # of folders of Hugging Face
_SKIPPED = "__MACOSX"  # where macOS puts what other systems have no place for


class Member(NamedTuple):
    """A member of an archive that says something of an image.

    Attributes:
        locator: where it is.
        kind: what follows the name that it shares with the image: ``json``, ``txt``, ``cls``.
    """

    locator: str
    kind: str


@dataclass
class Members:
    """What was found in archives.

    Attributes:
        images: locators, in natural order.
        beside: by the locator of an image, what lies beside it.
        notes: archive and a sentence on what of it is left out, or on its damage.
        broken: path and reason of archives that cannot be read.
        not_read: by extension, the number of pictures of kinds that are not read.
    """

    images: list[str] = field(default_factory=list)
    beside: dict[str, list[Member]] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)
    not_read: Counter[str] = field(default_factory=Counter)


def find_members(archives: Iterable[str], *, recursive: bool = True) -> Members:
    """Find the images in archives, by their extensions, in natural order.

    Hidden members, those with a name or folder that begins with a dot, are skipped, and so is what
    macOS adds. In a tar, members that share their name up to its first dot are one sample, as
    WebDataset has it: of ``7.jpg``, ``7.seg.png`` and ``7.json`` the first is the image, the second
    is counted in the notes. Where there is none without a further dot, as with ``7.left.jpg`` and
    ``7.right.jpg``, each is an image of its own.

    Args:
        archives: paths or URLs of zip and tar files.
        recursive: whether to look into the folders inside.
    """
    found = Members()
    for archive in archives:
        try:
            _find(archive, found, recursive=recursive)
        except OSError as error:
            reason = str(error) if isinstance(error, BrokenImageError) else error.strerror
            found.broken.append((archive, reason or str(error)))
    return found


def _find(archive: str, found: Members, *, recursive: bool) -> None:
    """Add what one archive has."""
    kind: Kind = "zip" if _extension(archive) == ".zip" else "tar"
    index, _ = index_of(Locator(kind, "", archive))
    names = sorted(_visible(index.members, recursive=recursive), key=natural_order())
    if not index.members and index.notes:
        raise BrokenImageError(index.notes[0])
    found.notes += [(archive, note) for note in index.notes]
    found.not_read.update(filter(NOT_READ.__contains__, map(_extension, names)))
    found.notes += [(archive, _said_of_table(name)) for name in names if _base(name) in _TABLES]
    pictures = [name for name in names if _extension(name) in EXTENSIONS]
    shards = _Shard(names) if kind == "tar" else None
    for name in shards.pictures if shards else pictures:
        locator = str(Locator(kind, name, archive))
        found.images.append(locator)
        if shards and (members := shards.beside(name)):
            found.beside[locator] = [
                Member(str(Locator(kind, member, archive)), _ending(member)) for member in members
            ]
    if shards and shards.others:
        counts = ", ".join(f"{n:,} .{ending}" for ending, n in shards.others.most_common(_SHOWN))
        note = f"left out as a further picture of a sample, by what follows its name: {counts}"
        found.notes.append((archive, note))


class _Shard:
    """The members of a tar as samples: those that share their names up to the first dot."""

    def __init__(self, names: Sequence[str]) -> None:
        self._samples: defaultdict[str, list[str]] = defaultdict(list)
        self.pictures: list[str] = []
        self.others: Counter[str] = Counter()
        for name in names:
            self._samples[_stem(name)].append(name)
        for members in self._samples.values():
            pictures = [name for name in members if _extension(name) in EXTENSIONS]
            plain = [name for name in pictures if "." not in _ending(name)]
            self.pictures += plain[:1] or pictures
            if plain:
                self.others.update(_ending(name) for name in pictures if name != plain[0])

    def beside(self, picture: str) -> list[str]:
        """The members that say something of a picture."""
        members = self._samples[_stem(picture)]
        return [name for name in members if _ending(name).rpartition(".")[2] in _BESIDE]


def _visible(names: Iterable[str], *, recursive: bool) -> Iterator[str]:
    for name in names:
        parts = name.split("/")
        is_hidden = _SKIPPED in parts or any(part.startswith(".") for part in parts)
        if not is_hidden and (recursive or len(parts) == 1):
            yield name


def _said_of_table(name: str) -> str:
    kind = _base(name).rpartition(".")[2].removesuffix("l")
    return f"{name} is not read: unpack it, then dataset.update_metadata_from_{kind}(path)"


def _base(name: str) -> str:
    return name.rpartition("/")[2]


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _stem(name: str) -> str:
    """What the members of one sample share: the folder, and the name up to its first dot."""
    folder, slash, base = name.rpartition("/")
    return f"{folder}{slash}{base.partition('.')[0]}"


def _ending(name: str) -> str:
    """What follows the first dot of a member's name, in small letters."""
    return _base(name).partition(".")[2].lower()
