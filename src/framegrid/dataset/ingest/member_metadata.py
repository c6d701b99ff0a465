"""What lies beside the images of an archive, as WebDataset has it, as their metadata."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from framegrid import images
from framegrid.base import BrokenImageError, brief
from framegrid.dataset.imports.file_rows import rows_of_records
from framegrid.dataset.imports.new_samples import ON, MetadataOfNew
from framegrid.dataset.ingest.sizes import in_threads

_LONGEST = 1 << 20
"""Bytes of metadata of one sample that are read."""

Beside = Mapping[str, Sequence[images.Member]]
"""By the locator of an image, what lies beside it."""


class MemberMetadata(MetadataOfNew):
    """The ``.json``, ``.txt`` and ``.cls`` of images in archives, to become their metadata.

    The keys of a JSON object are keys; text is a value of a key ``txt``, and a class of ``cls``, a
    number where all are.

    Args:
        files: the images to be added.
        beside: what lies beside them, and maybe others.
        progress: show a progress bar when it takes longer than a second.
    """

    def __init__(self, files: Sequence[str], beside: Beside, *, progress: bool) -> None:
        members = {member.locator: member for file in files for member in beside.get(file, ())}
        read = partial(_read, members)
        found, unread = in_threads(read, list(members), progress=progress)
        records = [
            {**_merged(found, beside.get(file, ())), ON: file} for file in files if file in beside
        ]
        super().__init__(rows_of_records(records, ON) if records else None, "the archives")
        self.broken += unread


def _merged(
    found: Mapping[str, dict[str, Any]], members: Sequence[images.Member]
) -> dict[str, Any]:
    """All that lies beside one image; a file of its own says more than a key of the JSON."""
    values: dict[str, Any] = {}
    for member in sorted(members, key=lambda member: not member.kind.endswith("json")):
        values |= found.get(member.locator, {})
    return values


def _read(members: Mapping[str, images.Member], locator: str) -> dict[str, Any]:
    """The metadata that a member holds.

    Raises:
        BrokenImageError: it cannot be read; its message is a short reason.
    """
    kind = members[locator].kind
    data = images.read_member(locator, _LONGEST)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BrokenImageError("not read: it is no text in UTF-8") from None
    if kind.endswith("json"):
        return _object(text)
    value = text.strip()
    return {kind: _number(value) if kind.endswith("cls") else value} if value else {}


def _object(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenImageError(f"not read: no JSON ({error})") from None
    if not isinstance(values, dict):
        raise BrokenImageError(
            f"not read: expected an object of keys and values, got {brief(values)}"
        )
    return values


def _number(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text
