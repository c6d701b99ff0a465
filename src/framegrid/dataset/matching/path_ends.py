"""Which of many paths a name means: the same path, or one that ends so, but never by a guess."""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from framegrid.dataset.matching.spelling import are_absolute, ends_of, parts_of, without_root
from framegrid.storage import UNKNOWN

Rows = npt.NDArray[np.int64]
"""(M,) rows of paths, or ``UNKNOWN`` or ``SEVERAL``."""

SEVERAL = -2
"""Stands for the row of a name that could mean each of several paths."""

_LONGEST = 6  # parts of paths that are compared for a guess

_WORD = "train(?:ing)?|test(?:ing)?|val(?:id(?:ation)?)?|dev|eval(?:uation)?"
_SPLIT = re.compile(_WORD)
_NUMBERED = re.compile(rf"{_WORD}|\d+")
"""What names of folders differ in that hold parts of one collection."""


def look_up(names: pa.Array, held: pa.Array) -> Rows:
    """Find the rows of `held` that are equal to names: (M,)."""
    if not len(names) or not len(held):
        return np.full(len(names), UNKNOWN, np.int64)
    both = pa.chunked_array([held, names.cast(held.type)]).dictionary_encode()
    codes = [np.asarray(c.indices.fill_null(UNKNOWN), np.int64) for c in both.chunks]
    count = max(len(chunk.dictionary) for chunk in both.chunks)
    rows = np.full(count + 1, UNKNOWN, np.int64)  # the last one is for no code
    coded = np.flatnonzero(codes[0] != UNKNOWN)
    rows[codes[0][coded]] = coded
    rows[:-1][np.bincount(codes[0][coded], minlength=count) > 1] = SEVERAL
    return rows[codes[1]]


def find_ends(names: pa.Array, paths: pa.Array, root: str) -> Rows:
    """Find the one path that each name is, or is a whole-component end of: (M,).

    The root that all absolute names share may be another one on this machine. What it holds may
    not: the folder of a picture counts in any case, so does all that is below the folder that
    `paths` share, and names that differ as ``train`` and ``test`` do stand for different pictures.

    Args:
        names: (M,) spelled names.
        paths: (N,) spelled paths.
        root: the folder that all absolute names share, those that were found already included.
    """
    if not len(names) or not len(paths):
        return np.full(len(names), UNKNOWN, np.int64)
    return _Search(names, paths, root).run()


def find_last_parts(names: pa.Array, paths: pa.Array) -> tuple[Rows, int]:
    """Find the one path that has the most last parts in common with each name.

    This is a guess: it is for suggestions, and for what is confirmed otherwise.

    Args:
        names: (M,) spelled names, without root.
        paths: (N,) spelled paths, without root.

    Returns:
        (M,) rows, and how many parts decided at most.
    """
    parts = np.asarray(parts_of(names), np.int64)
    rows = np.full(len(names), SEVERAL, np.int64)
    decided = 1
    for count in range(1, min(_LONGEST, int(parts.max(initial=1))) + 1):
        chosen = np.flatnonzero((rows == SEVERAL) & (parts >= count))
        if not len(chosen):
            break
        ends = ends_of(names.take(pa.array(chosen)), count)
        rows[chosen] = look_up(ends, ends_of(paths, count))
        decided = count if (rows[chosen] >= 0).any() else decided
    return rows, decided


def shared_folder(paths: pa.Array) -> str:
    """The deepest folder that holds all spelled paths, with a slash behind it; else ``""``."""
    ends = pc.min_max(paths).as_py()
    first, last = ends["min"] or "", ends["max"] or ""
    differ = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    same = first[: min(len(first), len(last)) if differ is None else differ]
    return same[: same.rfind("/") + 1]


class _Search:
    """Tries ends of more and more parts, until one path is left or the name is used up."""

    def __init__(self, names: pa.Array, paths: pa.Array, root: str) -> None:
        absolute = are_absolute(names)
        self._absolute = np.asarray(absolute)
        self._given = names.filter(absolute)
        self._paths = paths
        self._names = without_root(names) if len(self._given) else names
        self._longest = np.asarray(parts_of(self._names), np.int64)
        self._shared = _below_root(shared_folder(paths))
        at_least = np.maximum(self._longest - _below_root(root).count("/"), 2)
        shortest = np.minimum(at_least, self._longest)
        self._needed = np.where(self._absolute, shortest, self._longest)
        self._rows = np.full(len(names), UNKNOWN, np.int64)

    def run(self) -> Rows:
        if len(self._given):
            self._rows[self._absolute] = look_up(self._given, self._paths)
        waiting = self._rows == UNKNOWN
        for count in range(1, int(self._longest.max()) + 1):
            chosen = np.flatnonzero(waiting & (self._needed == count))
            if len(chosen):
                self._try(chosen, count)
        return self._rows

    def _try(self, chosen: Rows, count: int) -> None:
        """Look for paths with the same last parts; of several, one part more decides."""
        ends = (
            self._names if len(chosen) == len(self._names) else self._names.take(pa.array(chosen))
        )
        if (self._longest[chosen] != count).any():
            ends = ends_of(ends, count)
        found = look_up(ends, ends_of(self._paths, count))
        found[(found == UNKNOWN) & (self._rows[chosen] == SEVERAL)] = SEVERAL
        shortened = np.flatnonzero((found >= 0) & (count < self._longest[chosen]))
        if len(shortened):
            disagree = ~self._agree(chosen[shortened], found[shortened], count)
            found[shortened[disagree]] = UNKNOWN
        self._rows[chosen] = found
        more = chosen[(found == SEVERAL) & (count < self._longest[chosen])]
        self._needed[more] = count + 1

    def _agree(self, chosen: Rows, found: Rows, count: int) -> npt.NDArray[np.bool_]:
        """Whether what stands before the same last parts may be two names of one folder."""
        given = _starts(self._names.take(pa.array(chosen)), count)
        held = _starts(without_root(self._paths.take(pa.array(found))), count)
        folders, held_folders = given.dictionary.to_pylist(), held.dictionary.to_pylist()
        pairs = np.asarray(given.indices, np.int64) * len(held_folders) + np.asarray(held.indices)
        different, which = np.unique(pairs, return_inverse=True)
        agree = [
            may_be_one(folders[place], held_folders[other], self._shared)
            for place, other in (divmod(pair, len(held_folders)) for pair in different.tolist())
        ]
        return np.array(agree, np.bool_)[which]


def _starts(paths: pa.Array, count: int) -> pa.DictionaryArray:
    """What stands before the last `count` parts of paths."""
    pattern = rf"^(?P<start>.*?)/?[^/]*(?:/[^/]*){{{count - 1}}}$"
    return pc.struct_field(pc.extract_regex(paths, pattern), "start").dictionary_encode()


def _below_root(folder: str) -> str:
    below: str = without_root(pa.array([folder]))[0].as_py()
    return below


def may_be_one(given: str, held: str, shared: str) -> bool:
    """Whether two folders may be one, as seen from two machines.

    Args:
        given: the folder in a name that came from somewhere.
        held: the folder of a sample.
        shared: the folder that all samples share, with a slash behind it.
    """
    names, others = _parts(given), _parts(held)
    while names and others and names[-1] == others[-1]:
        del names[-1], others[-1]
    if not names or not others:
        return not names or bool(shared)
    is_root = shared.startswith("".join(f"{part}/" for part in others))
    beside = len(names) > 1 and names[:-1] == others[:-1]
    return is_root and not beside and not _name_different_splits(names, others)


def are_other_parts(folder: str, other: str) -> bool:
    """Whether folders hold other parts of one collection, as ``train`` and ``test``."""
    names, others = _parts(folder.replace("\\", "/").strip("/")), _parts(other)
    return _are_disjoint(names, others)


def _parts(folder: str) -> list[str]:
    return folder.split("/") if folder else []


def _name_different_splits(names: list[str], others: list[str]) -> bool:
    """Whether folders differ as ``train2017`` and ``test2017`` do, or ``cam1`` and ``cam2``."""
    if _NUMBERED.sub("#", names[-1].lower()) == _NUMBERED.sub("#", others[-1].lower()):
        return True
    return _are_disjoint(names, others)


def _are_disjoint(names: list[str], others: list[str]) -> bool:
    splits, other_splits = (
        {part for part in parts if _SPLIT.fullmatch(part.lower())} for parts in (names, others)
    )
    return bool(splits and other_splits) and splits.isdisjoint(other_splits)
