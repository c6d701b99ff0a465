"""The messages between the kernel and the browser; twin of ``js/src/protocol.ts``.

The browser asks, the kernel answers: every request carries an id and gets exactly one reply,
``ok`` or ``error``; a reply may be preceded by parts. What was lost on the way is asked again,
under the same id. One push comes unasked: ``notice``. Binary buffers stay below
``MAX_MESSAGE_BYTES``; larger arrays are pulled in pieces.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from framegrid.base import MAX_EXACT, brief, is_double

PROTOCOL_VERSION = 1
# Some hosts drop messages above 5 MB, and large ones are copied many times on their way.
MAX_MESSAGE_BYTES = 4_000_000
# Whatever a message quotes, nobody reads more of it.
MAX_ERROR_CHARACTERS = 2_000
# The most that a character takes, as an escape sequence.
_CHARACTER_BYTES = 6

# A shuffle by a seed, unless a key has that name.
_RANDOM = re.compile(r"random:([+-]?[0-9]{1,4000})")

Json = dict[str, Any]

Sort = str | list[str]
"""A key with its sign, ``"random:SEED"``, or a list of these; ``""`` for the dataset's order."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The browser is there, or has an earlier revision: it wants the description of the dataset.

    The description has the ``versions`` of all keys: where one is the same as before, so are the
    values, and nothing made of them has to be asked for again. That of ``sample_id`` is for the
    rows: where it is another, everything is.

    Attributes:
        versions: those that the browser knows.
        arrays: what it has, written as in ``Arrays``: those that are others now come along, as many
            as one message holds.
    """

    versions: Json = field(default_factory=dict)
    arrays: list[Json] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Arrays:
    """Arrays of one number per row, from row `start` of the first one on.

    Attributes:
        revision: the dataset's revision that the browser knows.
        arrays: what is asked for: ``{"of": "ids"}``, ``{"of": "order", "sort"}``,
            ``{"of": "codes", "key", "extra"}``, ``{"of": "mask", "key", "condition"}`` or
            ``{"of": "sections", "group"}``.
        start: the first row wanted of ``arrays[0]``; the others start at 0.
    """

    revision: int
    arrays: list[Json]
    start: int


@dataclass(frozen=True, slots=True)
class Tiles:
    """Names and captions of some samples, and thumbnails unless `size`, their long edge, is 0.

    Names and values are those of a `revision`: the one by which the browser orders the samples, or
    the latest if it names none.
    """

    sample_ids: list[int]
    size: int
    captions: list[str]
    sort: Sort
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """The reply to request `target` is no longer wanted."""

    target: str


@dataclass(frozen=True, slots=True)
class SampleDetail:
    """All fields and metadata of one sample."""

    sample_id: int


@dataclass(frozen=True, slots=True)
class Stale:
    """What is to be said of the computed keys that are stale: the reply's ``keys``."""


@dataclass(frozen=True, slots=True)
class LargePicture:
    """The picture of one sample with at most `size` px on its long edge."""

    sample_id: int
    size: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The samples on both sides of a cut through a key's values, nearest to it first.

    What is equal to the cut is above it. The reply has ``at``, None where no sample has a value,
    ``missing``, and for ``below`` and ``above`` the ``count`` and the ``ids`` asked for.

    Attributes:
        key: of numbers or datetimes.
        at: where the cut is, as a bound of a filter; None is below everything.
        samples: moves the cut so that so many more are below it; fewer, if negative.
        percent: the same, of all that have a value; at least one.
        filters: what is cut passes them,
        rows: and is one of these samples, written as the trait; None is all.
        below: the positions of the ids asked for, from the first up to, not including, the last;
            position 0 is next to the cut.
        above: the same.
    """

    key: str
    at: float | str | None
    filters: Json
    below: list[int]
    above: list[int]
    samples: int = 0
    percent: float = 0
    rows: list[int] | str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """A cell for what is on the screen, or for the decision that a selection or a cut is.

    The fields are traits as the browser has them, which the kernel may not have heard of yet.

    Attributes:
        of: ``"view"``, ``"selection"`` or ``"cut"``.
    """

    of: str
    filters: Json
    rows: list[int] | str | None
    sort: Sort
    group: str
    group_order: str
    per_group: int
    selected: list[int] | str
    cut: Json | None
    plot: list[str]


@dataclass(frozen=True, slots=True)
class Differences:
    """In which keys the samples that pass, or those selected if any are, differ from the others.

    The fields are traits as the browser has them. The reply has ``inside`` and ``outside``, how
    many samples are on either side, and ``keys``, the surest first; none where a side is empty.
    """

    filters: Json
    rows: list[int] | str | None
    selected: list[int] | str


Request = (
    Ready | Arrays | Tiles | Cancel | SampleDetail | Stale | LargePicture | Cut | Code | Differences
)

REQUESTS: dict[str, type[Request]] = {
    "ready": Ready,
    "arrays": Arrays,
    "tiles": Tiles,
    "cancel": Cancel,
    "sample": SampleDetail,
    "stale": Stale,
    "picture": LargePicture,
    "cut": Cut,
    "code": Code,
    "differences": Differences,
}


class Piece(TypedDict):
    """Rows `start` to `stop` of the array that stands at `index` of the request."""

    index: int
    dtype: str
    start: int
    stop: int
    header: Json | None
    buffer: int


class Picture(TypedDict):
    """An encoded picture of a sample, or the reason why there is none."""

    sample_id: int
    error: str | None
    mime: str
    width: int
    height: int
    buffer: int


def parse(content: Mapping[str, Any]) -> Request:
    """Turn a message's content into its request.

    Raises:
        ValueError: the type is unknown or the fields do not fit it.
    """
    fields = {
        name: from_browser(value) for name, value in content.items() if name not in {"id", "type"}
    }
    try:
        return REQUESTS[content["type"]](**fields)
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"message {brief(dict(content))} is none of {sorted(REQUESTS)} with its fields: "
            "the browser and the kernel run different versions of framegrid; reload the page"
        ) from error


def parse_sort(sort: str) -> tuple[str, bool]:
    """The key of a sort, and whether it ascends.

    ``"-key"`` descends; a key that itself starts with a sign is written with one more, as in
    ``"+-key"`` and ``"--key"``.
    """
    return (sort[1:] if sort[:1] in {"+", "-"} else sort), not sort.startswith("-")


def sorts_of(sort: Sort) -> list[str]:
    """What is sorted by, the foremost first; none for the dataset's order."""
    return [sort] * bool(sort) if isinstance(sort, str) else sort


def sort_of(sorts: list[str]) -> Sort:
    """The sort of which ``sorts_of`` makes this."""
    return sorts if len(sorts) > 1 else "".join(sorts)


def random_seed(sort: str) -> int | None:
    """The seed of ``"random:SEED"``, None where it is something else."""
    found = _RANDOM.fullmatch(sort)
    return found and int(found[1])


def sort_text(key: str, *, ascending: bool) -> str:
    """The sort that ``parse_sort`` reads as this."""
    if not key:
        return ""
    return f"{'+' * key.startswith(('+', '-')) if ascending else '-'}{key}"


def longest_text(texts: int) -> int:
    """How many characters each of some texts may have, for one message to hold them all."""
    return MAX_MESSAGE_BYTES // (_CHARACTER_BYTES * (texts + 1))


def cut(value: Any, size: int) -> Any:
    """A value as JSON; if its text is longer than `size` characters, the beginning of that."""
    if not isinstance(value, str | list | dict):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return value if len(text) <= size else f"{text[: size - 1]}…"


def to_value(value: Any) -> Any:
    """A metadata value as JSON that JavaScript reads without loss.

    Integers beyond 2**53 and infinities become strings, datetimes ISO 8601.
    """
    match value:
        case bool() | None | str():
            return value
        case int():
            return value if abs(value) <= MAX_EXACT else str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case dt.datetime():
            return value.isoformat()
        case list():
            return [to_value(item) for item in value]
        case _:
            return {key: to_value(item) for key, item in value.items()}


def to_browser(value: Any) -> Any:
    """JSON that JavaScript reads without loss: integers that no double holds are text."""
    match value:
        case int() if abs(value) > MAX_EXACT:
            return float(value) if is_double(value) else str(value)
        case list():
            return [to_browser(item) for item in value]
        case dict():
            return {key: to_browser(item) for key, item in value.items()}
    return value


def from_browser(value: Any) -> Any:
    """JSON as JavaScript meant it: large numbers look like integers, and are doubles."""
    match value:
        case int() if abs(value) > MAX_EXACT:
            return float(value)
        case list():
            return [from_browser(item) for item in value]
        case dict():
            return {key: from_browser(item) for key, item in value.items()}
    return value
