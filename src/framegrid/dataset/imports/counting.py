"""Annotations as metadata of their image: how many there are, and of which classes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Record = dict[str, Any]

TOTAL = "annotations"
"""The key that counts all annotations of an image."""

COUNT = "count."
"""What stands before the name of a class in the key that counts its annotations."""


class Found(NamedTuple):
    """The images of an annotation file.

    Attributes:
        records: what is known of each image, its name included.
        notes: what was left out, a sentence each.
    """

    records: list[Record]
    notes: list[str]


def with_counts(
    records: Sequence[Mapping[str, Any]],
    classes: Sequence[Sequence[Any] | None],
    order: Iterable[Any] = (),
) -> list[Record]:
    """Records with the numbers of their annotations: also zeros, for each class that occurs.

    Args:
        records: (M,) what is known of each image.
        classes: (M,) the class of each annotation of an image, None for one without a class; or
            None for an image that nobody has annotated yet, which gets no number.
        order: the classes in the order that their keys shall have; others follow as they occur.
    """
    there = [[] if named is None else named for named in classes]
    found = dict.fromkeys(name for named in there for name in named if name is not None)
    ordered = dict.fromkeys(name for name in order if name in found) | found
    keys = class_keys(ordered)
    return [
        {**record, **({} if named is None else _counted(named, keys))}
        for record, named in zip(records, classes, strict=True)
    ]


def _counted(named: Sequence[Any], keys: Mapping[Any, str]) -> Record:
    counts = Counter(keys[name] for name in named if name is not None)
    return {TOTAL: len(named)} | {key: counts[key] for key in keys.values()}


def class_keys(names: Iterable[Any]) -> dict[Any, str]:
    """The key that counts each class: one that differs from another only in case has a number."""
    keys: dict[Any, str] = {}
    taken: dict[str, str] = {}
    for name in names:
        text = str(name)
        number = 1
        spelled = text
        while taken.get(spelled.casefold(), text) != text:
            number += 1
            spelled = f"{text} ({number})"
        taken[spelled.casefold()] = text
        keys[name] = COUNT + spelled
    return keys
