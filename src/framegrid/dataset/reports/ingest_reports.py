"""What adding images and reading their EXIF did, readable as the last line of a cell."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from framegrid import images, remote
from framegrid.base import cut

if TYPE_CHECKING:
    from framegrid.dataset.reports.import_report import ImportReport

_SHOWN = 5


@dataclass(frozen=True, repr=False)
class IngestReport:
    """What became of the images that were found.

    Attributes:
        added: number of new samples.
        already_present: number of images that the dataset held before.
        broken: path and reason of each image that cannot be read; they are not in the dataset,
            unless they are cells of Parquet files: then their tiles say why. Also of each
            ``metadata.csv`` or ``metadata.jsonl`` that cannot be used, of archives, and of what
            lies beside an image in one.
        without_plug_in: path and reason of each image that is well, but of a format that needs a
            package which is not installed; they are not in the dataset.
        metadata: which rows of ``metadata.csv`` or ``metadata.jsonl``, or members of an archive,
            and which of the new samples found each other; None if there are none.
        moved: old folder, new folder and number of images that were not added, as they have name
            and size of images of the dataset that are gone.
        not_read: by extension, the number of pictures beside them of kinds that are not read, such
            as camera RAW.
        warnings: path and text of each warning of an image that was read all the same.
        left_out: of files with images in them, column and reason of what is no metadata, or is
            other metadata than it was.
        empty: number of new samples whose picture is known not to be there, as their cell is empty;
            those are no ``broken`` ones if nobody looked at them yet.
        notes: what was done to the pixels of images that no file keeps as they are, such as floats
            beyond [0, 1], and to how many images.
        unsized: number of new samples whose sizes were not read, as they are many.
        sizes_follow: whether those are read in the background, and while a grid is open; else
            ``read_sizes`` reads them.
        like_several: images that were not added, as each has name and size of several images of
            the dataset that are gone.
        archives: path of an archive, and what of it was left out or is damaged, a sentence each.
    """

    added: int
    already_present: int
    broken: list[tuple[str, str]] = field(default_factory=list)
    metadata: "ImportReport | None" = None
    without_plug_in: list[tuple[str, str]] = field(default_factory=list)
    moved: list[tuple[str, str, int]] = field(default_factory=list)
    not_read: dict[str, int] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    like_several: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    empty: int = 0
    unsized: int = 0
    sizes_follow: bool = False
    archives: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def said_of_moved(self) -> str:
        """What to do about the images that seem to have moved; ``""`` where none have."""
        return "; ".join(filter(None, [self._said_of_followed, self._said_of_like_several]))

    @property
    def _said_of_followed(self) -> str:
        if not self.moved:
            return ""
        calls = ", ".join(
            f"dataset.relink({old!r}, {new!r})" for old, new, _ in self.moved[:_SHOWN]
        )
        count = sum(count for *_, count in self.moved)
        return (
            f"not added: {count:,} that are where images of the dataset, which are gone, seem to "
            f"have moved. Follow them with {calls}; relink=False adds them as new ones"
        )

    @property
    def _said_of_like_several(self) -> str:
        if not self.like_several:
            return ""
        return (
            f"not added: {len(self.like_several):,} of name and size of several images that are "
            f"gone, such as {cut(self.like_several[0])}. dataset.check_images() lists those that "
            "are gone, dataset.relink(old_folder, new_folder) follows a folder; relink=False adds "
            "them as new ones"
        )

    @property
    def _said_of_sizes(self) -> str:
        if not self.unsized:
            return ""
        call = "dataset.read_sizes()"
        follow = f" follow in the background; {call} waits for them" if self.sizes_follow else ""
        return f"\nsizes of {self.unsized:,}{follow or f': {call}'}"

    def __repr__(self) -> str:
        """The numbers, and the first broken files with their reasons."""
        counts = f"added {self.added:,}, already present {self.already_present:,}"
        metadata = f"\nmetadata: {self.metadata!r}" if self.metadata else ""
        unread = listing(self.broken) + listing(self.without_plug_in)
        moved = f"\n{self.said_of_moved}" if self.said_of_moved else ""
        others = f"\n{images.said_of_not_read(self.not_read)}" if self.not_read else ""
        warned = f"\nwarnings {len(self.warnings):,}{listing(self.warnings)}"
        others += f"\nempty {self.empty:,}" if self.empty else ""
        others += self._said_of_sizes
        others += f"\ncolumns:{listing(self.left_out)}" if self.left_out else ""
        others += f"\narchives{listing(self.archives)}" if self.archives else ""
        noted = "".join(f"\n{_images(count)} {note}" for note, count in self.notes.items())
        said = f"{unread}{others}{noted}{warned if self.warnings else ''}{moved}{metadata}"
        return f"{counts}, broken {len(self.broken):,}{said}"


@dataclass(frozen=True, repr=False)
class ExifReport:
    """What the cameras had written.

    Attributes:
        found: by key, the number of images with a value.
        with_exif: number of images with any value.
        without_exif: number of images that can be read and have none.
        broken: path and reason of each image that cannot be read.
    """

    found: dict[str, int]
    with_exif: int
    without_exif: int
    broken: list[tuple[str, str]] = field(default_factory=list)

    def __repr__(self) -> str:
        """The numbers, those of each key, and the first broken files with their reasons."""
        keys = ", ".join(f"{key} {count:,}" for key, count in self.found.items())
        counts = f"with EXIF {self.with_exif:,}, without {self.without_exif:,}"
        return f"{counts}, broken {len(self.broken):,}{keys and f': {keys}'}" + listing(self.broken)


def listing(broken: list[tuple[str, str]]) -> str:
    """The first broken files with their reasons, one a line, for the end of a message.

    A plug-in that is missing is said once, with the number of files that need it.
    """
    lacking = Counter(reason for _, reason in broken if images.needs_plug_in(reason))
    broken = [(path, reason) for path, reason in broken if reason not in lacking]
    lines = [
        f"{cut(remote.without_query(path))}: {cut(reason)}" for path, reason in broken[:_SHOWN]
    ]
    if len(broken) > _SHOWN:
        lines.append(f"... and {len(broken) - _SHOWN:,} more")
    lines += [f"{_images(count)}: {reason}" for reason, count in lacking.items()]
    return "".join(f"\n  {line}" for line in lines)


def parted(broken: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Part files that cannot be read into broken ones and those that need a plug-in."""
    parts: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for path, reason in broken:
        parts[images.needs_plug_in(reason)].append((path, reason))
    return parts


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count:,} images"
